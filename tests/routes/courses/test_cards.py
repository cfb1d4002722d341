"""What a list says of a course: the price of what fits the time, true of the sessions to come."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.conftest import NOON
from tour.events.entries import Agenda, EventEntry
from tour.programmes.entries import Board, ProgrammeEntry, SlotEntry
from tour.programmes.states import Allocation, SlotStatus
from tour.routes.courses.cards import of_what_comes, price_of
from tour.routes.courses.queries import Course, CourseStop
from tour.sites.entries import SiteEntry
from tour.sites.opening.hours import Span

MINE, OTHER = 1, 2


def session(number: int, minutes: int, price: int, event_id: int | None = MINE) -> ProgrammeEntry:
    return ProgrammeEntry(
        id=number,
        slug=f"s{number}",
        site_id=1,
        event_id=event_id,
        own={},
        translations={},
        minutes=minutes,
        price_yen=price,
        min_age=None,
        max_age=None,
        max_party=4,
        needs_adult=False,
        questions=(),
        asks_photo_consent=False,
        languages=(),
    )


def slot(programme: int, status: SlotStatus = SlotStatus.OPEN) -> SlotEntry:
    starts_at = NOON + timedelta(days=5)
    return SlotEntry(
        id=programme,
        programme_id=programme,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=1),
        capacity=8,
        seats_taken=8,
        seats_kept=0,
        allocation=Allocation.FIRST_COME,
        status=status,
        booking_opens_at=None,
        booking_closes_at=starts_at,
    )


def course(*stays: int, event_id: int | None = MINE) -> Course:
    stops = tuple(CourseStop(1, stay) for stay in stays)
    return Course("c", event_id, {"title": "", "summary": ""}, {}, stops)


def price(
    walk: Course, *sessions: ProgrammeEntry, gone: frozenset[int] = frozenset()
) -> int | None:
    times = tuple(
        slot(one.id, SlotStatus.CANCELLED if one.id in gone else SlotStatus.OPEN)
        for one in sessions
    )
    board = Board({one.id: one for one in sessions}, times, {1: times})
    return price_of(walk, [(stop, _site()) for stop in walk.stops], board)


def _site() -> SiteEntry:
    """Of which only the number is asked."""
    site = object.__new__(SiteEntry)
    object.__setattr__(site, "id", 1)
    return site


def event(number: int, day: date) -> EventEntry:
    return EventEntry(
        id=number,
        slug=f"e{number}",
        own={"title": ""},
        translations={},
        starts_on=day,
        ends_on=day,
        span=Span(600, 960),
        zone=ZoneInfo("Asia/Tokyo"),
        booking_opens_at=None,
        participants=(),
    )


TABLE = [
    ("the longest that fits", course(60), [session(1, 60, 1500), session(2, 30, 300)], 1500),
    ("not one that is longer", course(50), [session(1, 60, 1500), session(2, 30, 300)], 300),
    ("of two as long the cheaper", course(60), [session(1, 60, 1500), session(2, 60, 900)], 900),
    ("each stop by itself", course(60, 30), [session(1, 60, 1500), session(2, 30, 300)], 1800),
    ("free is a price", course(60), [session(1, 60, 0)], 0),
    ("nothing fits", course(20), [session(1, 60, 1500)], None),
    ("nothing is held", course(60), [], None),
    ("of another event", course(60), [session(1, 60, 1500, OTHER)], None),
    ("of none", course(60), [session(1, 60, 1500, None)], 1500),
    ("a course of none", course(60, event_id=None), [session(1, 60, 1500, OTHER)], 1500),
]


@pytest.mark.parametrize(
    ("walk", "sessions", "said"), [t[1:] for t in TABLE], ids=[t[0] for t in TABLE]
)
def test_the_price_of_a_course(walk: Course, sessions: list[ProgrammeEntry], said: int | None):
    assert price(walk, *sessions) == said


def test_what_is_called_off_costs_nothing_and_what_is_full_does() -> None:
    both = [session(1, 60, 1500), session(2, 30, 300)]
    assert price(course(60), *both, gone=frozenset({1})) == 300
    assert price(course(60), *both, gone=frozenset({1, 2})) is None


def test_the_first_page_has_no_course_of_what_is_over_and_the_next_first() -> None:
    soon, later = event(7, date(2026, 12, 5)), event(3, date(2026, 12, 19))
    walks = [course(event_id=one) for one in (3, None, 99, 7)]
    kept = of_what_comes(walks, Agenda((soon, later), {}))
    assert [one.event_id for one in kept] == [None, 7, 3]
