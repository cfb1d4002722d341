"""Reserving: one slot or a whole itinerary, all or nothing."""

from collections.abc import Sequence
from datetime import datetime

from tortoise.exceptions import IntegrityError

from tour.db import transaction
from tour.errors import TourError
from tour.programmes import service as programmes
from tour.programmes.models import Slot
from tour.reservations import (
    allowance,
    contact_check,
    holdings,
    newcomers,
    one_statement,
    reminders,
)
from tour.reservations.errors import SlotFull
from tour.reservations.holdings import Choice
from tour.reservations.hot_slots import hot_slot
from tour.reservations.locks import lock_contact, lock_network
from tour.reservations.models import Place, Reservation
from tour.reservations.newcomers import Way
from tour.reservations.parties import (
    REFERENCE_LENGTH,
    REFERENCE_LETTERS,
    Request,
    check_answers,
    check_slot,
    made_before,
    new_door_code,
    new_reference,
    public_slots,
    write_party,
)
from tour.reservations.states import PlaceStatus

__all__ = [
    "MAX_SLOTS",
    "REFERENCE_LENGTH",
    "REFERENCE_LETTERS",
    "Request",
    "new_door_code",
    "new_reference",
    "reserve",
]

MAX_SLOTS = 8


async def reserve(wish: Request, *, now: datetime) -> Reservation:
    """Confirm the party's place in every slot, or raise why not, and then nothing is kept.

    The same idempotency key with the same wish answers with the same reservation, however often it
    is sent, and even if the seats have gone meanwhile.
    """
    try:
        return await _confirm(wish, now)
    except (TourError, IntegrityError):
        if made := await made_before(wish):
            return made
        raise


async def _confirm(wish: Request, now: datetime) -> Reservation:
    if len(wish.slot_ids) == 1 and one_statement.is_possible():
        hot = await hot_slot(wish.slot_ids[0])
        if hot.rules.is_plain and newcomers.is_plain(wish.newcomer, wish.party, [hot.slot], now):
            _check([hot.slot], wish, now)
            return await one_statement.reserve(wish, hot.slot, now)
    slots = await public_slots(wish.slot_ids)
    _check(slots, wish, now)
    rules = await allowance.rules_of(slots)
    async with transaction():
        await lock_network(wish.newcomer)
        await lock_contact(wish.party)
        way = await newcomers.way_in(wish, slots, rules, now=now)
        if way != Way.PLAIN:
            return await _await_code(wish, slots, way, now)
        await allowance.check(rules.limits, wish.party)
        await holdings.check(wish.party, slots, Choice.of(wish))
        await _take(slots, wish.party.size)
        reservation = await _write(wish, slots, PlaceStatus.CONFIRMED, now)
        await reminders.queue(reservation, slots, now=now)
    return reservation


async def _await_code(wish: Request, slots: Sequence[Slot], way: Way, now: datetime) -> Reservation:
    """Mail a code (decision 0012), and hold the seats until it comes back, or take them then. In
    the caller's transaction."""
    if made := await made_before(wish):
        return made
    holdings.check_wish(slots, Choice.of(wish))
    await contact_check.check_may_begin(wish, now=now)
    status = PlaceStatus.UNPROVED
    if way == Way.HOLD:
        await _take(slots, wish.party.size)
        status = PlaceStatus.HELD
    reservation = await _write(wish, slots, status, now)
    closes_at = min(slot.booking_closes_at for slot in slots)
    await contact_check.begin(reservation, closes_at, now=now)
    return reservation


def _check(slots: Sequence[Slot], wish: Request, now: datetime) -> None:
    for slot in slots:
        check_slot(slot, wish.party, now)
        check_answers(slot, wish.answers.get(slot.id, ()))


async def _take(slots: Sequence[Slot], seats: int) -> None:
    for slot in slots:
        if not await programmes.take_seats(slot.id, seats):
            raise SlotFull(slot.id)


async def _write(
    wish: Request, slots: Sequence[Slot], status: PlaceStatus, now: datetime
) -> Reservation:
    reservation = await write_party(wish, now)
    await Place.bulk_create(
        [
            Place(
                reservation=reservation,
                slot=slot,
                seats=wish.party.size,
                status=status,
                answers=wish.answers.get(slot.id, []),
            )
            for slot in slots
        ]
    )
    return reservation
