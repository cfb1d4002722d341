"""Putting sessions into a reservation that a party holds: one name, one contact, one QR code.

What it takes is taken under the rules of any new reservation; what it gives up for it is given back
in the same transaction. So the party holds what it had, or all of what it wanted.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tour.db import transaction
from tour.i18n import lazy as _
from tour.programmes import service as programmes
from tour.programmes.models import Slot
from tour.reservations.answers import Kept
from tour.reservations.door.arrivals import arrivals_of
from tour.reservations.errors import (
    ChangedMeanwhile,
    CodeFirst,
    NothingHeld,
    SlotFull,
    TooLateToChange,
    TooManyPlaces,
)
from tour.reservations.held import changes
from tour.reservations.locks import lock_contact, lock_party
from tour.reservations.messages import reminders
from tour.reservations.models import STANDS_AGAIN, ContactCheck, Place, Reservation, WaitlistEntry
from tour.reservations.parties import holdings, newcomers
from tour.reservations.parties.contact_check import unanswered
from tour.reservations.parties.newcomers import Way
from tour.reservations.parties.parties import answers_kept, by_reference
from tour.reservations.parties.terms import (
    Terms,
    checks_contact,
    read_terms,
    refuse_unless_fits,
    slots_with_programmes,
)
from tour.reservations.rules import Newcomer, Party, change_problem
from tour.reservations.service import MAX_SLOTS
from tour.reservations.states import PlaceStatus, WaitlistStatus
from tour.reservations.waitlist import queue
from tour.reservations.wishes import NOTHING_CHOSEN, Wish


@dataclass(frozen=True, slots=True)
class Joining:
    """The sessions that a party wants as well, and those of the same reservation that go for it."""

    slot_ids: tuple[int, ...]
    gives_back: frozenset[int] = frozenset()
    answers: dict[int, list[str]] = field(default_factory=dict)
    """By slot id, to the questions of its programme."""
    photos_allowed: bool | None = None
    newcomer: Newcomer | None = None
    is_known: bool = False
    """As in `Wish`: of the device that asks."""


async def join(reference: str, wish: Joining, *, now: datetime) -> Reservation:
    """Confirm the party in every session, for as many people as it is, or raise why not, and then
    nothing is changed. Twice is the same as once. It is told what it holds now, in one message.

    Raises NothingHeld where there is no reservation to join, CodeFirst where its contact must be
    proved before, TooLateToChange where something cannot be given back any more, and what
    `service.reserve` raises.
    """
    async with transaction():
        named = await by_reference(reference)
        await lock_contact(named, wish.newcomer)
        await lock_party(named.id, *wish.slot_ids, *wish.gives_back)
        # Read under its lock: it may have been another number of people before.
        reservation = await by_reference(reference)
        held = await _held(reservation, now)
        new = sorted(set(wish.slot_ids) - {place.slot_id for place in held})
        if new:
            gone = _to_give_back(held, wish.gives_back, now)
            await _exchange(reservation, new, gone, wish, now)
            kept = [place.slot_id for place in held if place not in gone]
            await _tell(reservation, kept, new, gone, now)
    return reservation


def party_of(reservation: Reservation) -> Party:
    """Those who hold it, as a form would have them."""
    r = reservation
    return Party(r.adults, r.children, r.name, r.kana, r.email, r.phone)


async def has_proved(reservation: Reservation) -> bool:
    """Whether a code, a known device or a link in a letter has shown that its contact is theirs."""
    checks = ContactCheck.filter(reservation_id=reservation.id, proved_at__not_isnull=True)
    reader = await reservation.recipient
    return reader.proved_at is not None or await checks.exists()


async def is_code_asked(
    reservation: Reservation, event_ids: Collection[int], *, is_known: bool
) -> bool:
    """Whether it is to be seen beforehand that sessions of these events want a code first."""
    if is_known or not await checks_contact(event_ids):
        return False
    return not await has_proved(reservation)


async def _held(reservation: Reservation, now: datetime) -> list[Place]:
    """Its places; raises NothingHeld where none of them is still to come."""
    if await unanswered().filter(reservation_id=reservation.id).exists():
        raise ChangedMeanwhile(_("Please type the code from the email first."))
    held = await changes.confirmed_places(reservation.id)
    if reservation.erased_at or all(place.slot.ends_at <= now for place in held):
        raise NothingHeld
    return held


def _to_give_back(held: Sequence[Place], chosen: frozenset[int], now: datetime) -> list[Place]:
    gone = [place for place in held if place.slot_id in chosen]
    if len(gone) < len(chosen):
        raise ChangedMeanwhile(_("Something changed meanwhile. Please look at it again."))
    for place in gone:
        if problem := change_problem(place.slot.booking_closes_at, now=now):
            raise TooLateToChange(problem, slot=place.slot_id)
    return gone


async def _exchange(
    reservation: Reservation, new: list[int], gone: Sequence[Place], asked: Joining, now: datetime
) -> None:
    """What is given back first: it may stand against what is taken."""
    terms, wish = await read_terms(new), await _wish_of(reservation, new, asked)
    refuse_unless_fits(wish, terms, now)
    if await newcomers.way_in(wish, terms, now=now) != Way.PLAIN:
        raise CodeFirst
    for place in gone:
        await changes.release(place, PlaceStatus.CANCELLED, now)
    if await _places(reservation) + len(new) > MAX_SLOTS:
        raise TooManyPlaces(MAX_SLOTS)
    await holdings.refuse(reservation, terms, NOTHING_CHOSEN, beside=reservation.id)
    await _refuse_while_offered(reservation, new)
    await _take(reservation, terms, wish, now)
    if asked.photos_allowed is not None:
        await Reservation.filter(id=reservation.id).update(photos_allowed=asked.photos_allowed)


async def _wish_of(reservation: Reservation, new: list[int], asked: Joining) -> Wish:
    """As whoever reserves anew would say it; what was proved once need not be again (decisions 0012
    and 0022)."""
    proved = asked.is_known or await has_proved(reservation)
    return Wish(
        slot_ids=tuple(new),
        party=party_of(reservation),
        lang=reservation.lang,
        timezone="",
        idempotency_key="",
        answers=asked.answers,
        newcomer=None if proved else asked.newcomer,
        is_known=proved,
    )


async def _take(reservation: Reservation, terms: Terms, wish: Wish, now: datetime) -> None:
    for slot in terms.slots:
        if not await programmes.take_seats(slot.id, reservation.party_size):
            raise SlotFull(slot.id)
        await _confirm(reservation, slot, answers_kept(wish, slot))
        await queue.leave(reservation.reference, slot.id, now=now)


async def _places(reservation: Reservation) -> int:
    places = Place.filter(reservation_id=reservation.id, status=PlaceStatus.CONFIRMED)
    return await places.count()


async def _refuse_while_offered(reservation: Reservation, slot_ids: list[int]) -> None:
    turns = WaitlistEntry.filter(reservation_id=reservation.id, slot_id__in=slot_ids)
    if await turns.filter(status=WaitlistStatus.OFFERED).exists():
        raise ChangedMeanwhile(_("Seats are held for you. Please answer the offer first."))


async def _confirm(reservation: Reservation, slot: Slot, answers: list[Kept]) -> None:
    """A place that the party had here once, and gave back, is its place again."""
    values: dict[str, Any] = {
        **STANDS_AGAIN,
        "seats": reservation.party_size,
        "answers": answers,
        "late_minutes": None,
        "said_at": None,
    }
    mine = Place.filter(reservation_id=reservation.id, slot_id=slot.id)
    if not await mine.update(**values):
        await Place.create(reservation=reservation, slot=slot, **values)


async def _arrived(reservation: Reservation) -> set[int]:
    places = {place.id: place.slot_id for place in await changes.confirmed_places(reservation.id)}
    return {places[place_id] for place_id in await arrivals_of(list(places))}


async def _tell(
    reservation: Reservation,
    kept: Sequence[int],
    new: Sequence[int],
    gone: Sequence[Place],
    now: datetime,
) -> None:
    """Its reminders by what it holds now, and one confirmation that says what has changed."""
    slots = await slots_with_programmes([*kept, *new, *(place.slot_id for place in gone)])
    given_back = {place.slot_id for place in gone}
    to_come = [slot for slot in slots if slot.id not in given_back and slot.ends_at > now]
    arrived = await _arrived(reservation)
    await reminders.renew(reservation, [s for s in to_come if s.id not in arrived], now=now)
    await reminders.tell_joined(
        reservation,
        to_come,
        added=[slot for slot in slots if slot.id in new],
        given_back=[slot for slot in slots if slot.id in given_back],
        now=now,
    )
