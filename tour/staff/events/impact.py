"""Before an event is made smaller, or a place withdrawn: whom it concerns, in numbers, and the same
form once more, with what is to become of the sessions."""

from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from tour.accounts import guards
from tour.accounts.guards import SignedIn
from tour.accounts.roles import Permission
from tour.changes import Part, together
from tour.events import editing, undoing
from tour.events.models import Event
from tour.i18n import Text
from tour.i18n import lazy as _
from tour.programmes import service as programmes
from tour.programmes.models import Slot
from tour.publishing.queries import MapShown, shown_maps
from tour.reservations.calls import figures
from tour.reservations.changes import call_offs, events
from tour.reservations.changes.impact import Impact, impact_of
from tour.routes.courses.queries import titles_through
from tour.routes.plan_news.news import plans_with
from tour.sites.models import Site
from tour.staff import queries
from tour.staff.frame import staff_page
from tour.web import lang, now, parts_of
from tour.web.forms import Form, Reading

LONGEST_REASON = 500
SHORT = 10
"""A list that stands open."""
OFF, STAY = "off", "stay"
ASKED = ("sure", "reason", "then")
STAY_OUTSIDE = _("They take place as they were reserved, but are no part of the event any more.")
STAY_HIDDEN = _("Who has reserved keeps the seats; nobody new can reserve.")


@dataclass(frozen=True, slots=True)
class Shrinking:
    """A change that ends sessions; `what` asks for it, and `do` stands on its button. `ends` are
    these as they are at the moment of asking, `make` makes it in its transaction; `leaving` are the
    places that will take no part any more."""

    what: Text
    do: Text
    of: Event | Site
    ends: Callable[[], Awaitable[list[Slot]]]
    make: Callable[[Part], Awaitable[object]]
    leaving: Collection[int] = ()

    @property
    def event(self) -> Event | None:
        return self.of if isinstance(self.of, Event) else None

    @property
    def title(self) -> str:
        return str(self.of.title if isinstance(self.of, Event) else self.of.name)


class Meanwhile(Exception):
    """Since its page was shown, a change has come to concern others; nothing was changed."""

    def __init__(self, impact: Impact) -> None:
        super().__init__()
        self.impact = impact


async def shrunk(
    request: Request, who: SignedIn, form: FormData, change: Shrinking
) -> Response | None:
    """Make the change, or return the page that asks first. Raises what its `make` raises, and
    NotAllowed for the yes of somebody who may not change reservations."""
    if page := await asked_first(request, who, form, change):
        return page
    try:
        async with together(now=now(request)) as part:
            slots = await _looked_again(request, form, change)
            cause = await _made(part, change)
            if slots and form.get("then") != STAY:
                reason = str(form.get("reason", "")).strip()
                await call_offs.call_off(cause, slots, reason, actor=who.actor, now=part.now)
    except Meanwhile as exc:
        return await _asked_again(request, who, form, change, exc.impact)
    return None


async def asked_first(
    request: Request, who: SignedIn, form: FormData, change: Shrinking
) -> Response | None:
    """The page that says what the form would do, or None: it concerns nobody, or was answered for
    exactly that."""
    impact = await impact_of(await change.ends())
    if impact.concerns_nobody:
        return None
    if form.get("sure") == impact.sure and not _too_long(form):
        await guards.require(request, Permission.CHANGE_RESERVATIONS)
        return None
    return await _asked_again(request, who, form, change, impact)


async def _looked_again(request: Request, form: FormData, change: Shrinking) -> list[Slot]:
    """What the change ends, in its transaction and before it is made: nobody adds a session to the
    event or a party to these sessions any more. Raises Meanwhile, and NotAllowed as above."""
    if change.event:
        await editing.lock_event(change.event.id)
    slots = await change.ends()
    await programmes.lock_slots([slot.id for slot in slots])
    impact = await impact_of(slots)
    if impact.concerns_nobody:
        return slots
    if form.get("sure") != impact.sure:
        raise Meanwhile(impact)
    await guards.require(request, Permission.CHANGE_RESERVATIONS)
    return slots


async def _made(part: Part, change: Shrinking) -> call_offs.Cause:
    """The change is made; what it was, so that it can be undone with its sessions."""
    if change.event is None:
        await change.make(part)
        return call_offs.Cause(site_id=change.of.id)
    before = await undoing.standing_of(change.event.id)
    await change.make(part)
    after = await undoing.standing_of(change.event.id)
    return call_offs.Cause(event_id=change.event.id, before=before, after=after)


def _too_long(form: FormData) -> dict[str, Text]:
    """What is wrong with the words to those who lose their seats."""
    read = Reading({"reason": str(form.get("reason", ""))})
    read.text("reason", LONGEST_REASON)
    return read.errors


async def _asked_again(
    request: Request, who: SignedIn, form: FormData, change: Shrinking, impact: Impact
) -> Response:
    """The page with these numbers, and the whole form for a yes to them."""
    unreached = impact.unreached if who.may(Permission.SEE_PARTIES) else ()
    typed = {"reason": str(form.get("reason", "")), "then": str(form.get("then") or OFF)}
    app = request.app
    return staff_page(
        request,
        "staff/impact.html",
        who,
        409,
        section="events" if change.event else "sites",
        what=change.what,
        do=change.do,
        title=change.title,
        back=app.url_path_for("staff:event", event_id=change.event.id)
        if change.event
        else app.url_path_for("staff:sites"),
        impact=impact,
        stays=STAY_OUTSIDE if change.event else STAY_HIDDEN,
        under_way=await _under_way(request, change),
        told=await figures.expected(impact.recipients),
        to_ring=[party for party in unreached if party.phone],
        out_of_reach=[party for party in unreached if not party.phone],
        is_short=len(unreached) <= SHORT,
        form=Form(typed, _too_long(form)),
        plans=await plans_with(impact.slots, _zone(request, change)),
        maps=await _maps(change),
        courses=await titles_through(change.leaving, lang(request)),
        leaving=await _leaving(change),
        sent=[(name, value) for name, value in form.multi_items() if name not in ASKED],
        action=request.url.path,
    )


async def _leaving(change: Shrinking) -> list[str]:
    """What the places are called that an event loses."""
    names = await queries.site_names(change.leaving) if change.event else {}
    return sorted(names.values())


def _zone(request: Request, change: Shrinking) -> ZoneInfo:
    return ZoneInfo(change.event.timezone) if change.event else parts_of(request).town.timezone


async def _under_way(request: Request, change: Shrinking) -> int:
    of = {"event_id": change.of.id} if change.event else {"site_id": change.of.id}
    where = {f"programme__{name}": value for name, value in of.items()}
    return await events.under_way(now=now(request), **where)


async def _maps(change: Shrinking) -> Sequence[MapShown]:
    if change.event:
        return await shown_maps(event_id=change.event.id)
    return await shown_maps(event__participations__site_id=change.of.id)
