"""Draws: opened with a commitment, entered with a ranking, frozen, drawn, published.

The pure part is `lottery`; decision 0008 says what the rules promise.
"""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from tortoise.exceptions import IntegrityError
from tortoise.expressions import Q

from tour.db import transaction
from tour.errors import BadInput, Conflict, NotFound
from tour.i18n import Text
from tour.i18n import lazy as _
from tour.notifications import service as notifications
from tour.notifications.service import Draft
from tour.programmes import service as programmes
from tour.programmes.models import POOLS, Allocation, Slot, SlotStatus
from tour.programmes.rules import BOOKING_CLOSES_BEFORE
from tour.reservations import allowance, contact_check, lottery, reminders, waitlist
from tour.reservations.errors import AlreadyWaiting, EntriesClosed
from tour.reservations.models import (
    Draw,
    DrawEntry,
    DrawSlot,
    DrawStatus,
    EntryStatus,
    Place,
    Reservation,
)
from tour.reservations.parties import (
    Request,
    by_reference,
    limits_of,
    made_before,
    same_contact,
    slots_with_programmes,
    write_party,
)
from tour.reservations.rules import Party, party_problem

MAX_CHOICES = 5
FREEZE = timedelta(hours=1)
"""Between the end of entries and the draw the list is public and the seed is not."""
TOLD_FOR = timedelta(days=3)


async def open_draw(
    slot_ids: Sequence[int],
    *,
    event_id: int | None,
    entries_close_at: datetime,
    pools: Mapping[int, Mapping[str, int]] | None = None,
) -> Draw:
    """Open one draw over these slots and publish its commitment, before anybody can enter.

    `pools` by slot id, in place of those that the slots have themselves.
    """
    async with transaction():
        slots = await programmes.lock_slots(slot_ids)
        seed = lottery.new_seed()
        draw = await Draw.create(
            event_id=event_id,
            entries_close_at=entries_close_at,
            draws_at=entries_close_at + FREEZE,
            commitment=lottery.commitment(seed),
            seed=seed,
        )
        for slot in slots:
            kept = dict(slot.pools if pools is None else pools.get(slot.id, {}))
            await DrawSlot.create(draw=draw, slot=slot, pools=kept)
    return draw


async def open_missing(*, now: datetime) -> int:
    """Open a draw for each event whose slots are marked so and have none; returns how many."""
    marked = Slot.filter(
        allocation=Allocation.DRAW,
        status=SlotStatus.OPEN,
        draw_slot__id__isnull=True,
        booking_closes_at__gt=now,
    )
    groups: dict[tuple[int | None, int | None], list[Slot]] = {}
    for slot in await marked.order_by("id").select_related("programme"):
        event_id = slot.programme.event_id  # type: ignore[attr-defined]
        groups.setdefault((event_id, None if event_id else slot.programme.id), []).append(slot)
    opened = 0
    for (event_id, _programme_id), slots in groups.items():
        closes_at = min(slot.booking_closes_at for slot in slots)
        try:
            await open_draw([s.id for s in slots], event_id=event_id, entries_close_at=closes_at)
        except IntegrityError:
            continue  # Another worker opened it at the same moment: a slot has one draw.
        opened += 1
    return opened


async def enter(
    draw_id: int, wish: Request, *, pools: Sequence[str] = (), now: datetime
) -> Reservation:
    """Enter a party with its ranking (the wish's slots, best first); one entry a contact.

    Raises BadInput for the ranking as a whole, EntriesClosed, AlreadyWaiting.
    """
    if made := await made_before(wish):
        return made
    try:
        async with transaction():
            draw = await locked(draw_id)
            if draw.status != DrawStatus.OPEN or now >= draw.entries_close_at:
                raise EntriesClosed(_("This draw takes no more entries."))
            await _check_ranking(draw, wish)
            if await _checks_contact(draw):
                return await _enter_unproved(draw, wish, pools, now)
            await _check_contact(draw, wish.party)
            return await _write_entry(draw, wish, pools, EntryStatus.ENTERED, now)
    except IntegrityError as exc:
        if made := await made_before(wish):
            return made
        raise AlreadyWaiting(ENTERED_ALREADY) from exc


async def _checks_contact(draw: Draw) -> bool:
    events = [draw.event_id] if draw.event_id is not None else []
    return (await allowance.rules_of_events(events)).checks_contact


async def _enter_unproved(
    draw: Draw, wish: Request, pools: Sequence[str], now: datetime
) -> Reservation:
    await contact_check.check_may_begin(wish, now=now)
    reservation = await _write_entry(draw, wish, pools, EntryStatus.UNPROVED, now)
    await contact_check.begin(reservation, draw.entries_close_at, now=now)
    return reservation


async def admit(entry: DrawEntry, reservation: Reservation, *, now: datetime) -> None:
    """Let a party whose contact is proved into its locked draw; raises as `enter` does."""
    draw = await Draw.get(id=entry.draw_id)
    if draw.status != DrawStatus.OPEN or now >= draw.entries_close_at:
        raise EntriesClosed(_("This draw takes no more entries."))
    await _check_contact(draw, reservation)
    await DrawEntry.filter(id=entry.id).update(status=EntryStatus.ENTERED)


async def leave(reference: str, *, now: datetime) -> Reservation:
    """Take an entry back while entries are open."""
    reservation = await by_reference(reference)
    async with transaction():
        entry = await DrawEntry.get_or_none(reservation_id=reservation.id)
        if entry is None:
            raise NotFound(_("This reservation is in no draw."))
        draw = await locked(entry.draw_id)
        if draw.status != DrawStatus.OPEN or now >= draw.entries_close_at:
            raise EntriesClosed(_("The draw is about to be held; entries can no longer change."))
        await DrawEntry.filter(id=entry.id, status=EntryStatus.ENTERED).update(
            status=EntryStatus.LEFT
        )
    return reservation


async def freeze(draw_id: int, *, now: datetime) -> bool:
    """Close the entries and publish their list; False when that was done before."""
    async with transaction():
        draw = await locked(draw_id)
        if draw.status != DrawStatus.OPEN or now < draw.entries_close_at:
            return False
        entries = DrawEntry.filter(draw_id=draw.id, status=EntryStatus.ENTERED)
        listed = [
            await _listed(draw, entry)
            for entry in await entries.order_by("receipt").select_related("reservation")
        ]
        await Draw.filter(id=draw.id).update(status=DrawStatus.FROZEN, record=_record(draw, listed))
    return True


async def hold(draw_id: int, *, now: datetime) -> bool:
    """Hold a frozen draw: winners have their places, losers their turn in the queues.

    All in one transaction, so a crash leaves it to be held again, with the same result. The slots
    are then first come, with the usual cut-off; what is left goes to the losers in their order.
    """
    async with transaction():
        draw = await locked(draw_id)
        if draw.status != DrawStatus.FROZEN or now < draw.draws_at:
            return False
        slots = await _lock_slots_of(draw)
        offers = [_offer(slot, pools) for slot, pools in slots]
        entries = lottery.read_entries(draw.record["entries"])
        won = lottery.draw(draw.seed, entries, offers)
        record = draw.record | {
            "slots": [_listed_offer(offer) for offer in offers],
            "seed": draw.seed,
            "result": [[receipt, slot] for receipt, slot in won.items()],
        }
        await Draw.filter(id=draw.id).update(status=DrawStatus.DRAWN, record=record)
        await _seat(draw, won, now)
        for slot, _pools in slots:
            await _to_first_come(slot)
            await waitlist.promote(slot.id, now=now)
    return True


async def locked(draw_id: int) -> Draw:
    draw = await Draw.filter(id=draw_id).select_for_update(no_key=True).first()
    if draw is None:
        raise NotFound(_("There is no such draw."))
    return draw


async def _lock_slots_of(draw: Draw) -> list[tuple[Slot, dict[str, int]]]:
    pools = {s.slot_id: s.pools for s in await DrawSlot.filter(draw_id=draw.id)}
    return [(slot, pools[slot.id]) for slot in await programmes.lock_slots(pools)]


async def _check_ranking(draw: Draw, wish: Request) -> None:
    """The whole ranking at once: every choice is in this draw, once, and fits the party."""
    ranking = wish.slot_ids
    if not 1 <= len(ranking) <= MAX_CHOICES or len(set(ranking)) != len(ranking):
        _refuse(_("Choose one to %(n)s different times, the best first.", n=MAX_CHOICES))
    drawn = await DrawSlot.filter(draw_id=draw.id, slot_id__in=list(ranking)).count()
    if drawn != len(ranking):
        _refuse(_("One of the times is not in this draw."))
    for slot in await slots_with_programmes(ranking):
        party = wish.party
        problem = party_problem(party.adults, party.children, limits_of(slot))
        if slot.status != SlotStatus.OPEN:
            problem = _("One of the times has been called off.")
        if problem:
            _refuse(problem)


def _refuse(problem: Text) -> None:
    raise BadInput(problem, {"ranking": problem})


async def _check_contact(draw: Draw, party: Party | Reservation) -> None:
    """One entry a draw, and one win an event, for each contact."""
    mine = Q(*(Q(**contact) for contact in same_contact(party)), join_type="OR")
    entered = DrawEntry.filter(mine, draw_id=draw.id)
    if await entered.exclude(status__in=(EntryStatus.LEFT, EntryStatus.UNPROVED)).exists():
        raise AlreadyWaiting(ENTERED_ALREADY)
    won = DrawEntry.filter(mine, draw__event_id=draw.event_id, status=EntryStatus.WON)
    if draw.event_id is not None and await won.exists():
        raise AlreadyWaiting(_("You have won a session of this event already."))


ENTERED_ALREADY = _("With this e-mail address or phone number you are in this draw already.")


async def _write_entry(
    draw: Draw, wish: Request, pools: Sequence[str], status: EntryStatus, now: datetime
) -> Reservation:
    reservation = await write_party(wish, now)
    await DrawEntry.create(
        draw=draw,
        reservation=reservation,
        status=status,
        receipt=receipt_of(reservation.reference),
        ranking=list(wish.slot_ids),
        pools=[pool for pool in POOLS if pool in pools],
        email_key=reservation.email_key,
        phone_key=reservation.phone_key,
        entered_at=now,
    )
    return reservation


def receipt_of(reference: str) -> str:
    """The public name of an entry: its holder can compute it, nobody can go back from it."""
    return hashlib.sha256(f"receipt:{reference}".encode()).hexdigest()[:16]


async def _listed(draw: Draw, entry: DrawEntry) -> dict[str, Any]:
    return {
        "receipt": entry.receipt,
        "seats": entry.reservation.party_size,
        "ranking": entry.ranking,
        "pools": entry.pools,
        "losses": await _losses(draw, entry) if draw.losers_first else 0,
    }


async def _losses(draw: Draw, entry: DrawEntry) -> int:
    """How many earlier draws of the event this contact lost."""
    mine = Q(*(Q(**contact) for contact in same_contact(entry.reservation)), join_type="OR")
    if draw.event_id is None:
        return 0
    lost = DrawEntry.filter(mine, draw__event_id=draw.event_id, status=EntryStatus.LOST)
    return await lost.count()


def _record(draw: Draw, entries: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "draw": draw.id,
        "commitment": draw.commitment,
        "entries_closed_at": draw.entries_close_at.isoformat(),
        "entries": entries,
    }


def _offer(slot: Slot, pools: Mapping[str, int]) -> lottery.Offer:
    """The seats free now; pools come out of them, as far as they reach."""
    free = slot.seats_left if slot.status == SlotStatus.OPEN else 0
    kept = []
    for name, count in sorted(pools.items()):
        kept.append((name, min(count, free)))
        free -= min(count, free)
    return lottery.Offer(slot.id, free, tuple(kept))


def _listed_offer(offer: lottery.Offer) -> dict[str, Any]:
    return {"slot": offer.slot, "seats": offer.seats, "pools": dict(offer.pools)}


async def _to_first_come(slot: Slot) -> None:
    await Slot.filter(id=slot.id).update(
        allocation=Allocation.FIRST_COME, booking_closes_at=slot.starts_at - BOOKING_CLOSES_BEFORE
    )


async def _seat(draw: Draw, won: Mapping[str, int | None], now: datetime) -> None:
    """Write the result down, party by party in the order of the draw."""
    rows = DrawEntry.filter(draw_id=draw.id, status=EntryStatus.ENTERED)
    by_receipt = {e.receipt: e for e in await rows.select_related("reservation__recipient")}
    for receipt, slot_id in won.items():
        entry = by_receipt[receipt]
        if slot_id is None:
            await _to_queues(entry, now)
        else:
            await _give(entry, slot_id, now)


async def _give(entry: DrawEntry, slot_id: int, now: datetime) -> None:
    party = entry.reservation
    if not await programmes.take_seats(slot_id, party.party_size):
        raise Conflict(_("The draw does not fit the seats."))  # The slots are locked: a fault.
    await DrawEntry.filter(id=entry.id).update(status=EntryStatus.WON, won_slot_id=slot_id)
    await Place.create(reservation=party, slot_id=slot_id, seats=party.party_size)
    slots = await slots_with_programmes([slot_id])
    await reminders.queue(party, slots, now=now)
    await _tell(entry, slots, _("You won a place in the draw"), now)


async def _to_queues(entry: DrawEntry, now: datetime) -> None:
    await DrawEntry.filter(id=entry.id).update(status=EntryStatus.LOST)
    for slot_id in entry.ranking:
        await waitlist.enqueue(entry.reservation, slot_id, now=now)
    slots = await slots_with_programmes(entry.ranking)
    await _tell(entry, slots, _("No place in the draw; you are on the waiting lists"), now)


async def _tell(entry: DrawEntry, slots: Sequence[Slot], title: Text, now: datetime) -> None:
    party = entry.reservation
    zone = reminders.zone_of(party)
    lines = [reminders.line(slot, party.lang, zone, with_day=True) for slot in slots]
    said = reminders.message(party, title, lines)
    draft = Draft(f"draw:{entry.draw_id}:", said, now, now + TOLD_FOR)
    await notifications.queue_all(party.recipient_id, [draft], now=now)


def public_record(draw: Draw) -> dict[str, Any]:
    """What anybody may read now: the commitment, then the list, then the seed and the result."""
    opened = {
        "draw": draw.id,
        "commitment": draw.commitment,
        "entries_close_at": draw.entries_close_at.isoformat(),
        "draws_at": draw.draws_at.isoformat(),
    }
    return opened | draw.record


def readable_result(record: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The published list in the order of the draw, each with its number and what it won."""
    listed = {entry["receipt"]: entry for entry in record["entries"]}
    return [
        listed[receipt] | {"number": number, "won": slot}
        for number, (receipt, slot) in enumerate(record["result"], start=1)
    ]
