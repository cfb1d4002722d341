"""What a host reads on a day without anything: the next one on which somebody comes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from tour.programmes.models import Slot
from tour.programmes.states import SlotStatus
from tour.reservations.door.arrivals import day_bounds


@dataclass(frozen=True, slots=True)
class NextDay:
    """People who have reserved, and sessions that take place."""

    on_date: date
    people: int
    sessions: int


async def next_day(
    site_id: int, dates: Sequence[date], after: date, *, zone: ZoneInfo
) -> NextDay | None:
    """The first of these dates after that one; None where nothing more takes place."""
    later = [day for day in dates if day > after]
    if not later:
        return None
    begin, end = day_bounds(later[0], zone)
    slots = Slot.filter(programme__site_id=site_id, starts_at__gte=begin, starts_at__lt=end)
    held = await slots.exclude(status=SlotStatus.CANCELLED).only("seats_taken")
    return NextDay(later[0], people=sum(slot.seats_taken for slot in held), sessions=len(held))
