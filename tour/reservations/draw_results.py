"""Draws: frozen with their list, held, published with seed and result.

The pure part is `lottery`, what a result means for its parties `draw_seating`; decision 0008 says
what the rules promise.
"""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from tour.changes import Kind, Part, together
from tour.db import transaction
from tour.programmes import service as programmes
from tour.programmes.models import Slot
from tour.programmes.rules import BOOKING_CLOSES_BEFORE
from tour.programmes.states import Allocation
from tour.reservations import lottery, waitlist
from tour.reservations.draw_seating import is_to_come, seat
from tour.reservations.locks import lock_draw
from tour.reservations.models import Draw, DrawEntry, DrawSlot, Reservation
from tour.reservations.parties import contacts_of
from tour.reservations.states import DrawStatus, EntryStatus


async def freeze(draw_id: int, *, now: datetime) -> bool:
    """Close the entries and publish their list; False when that was done before."""
    async with transaction():
        draw = await lock_draw(draw_id)
        if draw.status != DrawStatus.OPEN or now < draw.entries_close_at:
            return False
        listed = await _listed(draw)
        await Draw.filter(id=draw.id).update(status=DrawStatus.FROZEN, record=_record(draw, listed))
    return True


async def hold(draw_id: int, *, now: datetime) -> bool:
    """Hold a frozen draw: winners have their places, losers their turn in the queues.

    All in one transaction, so a crash leaves it to be held again, with the same result. The slots
    are then first come, with the usual cut-off; what is left goes to the losers in their order.
    """
    async with together(now=now) as part:
        draw = await lock_draw(draw_id)
        if draw.status != DrawStatus.FROZEN or now < draw.draws_at:
            return False
        slots = await _lock_slots_of(draw)
        offers = [_offer(slot, pools, now) for slot, pools in slots]
        entries = lottery.read_entries(draw.record["entries"])
        won = lottery.draw(draw.seed, entries, offers)
        record = draw.record | {
            "slots": [_listed_offer(offer) for offer in offers],
            "seed": draw.seed,
            "result": [[receipt, slot] for receipt, slot in won.items()],
        }
        await Draw.filter(id=draw.id).update(status=DrawStatus.DRAWN, record=record)
        await seat(draw.id, won, now=now)
        for slot, _pools in slots:
            await _to_first_come(part, slot)
            await waitlist.promote(slot.id, now=now)
    return True


async def _lock_slots_of(draw: Draw) -> list[tuple[Slot, dict[str, int]]]:
    pools = {s.slot_id: s.pools for s in await DrawSlot.filter(draw_id=draw.id)}
    return [(slot, pools[slot.id]) for slot in await programmes.lock_slots(pools)]


async def _listed(draw: Draw) -> list[dict[str, Any]]:
    """The public list, by receipt."""
    entered = DrawEntry.filter(draw_id=draw.id, status=EntryStatus.ENTERED)
    lost = await _lost_before(draw)
    return [
        {
            "receipt": entry.receipt,
            "seats": entry.reservation.party_size,
            "ranking": entry.ranking,
            "pools": entry.pools,
            "losses": _losses(entry.reservation, lost),
        }
        for entry in await entered.order_by("receipt").select_related("reservation")
    ]


Lost = Mapping[tuple[str, str], set[int]]
"""By each kind of contact and its value, the entries that lost an earlier draw of the event."""


async def _lost_before(draw: Draw) -> Lost:
    if draw.event_id is None or not draw.losers_first:
        return {}
    found: defaultdict[tuple[str, str], set[int]] = defaultdict(set)
    lost = DrawEntry.filter(draw__event_id=draw.event_id, status=EntryStatus.LOST)
    for row in await lost.values("id", "email_key", "phone_key"):
        for name in ("email_key", "phone_key"):
            found[name, row[name]].add(row["id"])
    return found


def _losses(party: Reservation, lost: Lost) -> int:
    """How many earlier draws of the event this contact lost."""
    return len(set[int]().union(*(lost.get(contact, set()) for contact in contacts_of(party))))


def _record(draw: Draw, entries: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "draw": draw.id,
        "commitment": draw.commitment,
        "entries_closed_at": draw.entries_close_at.isoformat(),
        "entries": entries,
    }


def _offer(slot: Slot, pools: Mapping[str, int], now: datetime) -> lottery.Offer:
    """The seats free now, none of what has begun; pools come out of them, as far as they reach."""
    free = slot.seats_left if is_to_come(slot, now) else 0
    kept = []
    for name, count in sorted(pools.items()):
        kept.append((name, min(count, free)))
        free -= min(count, free)
    return lottery.Offer(slot.id, free, tuple(kept))


def _listed_offer(offer: lottery.Offer) -> dict[str, Any]:
    return {"slot": offer.slot, "seats": offer.seats, "pools": dict(offer.pools)}


async def _to_first_come(part: Part, slot: Slot) -> None:
    part.told(Kind.SESSION, [slot.id])
    await Slot.filter(id=slot.id).update(
        allocation=Allocation.FIRST_COME, booking_closes_at=slot.starts_at - BOOKING_CLOSES_BEFORE
    )


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
