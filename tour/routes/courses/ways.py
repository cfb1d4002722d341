"""How far it is along a course and how it is drawn, measured once and then remembered."""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from tour.geo import Point
from tour.routes.courses.drawing import Drawing, drawn
from tour.routes.walks.walks import Walks

PATIENCE_S = 0.5
"""A list does not wait longer for an engine; the next reader finds what it measured."""
ESTIMATE_S = 60.0
"""An estimate that stands in for an engine that did not answer is asked for again after this."""
MOST_KEPT = 500


@dataclass(frozen=True, slots=True)
class CourseWay:
    distance_m: int
    minutes: int
    approximate: bool
    drawing: Drawing


Points = tuple[Point, ...]


class CourseWays:
    """Ways by the points they lead through, each as it was measured when it was asked for first."""

    def __init__(self, walks: Walks, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._walks = walks
        self._monotonic = monotonic
        self._measured_by: tuple[object, ...] = ()
        self._known: dict[Points, tuple[CourseWay, float]] = {}
        self._measuring: dict[Points, asyncio.Task[CourseWay]] = {}

    async def of(self, points: Points) -> CourseWay | None:
        """The way through two points or more; None while it is being measured."""
        self._forget_others()
        known = self._known.get(points)
        if known and self._monotonic() < known[1]:
            return known[0]
        task = self._measuring.get(points) or asyncio.create_task(self._measure(points))
        self._measuring[points] = task
        done, _late = await asyncio.wait({task}, timeout=PATIENCE_S)
        return task.result() if done else None

    def _forget_others(self) -> None:
        """Streets that come after the start, or anew, measure all of it again."""
        engines = (self._walks.engine, self._walks.streets)
        if engines != self._measured_by or len(self._known) > MOST_KEPT:
            self._measured_by, self._known = engines, {}

    async def _measure(self, points: Points) -> CourseWay:
        try:
            way = await asyncio.to_thread(way_through, points, self._walks)
        finally:
            self._measuring.pop(points, None)
        is_estimate = way.approximate and self._walks.engine is not None
        until = self._monotonic() + ESTIMATE_S if is_estimate else float("inf")
        self._known[points] = (way, until)
        return way


def way_through(points: Sequence[Point], walks: Walks) -> CourseWay:
    """As the page of the course walks it, leg by leg."""
    legs = [walks.walk(start, end) for start, end in pairwise(points)]
    return CourseWay(
        distance_m=sum(leg.distance_m for leg in legs),
        minutes=sum(leg.minutes for leg in legs),
        approximate=any(leg.approximate for leg in legs),
        drawing=drawn([point for leg in legs for point in leg.line], points),
    )
