"""Regular days off beside the week: the 2nd Wednesday, the end of the month, 29 December to 3
January of every year. Pure.

They are kept as codes after RFC 5545's BYDAY and BYMONTHDAY: `2WE`, `-1FR` (the last), `D20`, `D-1`
(the end of the month), `1229-0103` (every year, both days included).
"""

import calendar
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

BYDAY = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
LAST = -1
WEEK = 7
MOST = 20
"""Rules of one place."""
LEAP_YEAR = 2024
_NTH = re.compile(r"([1-5]|-1)(MO|TU|WE|TH|FR|SA|SU)")
_DAY = re.compile(r"D([1-9]|[12][0-9]|3[01]|-1)")
_YEARLY = re.compile(r"([0-9]{2})([0-9]{2})-([0-9]{2})([0-9]{2})")


@dataclass(frozen=True, slots=True, order=True)
class NthWeekday:
    """`nth` from 1 to 5, or LAST; Monday is 0. A fifth one that a month does not have is none."""

    nth: int
    weekday: int

    def __str__(self) -> str:
        return f"{self.nth}{BYDAY[self.weekday]}"

    def falls_on(self, day: date) -> bool:
        if day.weekday() != self.weekday:
            return False
        if self.nth == LAST:
            return (day + timedelta(days=WEEK)).month != day.month
        return (day.day - 1) // WEEK + 1 == self.nth


@dataclass(frozen=True, slots=True, order=True)
class DayOfMonth:
    """`day` from 1 to 31, or LAST; the 31st of a month of thirty days is none."""

    day: int

    def __str__(self) -> str:
        return f"D{self.day}"

    def falls_on(self, day: date) -> bool:
        last = calendar.monthrange(day.year, day.month)[1]
        return day.day == (last if self.day == LAST else self.day)


@dataclass(frozen=True, slots=True, order=True)
class EveryYear:
    """(month, day) of the first and of the last day; over the New Year where the last is earlier.

    It holds before what a national holiday does: a museum that opens on those rests on 1 January.
    """

    first: tuple[int, int]
    last: tuple[int, int]

    def __str__(self) -> str:
        return "{:02d}{:02d}-{:02d}{:02d}".format(*self.first, *self.last)

    def falls_on(self, day: date) -> bool:
        at = (day.month, day.day)
        if self.first <= self.last:
            return self.first <= at <= self.last
        return at >= self.first or at <= self.last


Closure = NthWeekday | DayOfMonth | EveryYear


def in_order(closures: Iterable[Closure]) -> tuple[Closure, ...]:
    """Each once: weekdays of the month, days of the month, stretches of the year."""
    kinds = (NthWeekday, DayOfMonth, EveryYear)
    return tuple(sorted(set(closures), key=lambda each: (kinds.index(type(each)), _rank(each))))


def codes(closures: Iterable[Closure]) -> str:
    return ",".join(str(each) for each in in_order(closures))


def from_codes(text: str) -> tuple[Closure, ...]:
    """What `codes` wrote. Raises ValueError for anything else."""
    return in_order(_from_code(code) for code in text.split(",") if code)


def yearly(first: tuple[int, int], last: tuple[int, int]) -> EveryYear:
    """Raises ValueError for a day that no year has."""
    for month, day in (first, last):
        date(LEAP_YEAR, month, day)
    return EveryYear(first, last)


def _from_code(code: str) -> Closure:
    if match := _NTH.fullmatch(code):
        return NthWeekday(int(match[1]), BYDAY.index(match[2]))
    if match := _DAY.fullmatch(code):
        return DayOfMonth(int(match[1]))
    if match := _YEARLY.fullmatch(code):
        month, day, last_month, last_day = (int(part) for part in match.groups())
        return yearly((month, day), (last_month, last_day))
    raise ValueError(code)


def _rank(closure: Closure) -> tuple[int, ...]:
    """The last of a month comes after all that are counted."""
    match closure:
        case NthWeekday(nth, weekday):
            return (weekday, 9 if nth == LAST else nth)
        case DayOfMonth(day):
            return (99 if day == LAST else day,)
    return (*closure.first, *closure.last)
