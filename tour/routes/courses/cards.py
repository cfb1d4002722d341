"""Courses as lists show them: how long one is on the way, what one sees, what it costs."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from tour.events.entries import Agenda, EventEntry
from tour.programmes.entries import Board, ProgrammeEntry
from tour.programmes.states import SlotStatus
from tour.routes.courses.queries import Course, CourseStop
from tour.routes.courses.ways import CourseWay, CourseWays
from tour.sites.entries import Catalogue, SiteEntry
from tour.sites.views import SiteCard, site_card

SCENES = 3


@dataclass(frozen=True, slots=True)
class CourseEvent:
    """The event that a course is for."""

    slug: str
    title: str
    dates: tuple[date, ...]


@dataclass(frozen=True, slots=True)
class CourseCard:
    slug: str
    title: str
    summary: str
    stops: int
    scenes: tuple[SiteCard, ...]
    """What one sees first."""
    numbers: tuple[int, ...]
    """Of its stops, as its page and the map of its event have them."""
    way: CourseWay | None
    """None where it cannot be told at present."""
    minutes: int
    """On the way and at the places; 0 where the way is not known."""
    price_yen: int | None
    """Of its sessions, for one person; None where it has none."""
    event: CourseEvent | None
    """Where it has to be said: the event is to come, and not the one that the page is about."""


@dataclass(frozen=True, slots=True)
class Ground:
    """What courses are told from, at one instant, to a reader of one language."""

    catalogue: Catalogue
    agenda: Agenda
    board: Board
    ways: CourseWays
    lang: str


async def course_cards(
    courses: Iterable[Course], ground: Ground, *, about: int | None = None
) -> list[CourseCard]:
    """`about`: the event of the page. Courses that are no walk at present are left out."""
    offered = [course for course in courses if course.is_offered]
    return await asyncio.gather(*(course_card(course, ground, about=about) for course in offered))


async def course_card(course: Course, ground: Ground, *, about: int | None = None) -> CourseCard:
    stops = walked(course, ground.catalogue)
    points = tuple(site.point for _stop, site in stops if site.point)
    way = await ground.ways.of(points) if len(points) > 1 else None
    event = _event_of(course, ground.agenda)
    return CourseCard(
        slug=course.slug,
        title=course.text("title", ground.lang),
        summary=course.text("summary", ground.lang),
        stops=len(course.stops),
        scenes=tuple(site_card(site, ground.lang) for _stop, site in stops[:SCENES]),
        numbers=tuple(stop.number or place for place, (stop, _site) in enumerate(stops, start=1)),
        way=way,
        minutes=way.minutes + sum(stop.stay_minutes for stop, _site in stops) if way else 0,
        price_yen=price_of(course, stops, ground.board),
        event=_told(event, ground.lang) if event and event.id != about else None,
    )


Walked = Sequence[tuple[CourseStop, SiteEntry]]


def walked(course: Course, catalogue: Catalogue) -> Walked:
    """The stops that a walk can reach; what was withdrawn is passed."""
    return [
        (stop, site)
        for stop in course.stops
        if (site := catalogue.by_id.get(stop.site_id)) and site.point and site.is_walkable
    ]


def price_of(course: Course, stops: Walked, board: Board) -> int | None:
    """For one person who takes part at every stop in the longest session that fits the stay there,
    the cheapest of those; None where no stop has one to come."""
    prices = []
    for stop, site in stops:
        held = _held_at(site, course, board)
        fitting = [session for session in held if session.minutes <= stop.stay_minutes]
        if fitting:
            best = min(fitting, key=lambda session: (-session.minutes, session.price_yen))
            prices.append(best.price_yen)
    return sum(prices) if prices else None


def _held_at(site: SiteEntry, course: Course, board: Board) -> list[ProgrammeEntry]:
    """Its sessions with a time to come, of another event than the course's not."""
    times = board.by_site.get(site.id, ())
    ids = {slot.programme_id for slot in times if slot.status != SlotStatus.CANCELLED}
    sessions = [board.programmes[one] for one in sorted(ids)]
    return [s for s in sessions if s.event_id in (None, course.event_id) or not course.event_id]


def _event_of(course: Course, agenda: Agenda) -> EventEntry | None:
    return next((event for event in agenda.events if event.id == course.event_id), None)


def _told(event: EventEntry, lang: str) -> CourseEvent:
    return CourseEvent(event.slug, event.text("title", lang), event.dates)


def of_what_comes(courses: Iterable[Course], agenda: Agenda) -> list[Course]:
    """For the first page: of the next event first; none of one that is over."""
    order: dict[int | None, int] = {event.id: n for n, event in enumerate(agenda.events, start=1)}
    order[None] = 1
    coming = [course for course in courses if course.event_id in order]
    return sorted(coming, key=lambda course: order[course.event_id])
