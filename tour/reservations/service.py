"""Reserving: one slot or a whole itinerary, all or nothing."""

from datetime import datetime

from tour.db import transaction
from tour.programmes import service as programmes
from tour.reservations import contact_check, holdings, newcomers, one_statement, reminders
from tour.reservations.errors import SlotFull
from tour.reservations.locks import lock_contact, lock_network
from tour.reservations.models import Place, Reservation
from tour.reservations.newcomers import Way
from tour.reservations.parties import (
    once,
    write_party,
)
from tour.reservations.states import PlaceStatus
from tour.reservations.terms import Terms, read_terms, read_terms_lately, refuse_unless_fits
from tour.reservations.wishes import Wish

MAX_SLOTS = 8


async def reserve(wish: Wish, *, now: datetime) -> Reservation:
    """Confirm the party's place in every slot, or raise why not, and then nothing is kept.

    The same idempotency key with the same wish answers with the same reservation, however often it
    is sent, and even if the seats have gone meanwhile.
    """
    return await once(wish, lambda: _reserve(wish, now))


async def _reserve(wish: Wish, now: datetime) -> Reservation:
    is_hot = len(wish.slot_ids) == 1 and one_statement.is_possible()
    terms = await (read_terms_lately(wish.slot_ids[0]) if is_hot else read_terms(wish.slot_ids))
    refuse_unless_fits(wish, terms, now)
    if is_hot and newcomers.is_plain(wish, terms, now):
        return await one_statement.write(wish, terms, now)
    return await _write_in_steps(wish, terms, now)


async def _write_in_steps(wish: Wish, terms: Terms, now: datetime) -> Reservation:
    async with transaction():
        await lock_network(wish.newcomer)
        await lock_contact(wish.party)
        way = await newcomers.way_in(wish, terms, now=now)
        if way != Way.PLAIN:
            return await _await_code(wish, terms, way, now)
        await holdings.refuse(wish.party, terms, wish.choice)
        await _take(terms, wish.party.size)
        reservation = await _write(wish, terms, PlaceStatus.CONFIRMED, now)
        await reminders.queue(reservation, terms.slots, now=now)
    return reservation


async def _await_code(wish: Wish, terms: Terms, way: Way, now: datetime) -> Reservation:
    """Mail a code (decision 0012), and hold the seats until it comes back, or take them then. In
    the caller's transaction."""
    holdings.check_wish(terms.slots, wish.choice)
    await contact_check.check_may_begin(wish, now=now)
    if way == Way.HOLD:
        await _take(terms, wish.party.size)
    status = PlaceStatus.HELD if way == Way.HOLD else PlaceStatus.UNPROVED
    reservation = await _write(wish, terms, status, now)
    closes_at = min(slot.booking_closes_at for slot in terms.slots)
    await contact_check.begin(reservation, closes_at, now=now)
    return reservation


async def _take(terms: Terms, seats: int) -> None:
    for slot in terms.slots:
        if not await programmes.take_seats(slot.id, seats):
            raise SlotFull(slot.id)


async def _write(wish: Wish, terms: Terms, status: PlaceStatus, now: datetime) -> Reservation:
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
            for slot in terms.slots
        ]
    )
    return reservation
