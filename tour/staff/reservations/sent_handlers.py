"""Did they get it? Every message to every reader, searched by who they are."""

from starlette.requests import Request
from starlette.responses import Response

from tour.accounts import guards
from tour.accounts.roles import Permission
from tour.staff.frame import staff_page
from tour.staff.reservations import sent
from tour.web import now, parts_of
from tour.words.typed import number_in

LONGEST_QUERY = 100


async def page(request: Request) -> Response:
    who = await guards.require(request, Permission.SEE_PARTIES)
    query = request.query_params.get("q", "").strip()[:LONGEST_QUERY]
    before = number_in(request.query_params.get("before"), 15)
    lines, following = await sent.lines(
        query, parts_of(request).town.timezone, before=before, now=now(request)
    )
    return staff_page(
        request,
        "staff/sent.html",
        who,
        section="deliveries",
        query=query,
        lines=lines,
        following=following,
    )
