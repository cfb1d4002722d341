"""What changing an event does to the people in its sessions: first in numbers, then done, told
once, and taken back within a minute.

Withdrawn, with other dates, or without a place, an event has sessions that will not take place.
They are called off in the transaction that changes the event, so nothing can be booked that is not
open. The messages leave a minute later: until then the whole can be undone, and nobody has been
told of what is not so.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from tortoise.expressions import Q

from tour.audit.service import Actor, Subject
from tour.changes import Change, Kind, Part, edit, together
from tour.errors import Conflict
from tour.events import editing
from tour.events.models import Event
from tour.i18n import lazy as _
from tour.i18n import translate
from tour.notifications import service as notifications
from tour.notifications.schedule import live_at
from tour.notifications.service import Draft
from tour.programmes import service as programmes
from tour.programmes.models import Slot
from tour.programmes.states import SlotStatus
from tour.reservations.draws import draws
from tour.reservations.messages import reminders
from tour.reservations.models import (
    STANDS_AGAIN,
    CallOff,
    ContactCheck,
    Place,
    Reservation,
    WaitlistEntry,
)
from tour.reservations.states import EndedBy, PlaceStatus, WaitlistStatus
from tour.reservations.waitlist.queue import UNANSWERED

UNDO_FOR = timedelta(minutes=1)
TOLD_FOR = timedelta(days=2)
EVENT_OFF = "event-off:"
"""Begins the key of the message to each party."""
HELD = (PlaceStatus.HELD, PlaceStatus.UNPROVED)


@dataclass(frozen=True, slots=True)
class Impact:
    """Whom calling off some sessions concerns. `unreached` have neither mail nor push."""

    slots: tuple[Slot, ...]
    sites: int
    parties: int
    people: int
    waiting: int
    in_draws: int
    unreached: tuple[Reservation, ...]

    @property
    def sure(self) -> str:
        """Comes back with a yes that was given to exactly this."""
        return f"{len(self.slots)}-{self.parties}-{self.waiting}-{self.in_draws}"

    @property
    def concerns_nobody(self) -> bool:
        return not (self.parties or self.waiting or self.in_draws)


async def coming_sessions(event: Event, *, now: datetime) -> list[Slot]:
    """Its sessions that have not begun: what its withdrawal ends."""
    coming = Slot.filter(programme__event_id=event.id, starts_at__gt=now)
    coming = coming.exclude(status=SlotStatus.CANCELLED).order_by("starts_at", "id")
    return await coming.select_related("programme__site")


async def hit_by_dates(event: Event, first: date, last: date, *, now: datetime) -> list[Slot]:
    """Those on days that the event would not have any more. A day that it never had is not its."""
    zone = ZoneInfo(event.timezone)
    days = [
        (slot, slot.starts_at.astimezone(zone).date())
        for slot in await coming_sessions(event, now=now)
    ]
    return [
        slot
        for slot, day in days
        if event.starts_on <= day <= event.ends_on and not first <= day <= last
    ]


async def hit_by_leaving(event: Event, kept: Collection[int], *, now: datetime) -> list[Slot]:
    """Those at places that take part, and would not any more; `kept` are the sites that stay."""
    left = {seat.site_id for seat in await editing.parts_of(event.id)} - set(kept)
    return [
        slot for slot in await coming_sessions(event, now=now) if slot.programme.site.id in left
    ]


async def impact_of(slots: Sequence[Slot]) -> Impact:
    ids = [slot.id for slot in slots]
    places = await _held(ids)
    parties = {place.reservation.id: place.reservation for place in places}
    return Impact(
        slots=tuple(slots),
        sites=len({slot.programme.site.id for slot in slots}),
        parties=len(parties),
        people=sum(party.party_size for party in parties.values()),
        waiting=await WaitlistEntry.filter(slot_id__in=ids, status__in=UNANSWERED).count(),
        in_draws=len(await draws.hoping_for(ids)),
        unreached=tuple(await _unreached(parties.values())),
    )


async def call_off(
    event: Event,
    slots: Sequence[Slot],
    reason: str,
    before: Mapping[str, object],
    *,
    actor: Actor,
    now: datetime,
) -> int:
    """Call these sessions off, together with the change of the event; returns how many are told:
    parties, those in queues, those in draws. `before`: what `editing.put_back` reads to undo it."""
    async with edit(actor, Subject(editing.SUBJECT, event.id), "event.call_off", now=now) as change:
        told = await _call_off(change, event, slots, reason, before)
        change.after = {"sessions": len(slots), "parties": told, "message": reason}
    return told


async def _call_off(
    change: Change,
    event: Event,
    slots: Sequence[Slot],
    reason: str,
    before: Mapping[str, object],
) -> int:
    locked = await programmes.lock_slots([slot.id for slot in slots])
    alive = {slot.id: slot for slot in locked if slot.status != SlotStatus.CANCELLED}
    called = [slot for slot in slots if slot.id in alive]
    places = await _held(alive)
    turns = await WaitlistEntry.filter(slot_id__in=list(alive), status__in=UNANSWERED)
    made = await CallOff.create(
        event=event,
        called_at=change.now,
        reason=reason,
        before={"event": dict(before), "reminders": []},
        slots={str(slot.id): str(slot.status) for slot in alive.values()},
        places=[place.id for place in places],
        turns=[turn.id for turn in turns],
    )
    lost = [(row.reservation_id, row.slot_id) for row in places]
    lost += [(turn.reservation_id, turn.slot_id) for turn in turns]
    for entry in await draws.hoping_for(alive):
        lost += [(entry.reservation_id, slot_id) for slot_id in entry.ranking if slot_id in alive]
    await _end_all(alive, reason, change.now)
    change.told(Kind.SESSION, alive)
    return await _tell(made, called, lost, change.now)


async def last_undoable(event_id: int, *, now: datetime) -> CallOff | None:
    """What was called off less than a minute ago, and can still be taken back."""
    fresh = CallOff.filter(event_id=event_id, undone_at=None, called_at__gt=now - UNDO_FOR)
    return await fresh.order_by("-id").first()


async def undoable_slots(*, now: datetime) -> set[int]:
    """The sessions of whose end nobody is told yet, as it can still be taken back."""
    fresh = CallOff.filter(undone_at=None, called_at__gt=now - UNDO_FOR)
    return {int(slot_id) for made in await fresh for slot_id in made.slots}


async def undo(event_id: int, *, actor: Actor, now: datetime) -> None:
    """Everything as it was: the event, its sessions, their parties, their queues; nobody has been
    told. Raises Conflict when the minute is over."""
    async with together(now=now) as part:
        made = await last_undoable(event_id, now=now)
        if made is None or not await _claim(made, now):
            raise Conflict(_("This can be undone for a minute only. Everybody has been told."))
        await notifications.take_back(_key(made))
        await editing.put_back(event_id, made.before["event"], actor=actor, now=now)
        await _restore(part, made)


async def _end_all(slot_ids: Iterable[int], reason: str, now: datetime) -> None:
    """In bulk: an event has hundreds of parties, and on SQLite everybody waits for them."""
    ids = list(slot_ids)
    places = Place.filter(slot_id__in=ids)
    ended = {"status": PlaceStatus.CANCELLED, "cancelled_at": now}
    unproved = [p.reservation_id for p in await places.filter(status__in=HELD)]
    await ContactCheck.filter(reservation_id__in=unproved, proved_at=None).update(
        ended_at=now, code=""
    )
    await places.filter(status__in=HELD).update(**ended, ended_by=EndedBy.CODE)
    confirmed = places.filter(status=PlaceStatus.CONFIRMED)
    await confirmed.update(**ended, ended_by=EndedBy.EVENT, reason=reason)
    waiting = WaitlistEntry.filter(slot_id__in=ids)
    await waiting.filter(status__in=(*UNANSWERED, WaitlistStatus.UNPROVED)).update(
        status=WaitlistStatus.CLOSED
    )
    await programmes.call_off(ids)


async def _tell(
    made: CallOff, slots: Sequence[Slot], lost: Iterable[tuple[int, int]], now: datetime
) -> int:
    """One message a party, of all its sessions that will not be, by (party, slot); its other
    reminders stay true."""
    by_id = {slot.id: slot for slot in slots}
    of_party: dict[int, set[int]] = {}
    for party_id, slot_id in lost:
        of_party.setdefault(party_id, set()).add(slot_id)
    parties = await Reservation.filter(id__in=list(of_party)).select_related("recipient")
    drafts = []
    for party in parties:
        ended = reminders.in_order(by_id[slot_id] for slot_id in of_party[party.id])
        drafts.append((party.recipient_id, _message(made, party, ended, now)))
    silenced = await _renew(parties, now)
    kept = {**made.before, "reminders": silenced}
    await CallOff.filter(id=made.id).update(before=kept)
    await notifications.queue_each(drafts, now=now)
    return len(parties)


def _message(made: CallOff, party: Reservation, slots: Sequence[Slot], now: datetime) -> Draft:
    lang, zone = party.lang, reminders.zone_of(party)
    lines = [reminders.line(slot, lang, zone, with_day=True) for slot in slots]
    lines += [translate("The organiser has called this off. We are sorry.", lang)]
    said = reminders.message(
        party, _("Called off by the organiser"), [*lines, *made.reason.splitlines()]
    )
    concerns = slots[0].starts_at.astimezone(zone).date()
    due_at = max(live_at(concerns, zone, now=now), now + UNDO_FOR)
    return Draft(_key(made), said, due_at, max(slots[-1].ends_at, now + TOLD_FOR))


async def _renew(parties: Sequence[Reservation], now: datetime) -> list[int]:
    """Reminders of what each still holds; none, in one statement, for those with nothing left.
    Returns the reminders of the latter, by which an undo brings them back."""
    ids = [party.id for party in parties]
    held: dict[int, list[int]] = {}
    for place in await Place.filter(reservation_id__in=ids, status=PlaceStatus.CONFIRMED):
        held.setdefault(place.reservation_id, []).append(place.slot_id)
    for party in parties:
        if party.id in held:
            slots = Slot.filter(id__in=held[party.id]).select_related("programme__site")
            await reminders.renew(party, await slots, now=now)
    return await notifications.cancel_each([p.recipient_id for p in parties if p.id not in held])


async def _restore(part: Part, made: CallOff) -> None:
    """The seats were nobody's meanwhile: what is called off cannot be booked."""
    slot_ids = [int(slot_id) for slot_id in made.slots]
    await programmes.lock_slots(slot_ids)
    places = await Place.filter(id__in=made.places).select_related("reservation__recipient")
    seats = dict.fromkeys(slot_ids, 0)
    for place in places:
        seats[place.slot_id] += place.seats
    for slot_id in sorted(slot_ids):
        status = SlotStatus(made.slots[str(slot_id)])
        await programmes.reopen(slot_id, status, seats[slot_id])
    await Place.filter(id__in=made.places).update(**STANDS_AGAIN)
    await WaitlistEntry.filter(id__in=made.turns).update(status=WaitlistStatus.WAITING)
    part.told(Kind.SESSION, slot_ids)
    await notifications.restore(made.before["reminders"], now=part.now)
    await _renew(await _with_others(made, places), part.now)


async def _with_others(made: CallOff, places: Sequence[Place]) -> list[Reservation]:
    """The parties that kept another session, whose reminders were made anew for that alone."""
    parties = {place.reservation.id: place.reservation for place in places}
    kept = Place.filter(reservation_id__in=list(parties), status=PlaceStatus.CONFIRMED)
    others = await kept.exclude(id__in=made.places).values("reservation_id")
    return [parties[party_id] for party_id in sorted({row["reservation_id"] for row in others})]


async def _claim(made: CallOff, now: datetime) -> bool:
    return bool(await CallOff.filter(id=made.id, undone_at=None).update(undone_at=now))


async def _held(slot_ids: Iterable[int]) -> list[Place]:
    held = Place.filter(slot_id__in=list(slot_ids), status=PlaceStatus.CONFIRMED)
    return await held.order_by("slot_id", "id").select_related("reservation")


async def _unreached(parties: Iterable[Reservation]) -> list[Reservation]:
    """Those to ring: no address, no browser, or all messages stopped."""
    ids = [party.id for party in parties]
    reached = Q(recipient__email__not="") | Q(recipient__subscriptions__id__not_isnull=True)
    told = Reservation.filter(reached, id__in=ids, recipient__stopped_at=None)
    known = {int(row["id"]) for row in await told.values("id")}
    silent = Reservation.filter(id__in=[i for i in ids if i not in known])
    return await silent.order_by("kana", "name")


def _key(made: CallOff) -> str:
    """Ends with a colon, so that 1 is no prefix of 12."""
    return f"{EVENT_OFF}{made.id}:"
