"""The events of a catalogue, from `events.toml`: who takes part, in which order, which walks."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from tour.demo.cells import CatalogueError, is_slug, minute_in
from tour.demo.records import (
    CourseRecord,
    EventRecord,
    ParticipationRecord,
    SiteRecord,
    StopRecord,
    Translations,
)
from tour.events.states import ParticipationRole
from tour.sites.states import PointQuality
from tour.town import Town

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@dataclass(frozen=True, slots=True)
class Table:
    """A table of a TOML file, with the words that tell a person where it stands."""

    file: Path
    within: str
    values: Mapping[str, Any]

    def fail(self, mend: str) -> NoReturn:
        raise CatalogueError(f"{self.file}, {self.within}: {mend}")

    def text(self, key: str) -> str:
        value = self.values.get(key)
        if not isinstance(value, str) or not value.strip():
            self.fail(f"{key} must be a text that is not empty, not {value!r}")
        return value.strip()

    def slug(self, key: str) -> str:
        text = self.text(key)
        if not is_slug(text):
            self.fail(f"{key} must be small letters, digits and single hyphens, not {text!r}")
        return text

    def whole(self, key: str, low: int, high: int) -> int:
        value = self.values.get(key)
        if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
            self.fail(f"{key} must be a whole number from {low} to {high}, not {value!r}")
        return value

    def choice(self, key: str, choices: Sequence[str]) -> str:
        value = self.values.get(key)
        if value not in choices:
            self.fail(f"{key} must be one of {', '.join(choices)}, not {value!r}")
        return str(value)

    def time(self, key: str) -> int:
        minute = minute_in(str(self.values.get(key)))
        if minute is None:
            self.fail(f"{key} must be a time such as 09:30, not {self.values.get(key)!r}")
        return minute

    def tables(self, key: str, noun: str) -> "list[Table]":
        rows = self.values.get(key, [])
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            self.fail(f"{key} must be a list of tables")
        before = f"{self.within}, " if self.within else ""
        return [Table(self.file, f"{before}{noun} {n}", row) for n, row in enumerate(rows, 1)]

    def translations(self, languages: Sequence[str], keys: Sequence[str]) -> Translations:
        return {lang: {key: self.text(f"{key}_{lang}") for key in keys} for lang in languages}


def read_toml(file: Path) -> Mapping[str, Any]:
    """A TOML file's tables; the parser's own words name line and column of a slip."""
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as exc:
        raise CatalogueError(f"{file}: cannot be read: {exc.strerror}") from exc
    except ValueError as exc:
        raise CatalogueError(f"{file}: {exc}") from exc


def read_events(
    file: Path, town: Town, *, sites: Mapping[str, SiteRecord]
) -> dict[str, EventRecord]:
    events: dict[str, EventRecord] = {}
    courses: set[str] = set()
    for table in Table(file, "", read_toml(file)).tables("event", "event"):
        event = _event(table, town, sites)
        if event.slug in events:
            table.fail(f"slug {event.slug!r} is used twice; each event needs its own")
        for course in event.courses:
            if course.slug in courses:
                table.fail(f"slug {course.slug!r} is used by two courses; each needs its own")
            courses.add(course.slug)
        events[event.slug] = event
    return events


def _event(table: Table, town: Town, sites: Mapping[str, SiteRecord]) -> EventRecord:
    opens, closes = table.time("opens"), table.time("closes")
    if closes <= opens:
        table.fail("closes must be later than opens")
    languages = town.languages[1:]
    return EventRecord(
        slug=table.slug("slug"),
        title=table.text("title"),
        summary=table.text("summary"),
        description=table.text("description"),
        translations=table.translations(languages, ("title", "summary", "description")),
        days=table.whole("days", 1, 9),
        weekday=WEEKDAYS.index(table.choice("weekday", WEEKDAYS)),
        not_before_days=table.whole("not_before_days", 0, 365),
        opens_minute=opens,
        closes_minute=closes,
        booking_opens_days_before=table.whole("booking_opens_days_before", 0, 365),
        participations=_participations(table, sites),
        courses=tuple(_course(row, languages, sites) for row in table.tables("course", "course")),
    )


def _participations(
    table: Table, sites: Mapping[str, SiteRecord]
) -> tuple[ParticipationRecord, ...]:
    numbered: dict[str, ParticipationRecord] = {}
    for row in table.tables("sites", "site"):
        slug = _known_site(row, sites)
        if slug in numbered:
            row.fail(f"site {slug!r} takes part twice")
        role = ParticipationRole(row.choice("role", list(ParticipationRole)))
        numbered[slug] = ParticipationRecord(slug, role)
    if not numbered:
        table.fail("sites must name at least one site")
    return tuple(numbered.values())


def _course(
    table: Table, languages: Sequence[str], sites: Mapping[str, SiteRecord]
) -> CourseRecord:
    return CourseRecord(
        slug=table.slug("slug"),
        title=table.text("title"),
        summary=table.text("summary"),
        translations=table.translations(languages, ("title", "summary")),
        stops=tuple(_stop(row, sites) for row in table.tables("stops", "stop")),
    )


def _stop(table: Table, sites: Mapping[str, SiteRecord]) -> StopRecord:
    slug = _known_site(table, sites)
    if sites[slug].point_quality == PointQuality.TOWN:
        table.fail(f"site {slug!r} is known only to its town block: nobody can walk to it")
    return StopRecord(slug, table.whole("stay_minutes", 5, 240))


def _known_site(table: Table, sites: Mapping[str, SiteRecord]) -> str:
    slug = table.text("site")
    if slug not in sites:
        table.fail(f"site must be a slug of sites.csv, not {slug!r}")
    return slug
