"""Writing the result of a draw down: places, turns in queues, messages.

For all parties at once: on SQLite the whole site waits for this transaction.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from tour.errors import Conflict
from tour.i18n import Text
from tour.i18n import lazy as _
from tour.notifications import service as notifications
from tour.notifications.message import Message
from tour.notifications.service import Draft
from tour.notifications.wording import Promised, Words
from tour.programmes import service as programmes
from tour.programmes.models import Slot
from tour.programmes.rules import BOOKING_CLOSES_BEFORE
from tour.programmes.states import SlotStatus
from tour.reservations import reminders
from tour.reservations.models import DrawEntry, Place, WaitlistEntry
from tour.reservations.states import EntryStatus, PlaceStatus, WaitlistStatus
from tour.reservations.terms import slots_with_programmes

WON = _("You won a place in the draw")
BATCH = 500
"""Rows in one statement."""


def is_to_come(slot: Slot, now: datetime) -> bool:
    """Whether seats of a slot can still be won: a worker may have stood still until it was over."""
    return slot.status == SlotStatus.OPEN and now < slot.starts_at


def takes_turns(slot: Slot, now: datetime) -> bool:
    """Whether it is worth while to wait for its seats, which are first come after the draw."""
    return slot.status == SlotStatus.OPEN and now < slot.starts_at - BOOKING_CLOSES_BEFORE


async def seat(draw_id: int, won: Mapping[str, int | None], *, now: datetime) -> None:
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
        waited = [slot for slot in ranked if takes_turns(slot, now)]
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
        return _("No place in the draw; you are on the waiting lists")
    if all(slot.starts_at <= now for slot in ranked):
        return _("We are sorry: the draw was not held in time, its sessions have begun")
    return _("No place in the draw")


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
    queued = [slot for slot in ranked if slot.id in waited and takes_turns(slot, now)]
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
