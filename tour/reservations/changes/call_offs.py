"""Sessions called off together, with the change of their event or place that ends them: done at
once, told once, and taken back within a minute.

They are called off in the transaction of the change, so nothing can be booked that is not open.
The messages leave a minute later: until then the whole can be undone, and nobody has been told of
what is not so.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from tour.audit.service import Actor, Subject
from tour.changes import Change, Kind, Part, edit, together
from tour.errors import Conflict
from tour.events import undoing
from tour.i18n import lazy as _
from tour.notifications import service as notifications
from tour.programmes import service as programmes
from tour.programmes.models import Slot
from tour.programmes.states import SlotStatus
from tour.reservations.changes import call_off_news as news
from tour.reservations.models import STANDS_AGAIN, CallOff, Place, WaitlistEntry
from tour.reservations.states import EndedBy, PlaceStatus, WaitlistStatus
from tour.reservations.undoable import called_off_since
from tour.reservations.waitlist.queue import UNANSWERED
from tour.sites.editing import publication

AWAITING = (PlaceStatus.HELD, PlaceStatus.UNPROVED)
"""For a code by mail: whoever it is has not been reached yet, and is not told."""


@dataclass(frozen=True, slots=True)
class Cause:
    """The event or the place whose change ends sessions, and the event before and after it, as
    `events.undoing` reads them."""

    event_id: int | None = None
    site_id: int | None = None
    before: undoing.Standing | None = None
    after: undoing.Standing | None = None

    @property
    def subject(self) -> Subject:
        if self.event_id is not None:
            return Subject("event", self.event_id)
        return Subject("site", self.site_id or 0, self.site_id)


async def call_off(
    cause: Cause, slots: Sequence[Slot], reason: str, *, actor: Actor, now: datetime
) -> int:
    """Call these sessions off, in the transaction of their cause; returns how many are told:
    parties, those in queues, those in draws. The slots come with programme and site."""
    async with edit(actor, cause.subject, f"{cause.subject.kind}.call_off", now=now) as change:
        told = await _call_off(change, cause, slots, reason)
        change.after = {"sessions": len(slots), "parties": told, "message": reason}
    return told


async def last_undoable(
    *, event_id: int | None = None, site_id: int | None = None, now: datetime
) -> CallOff | None:
    """What was called off less than a minute ago, and can still be taken back."""
    fresh = called_off_since(now).filter(event_id=event_id, site_id=site_id)
    return await fresh.order_by("-id").first()


async def last_of_a_site(*, now: datetime) -> CallOff | None:
    """The same of whatever place."""
    fresh = called_off_since(now).exclude(site_id=None)
    return await fresh.order_by("-id").select_related("site").first()


async def undo(
    *, event_id: int | None = None, site_id: int | None = None, actor: Actor, now: datetime
) -> None:
    """Everything as it was: the event or place, its sessions, their parties, their queues; nobody
    has been told. Raises Conflict when the minute is over."""
    async with together(now=now) as part:
        made = await last_undoable(event_id=event_id, site_id=site_id, now=now)
        if made is None or not await _claim(made, now):
            raise Conflict(_("This can be undone for a minute only. Everybody has been told."))
        await news.take_back(made)
        if made.event_id is not None:
            cause = made.before
            await undoing.put_back(
                made.event_id, cause["event"], cause["event_after"], actor=actor, now=now
            )
        if made.site_id is not None:
            await publication.publish_site(made.site_id, actor=actor, now=now)
        await _restore(part, made)


async def _call_off(change: Change, cause: Cause, slots: Sequence[Slot], reason: str) -> int:
    locked = await programmes.lock_slots([slot.id for slot in slots])
    alive = {slot.id: slot for slot in locked if slot.status != SlotStatus.CANCELLED}
    called = [slot for slot in slots if slot.id in alive]
    places = await Place.filter(
        slot_id__in=list(alive), status__in=(PlaceStatus.CONFIRMED, *AWAITING)
    )
    turns = await WaitlistEntry.filter(
        slot_id__in=list(alive), status__in=(*UNANSWERED, WaitlistStatus.UNPROVED)
    )
    made = await CallOff.create(
        event_id=cause.event_id,
        site_id=cause.site_id,
        called_at=change.now,
        reason=reason,
        slots={str(slot.id): str(slot.status) for slot in alive.values()},
        places={str(place.id): str(place.status) for place in places},
        turns={str(turn.id): str(turn.status) for turn in turns},
    )
    lost = await news.who_loses(alive, places, turns)
    await _end_all(alive, reason, change.now)
    change.told(Kind.SESSION, alive)
    told = await news.tell(made, called, lost, change.now)
    await CallOff.filter(id=made.id).update(
        before={
            "event": cause.before,
            "event_after": cause.after,
            "taken": {str(slot.id): slot.seats_taken for slot in alive.values()},
            "reminders": told.silenced,
            "renewed": told.renewed,
        }
    )
    return told.parties


async def _end_all(slot_ids: Iterable[int], reason: str, now: datetime) -> None:
    """In bulk: an event has hundreds of parties, and on SQLite everybody waits for them. A code
    that is on its way runs out by itself."""
    ids = list(slot_ids)
    places = Place.filter(slot_id__in=ids)
    ended = {"status": PlaceStatus.CANCELLED, "cancelled_at": now}
    await places.filter(status__in=AWAITING).update(**ended, ended_by=EndedBy.CODE)
    confirmed = places.filter(status=PlaceStatus.CONFIRMED)
    await confirmed.update(**ended, ended_by=EndedBy.EVENT, reason=reason)
    waiting = WaitlistEntry.filter(slot_id__in=ids)
    await waiting.filter(status__in=(*UNANSWERED, WaitlistStatus.UNPROVED)).update(
        status=WaitlistStatus.CLOSED
    )
    await programmes.call_off(ids)


async def _restore(part: Part, made: CallOff) -> None:
    """The seats were nobody's meanwhile: what is called off cannot be booked."""
    slot_ids = [int(slot_id) for slot_id in made.slots]
    await programmes.lock_slots(slot_ids)
    lapsed = await _lapsed(made)
    taken = {int(slot_id): seats for slot_id, seats in made.before["taken"].items()}
    for place in lapsed:
        if made.places[str(place.id)] == PlaceStatus.HELD:
            taken[place.slot_id] -= place.seats
    for slot_id in sorted(slot_ids):
        status = SlotStatus(made.slots[str(slot_id)])
        await programmes.reopen(slot_id, status, taken[slot_id])
    gone = {place.id for place in lapsed}
    for name, ids in _by_status(made.places).items():
        again = Place.filter(id__in=[i for i in ids if i not in gone])
        await again.update(**{**STANDS_AGAIN, "status": PlaceStatus(name)})
    for name, ids in _by_status(made.turns).items():
        await WaitlistEntry.filter(id__in=ids).update(status=WaitlistStatus(name))
    part.told(Kind.SESSION, slot_ids)
    await notifications.restore(made.before["reminders"], now=part.now)
    await news.renew(made.before["renewed"], now=part.now)


async def _lapsed(made: CallOff) -> list[Place]:
    """What was held for a code whose time has run out meanwhile."""
    awaited = [int(i) for i, status in made.places.items() if status in AWAITING]
    awaiting = Place.filter(id__in=awaited)
    running = await awaiting.filter(
        reservation__contact_check__ended_at=None, reservation__contact_check__proved_at=None
    ).values("id")
    kept = {row["id"] for row in running}
    return [place for place in await awaiting if place.id not in kept]


def _by_status(rows: Mapping[str, str]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = defaultdict(list)
    for row_id, status in rows.items():
        found[status].append(int(row_id))
    return found


async def _claim(made: CallOff, now: datetime) -> bool:
    return bool(await CallOff.filter(id=made.id, undone_at=None).update(undone_at=now))
