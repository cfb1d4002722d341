"""Making a published map from the event's rows as they stand now."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from itertools import pairwise
from typing import TypedDict

from tour.events.entries import EventEntry, ParticipantEntry, agenda
from tour.geo import Point
from tour.programmes.entries import NO_SESSIONS, Board
from tour.publishing.published_map import MapCourse, MapSite, PublishedMap, Texts
from tour.routes.courses.queries import Course
from tour.routes.streets.graph import Streets
from tour.routes.walks.walks import Walk, Walks
from tour.sites.entries import Catalogue, SiteEntry
from tour.sites.opening.hours import Span
from tour.sites.states import PointQuality


class Opened(TypedDict):
    """Two fields of a `MapSite`."""

    hours: tuple[tuple[Span, ...], ...] | None
    sessions: tuple[tuple[Span, ...], ...]


class Walked(TypedDict):
    """Four fields of a `MapCourse`."""

    line: tuple[Point, ...]
    distance_m: int
    minutes: int
    approximate: bool


@dataclass(frozen=True, slots=True)
class Sources:
    """What a map is made from beside the rows of its event."""

    catalogue: Catalogue
    walks: Walks
    languages: tuple[str, ...]
    board: Board = NO_SESSIONS


def collect(event: EventEntry, courses: Sequence[Course], sources: Sources) -> PublishedMap:
    """The map of the event as it stands; slow the first time, for its courses are walked."""
    doors = Doors(event, sources.board)
    sites = sources.catalogue.by_id
    places = tuple(
        _place(participant, sites[participant.site_id], event, doors, sources.languages)
        for participant in event.participants
        if participant.site_id in sites
    )
    return PublishedMap(
        slug=event.slug,
        titles=_texts(event, "title", sources.languages),
        summaries=_texts(event, "summary", sources.languages),
        dates=event.dates,
        span=event.span,
        places=places,
        courses=tuple(
            course
            for row in courses
            if row.event_id == event.id and (course := _course(row, places, sources))
        ),
    )


def as_of_now(published: PublishedMap, event: EventEntry, sources: Sources) -> PublishedMap:
    """A kept map with the days and hours of today, without places that left since.

    Numbers, points and texts stay as they were published; a course passes by who has left. Days and
    hours change until the morning of the event, and a map that is a week old must not send anybody
    to a closed door.
    """
    doors, by_id = Doors(event, sources.board), sources.catalogue.by_id
    places = tuple(
        replace(place, **doors.of(site, event.dates))
        for place in published.places
        if (site := by_id.get(place.site_id)) and not event.has_left(site.id)
    )
    by_number = {place.number: place for place in places}
    courses = (_without_left(course, by_number, sources) for course in published.courses)
    return replace(
        published,
        places=places,
        courses=tuple(course for course in courses if course),
        dates=event.dates,
        span=event.span,
    )


def _without_left(
    course: MapCourse, by_number: Mapping[int, MapSite], sources: Sources
) -> MapCourse | None:
    """The course as it is walked through who is still there; None where that is no walk."""
    if all(number in by_number for number in course.numbers):
        return course
    stops = [by_number[number] for number in course.numbers if number in by_number]
    if len(stops) < 2:
        return None
    return replace(course, numbers=tuple(s.number for s in stops), **_walked(stops, sources))


class Doors:
    """When the places of one event are open, and when for a session alone."""

    def __init__(self, event: EventEntry, board: Board) -> None:
        self._agenda, self._board, self._zone = agenda([event]), board, event.zone

    def of(self, site: SiteEntry, dates: Sequence[date]) -> Opened:
        hours = self._board.besides(site.id, self._agenda.hours_of(site), self._zone)
        sessions = tuple(hours.sessions_on(day) for day in dates)
        return {
            "hours": tuple(hours.on(day) for day in dates) if hours.is_known else None,
            "sessions": sessions if any(sessions) else (),
        }


def _place(
    participant: ParticipantEntry,
    site: SiteEntry,
    event: EventEntry,
    doors: Doors,
    languages: Sequence[str],
) -> MapSite:
    return MapSite(
        number=participant.number,
        site_id=site.id,
        slug=site.slug,
        kind=site.kind,
        role=participant.role,
        names=_texts(site, "name", languages),
        crafts={lang: site.craft.name_in(lang) for lang in languages} if site.craft else {},
        addresses=_texts(site, "address", languages),
        access=site.access_features,
        point=site.point,
        approximate=site.quality == PointQuality.TOWN,
        sample=site.is_sample,
        **doors.of(site, event.dates),
    )


def _course(row: Course, places: Sequence[MapSite], sources: Sources) -> MapCourse | None:
    """The course's stops on this map, or None where fewer than two of them are on it."""
    by_site = {place.site_id: place for place in places}
    stops = [by_site[stop.site_id] for stop in row.stops if stop.site_id in by_site]
    if len(stops) < 2:
        return None
    return MapCourse(
        slug=row.slug,
        titles=_texts(row, "title", sources.languages),
        numbers=tuple(stop.number for stop in stops),
        **_walked(stops, sources),
    )


def _walked(stops: Sequence[MapSite], sources: Sources) -> Walked:
    """Line and length of the walk through these places, as the course's own page has them."""
    points = tuple(stop.point for stop in stops if stop.point and not stop.approximate)
    legs = _legs(sources.walks, sources.walks.streets, points)
    return {
        "line": tuple(point for leg in legs for point in leg.line),
        "distance_m": sum(leg.distance_m for leg in legs),
        "minutes": sum(leg.minutes for leg in legs),
        "approximate": any(leg.approximate for leg in legs),
    }


@lru_cache(maxsize=256)
def _legs(
    walks: Walks,
    _along: Streets | None,  # legs that were kept before the streets came are measured anew
    points: tuple[Point, ...],
) -> tuple[Walk, ...]:
    return tuple(walks.walk(start, end) for start, end in pairwise(points))


def _texts(row: EventEntry | SiteEntry | Course, name: str, languages: Sequence[str]) -> Texts:
    return {lang: row.text(name, lang) for lang in languages}
