"""What a party changes by itself until the cut-off: its size, its names, its places.

Each place has its own cut-off. What is open is given back or changed; what is not stays as it is.
Its draw and its slots are locked first; what is read of the reservation after that stays true
until the transaction ends.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from tour.contacts.finding import found_by
from tour.db import transaction
from tour.db.columns import ids_of
from tour.i18n import lazy as _
from tour.notifications import service as notifications
from tour.notifications.mail import boxes
from tour.programmes import service as programmes
from tour.reservations.draws import draws
from tour.reservations.errors import (
    BookingRefused,
    ChangedMeanwhile,
    EntriesClosed,
    SlotFull,
    TooLateToChange,
)
from tour.reservations.held import pending
from tour.reservations.locks import lock_party
from tour.reservations.messages import reminders
from tour.reservations.models import DrawEntry, Place, Reservation, WaitlistEntry
from tour.reservations.parties.contact_check import unanswered
from tour.reservations.parties.parties import by_reference
from tour.reservations.parties.terms import audience_of, slots_with_programmes
from tour.reservations.rules import change_problem, resize_problem
from tour.reservations.states import EndedBy, EntryStatus, PlaceStatus, WaitlistStatus
from tour.reservations.waitlist import queue


async def cancel(reference: str, *, by: EndedBy = EndedBy.PARTY, now: datetime) -> Reservation:
    """Give back all that is open: places, offers, turns in queues, a chance in a draw that has not
    been held. Twice is the same as once. Raises TooLateToChange where there are places and none of
    them is open any more. What the party did itself is confirmed to it in writing."""
    reservation = await by_reference(reference)
    if await pending.withdraw(reservation, now=now):
        return reservation
    async with transaction():
        places = await _locked_places(reservation)
        given_back = _open(places, now)
        await draws.withdraw(reservation.id)
        for place in given_back:
            await release(place, PlaceStatus.CANCELLED, now, by=by)
        await queue.leave_all(reservation, now=now)
        await _tell_only(reservation, [p for p in places if p not in given_back], now)
        if by == EndedBy.PARTY:
            await _confirm(reservation, given_back, now)
    return reservation


async def cancel_place(
    reference: str,
    slot_id: int,
    *,
    by: EndedBy = EndedBy.PARTY,
    reason: str = "",
    now: datetime,
) -> Reservation:
    """Give one stop of an itinerary back and keep the others. What the
    party did itself is confirmed to it in writing."""
    reservation = await by_reference(reference)
    async with transaction():
        places = await _locked_places(reservation)
        place = next((p for p in places if p.slot_id == slot_id), None)
        if place is not None:
            _open([place], now)
            await release(place, PlaceStatus.CANCELLED, now, by=by, reason=reason)
            await _tell_only(reservation, [p for p in places if p is not place], now)
            if by == EndedBy.PARTY:
                await _confirm(reservation, [place], now)
    return reservation


async def change_party(
    reference: str, *, adults: int, children: int, slot_id: int | None = None, now: datetime
) -> Reservation:
    """Another number of people at every place that is open, or at none: raises SlotFull where seats
    lack. With `slot_id` at that place alone; the party itself stays as it is."""
    reservation = await by_reference(reference)
    async with transaction():
        places = await _locked_places(reservation)
        reservation = await by_reference(reference)
        chosen = _open([p for p in places if slot_id in (None, p.slot_id)], now)
        await _check_change(reservation, chosen, adults, children, now)
        size = adults + children
        for place in chosen:
            await _resize(place, size, now)
        if slot_id is None:
            await Reservation.filter(id=reservation.id).update(adults=adults, children=children)
            await _resize_queued(reservation, size, now)
            if not children:
                await draws.leave_pool(reservation.id, "children")
    return await by_reference(reference)


async def change_details(
    reference: str,
    *,
    adults: int,
    children: int,
    name: str,
    kana: str,
    slot_id: int | None = None,
    now: datetime,
) -> Reservation:
    """Size and names of one form, both or neither; raises as `change_party` and `rename` do."""
    async with transaction():
        await change_party(reference, adults=adults, children=children, slot_id=slot_id, now=now)
        return await rename(reference, name=name, kana=kana, now=now)


async def rename(reference: str, *, name: str, kana: str, now: datetime) -> Reservation:
    """Another name to call at the door, until the last cut-off; never into an erased party."""
    reservation = await by_reference(reference)
    _open(await confirmed_places(reservation.id), now)
    kept = Reservation.filter(id=reservation.id, erased_at=None)
    words = found_by(name, kana, reservation.email, reservation.phone, reservation.door_code)
    if not await kept.update(name=name, kana=kana, found_by=words):
        raise TooLateToChange(_("The personal data of this reservation has been deleted."))
    return await by_reference(reference)


async def resend(reference: str, *, now: datetime) -> str:
    """Tell the party its reservation again, by whatever channel it has; not twice in a moment.

    "sent", "not-sent" when it has no session left or was told just now, "unproved" when its mail
    box is nobody's yet: it has had its one confirmation.
    """
    reservation = await by_reference(reference)
    places = await confirmed_places(reservation.id)
    if not places or await reminders.receipt_is_new(reservation, now=now):
        return "not-sent"
    if not await boxes.may_be_written_to(reservation.recipient_id):
        return "unproved"
    slots = await slots_with_programmes([place.slot_id for place in places])
    async with transaction():
        await reminders.send_receipt(reservation, slots, now=now)
    return "sent"


async def release(
    place: Place,
    status: PlaceStatus,
    now: datetime,
    *,
    by: EndedBy = EndedBy.PARTY,
    reason: str = "",
) -> None:
    """End a place of a locked slot and offer its seats on; a second time gives nothing back."""
    who = EndedBy.NOBODY_CAME if status == PlaceStatus.RELEASED else by
    released = await Place.filter(id=place.id, status=PlaceStatus.CONFIRMED).update(
        status=status, cancelled_at=now, ended_by=who, reason=reason
    )
    if released:
        await programmes.give_back_seats(place.slot_id, place.seats)
        await queue.promote(place.slot_id, now=now)


async def confirmed_places(reservation_id: int) -> list[Place]:
    """The party's places, each with its slot, in the order in which slots are locked."""
    places = Place.filter(reservation_id=reservation_id, status=PlaceStatus.CONFIRMED)
    return await places.order_by("slot_id").select_related("slot__programme")


async def _locked_places(reservation: Reservation) -> list[Place]:
    """Its places once they, its queues and its draw are this transaction's."""
    locked = await lock_party(reservation.id)
    places = await confirmed_places(reservation.id)
    if not {place.slot_id for place in places} <= locked.keys():
        # It got a place between the two reads: that slot is not locked.
        raise ChangedMeanwhile(_("Something changed meanwhile. Please look at it again."))
    return places


def _open(places: Sequence[Place], now: datetime) -> list[Place]:
    """Those whose cut-off is still to come; raises TooLateToChange where there are only others."""
    problems = {place.id: change_problem(place.slot.booking_closes_at, now=now) for place in places}
    found = [place for place in places if problems[place.id] is None]
    for problem in problems.values():
        if problem and not found:
            raise TooLateToChange(problem)
    return found


async def _check_change(
    reservation: Reservation,
    places: Sequence[Place],
    adults: int,
    children: int,
    now: datetime,
) -> None:
    if await unanswered().filter(reservation_id=reservation.id).exists():
        raise ChangedMeanwhile(_("Please type the code from the email first."))
    if await WaitlistEntry.exists(reservation_id=reservation.id, status=WaitlistStatus.OFFERED):
        raise ChangedMeanwhile(_("Seats are held for you. Please answer the offer first."))
    slot_ids = [place.slot_id for place in places]
    slot_ids += await _hoped_for(reservation, now)
    before, after = (reservation.adults, reservation.children), (adults, children)
    own = {place.slot_id: place.seats for place in places}
    for slot in await slots_with_programmes(slot_ids):
        left = slot.seats_left + own[slot.id] if slot.id in own else None
        if problem := resize_problem(before, after, replace(audience_of(slot), seats_left=left)):
            raise BookingRefused(problem, slot.id, "adults")


async def _hoped_for(reservation: Reservation, now: datetime) -> list[int]:
    """The slots whose queues it stands in, and those of its ranking in a draw; raises EntriesClosed
    when the list of that draw may be public."""
    waiting = WaitlistEntry.filter(reservation_id=reservation.id, status=WaitlistStatus.WAITING)
    slot_ids = [turn.slot_id for turn in await waiting]
    entered = DrawEntry.filter(reservation_id=reservation.id, status=EntryStatus.ENTERED)
    for entry in await entered.select_related("draw"):
        if not draws.is_open(entry.draw, now):
            raise EntriesClosed(_("The draw is about to be held; entries can no longer change."))
        slot_ids += entry.ranking
    return slot_ids


async def _resize(place: Place, size: int, now: datetime) -> None:
    more = size - place.seats
    if more > 0 and not await programmes.take_seats(place.slot_id, more):
        raise SlotFull(place.slot_id)
    await Place.filter(id=place.id).update(seats=size)
    if more < 0:
        await programmes.give_back_seats(place.slot_id, -more)
        await queue.promote(place.slot_id, now=now)


async def _resize_queued(reservation: Reservation, size: int, now: datetime) -> None:
    """A smaller party may fit now, so its queues move; its turn stays."""
    waiting = WaitlistEntry.filter(reservation_id=reservation.id, status=WaitlistStatus.WAITING)
    slot_ids = await ids_of(waiting.order_by("slot_id"), "slot_id")
    await waiting.update(seats=size)
    for slot_id in slot_ids:
        await queue.promote(slot_id, now=now)


async def _confirm(reservation: Reservation, places: Sequence[Place], now: datetime) -> None:
    slots = await slots_with_programmes([place.slot_id for place in places])
    await reminders.tell_given_up(reservation, slots, now=now)


async def _tell_only(reservation: Reservation, places: Sequence[Place], now: datetime) -> None:
    """Keep what is still to be said of these places, and take back all else."""
    if not places:
        await notifications.cancel(reservation.recipient_id, keeping=reminders.GIVEN_UP)
        return
    slots = await slots_with_programmes([place.slot_id for place in places])
    await reminders.renew(reservation, slots, now=now)
