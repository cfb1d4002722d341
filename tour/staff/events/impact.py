"""Before an event is made smaller: whom it concerns, in numbers, and the same form once more."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from zoneinfo import ZoneInfo

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from tour.accounts import guards
from tour.accounts.guards import SignedIn
from tour.accounts.roles import Permission
from tour.events import editing
from tour.events.models import Event
from tour.i18n import Text
from tour.programmes import service as programmes
from tour.programmes.models import Slot
from tour.publishing.queries import versions
from tour.reservations.changes import events
from tour.reservations.changes.events import Impact
from tour.routes.plan_news.news import plans_with
from tour.staff.frame import staff_page
from tour.web import now
from tour.web.forms import Form, Reading

LONGEST_REASON = 500
SHORT = 10
"""A list that stands open."""
ASKED = ("sure", "reason")
Ends = Callable[[], Awaitable[list[Slot]]]
"""The sessions that a change would end, as they are at the moment of asking."""


class Meanwhile(Exception):
    """Since its page was shown, a change has come to concern others; nothing was changed."""

    def __init__(self, impact: Impact) -> None:
        super().__init__()
        self.impact = impact


async def asked_first(
    request: Request, who: SignedIn, event: Event, form: FormData, slots: Sequence[Slot], what: Text
) -> Response | None:
    """The page that says what the form would do, or None: it concerns nobody, or was answered for
    exactly that. Raises NotAllowed for the yes of somebody who may not change reservations."""
    impact = await events.impact_of(slots)
    if impact.concerns_nobody:
        return None
    if form.get("sure") == impact.sure and not _too_long(form):
        await guards.require(request, Permission.CHANGE_RESERVATIONS)
        return None
    return await asked_again(request, who, event, form, impact, what)


async def looked_again(request: Request, event: Event, form: FormData, ends: Ends) -> list[Slot]:
    """What the change ends, in its transaction and before it is made: nobody adds a session to the
    event or a party to these sessions any more. Raises Meanwhile, and NotAllowed as above."""
    await editing.lock_event(event.id)
    slots = await ends()
    await programmes.lock_slots([slot.id for slot in slots])
    impact = await events.impact_of(slots)
    if impact.concerns_nobody:
        return slots
    if form.get("sure") != impact.sure:
        raise Meanwhile(impact)
    await guards.require(request, Permission.CHANGE_RESERVATIONS)
    return slots


async def call_off(
    request: Request,
    who: SignedIn,
    event: Event,
    form: FormData,
    slots: Sequence[Slot],
    before: Mapping[str, object],
) -> None:
    """What the change ends, in its transaction; nothing where it ends nothing."""
    if slots:
        reason, at = str(form.get("reason", "")).strip(), now(request)
        await events.call_off(event, slots, reason, before, actor=who.actor, now=at)


def _too_long(form: FormData) -> dict[str, Text]:
    """What is wrong with the words to those who lose their seats."""
    read = Reading({"reason": str(form.get("reason", ""))})
    read.text("reason", LONGEST_REASON)
    return read.errors


async def asked_again(
    request: Request, who: SignedIn, event: Event, form: FormData, impact: Impact, what: Text
) -> Response:
    """The page with these numbers, and the whole form for a yes to them."""
    unreached = impact.unreached if who.may(Permission.SEE_PARTIES) else ()
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
        unreached=unreached,
        is_short=len(unreached) <= SHORT,
        form=Form({"reason": str(form.get("reason", ""))}, _too_long(form)),
        plans=await plans_with(impact.slots, ZoneInfo(event.timezone)),
        map_version=shown[0].number if shown else None,
        sent=[(name, value) for name, value in form.multi_items() if name not in ASKED],
        action=request.url.path,
    )
