"""The ledger of seats: the only code that changes `seats_taken`."""

from tortoise.expressions import F

from tour.programmes.models import Slot, SlotStatus


async def take_seats(slot_id: int, party_size: int) -> bool:
    """Take seats if enough are left and the slot is open; False, and nothing taken, otherwise.

    One UPDATE that checks and counts at once: two visitors cannot both win the last seat, on
    either database, in any number of processes.
    """
    updated = await Slot.filter(
        id=slot_id, status=SlotStatus.OPEN, seats_taken__lte=F("capacity") - party_size
    ).update(seats_taken=F("seats_taken") + party_size)
    return updated == 1


async def give_back_seats(slot_id: int, party_size: int) -> None:
    """Give seats back; the database refuses to go below none taken."""
    await Slot.filter(id=slot_id).update(seats_taken=F("seats_taken") - party_size)
