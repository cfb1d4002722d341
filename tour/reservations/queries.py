"""Reservations and draws, found for pages and the API."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from tortoise.connection import get_connection

from tour.errors import NotFound
from tour.i18n import lazy as _
from tour.notifications import queries as messages
from tour.programmes.entries import SlotEntry
from tour.programmes.models import Slot
from tour.programmes.queries import SLOT_FIELDS, entry_of, slot_entry
from tour.reservations.answers import Kept
from tour.reservations.models import (
    ContactCheck,
    Draw,
    DrawEntry,
    DrawSlot,
    Place,
    Reservation,
    WaitlistEntry,
)
from tour.reservations.parties.contact_check import CODE_KEY, MOST_SENDS
from tour.reservations.states import EndedBy, EntryStatus, PlaceStatus, WaitlistStatus
from tour.reservations.waitlist.queue import UNANSWERED

PLACE_FIELDS = (
    "id",
    "reservation_id",
    "seats",
    "status",
    "ended_by",
    "reason",
    "answers",
    "cancelled_at",
    "late_minutes",
    "arrival__arrived_at",
    "arrival__taken_back_at",
)
SLOT_OF_PLACE = {f"slot_{name}": f"slot__{name}" for name in SLOT_FIELDS}


@dataclass(frozen=True, slots=True)
class PlaceEntry:
    """A place; `ended_by` and `reason` of one that is held no more."""

    id: int
    slot: SlotEntry
    seats: int
    status: PlaceStatus
    ended_by: EndedBy
    reason: str
    cancelled_at: datetime | None = None
    late_minutes: int | None = None
    arrived_at: datetime | None = None
    answers: Sequence[Kept] = ()
    """As `reservations.answers` keeps them."""


@dataclass(frozen=True, slots=True)
class QueueEntry:
    """A turn in a queue; `ahead` counts the parties that come first and fit or not."""

    slot: SlotEntry
    seats: int
    status: WaitlistStatus
    ahead: int
    offer_ends_at: datetime | None
    answers: Sequence[Kept] = ()


@dataclass(frozen=True, slots=True)
class DrawnEntry:
    """A chance in a draw; `slots` is the ranking, best first."""

    draw: Draw
    receipt: str
    status: EntryStatus
    slots: tuple[SlotEntry, ...]


@dataclass(frozen=True, slots=True)
class CheckEntry:
    """A code that was mailed; `is_waited_for` while it can still come back, `is_held_up` while its
    letter has not left for want of the mail server."""

    ends_at: datetime
    is_waited_for: bool
    can_send_again: bool
    latest_at: datetime
    is_held_up: bool


@dataclass(frozen=True, slots=True)
class ReservationEntry:
    """A reservation with its places, soonest first, its turns in queues, its chance in a draw."""

    reservation: Reservation
    places: tuple[PlaceEntry, ...]
    queues: tuple[QueueEntry, ...] = ()
    draw: DrawnEntry | None = None
    check: CheckEntry | None = None
    """Of a party that has not been confirmed."""

    @property
    def is_unproved(self) -> bool:
        """Whether it stands or falls with a code sent by mail."""
        return self.check is not None and self.check.is_waited_for

    @property
    def is_confirmed(self) -> bool:
        return any(place.status == PlaceStatus.CONFIRMED for place in self.places)

    @property
    def is_open(self) -> bool:
        """Whether something may still come of it without a place."""
        entered = self.draw is not None and self.draw.status == EntryStatus.ENTERED
        return self.is_unproved or entered or self.is_waiting

    @property
    def is_waiting(self) -> bool:
        """Whether a turn of it in a queue, or an offer, is still open."""
        return any(queue.status in UNANSWERED for queue in self.queues)

    @property
    def is_cancelled(self) -> bool:
        return not self.is_confirmed and not self.is_open


async def by_reference(reference: str) -> ReservationEntry:
    """The reservation, or NotFound, which never tells how near a guess came."""
    reservation = await Reservation.get_or_none(reference=reference)
    if reservation is None:
        raise NotFound(_("There is no such reservation. Please check the link."))
    return (await _entries([reservation]))[0]


async def by_references(references: list[str]) -> list[ReservationEntry]:
    """Those of the references that exist, latest made first."""
    found = await Reservation.filter(reference__in=references).order_by("-id")
    return await _entries(found)


async def draw_by_id(draw_id: int) -> Draw:
    """Raises NotFound where there is none."""
    draw = await Draw.get_or_none(id=draw_id)
    if draw is None:
        raise NotFound(_("There is no such draw."))
    return draw


async def draw_of_slot(slot_id: int) -> int | None:
    """The draw that gives out a slot's seats, if it has been opened."""
    found = await DrawSlot.get_or_none(slot_id=slot_id)
    return found.draw_id if found else None


async def slots_of_draw(draw_id: int) -> list[SlotEntry]:
    slots = Slot.filter(draw_slot__draw_id=draw_id).order_by("starts_at", "id")
    return [entry_of(slot) for slot in await slots]


async def pools_of_draw(draw_id: int) -> set[str]:
    """The groups for which some slot of the draw keeps seats."""
    return {name for slot in await DrawSlot.filter(draw_id=draw_id) for name in slot.pools}


async def entries_in_draw(draw_id: int) -> int:
    out = (EntryStatus.LEFT, EntryStatus.UNPROVED)
    return await DrawEntry.filter(draw_id=draw_id).exclude(status__in=out).count()


async def _entries(reservations: list[Reservation]) -> list[ReservationEntry]:
    ids = [reservation.id for reservation in reservations]
    places, others = await _places(ids), await _others(ids)
    queues = await _queues(ids) if "queue" in others else {}
    draws = await _draws(ids) if "draw" in others else {}
    confirmed = {i for i in places if any(p.status == PlaceStatus.CONFIRMED for p in places[i])}
    checks = await _checks([i for i in ids if i not in confirmed])
    return [
        ReservationEntry(
            r,
            tuple(places.get(r.id, ())),
            tuple(queues.get(r.id, ())),
            draws.get(r.id),
            checks.get(r.id),
        )
        for r in reservations
    ]


OTHERS = """
SELECT 'queue' AS kind WHERE EXISTS (
    SELECT 1 FROM waitlist_entry WHERE reservation_id IN ({ids}))
UNION ALL SELECT 'draw' WHERE EXISTS (
    SELECT 1 FROM draw_entry WHERE reservation_id IN ({ids}))
"""
"""Most parties have places only: this looks for the rest at a tenth of what asking for it costs."""


async def _others(ids: list[int]) -> set[str]:
    if not ids:
        return set()
    asked = OTHERS.format(ids=", ".join(str(int(i)) for i in ids))
    return {row["kind"] for row in await get_connection("default").execute_query_dict(asked)}


async def _checks(ids: list[int]) -> Mapping[int, CheckEntry]:
    found = ContactCheck.filter(reservation_id__in=ids, proved_at=None)
    checks = await found.select_related("reservation") if ids else []
    is_away = bool(checks) and await messages.is_mail_away()
    return {check.reservation_id: await _check(check, is_mail_away=is_away) for check in checks}


async def _check(check: ContactCheck, *, is_mail_away: bool) -> CheckEntry:
    is_waited_for = check.ended_at is None
    is_held_up = (
        is_waited_for
        and is_mail_away
        and not await messages.was_ever_told(check.reservation.recipient_id, CODE_KEY)
    )
    can_send_again = check.sends < MOST_SENDS
    return CheckEntry(check.ends_at, is_waited_for, can_send_again, check.latest_at, is_held_up)


async def _places(ids: list[int]) -> Mapping[int, list[PlaceEntry]]:
    found: dict[int, list[PlaceEntry]] = {}
    rows = Place.filter(reservation_id__in=ids).order_by("slot__starts_at", "id")
    for row in await rows.values(*PLACE_FIELDS, **SLOT_OF_PLACE):
        is_here = row["arrival__taken_back_at"] is None
        entry = PlaceEntry(
            id=row["id"],
            slot=slot_entry({name: row[f"slot_{name}"] for name in SLOT_FIELDS}),
            seats=row["seats"],
            status=PlaceStatus(row["status"]),
            ended_by=EndedBy(row["ended_by"]),
            reason=row["reason"],
            cancelled_at=row["cancelled_at"],
            late_minutes=row["late_minutes"],
            arrived_at=row["arrival__arrived_at"] if is_here else None,
            answers=row["answers"],
        )
        found.setdefault(row["reservation_id"], []).append(entry)
    return found


async def _queues(ids: list[int]) -> Mapping[int, list[QueueEntry]]:
    found: dict[int, list[QueueEntry]] = {}
    query = WaitlistEntry.filter(reservation_id__in=ids).select_related("slot")
    for turn in await query.order_by("slot__starts_at", "id"):
        before = WaitlistEntry.filter(slot_id=turn.slot_id, id__lt=turn.id)
        ahead = 0
        if turn.status == WaitlistStatus.WAITING:
            ahead = await before.filter(status=WaitlistStatus.WAITING).count()
        entry = QueueEntry(
            entry_of(turn.slot), turn.seats, turn.status, ahead, turn.offer_ends_at, turn.answers
        )
        found.setdefault(turn.reservation_id, []).append(entry)
    return found


async def _draws(ids: list[int]) -> Mapping[int, DrawnEntry]:
    entries = await DrawEntry.filter(reservation_id__in=ids).select_related("draw")
    slots = await _slots_by_id(slot_id for entry in entries for slot_id in entry.ranking)
    return {
        entry.reservation_id: DrawnEntry(
            entry.draw, entry.receipt, entry.status, tuple(slots[i] for i in entry.ranking)
        )
        for entry in entries
    }


async def _slots_by_id(slot_ids: Iterable[int]) -> dict[int, SlotEntry]:
    wanted = set(slot_ids)
    found = await Slot.filter(id__in=wanted) if wanted else []
    return {slot.id: entry_of(slot) for slot in found}
