"""Please ring these: all parties of the town that no message reaches, and how ringing them went."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from tour.accounts import guards
from tour.accounts.guards import SignedIn
from tour.accounts.roles import Permission
from tour.errors import REFUSALS
from tour.reservations.calls import noting
from tour.reservations.calls.calls import open_calls
from tour.reservations.calls.views import CallList
from tour.staff.frame import staff_page
from tour.web import now, parts_of
from tour.web.forms import Form, form_again, read_form
from tour.words.typed import number_in


async def page(request: Request) -> Response:
    return await _page(request, await guards.require(request, Permission.SEE_PARTIES), Form({}))


async def note(request: Request) -> Response:
    """A tap beside one of them; the same tap again takes it back."""
    who = await guards.require(request, Permission.SEE_PARTIES)
    sent = await read_form(request, 5)
    zone, at = parts_of(request).town.timezone, now(request)
    call_id = request.path_params["call_id"]
    try:
        await noting.note(call_id, sent, zone, actor=who.actor, now=at)
    except REFUSALS as exc:
        return await form_again(_page(request, who, Form({}).refused_by(exc), exc.status), exc)
    path = request.app.url_path_for("staff:calls")
    return RedirectResponse(f"{path}?page={_number(request)}#calls", status_code=303)


async def _page(request: Request, who: SignedIn, form: Form, status: int = 200) -> Response:
    town = parts_of(request).town
    calls = await open_calls(town.timezone, now=now(request))
    return staff_page(
        request,
        "staff/calls.html",
        who,
        status,
        section="calls",
        form=form,
        calls=CallList.of(calls, town.language, _number(request)),
    )


def _number(request: Request) -> int:
    return number_in(request.query_params.get("page"), 5) or 1
