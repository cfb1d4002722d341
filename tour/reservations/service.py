"""The verbs of a reservation, one transaction each."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from tortoise.exceptions import IntegrityError

from tour.db import transaction
from tour.errors import NotFound
from tour.i18n import lazy as _
from tour.notifications import service as notifications
from tour.programmes import service as programmes
from tour.programmes.models import Slot
from tour.programmes.queries import SLOT_FIELDS, slot_entry
from tour.reservations import reminders
from tour.reservations.errors import BookingRefused, SlotFull, TooLateToChange
from tour.reservations.models import Place, PlaceStatus, Reservation
from tour.reservations.rules import Party, booking_problem, change_problem, party_problem

MAX_SLOTS = 8
REFERENCE_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""31 letters and digits that are not taken for each other; 26 of them are 128 bits."""
REFERENCE_LENGTH = 26
DOOR_LETTERS = REFERENCE_LETTERS.upper()


@dataclass(frozen=True, slots=True)
class Request:
    """One party's wish for one slot or for a whole itinerary of up to eight."""

    slot_ids: tuple[int, ...]
    party: Party
    lang: str
    timezone: str
    idempotency_key: str


async def reserve(wish: Request, *, now: datetime) -> Reservation:
    """Confirm the party's place in every slot, or raise why not, and then nothing is kept.

    The same idempotency key answers with the same reservation, however often it is sent.
    Slots are taken in the order of their ids, so that two parties never wait for each other.
    """
    if made := await Reservation.get_or_none(idempotency_key=wish.idempotency_key):
        return made
    try:
        async with transaction():
            slots = await _bookable(sorted(set(wish.slot_ids)), wish.party.size, now)
            for slot in slots:
                if not await programmes.take_seats(slot.id, wish.party.size):
                    raise SlotFull(slot.id)
            return await _write(wish, slots, now)
    except IntegrityError:
        # The same form twice at the same moment: the other one has just made the reservation.
        if made := await Reservation.get_or_none(idempotency_key=wish.idempotency_key):
            return made
        raise


async def cancel(reference: str, *, now: datetime) -> Reservation:
    """Give all seats of a reservation back; doing it twice is the same as once."""
    async with transaction():
        reservation = await Reservation.get_or_none(reference=reference)
        if reservation is None:
            raise NotFound(_("There is no such reservation. Please check the link."))
        for place in await confirmed_places(reservation.id):
            if problem := change_problem(place.slot.booking_closes_at, now=now):
                raise TooLateToChange(problem)
            await _release(place, now)
        await notifications.cancel(reservation.recipient_id)  # type: ignore[attr-defined]
    return reservation


async def confirmed_places(reservation_id: int) -> list[Place]:
    places = Place.filter(reservation_id=reservation_id, status=PlaceStatus.CONFIRMED)
    return await places.order_by("slot_id").select_related("slot")


async def _release(place: Place, now: datetime) -> None:
    """One UPDATE decides who releases it: a second click gives nothing back twice."""
    released = await Place.filter(id=place.id, status=PlaceStatus.CONFIRMED).update(
        status=PlaceStatus.CANCELLED, cancelled_at=now
    )
    if released:
        await programmes.give_back_seats(place.slot.id, place.seats)


async def _bookable(slot_ids: Sequence[int], party_size: int, now: datetime) -> list[Slot]:
    """The slots, each of which this party may book now; raises for the first it may not."""
    slots = (
        await Slot.filter(id__in=list(slot_ids)).order_by("id").select_related("programme__site")
    )
    if len(slots) != len(slot_ids) or not slots:
        raise NotFound(_("There is no such time. It may have been withdrawn."))
    for slot in slots:
        entry = slot_entry({name: getattr(slot, name) for name in SLOT_FIELDS})
        problem = booking_problem(entry.availability(now), entry.booking_opens_at) or party_problem(
            party_size, max_party=slot.programme.max_party, capacity=slot.capacity
        )
        if problem:
            raise BookingRefused(problem, slot.id)
    return slots


async def _write(wish: Request, slots: Sequence[Slot], now: datetime) -> Reservation:
    party = wish.party
    recipient = await notifications.new_recipient(
        lang=wish.lang, timezone=wish.timezone, email=party.email
    )
    reservation = await Reservation.create(
        reference=new_reference(),
        door_code=new_door_code(),
        name=party.name,
        kana=party.kana,
        email=party.email,
        phone=party.phone,
        adults=party.adults,
        children=party.children,
        lang=wish.lang,
        idempotency_key=wish.idempotency_key,
        recipient=recipient,
        consented_at=now,
    )
    for slot in slots:
        await Place.create(reservation=reservation, slot=slot, seats=party.size)
    await reminders.queue(reservation, recipient.id, slots, ZoneInfo(wish.timezone), now)
    return reservation


def new_reference() -> str:
    """128 random bits: the key to a reservation."""
    return _code(REFERENCE_LETTERS, REFERENCE_LENGTH)


def new_door_code() -> str:
    """Short enough to say at the door, such as K7M4-92QX; opens nothing by itself."""
    return f"{_code(DOOR_LETTERS, 4)}-{_code(DOOR_LETTERS, 4)}"


def _code(letters: str, length: int) -> str:
    return "".join(secrets.choice(letters) for _position in range(length))
