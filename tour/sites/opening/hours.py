"""When a place is open: week, days off, holidays, exceptions by date. Pure; minutes of the day."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from tour.sites.opening.closures import Closure, EveryYear
from tour.words.ranges import from_to
from tour.words.typed import minute_of_day

DAY = 24 * 60
ONE_DAY = timedelta(days=1)
SATURDAY, SUNDAY = 5, 6
LOOK_AHEAD = 14
"""Days in which a week's hours come up again, a holiday or a day off between them."""


class HolidayRule(StrEnum):
    """What a national holiday does to the week."""

    NONE = "none"
    """It is a day like any other."""
    OPEN_THEN_REST = "open_then_rest"
    """On a weekday that is closed it is open; the next day that is no holiday is closed for it."""
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Span:
    """Open from `opens` until just before `closes`, in minutes; beyond 1440 is the next day."""

    opens: int
    closes: int

    def __str__(self) -> str:
        """As the log keeps it and the API says it, whatever the language."""
        return self.in_language("en")

    def in_language(self, lang: str | None = None) -> str:
        """10:00～16:00; in the language of the page where none is given."""
        return from_to(clock_text(self.opens), clock_text(self.closes), lang)


@dataclass(frozen=True, slots=True)
class DayException:
    """What holds on one date instead; no spans: closed."""

    spans: tuple[Span, ...]
    note: str = ""
    translations: dict[str, dict[str, str]] = field(default_factory=dict)


def no_holiday(_day: date) -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Hours:
    """A place's opening hours. `is_known` tells "closed all week" from "nobody told us"."""

    week: tuple[tuple[Span, ...], ...]
    exceptions: dict[date, DayException]
    holiday_rule: HolidayRule = HolidayRule.NONE
    is_holiday: Callable[[date], bool] = no_holiday
    closures: tuple[Closure, ...] = ()
    sessions: dict[date, tuple[Span, ...]] = field(default_factory=dict)
    """When it is open for those of a session alone; see `with_sessions`."""

    @property
    def is_known(self) -> bool:
        return any(self.week) or bool(self.exceptions)

    def on(self, day: date) -> tuple[Span, ...]:
        """What was said of the date itself; else what every year closes; else what its holiday rule
        says; else the week's, without the days off of a month."""
        if day in self.exceptions:
            return self.exceptions[day].spans
        if any(isinstance(each, EveryYear) and each.falls_on(day) for each in self.closures):
            return ()
        usual = self.usual_on(day)
        if self.holiday_rule == HolidayRule.NONE:
            return usual
        if not self.is_holiday(day):
            return () if self._rests_on(day) else usual
        return () if self.holiday_rule == HolidayRule.CLOSED else usual or self._of_holidays

    def usual_on(self, day: date) -> tuple[Span, ...]:
        """As if there were neither dates nor holidays."""
        is_off = any(each.falls_on(day) for each in self.closures)
        return () if is_off else self.week[day.weekday()]

    def is_open_at(self, local: datetime) -> bool:
        """Whether it is open at a local time, yesterday's night included."""
        minute = minute_of_day(local)
        yesterday = local.date() - ONE_DAY
        return _covers(self.on(local.date()), minute) or _covers(self.on(yesterday), minute + DAY)

    def covers(self, begins: datetime, ends: datetime) -> bool:
        """Whether it is open all the while between two local times; unknown hours deny nothing."""
        if not self.is_known:
            return True
        day, begin = begins.date(), minute_of_day(begins)
        end = begin + int((ends - begins).total_seconds()) // 60
        night = _together(self.on(day - ONE_DAY))
        return _holds(_together(self.on(day)), begin, end) or _holds(night, begin + DAY, end + DAY)

    def with_sessions(self, held: Iterable[tuple[datetime, datetime]]) -> "Hours":
        """These hours, and on each day the sessions (local begin and end) that they do not cover:
        "closed" is not the truth of a day on which somebody is expected."""
        found: dict[date, list[Span]] = {}
        for begins, ends in held:
            if not self.covers(begins, ends):
                begin = minute_of_day(begins)
                span = Span(begin, begin + int((ends - begins).total_seconds()) // 60)
                found.setdefault(begins.date(), []).append(span)
        sessions = {day: _together(tuple(spans)) for day, spans in found.items()}
        return replace(self, sessions=sessions) if sessions else self

    def expects_on(self, day: date) -> bool:
        """Whether somebody can come on this day, if only to a session."""
        return bool(self.on(day) or self.sessions_on(day))

    def is_left_on(self, local: datetime) -> bool:
        """Whether somebody can still come on the day of this local time, now or later."""
        day, minute = local.date(), minute_of_day(local)
        spans = (*self.on(day), *self.sessions_on(day))
        return self.is_open_at(local) or any(minute < span.closes for span in spans)

    def next_day(self, today: date) -> date | None:
        """The next day after `today` on which somebody can come; None where none is known."""
        usual = [today + timedelta(days=n) for n in range(1, LOOK_AHEAD + 1) if any(self.week)]
        named = (day for day in (*self.exceptions, *self.sessions) if day > today)
        return next((day for day in sorted({*usual, *named}) if self.expects_on(day)), None)

    def sessions_on(self, day: date) -> tuple[Span, ...]:
        return self.sessions.get(day, ())

    @property
    def _of_holidays(self) -> tuple[Span, ...]:
        """The hours of a closed weekday that is a holiday: Sunday's, as signs say 日・祝."""
        days = (SUNDAY, SATURDAY, *range(SATURDAY))
        return next((self.week[day] for day in days if self.week[day]), ())

    def _rests_on(self, day: date) -> bool:
        """Whether a day after holidays is closed for one of them that would have been closed."""
        if self.holiday_rule != HolidayRule.OPEN_THEN_REST:
            return False
        before = day - ONE_DAY
        while self.is_holiday(before):
            if not self.usual_on(before) and self.on(before):
                return True
            before -= ONE_DAY
        return False


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


def _together(spans: tuple[Span, ...]) -> tuple[Span, ...]:
    """In order; those that meet or overlap as one."""
    found: list[Span] = []
    for span in sorted(spans, key=lambda span: (span.opens, span.closes)):
        if found and span.opens <= found[-1].closes:
            found[-1] = Span(found[-1].opens, max(found[-1].closes, span.closes))
        else:
            found.append(span)
    return tuple(found)


def _holds(spans: tuple[Span, ...], begin: int, end: int) -> bool:
    return any(span.opens <= begin and end <= span.closes for span in spans)


def _covers(spans: tuple[Span, ...], minute: int) -> bool:
    return any(span.opens <= minute < span.closes for span in spans)
