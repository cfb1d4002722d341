"""Please ring these: the parties of a place that no message reaches, and how ringing them went."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from tour.accounts import guards
from tour.accounts.guards import Tending
from tour.hosts.frame import site_path
from tour.hosts.today.handlers import tap
from tour.reservations.calls import noting
from tour.web import now, parts_of
from tour.web.forms import read_form


@tap
async def note(request: Request) -> Response:
    """A tap beside one of them; the same tap again takes it back."""
    tending = await guards.door(request)
    sent = await read_form(request, 5)
    await noting.note(
        request.path_params["call_id"],
        sent,
        parts_of(request).town.timezone,
        actor=tending.actor,
        site_id=tending.site.id,
        now=now(request),
    )
    page = "hosts:messages" if sent.get("on") == "messages" else "hosts:today"
    return _to_list(request, tending, page)


def _to_list(request: Request, tending: Tending, page: str) -> Response:
    return RedirectResponse(f"{site_path(request, page, tending)}#calls", status_code=303)
