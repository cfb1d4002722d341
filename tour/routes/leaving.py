"""When to leave for the reserved stops of a plan: told to the parties that reserved from it."""

from collections import defaultdict
from datetime import datetime, timedelta

from tour.db import transaction
from tour.reservations import reminders
from tour.reservations.models import Reservation
from tour.reservations.parties import slots_with_programmes
from tour.routes.itineraries import ItineraryEntry
from tour.routes.planning import Desk


async def promise(desk: Desk, entry: ItineraryEntry, *, now: datetime) -> None:
    """Say anew when to leave, by the stops and walks of this plan as they are now.

    The first stop of a day has no walk from a stop, but one from where the day begins.
    """
    if not entry.reserved:
        return
    day = await desk.timed(entry.stops)
    walks: dict[str, dict[int, timedelta]] = defaultdict(dict)
    for stop, hop in zip(day.stops, day.hops, strict=False):
        if reference := entry.reserved.get(stop.slot_id or 0):
            walks[reference][stop.slot_id or 0] = timedelta(minutes=hop.minutes)
    for of_party in entry.reservations:
        reference = of_party.reservation.reference
        await _tell(reference, walks[reference], now)


async def _tell(reference: str, walks: dict[int, timedelta], now: datetime) -> None:
    slots = await slots_with_programmes(walks) if walks else []
    async with transaction():
        party = await Reservation.get(reference=reference).select_related("recipient")
        await reminders.promise_leaving(party, slots, walks, now=now)
