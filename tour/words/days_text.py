"""Dates as people write them: 12/29～1/3, 12月5日(土), 2026年12月5日, 令和8年12月5日. Pure."""

import re
from calendar import isleap
from collections.abc import Iterator
from datetime import date, timedelta

from tour.words.clock_text import DASH, plainly

LONGEST = 200
MOST_DAYS = 62
"""Dates that are told together: two months."""
LEAP_YEAR = 2024
REIWA = 2018
"""The year before 令和元年."""
DAY = re.compile(
    r"(?:(?:(?P<year>[0-9]{4})|(?:令和|r)(?P<reiwa>[0-9]{1,2}|元))(?:年|[-/.]))?"
    r"(?P<month>[0-9]{1,2})(?:月|[-/.])(?P<day>[0-9]{1,2})日?(?:\([月火水木金土日](?:曜日?)?\))?"
)
LAST_DAY = re.compile(r"(?P<day>[0-9]{1,2})日?(?:\([月火水木金土日](?:曜日?)?\))?(?![0-9/月])")
BETWEEN = re.compile(r"(?:まで)?(?:[\s,;・と&])*")


def read_days(text: str, today: date) -> tuple[date, ...] | None:
    """The dates and all between two of them, in order; None where it cannot be read, or where
    there are more than MOST_DAYS. A date without a year is the next one, from `today` on."""
    if len(text) > LONGEST:
        return None
    try:
        found = set(_scan(plainly(text), today))
    except ValueError:
        return None
    return tuple(sorted(found)) if len(found) <= MOST_DAYS else None


def read_day(text: str, today: date | None = None) -> date | None:
    """One date. Without `today` it must have its year."""
    match = DAY.fullmatch(plainly(text)) if len(text) <= LONGEST else None
    try:
        return _date(match, today) if match else None
    except ValueError:
        return None


def stretch(first: date, last: date) -> Iterator[date]:
    """Every date from `first` to `last`. Raises ValueError where it is none, or too long."""
    if not 0 <= (last - first).days < MOST_DAYS:
        raise ValueError(last)
    return (first + timedelta(days=n) for n in range((last - first).days + 1))


def _scan(text: str, today: date) -> Iterator[date]:
    at = 0
    while at < len(text):
        first, last, end = _part(text, at, today)
        yield from stretch(first, last)
        gap = BETWEEN.match(text, end)
        at = gap.end() if gap else end
        if at == end and at < len(text):
            raise ValueError(text)


def _part(text: str, at: int, today: date) -> tuple[date, date, int]:
    """A date, or the first and the last one of a stretch, and where it ends."""
    match = DAY.match(text, at)
    if match is None:
        raise ValueError(text)
    first = _date(match, today)
    dash = DASH.match(text, match.end())
    if dash is None:
        return first, first, match.end()
    if until := DAY.match(text, dash.end()):
        return first, _date(until, first), until.end()
    if until := LAST_DAY.match(text, dash.end()):
        return first, first.replace(day=int(until["day"])), until.end()
    raise ValueError(text)


def _date(match: re.Match[str], today: date | None) -> date:
    """Raises ValueError for a day that is none."""
    month, day = int(match["month"]), int(match["day"])
    if match["year"]:
        return date(int(match["year"]), month, day)
    if match["reiwa"]:
        return date(REIWA + int(match["reiwa"].replace("元", "1")), month, day)
    if today is None:
        raise ValueError(match[0])
    return _next(month, day, today)


def _next(month: int, day: int, today: date) -> date:
    """The next such day; 29 February may be eight years away."""
    date(LEAP_YEAR, month, day)
    for year in range(today.year, today.year + 9):
        is_there = (month, day) != (2, 29) or isleap(year)
        if is_there and (found := date(year, month, day)) >= today:
            return found
    raise ValueError(day)
