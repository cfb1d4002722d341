"""The queue of a slot that is full. Seats that come free are offered to the oldest party that fits.

Every verb locks the slot first, so that joining, leaving, offering and taking one slot happen one
after the other; and every verb that frees seats offers them on before its transaction ends, so
that no seat lies idle while a party that fits is waiting and may be told (see `offers`). An offer
that nobody answers goes to the next who waits; where nobody waits the seats are free for all, and
the late yes of whoever was asked is as good as anybody's.

While a programme is paused or its site withdrawn, nobody is offered a seat: a queue keeps its order
until it is shown again (`publish_programme`). What was offered before stays good to its end, as
what is reserved does.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from tour.accounts.people.published import tell_published
from tour.audit.service import Actor
from tour.db import transaction
from tour.i18n import lazy as _
from tour.notifications import queries as messages
from tour.notifications import service as notifications
from tour.programmes import editing
from tour.programmes import service as programmes
from tour.programmes.models import Programme, Slot
from tour.programmes.states import SlotStatus
from tour.reservations.answers import Kept
from tour.reservations.errors import AlreadyWaiting, OfferGone, SeatsFree
from tour.reservations.locks import lock_contact, lock_party
from tour.reservations.messages import reminders
from tour.reservations.models import Place, Reservation, WaitlistEntry
from tour.reservations.parties import contact_check, holdings, newcomers
from tour.reservations.parties.holdings import of_contact
from tour.reservations.parties.parties import answers_kept, by_reference, write_party
from tour.reservations.parties.terms import (
    read_terms,
    refuse_unless_fits,
    slots_with_programmes,
    terms_of_existing,
)
from tour.reservations.rules import Party
from tour.reservations.service import once
from tour.reservations.states import WaitlistStatus
from tour.reservations.waitlist import offering
from tour.reservations.wishes import NOTHING_CHOSEN, Choice, Wish
from tour.sites.editing import publication

UNANSWERED = (WaitlistStatus.WAITING, WaitlistStatus.OFFERED)


async def join(wish: Wish, *, now: datetime) -> Reservation:
    """Queue a party for a full slot (the wish's first); a repeated form queues once.

    Raises SeatsFree when the party can simply reserve, AlreadyWaiting, BookingRefused, or what
    `holdings.check` raises.
    """
    turn = replace(wish, asks="queue")
    return await once(turn, lambda: _join(turn, now))


async def _join(wish: Wish, now: datetime) -> Reservation:
    terms = await read_terms(wish.slot_ids[:1])
    refuse_unless_fits(wish, terms, now)
    [slot] = terms.slots
    async with transaction():
        await lock_contact(wish.party, wish.newcomer)
        [locked] = await programmes.lock_slots([slot.id])
        if locked.seats_left >= wish.party.size:
            raise SeatsFree(_("There are seats for you: you can reserve at once."), slot=slot.id)
        if await newcomers.turn_needs_code(wish, terms, now=now):
            return await _join_unproved(wish, slot, now)
        await _refuse_second_turn(slot.id, wish.party)
        await holdings.check(wish.party, terms.slots, wish.choice)
        reservation = await write_party(wish, now)
        await enqueue(reservation, slot.id, answers=answers_kept(wish, slot), now=now)
    return reservation


async def _join_unproved(wish: Wish, slot: Slot, now: datetime) -> Reservation:
    await contact_check.check_may_begin(wish, now=now)
    reservation = await write_party(wish, now)
    turn = await enqueue(reservation, slot.id, answers=answers_kept(wish, slot), now=now)
    await WaitlistEntry.filter(id=turn.id).update(status=WaitlistStatus.UNPROVED)
    await contact_check.begin(reservation, slot.booking_closes_at, now=now)
    return reservation


async def admit(
    turn: WaitlistEntry, reservation: Reservation, choice: Choice, *, now: datetime
) -> None:
    """Let a party whose contact is proved into the queue of its locked slot, where it came."""
    await _refuse_second_turn(turn.slot_id, reservation)
    await holdings.check(reservation, await slots_with_programmes([turn.slot_id]), choice)
    await WaitlistEntry.filter(id=turn.id).update(status=WaitlistStatus.WAITING)
    await promote(turn.slot_id, now=now)


async def enqueue(
    reservation: Reservation, slot_id: int, *, answers: Sequence[Kept] = (), now: datetime
) -> WaitlistEntry:
    """Put a party at the end of a queue; its slot is locked by the caller."""
    return await WaitlistEntry.create(
        reservation=reservation,
        slot_id=slot_id,
        seats=reservation.party_size,
        answers=list(answers),
        joined_at=now,
    )


async def promote(slot_id: int, *, now: datetime) -> int:
    """Offer the free seats of a locked slot to those who fit, oldest first; returns to how many."""
    [slot] = await Slot.filter(id=slot_id).select_related("programme__site")
    if not offering.may_be_offered(slot, now):
        return 0
    offered, free = 0, slot.seats_left
    waiting = WaitlistEntry.filter(slot_id=slot_id, status=WaitlistStatus.WAITING)
    for entry in await waiting.filter(seats__lte=free).order_by("id"):
        open_for = await offering.window_for(entry, slot, now) if entry.seats <= free else None
        if open_for and await programmes.take_seats(slot_id, entry.seats):
            free -= entry.seats
            offered += 1
            await offering.offer(entry, slot, open_for, now)
    return offered


async def accept(
    reference: str, slot_id: int, *, choice: Choice = NOTHING_CHOSEN, now: datetime
) -> Reservation:
    """Turn an offer into a confirmed place; doing it twice is the same as once.

    A yes while seats are free is a yes, though the time to answer be over, or the queue closed. The
    party leaves its other queues with it: whoever lost a draw waits in several. Raises
    OfferGone, or, while the offer stays open, LimitReached and what `holdings.check` raises.
    """
    reservation = await by_reference(reference)
    async with transaction():
        await lock_contact(reservation)
        slots = await lock_party(reservation.id, slot_id)
        entry = await WaitlistEntry.get_or_none(reservation_id=reservation.id, slot_id=slot_id)
        if entry and entry.status == WaitlistStatus.ACCEPTED:
            return reservation
        if not entry or slots[slot_id].status == SlotStatus.CANCELLED:
            raise OfferGone(_("This offer has ended. The seats went to others."))
        terms = await terms_of_existing([slot_id])
        await holdings.refuse(reservation, terms, choice | reservation.choice)
        if not await _takes_its_seats(entry, terms.slots[0], now):
            raise OfferGone(_("This offer has ended. The seats went to others."))
        await _end(entry, WaitlistStatus.ACCEPTED)
        await Place.create(
            reservation=reservation, slot_id=slot_id, seats=entry.seats, answers=entry.answers
        )
        await leave_all(reservation, now=now)
        await reminders.queue(reservation, terms.slots, now=now)
    return reservation


async def leave(reference: str, slot_id: int, *, now: datetime) -> Reservation:
    """Leave a queue, or decline what was offered; the seats go on to the next party."""
    reservation = await by_reference(reference)
    async with transaction():
        await programmes.lock_slots([slot_id])
        entry = await WaitlistEntry.get_or_none(reservation_id=reservation.id, slot_id=slot_id)
        if entry and entry.status in UNANSWERED:
            await _leave(entry, now)
    return reservation


async def expire_offer(entry_id: int, slot_id: int, *, now: datetime) -> bool:
    """End one offer whose time is over and move on; False when it was answered meanwhile, or when
    the party has not been told yet: then its time begins anew."""
    async with transaction():
        await programmes.lock_slots([slot_id])
        entry = await WaitlistEntry.get(id=entry_id).select_related("reservation")
        if entry.status != WaitlistStatus.OFFERED or offering.is_open(entry, now):
            return False
        slot = await Slot.get(id=slot_id).select_related("programme__site")
        is_untold = await messages.is_on_its_way(
            entry.reservation.recipient_id, offering.key_of(entry)
        )
        if is_untold and (open_for := await offering.window_for(entry, slot, now)):
            await offering.offer(entry, slot, open_for, now)
            return False
        await _end(entry, WaitlistStatus.EXPIRED)
        await programmes.give_back_seats(slot_id, entry.seats)
        await promote(slot_id, now=now)
    return True


async def offer_free_seats(slot_id: int, *, now: datetime) -> int:
    """As `promote`, in a transaction of its own: for seats that came free elsewhere."""
    async with transaction():
        await programmes.lock_slots([slot_id])
        return await promote(slot_id, now=now)


async def publish_programme(programme: Programme, *, actor: Actor, now: datetime) -> None:
    """Show a paused programme to visitors again, and offer the seats that came free meanwhile, at
    one moment: its queues come before newcomers."""
    async with transaction():
        slots = await _lock_waited_for(slot__programme_id=programme.id)
        await editing.publish(programme, actor=actor, now=now)
        await _promote_each(slots, now)


async def publish_site(site_id: int, *, actor: Actor, now: datetime) -> None:
    """The same for a site that had withdrawn: all its programmes that are not paused themselves.
    Who tends a site that was not shown is told that it is."""
    async with transaction():
        slots = await _lock_waited_for(slot__programme__site_id=site_id)
        if await publication.publish_site(site_id, actor=actor, now=now):
            await tell_published(site_id, now=now)
        await _promote_each(slots, now)


async def _lock_waited_for(**of: int) -> list[Slot]:
    waiting = WaitlistEntry.filter(status=WaitlistStatus.WAITING, **of)
    return await programmes.lock_slots(
        [int(row["slot_id"]) for row in await waiting.values("slot_id")]
    )


async def _promote_each(slots: list[Slot], now: datetime) -> None:
    for slot in slots:
        await promote(slot.id, now=now)


async def close_queue(slot_id: int, *, now: datetime) -> int:
    """End the waiting for a slot that takes no more reservations; returns for how many."""
    async with transaction():
        [slot] = await programmes.lock_slots([slot_id])
        if slot.status == SlotStatus.OPEN and now < slot.booking_closes_at:
            return 0
        waiting = WaitlistEntry.filter(slot_id=slot_id, status=WaitlistStatus.WAITING)
        return await waiting.update(status=WaitlistStatus.CLOSED)


async def withdraw_all(slot: Slot) -> list[Reservation]:
    """End every wait and offer of a locked slot that is called off; returns whose they were."""
    entries = WaitlistEntry.filter(slot_id=slot.id, status__in=UNANSWERED)
    found = await entries.order_by("id").select_related("reservation__recipient")
    if offered := sum(e.seats for e in found if e.status == WaitlistStatus.OFFERED):
        await programmes.give_back_seats(slot.id, offered)
    ended = WaitlistEntry.filter(id__in=[entry.id for entry in found])
    await ended.update(status=WaitlistStatus.CLOSED)
    offers = {entry.reservation.recipient_id: offering.key_of(entry) for entry in found}
    await notifications.cancel_where(
        offers.keys(), lambda reader, key: key.startswith(offers[reader])
    )
    unproved = WaitlistEntry.filter(slot_id=slot.id, status=WaitlistStatus.UNPROVED)
    await unproved.update(status=WaitlistStatus.CLOSED)
    return [entry.reservation for entry in found]


async def leave_all(reservation: Reservation, *, now: datetime) -> None:
    """Leave every queue of a party whose slots are locked (see `locks`)."""
    entries = WaitlistEntry.filter(reservation_id=reservation.id, status__in=UNANSWERED)
    for entry in await entries.order_by("slot_id"):
        await _leave(entry, now)


async def _leave(entry: WaitlistEntry, now: datetime) -> None:
    if entry.status == WaitlistStatus.WAITING:
        await _end(entry, WaitlistStatus.LEFT)
        return
    await _end(entry, WaitlistStatus.DECLINED)
    await programmes.give_back_seats(entry.slot_id, entry.seats)
    await promote(entry.slot_id, now=now)


async def _end(entry: WaitlistEntry, status: WaitlistStatus) -> None:
    await WaitlistEntry.filter(id=entry.id).update(status=status)
    reservation = await Reservation.get(id=entry.reservation_id)
    await notifications.cancel(reservation.recipient_id, offering.key_of(entry))


async def _takes_its_seats(entry: WaitlistEntry, slot: Slot, now: datetime) -> bool:
    """Those held for it, or, when its time is over, those that are free all the same."""
    if entry.status == WaitlistStatus.OFFERED:
        return now < slot.ends_at
    return offering.takes_a_yes(entry.status, slot, now) and await programmes.take_seats(
        slot.id, entry.seats
    )


async def _refuse_second_turn(slot_id: int, party: Party | Reservation) -> None:
    entries = WaitlistEntry.filter(slot_id=slot_id, status__in=UNANSWERED)
    if await entries.filter(of_contact(party, "reservation__")).exists():
        raise AlreadyWaiting(_("You are on this waiting list already."))
