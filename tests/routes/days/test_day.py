"""No proposal breaks an opening hour, a capacity, a walking time or a must-see."""

import asyncio
import math
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from types import MappingProxyType
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.routes.sketch import at
from tour.events.entries import Agenda
from tour.geo import Point, distance_m
from tour.programmes.entries import Board, ProgrammeEntry, SlotEntry
from tour.programmes.states import Allocation, SlotStatus
from tour.routes.days.day import LEAD, LEAVING, Refusal, TownDay, has_room, open_doors, openings_of
from tour.routes.days.edits import PlannedStop
from tour.routes.days.planning import (
    Desk,
    propose_rest,
    reservable_slots,
    so_far,
    with_place,
    with_slot,
)
from tour.routes.days.proposals import MOST_DOORS, Proposal, propose
from tour.routes.days.wishes import LUNCH, DayWish, WalkStyle
from tour.routes.planner.problem import Reason, Trouble
from tour.routes.walks.site_matrix import SiteMatrix
from tour.routes.walks.walks import DETOUR, Walks
from tour.sites.entries import Catalogue, SiteEntry
from tour.sites.finding.search import make_index
from tour.sites.opening.hours import DayException, Hours, Span
from tour.sites.states import PointQuality, SiteKind

TOKYO = ZoneInfo("Asia/Tokyo")
DAY = date(2026, 12, 5)
THE_DAY_BEFORE = datetime(2026, 12, 4, 3, 0, tzinfo=UTC)
HOME = at(0, 0)


@dataclass(frozen=True)
class Door:
    """A site for a test: metres east and north of home, spans of the day, (start, seats) slots."""

    east: int = 300
    north: int = 0
    spans: tuple[tuple[int, int], ...] = ((600, 960),)
    slots: tuple[tuple[int, int], ...] = ()
    kind: SiteKind = SiteKind.CRAFT
    quality: PointQuality = PointQuality.ENTRANCE
    max_party: int = 20


def site_entry(number: int, door: Door) -> SiteEntry:
    exceptions = {DAY: DayException(tuple(Span(*span) for span in door.spans))}
    return SiteEntry(
        id=number,
        slug=f"site-{number}",
        kind=door.kind,
        craft=None,
        own={"name": f"Site {number}", "summary": "", "address": "", "access": ""},
        name_kana="",
        translations={},
        point=at(door.east, door.north),
        quality=door.quality,
        point_source="",
        access_features=(),
        languages=(),
        url="",
        is_sample=True,
        hours=Hours(((),) * 7, exceptions),
        index=make_index([f"Site {number}"], []),
    )


def slot_entry(number: int, programme: int, minute: int, seats: int) -> SlotEntry:
    starts_at = datetime(2026, 12, 5, tzinfo=TOKYO) + timedelta(minutes=minute)
    values = {
        "id": number,
        "programme_id": programme,
        "starts_at": starts_at.astimezone(UTC),
        "ends_at": (starts_at + timedelta(minutes=45)).astimezone(UTC),
        "capacity": 8,
        "seats_taken": 8 - seats,
        "seats_kept": 0,
        "allocation": Allocation.FIRST_COME,
        "status": SlotStatus.OPEN,
        "booking_opens_at": None,
        "booking_closes_at": (starts_at - timedelta(minutes=30)).astimezone(UTC),
    }
    return SlotEntry(**values)


def programme_entry(number: int, max_party: int) -> ProgrammeEntry:
    values = {
        "id": number,
        "slug": f"programme-{number}",
        "site_id": number,
        "event_id": None,
        "own": {"title": "Try it", "summary": "", "bring": ""},
        "translations": {},
        "minutes": 45,
        "price_yen": 0,
        "min_age": None,
        "max_age": None,
        "needs_adult": False,
        "questions": (),
        "max_party": max_party,
        "languages": (),
        "asks_photo_consent": False,
    }
    return ProgrammeEntry(**values)


def town_of(*doors: Door, now: datetime = THE_DAY_BEFORE) -> TownDay:
    sites = tuple(site_entry(number, door) for number, door in enumerate(doors, start=1))
    slots = {
        site.id: tuple(
            slot_entry(site.id * 100 + n, site.id, minute, seats)
            for n, (minute, seats) in enumerate(door.slots)
        )
        for site, door in zip(sites, doors, strict=True)
    }
    programmes = {n: programme_entry(n, door.max_party) for n, door in enumerate(doors, start=1)}
    board = Board(programmes, tuple(s for row in slots.values() for s in row), slots)
    catalogue = Catalogue(
        revision=1,
        sites=sites,
        stations=(),
        by_slug={site.slug: site for site in sites},
        by_id={site.id: site for site in sites},
    )
    return TownDay(catalogue, Agenda((), MappingProxyType({})), board, DAY, TOKYO, now)


def wish_of(**values: object) -> DayWish:
    defaults = {"day": DAY, "start": HOME, "starts": 600, "end": HOME, "ends": 960, "lunch": False}
    return DayWish(**defaults | values)  # type: ignore[arg-type]


def desk_of(town: TownDay, wish: DayWish) -> Desk:
    return Desk(town, wish, {slot.id: slot for slot in town.board.slots}, SiteMatrix(Walks()))


def proposed(town: TownDay, wish: DayWish) -> Proposal:
    return asyncio.run(propose(town, wish, SiteMatrix(Walks())))


def walked(start: Point, end: Point, pace: float) -> int:
    return math.ceil(round(distance_m(start, end) * DETOUR) / pace)


def assert_possible(town: TownDay, wish: DayWish, stops: tuple[PlannedStop, ...]) -> None:
    """Walk the day with nothing but the raw facts; lunch may be in any gap, where it is wanted."""
    assert len({stop.site_id for stop in stops}) == len(stops)
    assert any(
        arrives <= wish.ends
        for gap in (range(len(stops) + 1) if wish.meal else [None])
        for arrives in _arrivals(town, wish, stops, gap)
    ), stops


def _arrivals(
    town: TownDay, wish: DayWish, stops: tuple[PlannedStop, ...], gap: int | None
) -> list[int]:
    """When the day ends with lunch in a gap, before or after its walk; nothing if a rule breaks."""
    ends = []
    for after in (False, True):
        minute, place, ok = wish.starts, wish.start, True
        for number, stop in enumerate([*stops, None]):
            goal = town.catalogue.by_id[stop.site_id].point if stop else wish.end
            assert goal is not None
            if number == gap and not after:
                ok, minute = ok and minute <= LUNCH.latest, _fed(minute)
            minute, place = minute + walked(place, goal, wish.pace), goal
            if number == gap and after:
                ok, minute = ok and minute <= LUNCH.latest, _fed(minute)
            if stop:
                leaves = _leaves(town, wish, stop, minute)
                ok, minute = ok and leaves is not None, leaves or minute
        if ok:
            ends.append(minute)
    return ends


def _fed(minute: int) -> int:
    return max(minute, LUNCH.earliest) + LUNCH.length


def _leaves(town: TownDay, wish: DayWish, stop: PlannedStop, arrive: int) -> int | None:
    site = town.catalogue.by_id[stop.site_id]
    assert site.is_walkable
    if stop.slot_id is None:
        spans = site.hours.on(DAY)
        begins = (max(arrive, span.opens) for span in spans)
        starts = [b for b, span in zip(begins, spans, strict=True) if b + stop.stay <= span.closes]
        return min(starts) + stop.stay if starts else None
    slot = next(s for s in town.board.by_site[site.id] if s.id == stop.slot_id)
    begins = town.minute_of(slot.starts_at)
    assert slot.seats_left >= wish.party_size or slot.id in wish.reserved
    return None if arrive > begins else begins + 45


doors = st.builds(
    Door,
    east=st.integers(-1500, 1500),
    north=st.integers(-1500, 1500),
    spans=st.sampled_from([((600, 960),), ((630, 720), (780, 900)), ((840, 1020),), ()]),
    slots=st.lists(
        st.tuples(st.integers(590, 940), st.integers(0, 8)), max_size=3, unique_by=lambda s: s[0]
    ).map(tuple),
    kind=st.sampled_from([SiteKind.CRAFT, SiteKind.FACTORY, SiteKind.PUBLIC]),
    quality=st.sampled_from([PointQuality.ENTRANCE] * 4 + [PointQuality.TOWN]),
)
wishes = st.builds(
    wish_of,
    starts=st.integers(540, 700),
    ends=st.integers(720, 1080),
    adults=st.integers(1, 6),
    children=st.integers(0, 2),
    style=st.sampled_from(list(WalkStyle)),
    lunch=st.booleans(),
    must=st.lists(st.integers(1, 8), max_size=3, unique=True).map(tuple),
)


def test_a_must_see_at_noon_costs_the_lunch_and_nothing_else() -> None:
    town = town_of(Door(east=0, north=1063, spans=(), slots=((699, 2),)))
    wish = wish_of(starts=540, ends=780, children=1, style=WalkStyle.SLOW, lunch=True, must=(1,))
    proposal = proposed(town, wish)
    day = asyncio.run(desk_of(town, wish).timed(proposal.stops))
    assert [stop.slot_id for stop in proposal.stops] == [100]
    assert [*day.times.troubles()] == [Trouble.NO_BREAK]


@settings(max_examples=40, deadline=None)
@given(st.lists(doors, max_size=10), wishes)
def test_no_proposal_breaks_a_rule(places: list[Door], wish: DayWish) -> None:
    town = town_of(*places)
    proposal = proposed(town, wish)
    day = asyncio.run(desk_of(town, wish).timed(proposal.stops))
    rules = [trouble for trouble in day.times.troubles() if trouble is not Trouble.NO_BREAK]
    assert not rules
    kept = wish if day.times.pause else replace(wish, lunch=False)
    assert_possible(town, kept, proposal.stops)
    told = {left.site_id for left in proposal.findings.left_out}
    known = {site for site in wish.must if site in town.catalogue.by_id}
    assert known <= {stop.site_id for stop in proposal.stops} | told


@settings(max_examples=25, deadline=None)
@given(st.lists(doors, min_size=1, max_size=6), st.integers(1, 6))
def test_a_must_see_that_fits_alone_is_in_the_plan(places: list[Door], must: int) -> None:
    town = town_of(*places)
    must = min(must, len(places))
    wish = wish_of(must=(must,), adults=2)
    site = town.catalogue.by_id[must]
    alone = [
        PlannedStop(must, opening.slot_id, opening.stay)
        for opening in openings_of(town, wish, site)
        if not opening.full and site.is_walkable
    ]
    desk = desk_of(town, wish)
    fits = any(not [*asyncio.run(desk.timed((stop,))).times.troubles()] for stop in alone)
    proposal = proposed(town, wish)
    assert (must in {stop.site_id for stop in proposal.stops}) == fits


class TestWhatIsOffered:
    def test_a_session_without_enough_seats_is_not_taken(self) -> None:
        town = town_of(Door(spans=(), slots=((660, 2), (780, 5))))
        stops = proposed(town, wish_of(adults=3)).stops
        assert [stop.slot_id for stop in stops] == [101]

    def test_a_party_of_twenty_looks_around(self) -> None:
        town = town_of(Door(slots=((660, 8),)))
        assert [stop.slot_id for stop in proposed(town, wish_of(adults=20)).stops] == [None]

    def test_a_town_level_point_is_never_walked_to(self) -> None:
        town = town_of(Door(quality=PointQuality.TOWN))
        found, refused = open_doors(town, wish_of(must=(1,)))
        assert (found, refused) == ([], {1: Refusal.NOT_WALKABLE})

    def test_a_reserved_session_is_kept_even_when_full(self) -> None:
        town = town_of(Door(slots=((660, 0), (780, 8))), Door(east=-900, slots=((655, 8),)))
        wish = wish_of(reserved=frozenset({100}))
        assert 100 in {stop.slot_id for stop in proposed(town, wish).stops}

    def test_what_is_liked_comes_first(self) -> None:
        town = town_of(
            Door(slots=((630, 8),), kind=SiteKind.FACTORY, spans=()),
            Door(east=-300, slots=((630, 8),), kind=SiteKind.CULTURE, spans=()),
        )
        stops = proposed(town, wish_of(interests={SiteKind.CULTURE: 3})).stops
        assert [stop.site_id for stop in stops] == [2]


class TestWhyNot:
    def test_musts_at_the_same_time_are_named_as_a_conflict(self) -> None:
        town = town_of(
            Door(spans=(), slots=((660, 8),)), Door(east=-300, spans=(), slots=((660, 8),))
        )
        (left,) = proposed(town, wish_of(must=(1, 2))).findings.left_out
        assert left.reason == Reason.CONFLICT
        assert {left.site_id, *left.because_of} == {1, 2}

    @pytest.mark.parametrize(
        ("door", "reason"),
        [
            (Door(spans=()), Reason.CLOSED),
            (Door(spans=(), slots=((660, 1),)), Reason.NO_SEATS),
            (Door(spans=((1000, 1100),)), Reason.CLOSED),
            (Door(east=20_000), Reason.NO_TIME),
        ],
    )
    def test_the_reason_is_given(self, door: Door, reason: Reason) -> None:
        (left,) = proposed(town_of(door), wish_of(must=(1,), adults=2)).findings.left_out
        assert left.reason == reason


class TestTheRestOfTheDay:
    def test_what_has_begun_stays_and_the_rest_is_planned_from_there(self) -> None:
        noon = datetime(2026, 12, 5, 12, 0, tzinfo=TOKYO).astimezone(UTC)
        town = town_of(Door(), Door(east=600), Door(east=-600), now=noon)
        wish = wish_of()
        before = (PlannedStop(1, None, 30), PlannedStop(2, None, 30))
        proposal = asyncio.run(propose_rest(desk_of(town, wish), before))
        assert [stop.site_id for stop in proposal.stops][:2] == [1, 2]
        assert [stop.site_id for stop in proposal.stops][2:] == [3]
        day = asyncio.run(desk_of(town, wish).timed(proposal.stops))
        assert day.times.stops[2].start >= 720

    def test_what_is_locked_stays_at_its_session(self) -> None:
        town = town_of(Door(slots=((630, 8), (800, 8))), Door(east=-900, slots=((790, 8),)))
        stops = (PlannedStop(1, 101, 55, locked=True),)
        proposal = asyncio.run(propose_rest(desk_of(town, wish_of()), stops))
        assert 101 in {stop.slot_id for stop in proposal.stops}

    def test_a_place_is_added_where_it_does_no_harm(self) -> None:
        town = town_of(Door(spans=(), slots=((660, 8),)), Door(east=-300, spans=((600, 655),)))
        desk = desk_of(town, wish_of())
        stops = asyncio.run(with_place(desk, (PlannedStop(1, 100, 55),), town.catalogue.by_id[2]))
        assert [stop.site_id for stop in stops] == [2, 1]
        assert not [*asyncio.run(desk.timed(stops)).times.troubles()]


def test_three_hundred_places_are_planned_and_not_called_the_best() -> None:
    places = [Door(east=(n % 20) * 100 - 1000, north=(n // 20) * 100) for n in range(300)]
    proposal = proposed(town_of(*places), wish_of())
    assert len(proposal.stops) > 4
    assert not proposal.findings.optimal


def test_what_is_best_of_a_part_is_not_called_the_best() -> None:
    """All are open at the same minute: any of them is the best of those looked at."""
    places = [Door(east=10 * n, spans=(), slots=((660, 8),)) for n in range(MOST_DOORS + 1)]
    town = town_of(*places)
    assert not proposed(town, wish_of()).findings.optimal
    assert proposed(town_of(*places[:MOST_DOORS]), wish_of()).findings.optimal


def test_a_session_takes_from_before_its_start_until_after_its_end() -> None:
    town = town_of(Door(spans=(), slots=((660, 8),)))
    (opening,) = openings_of(town, wish_of(), town.catalogue.by_id[1])
    assert (opening.earliest, opening.earliest + opening.stay) == (660 - LEAD, 660 + 45 + LEAVING)


@pytest.mark.parametrize(("now", "begun"), [(655, 1), (654, 0)])
def test_a_visit_has_begun_in_the_minute_in_which_it_begins(now: int, begun: int) -> None:
    town = town_of(Door(spans=(), slots=((660, 8),)))
    town = replace(town, now=town.instant_of(now))
    done = asyncio.run(so_far(desk_of(town, wish_of()), (PlannedStop(1, 100, 55),)))
    assert len(done.past) == begun


def test_children_and_choice_make_it_slower() -> None:
    assert wish_of(adults=2).pace > wish_of(adults=2, children=1).pace
    assert wish_of(children=1).pace > wish_of(children=1, style=WalkStyle.SLOW).pace


@pytest.mark.parametrize(
    ("seats", "max_party", "party", "fits"),
    [(4, 20, 4, True), (3, 20, 4, False), (8, 4, 4, True), (8, 3, 4, False), (0, 20, 1, False)],
)
def test_a_session_has_room_for_who_fits_its_seats_and_its_rule(
    seats: int, max_party: int, party: int, fits: bool
) -> None:
    town = town_of(Door(spans=(), slots=((660, seats),), max_party=max_party))
    [slot] = town.board.slots
    assert has_room(town, slot, party) is fits
    late = replace(town, now=slot.booking_closes_at)
    assert not has_room(late, slot, party), "it takes no more reservations"
    assert not has_room(replace(town, board=replace(town.board, programmes={})), slot, party)


def test_another_session_of_a_place_takes_the_place_of_the_one_that_was_planned() -> None:
    doors = [Door(spans=((600, 960),), slots=((660, 8), (720, 8), (780, 0))), Door(east=600)]
    town = town_of(*doors)
    desk = desk_of(town, wish_of())
    stops = (PlannedStop(1, 100, 55), PlannedStop(2, None, 30))
    later = with_slot(desk, stops, 1, "101")
    assert [(stop.site_id, stop.slot_id) for stop in later] == [(1, 101), (2, None)]
    assert later[0].stay == LEAD + 45 + LEAVING
    look = with_slot(desk, stops, 1, "")
    assert [(stop.slot_id, stop.stay) for stop in look] == [(None, 30), (None, 30)]
    assert with_slot(desk, stops, 1, "102") == stops, "nobody is sent to a session that is full"
    assert with_slot(desk, stops, 1, "999") == stops


def test_what_can_be_reserved_of_a_plan_is_not_reserved_yet_and_has_room() -> None:
    town = town_of(Door(slots=((660, 8),)), Door(slots=((720, 1),)), Door(slots=((780, 8),)))
    desk = desk_of(town, wish_of(adults=2, reserved=frozenset({300})))
    stops = (*(PlannedStop(n, n * 100, 55) for n in (1, 2, 3)), PlannedStop(1, None, 30))
    assert [slot.id for slot in reservable_slots(desk, stops)] == [100]
