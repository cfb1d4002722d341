"""The times of sessions as one chooses among them: day by day, and the next that can be had."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from tour.programmes.rules import Availability, Way
from tour.programmes.views import SlotCard, by_day

MOST_TABS = 6
"""Days side by side; a workshop that is open all year has the others below, folded."""
HOPED_FOR = (Availability.DRAW, Availability.SOON, Availability.FULL)
"""Of which there is something to say where nothing can be reserved at once."""


@dataclass(frozen=True, slots=True)
class DayTimes:
    """A local day with its times; on a phone one day at a time is open."""

    date: date
    times: tuple[SlotCard, ...]
    is_chosen: bool = False

    @property
    def can_be_had(self) -> bool:
        return any(slot.way != Way.NOTHING for slot in self.times)


@dataclass(frozen=True, slots=True)
class Timetable:
    """`days` stand side by side, soonest first; `later` are folded away, where there are many."""

    days: tuple[DayTimes, ...]
    later: tuple[DayTimes, ...]


def timetable(slots: Iterable[SlotCard], zone: ZoneInfo) -> Timetable:
    """At first that day is open which is the soonest with something to be had."""
    days = [DayTimes(day, tuple(times)) for day, times in by_day(tuple(slots), zone)]
    near, later = days[:MOST_TABS], tuple(days[MOST_TABS:])
    chosen = next((day for day in near if day.can_be_had), near[0] if near else None)
    return Timetable(tuple(DayTimes(d.date, d.times, d is chosen) for d in near), later)


def next_time(slots: Iterable[SlotCard]) -> SlotCard | None:
    """The soonest that can be reserved; where there is none, the soonest of which something may
    still come; None where there is nothing to be had."""
    soonest = sorted(slots, key=lambda slot: (slot.starts_at, slot.id))
    to_be_had = (slot for slot in soonest if slot.can_reserve)
    hoped_for = (slot for slot in soonest if slot.status in HOPED_FOR)
    return next(to_be_had, None) or next(hoped_for, None)
