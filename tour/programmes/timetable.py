"""When a session starts, worked out from a few numbers. Pure; minutes of the local day."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

MOST_A_DAY = 40


@dataclass(frozen=True, slots=True)
class Rhythm:
    """Every `every` minutes from `first` to `last` (both are starts), but not during the break.

    `break_from` and `break_until` are equal when there is none.
    """

    first: int
    last: int
    every: int
    break_from: int = 0
    break_until: int = 0

    def starts(self, minutes: int) -> tuple[int, ...]:
        """The starts of sessions that last `minutes`, none of which reaches into the break."""
        times = range(self.first, self.last + 1, self.every)
        return tuple(start for start in times if not self._in_break(start, minutes))

    def _in_break(self, start: int, minutes: int) -> bool:
        return start < self.break_until and start + minutes > self.break_from


def instants(days: Iterable[date], starts: Sequence[int], zone: ZoneInfo) -> list[datetime]:
    """The same local times on each day, as aware UTC."""
    return [
        datetime.combine(day, time(start // 60, start % 60), zone).astimezone(UTC)
        for day in sorted(set(days))
        for start in sorted(set(starts))
    ]


def first_overlap(
    starts: Sequence[datetime], minutes: int, taken: Iterable[tuple[datetime, datetime]]
) -> datetime | None:
    """The earliest start that runs into the one before it or into a taken (start, end)."""
    length = timedelta(minutes=minutes)
    ordered = sorted(starts)
    busy = list(taken)
    for number, start in enumerate(ordered):
        if number and start < ordered[number - 1] + length:
            return start
        if any(start < end and begin < start + length for begin, end in busy):
            return start
    return None
