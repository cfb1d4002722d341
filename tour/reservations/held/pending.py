"""What a contact check holds: confirmed when its code comes back, given back when it does not.

What is held is of one kind: seats, turns in queues, or a chance in a draw. It is locked first, as
everywhere, so a code and the end of its time are looked at one after the other.
"""

from datetime import datetime

from tour.db import transaction
from tour.errors import TourError
from tour.notifications import service as notifications
from tour.notifications.mail import boxes
from tour.programmes import service as programmes
from tour.programmes.models import Slot
from tour.programmes.states import SlotStatus
from tour.reservations.draws import draws
from tour.reservations.errors import Clashing, SlotFull
from tour.reservations.locks import lock_contact, lock_party
from tour.reservations.messages import reminders
from tour.reservations.models import ContactCheck, DrawEntry, Place, Reservation, WaitlistEntry
from tour.reservations.parties import contact_check, holdings
from tour.reservations.parties.contact_check import check_ended, unanswered
from tour.reservations.parties.parties import by_reference
from tour.reservations.parties.terms import terms_of_existing
from tour.reservations.states import EndedBy, EntryStatus, PlaceStatus, WaitlistStatus
from tour.reservations.waitlist import queue
from tour.reservations.wishes import NOTHING_CHOSEN, Choice

AWAITING = (PlaceStatus.HELD, PlaceStatus.UNPROVED)


async def prove(
    reference: str, code: str, *, choice: Choice = NOTHING_CHOSEN, now: datetime
) -> Reservation:
    """Confirm what is held for the code; twice is the same as once.

    Raises BadInput for a wrong code, CheckEnded, or what would have refused the party: only who
    reads the mail box is told what its owner holds already. After Clashing the seats stay held, so
    that the code can be sent again with the choice.
    """
    reservation = await by_reference(reference)
    async with transaction():
        problem = await _prove(reservation, code, choice | reservation.choice, now)
    if problem:
        raise problem
    return reservation


async def withdraw(reservation: Reservation, *, now: datetime) -> bool:
    """Give up what is held for a code; False when nothing is (any more)."""
    if not await unanswered().filter(reservation_id=reservation.id).exists():
        return False
    async with transaction():
        await lock_party(reservation.id)
        return await _end(reservation, now)


async def lapse(check_id: int, *, now: datetime) -> bool:
    """Give back what was held for a code that did not come; False when it came meanwhile, or when
    its letter has not left yet."""
    check = await ContactCheck.get(id=check_id).select_related("reservation")
    async with transaction():
        await lock_party(check.reservation_id)
        reader = check.reservation.recipient_id
        if await contact_check.waits_for_letter(check, reader, now=now):
            return False
        return await _end(check.reservation, now)


async def _prove(
    reservation: Reservation, code: str, choice: Choice, now: datetime
) -> TourError | None:
    """The refusal is returned, not raised: the counted try must be kept."""
    await lock_contact(reservation)
    await lock_party(reservation.id)
    check = await contact_check.counted(reservation.id, now=now)
    if check is None:
        proved = await ContactCheck.filter(reservation_id=reservation.id).exclude(proved_at=None)
        return None if proved else check_ended()
    if not contact_check.is_right(check, code):
        if check.tries < contact_check.MOST_TRIES:
            return contact_check.wrong_code(check)
        await _end(reservation, now)
        return check_ended()
    try:
        await _confirm(reservation, choice, now)
    except Clashing as exc:
        return exc
    except TourError as exc:
        await _end(reservation, now)
        return exc
    await ContactCheck.filter(id=check.id).update(proved_at=now, code="")
    return None


async def _confirm(reservation: Reservation, choice: Choice, now: datetime) -> None:
    """Refusals come before anything is written."""
    places = await _held_places(reservation.id)
    turns = await _unproved_turns(reservation.id)
    entry = await DrawEntry.get_or_none(reservation_id=reservation.id, status=EntryStatus.UNPROVED)
    if not places and not turns and not entry:
        raise check_ended()
    await boxes.prove(reservation.recipient_id, now=now)
    if places:
        await _confirm_places(reservation, places, choice, now)
    for turn in turns:
        await queue.admit(turn, reservation, choice, now=now)
    if entry:
        await draws.admit(entry, reservation, choice, now=now)


async def _confirm_places(
    reservation: Reservation, places: list[Place], choice: Choice, now: datetime
) -> None:
    """Seats that were not held are taken now, all of them or none (SlotFull)."""
    terms = await terms_of_existing(place.slot_id for place in places)
    await holdings.refuse(reservation, terms, choice)
    await _take_unheld(places, {slot.id: slot for slot in terms.slots})
    chosen = Place.filter(reservation_id=reservation.id, status__in=AWAITING)
    await chosen.update(status=PlaceStatus.CONFIRMED)
    await reminders.queue(reservation, terms.slots, now=now)


async def _take_unheld(places: list[Place], slots: dict[int, Slot]) -> None:
    """Looked at before it is taken: the slots are locked, and a refusal is kept with its try."""
    wanted = [place for place in places if place.status == PlaceStatus.UNPROVED]
    for place in wanted:
        slot = slots[place.slot_id]
        if slot.status != SlotStatus.OPEN or slot.seats_left < place.seats:
            raise SlotFull(place.slot_id)
    for place in wanted:
        if not await programmes.take_seats(place.slot_id, place.seats):
            raise SlotFull(place.slot_id)


async def _end(reservation: Reservation, now: datetime) -> bool:
    ended = await unanswered().filter(reservation_id=reservation.id).update(ended_at=now, code="")
    if not ended:
        return False
    for place in await _held_places(reservation.id):
        await Place.filter(id=place.id).update(
            status=PlaceStatus.CANCELLED, cancelled_at=now, ended_by=EndedBy.CODE
        )
        if place.status == PlaceStatus.HELD:
            await programmes.give_back_seats(place.slot_id, place.seats)
            await queue.promote(place.slot_id, now=now)
    turns = WaitlistEntry.filter(reservation_id=reservation.id, status=WaitlistStatus.UNPROVED)
    await turns.update(status=WaitlistStatus.LEFT)
    entries = DrawEntry.filter(reservation_id=reservation.id, status=EntryStatus.UNPROVED)
    await entries.update(status=EntryStatus.LEFT)
    await notifications.cancel(reservation.recipient_id)
    return True


async def _held_places(reservation_id: int) -> list[Place]:
    held = Place.filter(reservation_id=reservation_id, status__in=AWAITING)
    return await held.order_by("slot_id")


async def _unproved_turns(reservation_id: int) -> list[WaitlistEntry]:
    turns = WaitlistEntry.filter(reservation_id=reservation_id, status=WaitlistStatus.UNPROVED)
    return await turns.order_by("slot_id")
