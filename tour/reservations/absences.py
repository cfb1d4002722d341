"""Seats of parties that did not come, given to people at the door when staff choose so."""

from collections.abc import Collection
from datetime import datetime, timedelta

from tour.db import transaction
from tour.programmes import service as programmes
from tour.programmes.models import Slot
from tour.reservations import changes
from tour.reservations.arrivals import arrivals_of
from tour.reservations.models import Place, PlaceStatus

RELEASED_AFTER = timedelta(minutes=10)
"""A party may come this late and still find its seats."""
LOOKS_BACK = timedelta(hours=12)


async def begun_slots(*, now: datetime) -> list[int]:
    """The slots under way for which staff chose that seats of absent parties become free."""
    begun = Slot.filter(
        starts_at__lte=now - RELEASED_AFTER,
        starts_at__gt=now - LOOKS_BACK,
        ends_at__gt=now,
        seats_taken__gt=0,
        programme__event__booking_rules__releases_absent=True,
    )
    return [slot.id for slot in await begun.order_by("id").only("id")]


async def release_by_list(slot_id: int, *, now: datetime) -> int:
    """As `release_absent`, by the list of who has been checked in; returns how many seats.

    A door at which nobody at all was checked in keeps no list: there nothing is released.
    """
    held = Place.filter(slot_id=slot_id, status=PlaceStatus.CONFIRMED)
    arrived = await arrivals_of([place.id for place in await held.only("id")])
    return await release_absent(slot_id, arrived, now=now) if arrived else 0


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
