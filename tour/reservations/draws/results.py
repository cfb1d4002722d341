"""Draws: frozen with their list, held, published with seed and result; and what a result means for
its parties: places, turns in queues, messages, written for all at once, as on SQLite the whole site
waits for that transaction.

The pure part is `lottery`; decision 0008 says what the rules promise.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from tour.changes import Kind, Part, together
from tour.db import transaction
from tour.errors import Conflict
from tour.i18n import Text
from tour.i18n import lazy as _
from tour.notifications import service as notifications
from tour.notifications.message import Message
from tour.notifications.sending.wording import Promised, Words
from tour.notifications.service import Draft
from tour.programmes import service as programmes
from tour.programmes.models import Slot
from tour.programmes.rules import BOOKING_CLOSES_BEFORE
from tour.programmes.states import Allocation, SlotStatus
from tour.reservations.draws import lottery
from tour.reservations.locks import lock_draw
from tour.reservations.messages import reminders
from tour.reservations.models import Draw, DrawEntry, DrawSlot, Place, Reservation, WaitlistEntry
from tour.reservations.parties.terms import slots_with_programmes
from tour.reservations.states import DrawStatus, EntryStatus, PlaceStatus, WaitlistStatus
from tour.reservations.undoable import undoable_slots
from tour.reservations.waitlist import queue

WON = _("You won seats in the draw")
BATCH = 500
"""Rows in one statement."""


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
    While the end of a slot can still be taken back, nothing is drawn: its seats would be nobody's.
    """
    async with together(now=now) as part:
        draw = await lock_draw(draw_id)
        if draw.status != DrawStatus.FROZEN or now < draw.draws_at:
            return False
        slots = await _lock_slots_of(draw)
        if await undoable_slots(now=now) & {slot.id for slot, _pools in slots}:
            return False
        offers = [_offer(slot, pools, now) for slot, pools in slots]
        entries = lottery.read_entries(draw.record["entries"])
        won = lottery.draw(draw.seed, entries, offers)
        record = draw.record | {
            "slots": [_listed_offer(offer) for offer in offers],
            "seed": draw.seed,
            "result": [[receipt, slot] for receipt, slot in won.items()],
        }
        await Draw.filter(id=draw.id).update(status=DrawStatus.DRAWN, record=record)
        await _seat(draw.id, won, now=now)
        for slot, _pools in slots:
            await _to_first_come(part, slot)
            await queue.promote(slot.id, now=now)
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
    return len(set[int]().union(*(lost.get(contact, set()) for contact in party.contacts)))


def _record(draw: Draw, entries: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "draw": draw.id,
        "commitment": draw.commitment,
        "entries_closed_at": draw.entries_close_at.isoformat(),
        "entries": entries,
    }


def _offer(slot: Slot, pools: Mapping[str, int], now: datetime) -> lottery.Offer:
    """The seats free now, none of what has begun; pools come out of them, as far as they reach."""
    free = slot.seats_left if _is_to_come(slot, now) else 0
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


def _is_to_come(slot: Slot, now: datetime) -> bool:
    """Whether seats of a slot can still be won: a worker may have stood still until it was over."""
    return slot.status == SlotStatus.OPEN and now < slot.starts_at


def _takes_turns(slot: Slot, now: datetime) -> bool:
    """Whether it is worth while to wait for its seats, which are first come after the draw."""
    return slot.status == SlotStatus.OPEN and now < slot.starts_at - BOOKING_CLOSES_BEFORE


async def _seat(draw_id: int, won: Mapping[str, int | None], *, now: datetime) -> None:
    """Give each party of a draw whose slots are locked what it won, in the order of the draw.

    Who left after the list was public stays in the result, so that it can be checked, and takes
    nothing: those seats go to the queues.
    """
    rows = DrawEntry.filter(draw_id=draw_id, status=EntryStatus.ENTERED)
    by_receipt = {e.receipt: e for e in await rows.select_related("reservation__recipient")}
    present = [
        (by_receipt[receipt], slot) for receipt, slot in won.items() if receipt in by_receipt
    ]
    ranked = {slot_id for entry, _slot in present for slot_id in entry.ranking}
    slots = {slot.id: slot for slot in await slots_with_programmes(ranked)}
    await _give([(entry, slots[slot]) for entry, slot in present if slot is not None], now)
    await _to_queues([entry for entry, slot in present if slot is None], slots, now)


async def _give(winners: Sequence[tuple[DrawEntry, Slot]], now: datetime) -> None:
    seats: dict[int, int] = {}
    places, drafts = [], []
    for entry, slot in winners:
        party = entry.reservation
        seats[slot.id] = seats.get(slot.id, 0) + party.party_size
        answers = entry.answers.get(str(slot.id), [])
        places.append(Place(reservation=party, slot=slot, seats=party.party_size, answers=answers))
        told = reminders.drafts(party, [slot], party.recipient.timezone, now)
        told.append(_news(entry, [slot], WON, now))
        drafts += [(party.recipient_id, draft) for draft in told]
    for slot_id, count in sorted(seats.items()):
        if not await programmes.take_seats(slot_id, count):
            raise Conflict(_("The draw does not fit the seats."))  # The slots are locked: a fault.
        mine = [entry.id for entry, slot in winners if slot.id == slot_id]
        await _mark(mine, EntryStatus.WON, slot_id)
    await Place.bulk_create(places, batch_size=BATCH)
    await notifications.queue_each(drafts, now=now)


async def _to_queues(losers: Sequence[DrawEntry], slots: Mapping[int, Slot], now: datetime) -> None:
    """Each into the queues of all its choices that still have one, in the order of the draw."""
    await _mark([entry.id for entry in losers], EntryStatus.LOST, None)
    turns, drafts = [], []
    for entry in losers:
        party = entry.reservation
        ranked = [slots[slot_id] for slot_id in entry.ranking]
        waited = [slot for slot in ranked if _takes_turns(slot, now)]
        turns += [
            WaitlistEntry(
                reservation=party,
                slot=slot,
                seats=party.party_size,
                answers=entry.answers.get(str(slot.id), []),
                joined_at=now,
            )
            for slot in waited
        ]
        shown = reminders.in_order(waited or ranked)
        title = _lost_title(waited, ranked, now)
        drafts.append((party.recipient_id, _news(entry, shown, title, now)))
    await WaitlistEntry.bulk_create(turns, batch_size=BATCH)
    await notifications.queue_each(drafts, now=now)


def _lost_title(waited: Sequence[Slot], ranked: Sequence[Slot], now: datetime) -> Text:
    if waited:
        return _("No seats in the draw; you are on the waiting lists")
    if all(slot.starts_at <= now for slot in ranked):
        return _("We are sorry: the draw was not held in time, its sessions have begun")
    return _("No seats in the draw")


async def words(promised: Promised, now: datetime) -> Words | None:
    """The result as it leaves: the session as it is now, the lists on which the party still waits.
    Nothing to who has given the place back, or holds a seat by now."""
    entries = DrawEntry.filter(
        draw_id=int(promised.subject), reservation__recipient_id=promised.recipient_id
    )
    entry = await entries.select_related("reservation__recipient").first()
    if entry is None:
        return None
    held = Place.filter(reservation_id=entry.reservation_id, status=PlaceStatus.CONFIRMED)
    slot_ids = [int(row["slot_id"]) for row in await held.values("slot_id")]
    if entry.status == EntryStatus.WON:
        won = [slot_id for slot_id in slot_ids if slot_id == entry.won_slot_id]
        slots = await slots_with_programmes(won)
        return Words(_told(entry, slots, WON)) if slots else None
    return None if slot_ids else await _words_to_loser(entry, now)


async def _words_to_loser(entry: DrawEntry, now: datetime) -> Words:
    turns = WaitlistEntry.filter(reservation_id=entry.reservation_id, slot_id__in=entry.ranking)
    waiting = turns.filter(status__in=(WaitlistStatus.WAITING, WaitlistStatus.OFFERED))
    waited = {int(row["slot_id"]) for row in await waiting.values("slot_id")}
    ranked = await slots_with_programmes(entry.ranking)
    queued = [slot for slot in ranked if slot.id in waited and _takes_turns(slot, now)]
    shown = reminders.in_order(queued or ranked)
    return Words(_told(entry, shown, _lost_title(queued, ranked, now)))


async def _mark(entry_ids: Sequence[int], status: EntryStatus, slot_id: int | None) -> None:
    for start in range(0, len(entry_ids), BATCH):
        chosen = DrawEntry.filter(id__in=entry_ids[start : start + BATCH])
        await chosen.update(status=status, won_slot_id=slot_id)


def _news(entry: DrawEntry, slots: Iterable[Slot], title: Text, now: datetime) -> Draft:
    told = list(slots)
    said = _told(entry, told, title)
    return Draft(f"draw:{entry.draw_id}:", said, now, reminders.last_end(told, now))


def _told(entry: DrawEntry, slots: Sequence[Slot], title: Text) -> Message:
    party = entry.reservation
    zone = reminders.zone_of(party)
    lines = [reminders.line(slot, party.lang, zone, with_day=True) for slot in slots]
    return reminders.message(party, title, lines)
