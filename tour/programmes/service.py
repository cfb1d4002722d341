"""The ledger of seats: the only code that changes `seats_taken` (decision 0009).

Whoever takes several slots takes them in the order of their ids, and a slot before anything that
belongs to it, so that no two transactions wait for each other.
"""

from collections.abc import Collection, Iterable

from tortoise.expressions import F

from tour.db.plain import fetch
from tour.programmes.models import Slot
from tour.programmes.states import SlotStatus

TAKE_SEATS = """
UPDATE slot SET seats_taken = seats_taken + $2
WHERE id = $1 AND status = 'open' AND seats_taken + $2 <= capacity - seats_kept AND {only_if}
RETURNING id
"""
"""The rule of the ledger, on both databases: $1 the slot, $2 the seats, and a condition of the
statement in which it stands."""


async def take_seats(slot_id: int, party_size: int) -> bool:
    """Take seats if enough are left and the slot is open; False, and nothing taken, otherwise.

    One UPDATE that checks and counts at once: two visitors cannot both win the last seat, on
    either database, in any number of processes.
    """
    return bool(await fetch(TAKE_SEATS.format(only_if="TRUE"), slot_id, party_size))


async def give_back_seats(slot_id: int, party_size: int) -> None:
    """Give seats back; the database refuses to go below none taken."""
    await Slot.filter(id=slot_id).update(seats_taken=F("seats_taken") - party_size)


async def seat_at_door(slot: Slot, people: int) -> bool:
    """Take seats of a locked slot for people who stand at its door, although it takes no more
    reservations. What is kept for walk-ins is theirs; False, and nothing taken, where none is left.
    """
    left = int(slot.capacity) - int(slot.seats_taken) - people
    if left < 0 or slot.status == SlotStatus.CANCELLED:
        return False
    kept = min(int(slot.seats_kept), left)
    await Slot.filter(id=slot.id).update(seats_taken=F("seats_taken") + people, seats_kept=kept)
    await slot.refresh_from_db(("seats_taken", "seats_kept"))
    return True


async def lock_slots(slot_ids: Iterable[int]) -> list[Slot]:
    """The slots as they are now, theirs to the caller's transaction until it ends, by id.

    On PostgreSQL a row lock; on SQLite the transaction holds the only write lock already.
    """
    query = Slot.filter(id__in=sorted(set(slot_ids))).order_by("id")
    return await query.select_for_update(no_key=True)


async def call_off(slot_ids: Collection[int]) -> None:
    """End locked slots whose parties and queues the caller ends in the same transaction."""
    chosen = Slot.filter(id__in=list(slot_ids))
    await chosen.update(status=SlotStatus.CANCELLED, seats_taken=0)


async def reopen(slot_id: int, status: SlotStatus, seats: int) -> None:
    """Undo `call_off` of a locked slot: its parties, with that many seats, are there again."""
    await Slot.filter(id=slot_id).update(status=status, seats_taken=F("seats_taken") + seats)
