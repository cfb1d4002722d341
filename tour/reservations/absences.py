"""Seats of parties that did not come, given to people at the door when staff choose so."""

from collections.abc import Collection
from datetime import datetime, timedelta

from tour.db import transaction
from tour.programmes import service as programmes
from tour.reservations import changes
from tour.reservations.models import Place, PlaceStatus

RELEASED_AFTER = timedelta(minutes=10)
"""A party may come this late and still find its seats."""


async def release_absent(slot_id: int, present: Collection[int], *, now: datetime) -> int:
    """Free the places of a slot that are not `present` (ids of places); returns how many seats.

    Nothing is freed before ten minutes after the start.
    """
    async with transaction():
        [slot] = await programmes.lock_slots([slot_id])
        if now < slot.starts_at + RELEASED_AFTER:
            return 0
        held = Place.filter(slot_id=slot_id, status=PlaceStatus.CONFIRMED).order_by("id")
        absent = [place for place in await held if place.id not in present]
        for place in absent:
            await changes.release(place, PlaceStatus.RELEASED, now)
        return sum(place.seats for place in absent)
