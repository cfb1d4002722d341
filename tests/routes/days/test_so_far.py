"""What of a day has begun, and what of the rest is known by that: each rule at its boundary."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from tests.routes.days.test_day import Door, desk_of, town_of, wish_of
from tour.routes.days.edits import GOAL, Been, PlannedStop, Stops
from tour.routes.days.planning import Desk, SoFar, resumes_at, so_far, taken
from tour.routes.days.proposals import Alternative
from tour.routes.planner.plan import Wish

BEEN = Been(leg=5, metres=400, arrive=605, start=610, leave=640)
ONE = PlannedStop(1, None, 30, been=BEEN)
TWO, THREE = PlannedStop(2, None, 30), PlannedStop(3, None, 30)
NOON, ATE = 720, (640, 685)


def done(*past: PlannedStop, **values: Any) -> SoFar:
    usual = {"walked": 5, "resumes": NOON, "ate": None, "has_eaten": False, "ate_at_goal": False}
    return SoFar(past=past, **{**usual, **values})


def goal(**values: Any) -> PlannedStop:
    return PlannedStop(GOAL, None, 0, **values)


@pytest.mark.parametrize(
    ("so", "rest", "was", "after"),
    [
        # Who was on the way to it goes on; to another, one sets out now.
        (done(ONE), (TWO, THREE), (ONE, TWO, THREE), (ONE, TWO, THREE)),
        (done(ONE), (TWO,), (ONE, THREE, TWO), (ONE, replace(TWO, not_before=NOON))),
        (done(ONE), (TWO,), (ONE,), (ONE, replace(TWO, not_before=NOON))),
        (done(ONE), (TWO,), (), (ONE, replace(TWO, not_before=NOON))),
        (done(), (TWO,), (TWO,), (TWO,)),
        # What begun before is not what was planned: then nobody was on the way to it.
        (done(ONE), (TWO,), (THREE, TWO), (ONE, replace(TWO, not_before=NOON))),
        # Before the day has begun nothing is known.
        (done(resumes=None), (TWO, THREE), (), (TWO, THREE)),
        (done(resumes=None), (), (), ()),
        # One was under way since a known minute: that stays, and is the first one's alone.
        (
            done(ONE),
            (replace(TWO, not_before=650), replace(THREE, not_before=650)),
            (ONE, TWO, THREE),
            (ONE, replace(TWO, not_before=650), THREE),
        ),
        # The lunch that was had stands before what comes first.
        (done(ONE, ate=ATE), (TWO,), (ONE, TWO), (ONE, replace(TWO, ate=ATE))),
        (
            done(ONE, ate=ATE),
            (TWO, replace(THREE, ate=(1, 2))),
            (ONE, TWO, THREE),
            (ONE, replace(TWO, ate=ATE), THREE),
        ),
        (done(ONE), (replace(TWO, ate=ATE),), (ONE, TWO), (ONE, TWO)),
        # Where nothing is to come, the same holds for the way home.
        (done(ONE), (), (ONE,), (ONE,)),
        (done(ONE), (), (ONE, TWO), (ONE, goal(not_before=NOON))),
        (done(ONE, ate=ATE), (), (ONE,), (ONE, goal(ate=ATE))),
        (done(ONE), (), (ONE, goal(not_before=650)), (ONE, goal(not_before=650))),
        # A lunch at home is none on the way there, but one before a place that is added.
        (done(ONE, ate=ATE, ate_at_goal=True), (), (ONE,), (ONE,)),
        (
            done(ONE, ate=ATE, ate_at_goal=True),
            (TWO,),
            (ONE,),
            (ONE, replace(TWO, not_before=NOON, ate=ATE)),
        ),
    ],
)
def test_the_rest_goes_on_from_what_has_begun(
    so: SoFar, rest: Stops, was: Stops, after: Stops
) -> None:
    assert so.go_on(rest, was) == after


def desk(*places: Door, **values: object) -> Desk:
    town = town_of(*(places or (Door(), Door(east=600))))
    return desk_of(town, wish_of(**{"starts": 600} | values))


def at(desk: Desk, minute: int) -> Desk:
    return replace(desk, town=replace(desk.town, now=desk.town.instant_of(minute)))


@pytest.mark.parametrize(
    ("past", "ate", "minute", "resumes"),
    [
        ((), None, 600, None),
        ((), None, 601, 601),
        ((), (600, 645), 600, 645),
        ((), (600, 645), 646, 646),
        ((ONE,), None, 620, 640),
        ((ONE,), None, 640, 640),
        ((ONE,), None, 650, 650),
        ((ONE,), (640, 685), 650, 685),
        ((ONE,), (700, 745), 750, 750),
        ((replace(ONE, been=replace(BEEN, leave=700)), ONE), None, 650, 650),
    ],
)
def test_one_sets_out_again_when_all_that_has_begun_is_over(
    past: Stops, ate: tuple[int, int] | None, minute: int, resumes: int | None
) -> None:
    assert resumes_at(desk(), past, ate, minute) == resumes


@pytest.mark.parametrize(
    ("minute", "begun"),
    [("before the first", 0), ("at the first", 1), ("before the second", 1), ("at the second", 2)],
)
def test_what_has_begun_is_recorded_as_it_was(minute: str, begun: int) -> None:
    made = desk()
    stops = (PlannedStop(1, None, 30), PlannedStop(2, None, 30))
    day = asyncio.run(made.timed(stops))
    first, second = (timed.start for timed in day.times.stops)
    minutes = {
        "before the first": first - 1,
        "at the first": first,
        "before the second": second - 1,
        "at the second": second,
    }
    found = asyncio.run(so_far(at(made, minutes[minute]), stops))
    assert [stop.site_id for stop in found.past] == [1, 2][:begun]
    for hop, timed, stop in zip(day.hops, day.times.stops, found.past, strict=False):
        assert stop.been == Been(
            hop.minutes, hop.distance_m, timed.arrive, timed.start, timed.leave
        )
    assert found.walked == sum(hop.minutes for hop in day.hops[:begun])
    assert (found.ate, found.has_eaten, found.ate_at_goal) == (None, False, False)
    again = asyncio.run(so_far(at(made, minutes[minute] + 1), found.past + stops[begun:]))
    assert again.past[:begun] == found.past, "what was recorded stays"


@pytest.mark.parametrize("later", [-1, 0])
def test_a_lunch_has_begun_in_the_minute_in_which_it_begins(later: int) -> None:
    made = desk(Door(spans=((600, 690),)), Door(east=600, spans=((760, 960),)), lunch=True)
    stops = (PlannedStop(1, None, 30), PlannedStop(2, None, 30))
    pause = asyncio.run(made.timed(stops)).times.pause
    assert pause is not None
    found = asyncio.run(so_far(at(made, pause.start + later), stops))
    assert [stop.site_id for stop in found.past][:1] == [1]
    assert found.has_eaten is (later == 0)
    eaten = {stop.site_id: stop.ate for stop in found.past if stop.ate}
    if later == 0 and pause.before < len(found.past):
        assert eaten == {2: (pause.start, pause.end)}
        assert found.ate is None
    else:
        assert eaten == {}
        assert found.ate == ((pause.start, pause.end) if later == 0 else None)


def test_who_eats_where_the_next_visit_will_be_is_there_already() -> None:
    """And who eats before setting out for it is not."""
    late = Door(east=600, spans=((800, 960),))
    stops = (PlannedStop(1, None, 30),)
    there = desk(late, lunch=True)
    times = asyncio.run(there.timed(stops)).times
    assert times.pause is not None
    assert times.pause.before == 0
    assert times.stops[0].arrive == times.pause.start < times.stops[0].start
    found = asyncio.run(so_far(at(there, times.pause.start), stops))
    assert [stop.ate for stop in found.past] == [(times.pause.start, times.pause.end)]
    assert (found.ate, found.has_eaten) == (None, True)
    assert asyncio.run(so_far(at(there, times.pause.start - 1), stops)).past == ()
    on_the_way = desk(late, lunch=True, starts=700)
    times = asyncio.run(on_the_way.timed(stops)).times
    assert times.pause is not None
    assert times.stops[0].arrive > times.pause.start
    found = asyncio.run(so_far(at(on_the_way, times.pause.start), stops))
    assert found.past == ()
    assert (found.ate, found.has_eaten) == ((times.pause.start, times.pause.end), True)


@pytest.mark.parametrize(
    ("resumes", "starts", "wish_starts", "not_before"),
    [(None, 660, 660, 0), (700, 660, 600, 700), (640, 660, 600, 660)],
)
def test_another_day_begins_later_or_goes_on_from_now(
    resumes: int | None, starts: int, wish_starts: int, not_before: int
) -> None:
    other = Alternative(Wish.LATER_START, (TWO,), starts, "")
    past = () if resumes is None else (ONE,)
    after, stops = taken(desk(), done(*past, resumes=resumes), replace(other, stops=(*past, TWO)))
    assert after.wish.starts == wish_starts
    assert stops == (*past, replace(TWO, not_before=not_before))
