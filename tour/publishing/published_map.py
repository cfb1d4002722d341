"""The published map: one value from which page, embed, PDF and archive are made.

It is plain data in every language of the town, so that it can be kept as JSON and shown years
later without the rows that it was made from.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from tour.events.states import ParticipationRole
from tour.geo import Point
from tour.sites.opening.hours import Span
from tour.sites.states import SiteKind

Texts = Mapping[str, str]
"""The same text by language; the first is the town's own."""


def text_in(texts: Texts, lang: str) -> str:
    """The text for a reader of `lang`: in English for a foreigner where it was not translated."""
    fallbacks = (lang, "ja") if lang.startswith("ja") else (lang, "en")
    for choice in fallbacks:
        if text := texts.get(choice):
            return text
    return next(iter(texts.values()), "")


@dataclass(frozen=True, slots=True)
class MapSite:
    """A numbered place. `point` is its entrance where known, None where only the town is known."""

    number: int
    site_id: int
    slug: str
    kind: SiteKind
    role: ParticipationRole
    names: Texts
    crafts: Texts
    addresses: Texts
    access: tuple[str, ...]
    point: Point | None
    approximate: bool
    sample: bool
    hours: tuple[tuple[Span, ...], ...] | None
    sessions: tuple[tuple[Span, ...], ...] = ()
    """By day, when it is open for those of a session alone; empty where that is on no day."""
    """Open spans of each day of the event, or None where nobody told us."""


@dataclass(frozen=True, slots=True)
class MapCourse:
    """A model course: the numbers of its places in order, and the line that one walks."""

    slug: str
    titles: Texts
    numbers: tuple[int, ...]
    line: tuple[Point, ...]
    distance_m: int
    minutes: int
    approximate: bool


@dataclass(frozen=True, slots=True)
class PublishedMap:
    """The numbered places, courses and texts of an event; `version` is 0 for the live event."""

    slug: str
    titles: Texts
    summaries: Texts
    dates: tuple[date, ...]
    span: Span
    places: tuple[MapSite, ...]
    courses: tuple[MapCourse, ...]
    version: int = 0
    published_on: date | None = None

    @property
    def kinds(self) -> tuple[SiteKind, ...]:
        """What the legend explains, in the order of the kinds."""
        present = {place.kind for place in self.places}
        return tuple(kind for kind in SiteKind if kind in present)

    @property
    def points(self) -> list[Point]:
        return [place.point for place in self.places if place.point]


def as_json(published: PublishedMap) -> dict[str, Any]:
    """Everything but version and day, which are columns of their own."""
    content = asdict(published)
    content["dates"] = [day.isoformat() for day in published.dates]
    del content["version"], content["published_on"]
    return content


def from_json(content: Mapping[str, Any], *, version: int, published_on: date) -> PublishedMap:
    return PublishedMap(
        slug=content["slug"],
        titles=content["titles"],
        summaries=content["summaries"],
        dates=tuple(date.fromisoformat(day) for day in content["dates"]),
        span=Span(**content["span"]),
        places=tuple(_site(row) for row in content["places"]),
        courses=tuple(_course(course) for course in content["courses"]),
        version=version,
        published_on=published_on,
    )


def _spans(days: Sequence[Sequence[Mapping[str, int]]]) -> tuple[tuple[Span, ...], ...]:
    return tuple(tuple(Span(**span) for span in day) for day in days)


def _site(row: Mapping[str, Any]) -> MapSite:
    hours = row["hours"]
    return MapSite(
        number=row["number"],
        site_id=row["site_id"],
        slug=row["slug"],
        kind=SiteKind(row["kind"]),
        role=ParticipationRole(row["role"]),
        names=row["names"],
        crafts=row["crafts"],
        addresses=row["addresses"],
        access=tuple(row["access"]),
        point=Point(**row["point"]) if row["point"] else None,
        approximate=row["approximate"],
        sample=row["sample"],
        hours=None if hours is None else _spans(hours),
        sessions=_spans(row.get("sessions", ())),
    )


def _course(row: Mapping[str, Any]) -> MapCourse:
    return MapCourse(
        slug=row["slug"],
        titles=row["titles"],
        numbers=tuple(row["numbers"]),
        line=tuple(Point(**point) for point in row["line"]),
        distance_m=row["distance_m"],
        minutes=row["minutes"],
        approximate=row["approximate"],
    )
