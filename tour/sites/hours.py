"""When a place is open: weekly hours, exceptions by date. Pure; minutes of the local day."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

DAY = 24 * 60


@dataclass(frozen=True, slots=True)
class Span:
    """Open from `opens` until just before `closes`, in minutes; beyond 1440 is the next day."""

    opens: int
    closes: int

    def __str__(self) -> str:
        return f"{clock_text(self.opens)}–{clock_text(self.closes)}"


@dataclass(frozen=True, slots=True)
class DayException:
    """What holds on one date instead; no spans: closed."""

    spans: tuple[Span, ...]
    note: str = ""
    translations: dict[str, dict[str, str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Hours:
    """A place's opening hours. `is_known` tells "closed all week" from "nobody told us"."""

    week: tuple[tuple[Span, ...], ...]
    exceptions: dict[date, DayException]

    @property
    def is_known(self) -> bool:
        return any(self.week) or bool(self.exceptions)

    def on(self, day: date) -> tuple[Span, ...]:
        if day in self.exceptions:
            return self.exceptions[day].spans
        return self.week[day.weekday()]

    def is_open_at(self, local: datetime) -> bool:
        """Whether it is open at a local time, yesterday's night included."""
        minute = local.hour * 60 + local.minute
        yesterday = local.date() - timedelta(days=1)
        return _covers(self.on(local.date()), minute) or _covers(self.on(yesterday), minute + DAY)


def clock_text(minute: int) -> str:
    """10:30; half past midnight of a night before is 24:30, as Japanese shops write it."""
    return f"{minute // 60}:{minute % 60:02d}"


def weekly(rows: Sequence[tuple[int, int, int]]) -> tuple[tuple[Span, ...], ...]:
    """Seven days of spans from (weekday, opens, closes) rows; Monday is 0."""
    return tuple(
        tuple(Span(opens, closes) for weekday, opens, closes in sorted(rows) if weekday == day)
        for day in range(7)
    )


def grouped_weekdays(hours: Hours) -> list[tuple[list[int], tuple[Span, ...]]]:
    """Weekdays with the same hours together, in the order of their first day."""
    groups: list[tuple[list[int], tuple[Span, ...]]] = []
    for weekday, spans in enumerate(hours.week):
        for days, same in groups:
            if same == spans:
                days.append(weekday)
                break
        else:
            groups.append(([weekday], spans))
    return groups


def _covers(spans: tuple[Span, ...], minute: int) -> bool:
    return any(span.opens <= minute < span.closes for span in spans)
