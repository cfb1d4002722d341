"""What a catalogue says, as plain values. Times are minutes after midnight of the local day.

`translations` is {language: {field: text}}, as the database keeps it.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from tour.events.states import ParticipationRole
from tour.geo import Point
from tour.programmes.states import Allocation
from tour.sites.opening.hours import HolidayRule
from tour.sites.states import PointQuality, SiteKind

Translations = dict[str, dict[str, str]]


@dataclass(frozen=True, slots=True)
class CraftRecord:
    id: str
    kind: SiteKind
    name: str
    name_kana: str
    name_romaji: str
    emblem: str
    translations: Translations


@dataclass(frozen=True, slots=True)
class StationRecord:
    id: str
    name: str
    name_kana: str
    kind: str
    point: Point
    translations: Translations


@dataclass(frozen=True, slots=True)
class SiteRecord:
    slug: str
    kind: SiteKind
    craft: str | None
    texts: Mapping[str, str]
    """By the names of `tour.sites.texts.TEXTS`."""
    translations: Translations
    point: Point
    entrance: Point | None
    point_quality: PointQuality
    point_source: str
    access_features: tuple[str, ...]
    languages: tuple[str, ...]
    holiday_rule: HolidayRule
    closures: str
    is_sample: bool
    source: str

    @property
    def name(self) -> str:
        return self.texts["name"]


@dataclass(frozen=True, slots=True)
class WeeklyHours:
    """One stretch of one weekday; 0 is Monday."""

    site: str
    weekday: int
    opens_minute: int
    closes_minute: int


@dataclass(frozen=True, slots=True)
class EventDay:
    """The `day`th day of an event; 1 is its first."""

    event: str
    day: int


@dataclass(frozen=True, slots=True)
class YearlyDay:
    """One date of every year."""

    month: int
    day: int


@dataclass(frozen=True, slots=True)
class HoursExceptionRecord:
    """What holds on a date instead of the week; without minutes: closed.

    Where an event's day falls on a yearly one, the event's holds.
    """

    site: str
    rule: EventDay | YearlyDay
    opens_minute: int | None
    closes_minute: int | None
    note: str
    translations: Translations


@dataclass(frozen=True, slots=True)
class ParticipationRecord:
    """A site in an event; its number on the map is its place in the list, from 1."""

    site: str
    role: ParticipationRole


@dataclass(frozen=True, slots=True)
class StopRecord:
    site: str
    stay_minutes: int


@dataclass(frozen=True, slots=True)
class CourseRecord:
    slug: str
    title: str
    summary: str
    translations: Translations
    stops: tuple[StopRecord, ...]


@dataclass(frozen=True, slots=True)
class EventRecord:
    """An event whose first day is the first `weekday` (0 is Monday) at least `not_before_days`
    after the day of loading; it lasts `days` days."""

    slug: str
    title: str
    summary: str
    description: str
    translations: Translations
    days: int
    weekday: int
    not_before_days: int
    opens_minute: int
    closes_minute: int
    booking_opens_days_before: int
    participations: tuple[ParticipationRecord, ...]
    courses: tuple[CourseRecord, ...]


@dataclass(frozen=True, slots=True)
class SlotRecord:
    """One start on the `day`th day of the event, with the share of its seats already taken."""

    day: int
    starts_minute: int
    filled: float


@dataclass(frozen=True, slots=True)
class ProgrammeRecord:
    slug: str
    site: str
    event: str
    title: str
    summary: str
    bring: str
    translations: Translations
    minutes: int
    price_yen: int
    min_age: int | None
    max_party: int
    capacity: int
    allocation: Allocation
    languages: tuple[str, ...]
    slots: tuple[SlotRecord, ...]

    def seats_taken(self, slot: SlotRecord) -> int:
        """Seats that the demonstration shows as taken in one of its slots."""
        return round(slot.filled * self.capacity)
