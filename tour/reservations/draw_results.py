"""Draws: frozen with their list, held, published with seed and result.

The pure part is `lottery`; decision 0008 says what the rules promise.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from tortoise.expressions import Q

from tour.db import transaction
from tour.errors import Conflict
from tour.i18n import Text
from tour.i18n import lazy as _
from tour.notifications import service as notifications
from tour.notifications.service import Draft
from tour.programmes import service as programmes
from tour.programmes.models import Allocation, Slot, SlotStatus
from tour.programmes.rules import BOOKING_CLOSES_BEFORE
from tour.reservations import lottery, reminders, waitlist
from tour.reservations.locks import lock_draw
from tour.reservations.models import Draw, DrawEntry, DrawSlot, DrawStatus, EntryStatus, Place
from tour.reservations.parties import same_contact, slots_with_programmes

TOLD_FOR = timedelta(days=3)


async def freeze(draw_id: int, *, now: datetime) -> bool:
    """Close the entries and publish their list; False when that was done before."""
    async with transaction():
        draw = await lock_draw(draw_id)
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
        draw = await lock_draw(draw_id)
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


async def _lock_slots_of(draw: Draw) -> list[tuple[Slot, dict[str, int]]]:
    pools = {s.slot_id: s.pools for s in await DrawSlot.filter(draw_id=draw.id)}
    return [(slot, pools[slot.id]) for slot in await programmes.lock_slots(pools)]


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
    """Write the result down, party by party in the order of the draw.

    Who left after the list was public stays in the result, so that it can be checked, and takes
    nothing: those seats go to the queues.
    """
    rows = DrawEntry.filter(draw_id=draw.id, status=EntryStatus.ENTERED)
    by_receipt = {e.receipt: e for e in await rows.select_related("reservation__recipient")}
    for receipt, slot_id in won.items():
        entry = by_receipt.get(receipt)
        if entry is None:
            continue
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
