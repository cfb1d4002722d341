"""A course is measured once; a list neither waits for a slow engine nor keeps its estimates."""

import asyncio
import threading
from collections.abc import Sequence

import numpy as np
import pytest

from tour.geo import Point
from tour.routes.courses import ways
from tour.routes.courses.ways import CourseWays
from tour.routes.paths import NoAnswer, Path, Profile
from tour.routes.walks.walks import Walks

A, B = Point(lat=35.7528, lon=139.738), Point(lat=35.7568, lon=139.738)


class Seconds:
    def __init__(self) -> None:
        self.passed = 0.0

    def __call__(self) -> float:
        return self.passed


class Engine:
    """Walks of 600 metres; it may be slow, or not answer."""

    def __init__(self) -> None:
        self.asked = 0
        self.is_there = True
        self.go_on = threading.Event()
        self.go_on.set()

    def path(self, start: Point, end: Point, _profile: Profile) -> Path:
        self.asked += 1
        self.go_on.wait(10)
        if not self.is_there:
            raise NoAnswer
        return Path(600.0, (start, end), ())

    def lengths(self, starts: Sequence[Point], ends: Sequence[Point], _profile: Profile):
        return np.full((len(starts), len(ends)), 600.0)


async def test_it_is_measured_once_for_all_readers() -> None:
    engine = Engine()
    shelf = CourseWays(Walks(engine))
    first, second = await asyncio.gather(shelf.of((A, B)), shelf.of((A, B)))
    assert first is second is await shelf.of((A, B))
    assert first is not None
    assert (first.distance_m, first.approximate, engine.asked) == (600, False, 1)


async def test_other_points_are_another_way() -> None:
    shelf = CourseWays(Walks(Engine()))
    there, back = await shelf.of((A, B)), await shelf.of((A, B, A))
    assert there is not None
    assert back is not None
    assert back.distance_m == 2 * there.distance_m


async def test_a_slow_engine_keeps_nobody_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ways, "PATIENCE_S", 0.01)
    engine = Engine()
    engine.go_on.clear()
    shelf = CourseWays(Walks(engine))
    assert await shelf.of((A, B)) is None
    assert await shelf.of((A, B)) is None
    engine.go_on.set()
    monkeypatch.setattr(ways, "PATIENCE_S", 10)
    assert await shelf.of((A, B)) is not None
    assert engine.asked == 1


async def test_an_estimate_for_an_engine_that_is_away_is_not_kept_for_long() -> None:
    engine, clock = Engine(), Seconds()
    engine.is_there = False
    shelf = CourseWays(Walks(engine), clock)
    estimate = await shelf.of((A, B))
    assert estimate is not None
    assert estimate.approximate
    engine.is_there = True
    assert await shelf.of((A, B)) is estimate
    clock.passed += ways.ESTIMATE_S
    sure = await shelf.of((A, B))
    assert sure is not None
    assert not sure.approximate


async def test_without_an_engine_the_estimate_is_all_there_is() -> None:
    shelf, clock = CourseWays(Walks()), Seconds()
    first = await shelf.of((A, B))
    clock.passed += 10**6
    assert await shelf.of((A, B)) is first


async def test_streets_that_come_later_measure_it_anew() -> None:
    walks, engine = Walks(), Engine()
    shelf = CourseWays(walks)
    estimate = await shelf.of((A, B))
    walks.engine = engine
    sure = await shelf.of((A, B))
    assert estimate is not None
    assert sure is not None
    assert (estimate.approximate, sure.approximate) == (True, False)
