"""Opening hours by the week, and the dates on which something else holds."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date, timedelta
from pathlib import Path

from tour.demo.cells import Columns, Row, in_languages, read_rows
from tour.demo.records import (
    EventDay,
    EventRecord,
    HoursExceptionRecord,
    WeeklyHours,
    YearlyDay,
)
from tour.town import Town

WEEK = ("site", "weekdays", "opens", "closes")
EXCEPTION = ("site", "rule", "opens", "closes")
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

_EVENT_DAY = re.compile(r"event:([a-z0-9-]+):(\d)")
_YEARLY = re.compile(r"(\d\d)-(\d\d)(?:\.\.(\d\d)-(\d\d))?")
_LEAP_YEAR = 2024


def read_hours(file: Path, sites: Collection[str]) -> list[WeeklyHours]:
    hours: list[WeeklyHours] = []
    for row in read_rows(file, Columns(WEEK)):
        site = row.site(sites)
        row.required("weekdays")
        opens, closes = _span(row)
        for weekday in row.choices("weekdays", WEEKDAYS):
            hours.append(WeeklyHours(site, WEEKDAYS.index(weekday), opens, closes))
    return hours


def _known_site(row: Row, sites: Collection[str]) -> str:
    site = row.required("site")
    if site not in sites:
        row.fail(f"site must be a slug of sites.csv, not {site!r}")
    return site


def _span(row: Row) -> tuple[int, int]:
    opens, closes = row.time("opens"), row.time("closes")
    if closes <= opens:
        row.fail("closes must be later than opens; a night ends at 24:00 or later, such as 25:00")
    return opens, closes


def read_hours_exceptions(
    file: Path,
    town: Town,
    *,
    sites: Collection[str],
    events: Mapping[str, EventRecord],
) -> list[HoursExceptionRecord]:
    """One record a date; a rule such as `12-29..01-03` is one for each of its days."""
    languages = town.languages[1:]
    exceptions: list[HoursExceptionRecord] = []
    for row in read_rows(file, Columns(EXCEPTION, ("note", *in_languages(["note"], languages)))):
        is_closed = not (row.text("opens") or row.text("closes"))
        opens, closes = (None, None) if is_closed else _span(row)
        exceptions += [
            HoursExceptionRecord(
                site=row.site(sites),
                rule=rule,
                opens_minute=opens,
                closes_minute=closes,
                note=row.text("note"),
                translations=row.translations(languages, ("note",)),
            )
            for rule in _rules(row, events)
        ]
    return exceptions


def _rules(row: Row, events: Mapping[str, EventRecord]) -> Iterable[EventDay | YearlyDay]:
    text = row.text("rule")
    if match := _EVENT_DAY.fullmatch(text):
        slug, day = match[1], int(match[2])
        if slug not in events or not 1 <= day <= events[slug].days:
            row.fail(f"rule must name an event of events.toml and one of its days, not {text!r}")
        return [EventDay(slug, day)]
    match = _YEARLY.fullmatch(text)
    if match is None:
        row.fail(f"rule must be like event:SLUG:1, 12-29 or 12-29..01-03, not {text!r}")
    first = _date_of(row, match[1], match[2])
    last = _date_of(row, match[3], match[4]) if match[3] else first
    return _yearly_days(first, last)


def _date_of(row: Row, month: str, day: str) -> date:
    try:
        return date(_LEAP_YEAR, int(month), int(day))
    except ValueError:
        row.fail(f"rule must be a date that exists, not {row.text('rule')!r}")


def _yearly_days(first: date, last: date) -> Iterator[YearlyDay]:
    """Every date from `first` to `last`, over the New Year when `last` is the earlier one."""
    end = last if last >= first else last.replace(year=last.year + 1)
    for offset in range((end - first).days + 1):
        day = first + timedelta(days=offset)
        yield YearlyDay(day.month, day.day)
