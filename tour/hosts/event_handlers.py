"""Events that a place is asked to open for, and its answer."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from tour.accounts import guards
from tour.accounts.guards import Tending
from tour.errors import REFUSALS
from tour.events import answers
from tour.hosts.frame import host_page, site_path
from tour.participation import queries
from tour.participation.forms import read_answer
from tour.participation.handlers import MOST_FIELDS
from tour.participation.queries import Invitation
from tour.web import lang, now, parts_of
from tour.web.forms import Form, form_again, read_form


async def event_page(request: Request) -> Response:
    return await _page(request, await guards.tended_site(request), Form({}))


async def _page(request: Request, tending: Tending, form: Form, status: int = 200) -> Response:
    row = await answers.invitation_of(request.path_params["event_id"], tending.site.id)
    return host_page(
        request,
        "host/event.html",
        tending,
        status,
        tab="programmes",
        form=form,
        invitation=queries.invitation(row, lang(request), now(request)),
        done=bool(request.query_params.get("done")),
    )


async def answer_event(request: Request) -> Response:
    tending = await guards.tended_site(request)
    event_id = request.path_params["event_id"]
    row = await answers.invitation_of(event_id, tending.site.id)
    said, typed = read_answer(await read_form(request, MOST_FIELDS), row.event.days)
    if said is None:
        return await _page(request, tending, typed, 422)
    try:
        await answers.answer(row, said, actor=tending.actor, now=now(request))
    except REFUSALS as exc:
        return await form_again(_page(request, tending, typed.refused_by(exc), exc.status), exc)
    path = site_path(request, "hosts:event", tending, event_id=event_id)
    return RedirectResponse(f"{path}?done=1", status_code=303)


async def invitations(request: Request, tending: Tending) -> list[Invitation]:
    """What the console's pages remind of."""
    instant = now(request)
    today = instant.astimezone(parts_of(request).town.timezone).date()
    return await queries.invitations_of(
        tending.site.id, today=today, lang=lang(request), now=instant
    )
