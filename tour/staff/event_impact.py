"""Before an event is made smaller: whom it concerns, in numbers, and the same form once more."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from tour.accounts import guards
from tour.accounts.guards import SignedIn
from tour.accounts.roles import Permission
from tour.events.models import Event
from tour.i18n import Text
from tour.programmes.models import Slot
from tour.publishing.queries import versions
from tour.reservations import event_changes
from tour.reservations.event_changes import Impact
from tour.routes.plan_news import plans_with
from tour.staff.frame import back_to, staff_page
from tour.web import now
from tour.web.forms import read_form

LONGEST_REASON = 500
ASKED = ("sure", "reason")


async def asked_first(
    request: Request, who: SignedIn, event: Event, form: FormData, slots: Sequence[Slot], what: Text
) -> Response | None:
    """The page that says what the form would do, or None: it concerns nobody, or was answered for
    exactly that. Raises NotAllowed for the yes of somebody who may not change reservations."""
    impact = await event_changes.impact_of(slots)
    if impact.concerns_nobody:
        return None
    if form.get("sure") == impact.sure:
        await guards.require(request, Permission.CHANGE_RESERVATIONS)
        return None
    return await _page(request, who, event, form, impact, what)


def reason_in(form: FormData) -> str:
    return str(form.get("reason", "")).strip()[:LONGEST_REASON]


async def undo(request: Request) -> Response:
    who = await guards.require(request, Permission.CHANGE_RESERVATIONS)
    await read_form(request, 5)
    event_id = request.path_params["event_id"]
    await event_changes.undo(event_id, actor=who.actor, now=now(request))
    return back_to(request, "staff:event", event_id=event_id, done="undone")


async def _page(
    request: Request, who: SignedIn, event: Event, form: FormData, impact: Impact, what: Text
) -> Response:
    shown = [version for version in await versions(event.id) if version.ended_at is None]
    return staff_page(
        request,
        "staff/event_impact.html",
        who,
        409,
        section="events",
        event=event,
        what=what,
        impact=impact,
        plans=await plans_with(impact.slots, ZoneInfo(event.timezone)),
        map_version=shown[0].number if shown else None,
        sent=[(name, value) for name, value in form.multi_items() if name not in ASKED],
        action=request.url.path,
    )
