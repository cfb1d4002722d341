"""Walks between places: what the pages, the API and the planner ask for.

They ask an engine that knows the streets. Without one, or for a place outside its streets, a
walk is the straight line times 1.3 and says that it is approximate (目安).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path as FilePath
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tour.geo import Point, distance_m, line_geometry
from tour.routes.paths import STANDARD_PACE, NoAnswer, Path, Profile, WalkEngine
from tour.routes.streets.build import open_or_build
from tour.routes.streets.graph import Streets
from tour.routes.walks.directions import Direction, directions
from tour.routes.walks.engine_client import EngineClient
from tour.routes.walks.valhalla import Valhalla
from tour.routes.walks.visiting_order import shortest_order
from tour.settings import AUTO_STREETS, Settings

DETOUR = 1.3
"""A walk in a town is about this much longer than the straight line."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Walk:
    """The way on foot from one place to another."""

    distance_m: int
    minutes: int
    approximate: bool
    line: tuple[Point, ...]
    directions: tuple[Direction, ...]

    def as_json(self) -> dict[str, Any]:
        """As `GET /api/v1/walks` answers."""
        return {
            "distance_m": self.distance_m,
            "minutes": self.minutes,
            "approximate": self.approximate,
            "geometry": line_geometry(self.line),
            "directions": [
                {"text": step.text, "distance_m": step.distance_m} for step in self.directions
            ],
        }


@dataclass(frozen=True, slots=True)
class WalkMatrix:
    """Walks from every place (rows) to every place (columns); infinite above the leg limit."""

    distance_m: Floats
    minutes: Floats
    approximate: NDArray[np.bool_]

    def as_json(self) -> dict[str, Any]:
        """As `POST /api/v1/walks/matrix` answers; null where there is no walk."""
        return {
            "distance_m": _whole_numbers(self.distance_m),
            "minutes": _whole_numbers(self.minutes),
            "approximate": self.approximate.tolist(),
        }


def minutes_for(metres: float, pace: float = STANDARD_PACE) -> int:
    """Whole minutes, a begun one counted, for a distance in whole metres."""
    return math.ceil(round(metres) / pace)


@dataclass(slots=True, eq=False)
class Walks:
    """Answers every question about walking; one a process, shared by all threads."""

    engine: WalkEngine | None = None
    streets: Streets | None = None
    """The street graph for drawing, where there is one in this process. It also answers for a
    remote engine that does not."""

    @property
    def has_streets(self) -> bool:
        return self.streets is not None

    def follow(self, streets: Streets) -> None:
        """From now on walks follow these streets, where no other engine does."""
        self.streets = streets
        self.engine = self.engine or streets

    @property
    def _engines(self) -> list[WalkEngine]:
        """In the order in which they are asked."""
        return list(dict.fromkeys(e for e in (self.engine, self.streets) if e is not None))

    def walk(
        self,
        start: Point,
        end: Point,
        *,
        profile: Profile = Profile.WALK,
        pace: float = STANDARD_PACE,
        lang: str = "ja",
    ) -> Walk:
        """The walk between two places; `pace` in metres a minute."""
        path = self._path(start, end, profile)
        if path is None:
            metres = distance_m(start, end) * DETOUR
            return Walk(round(metres), minutes_for(metres, pace), True, (start, end), ())
        return Walk(
            round(path.distance_m),
            minutes_for(path.distance_m, pace),
            False,
            path.line,
            directions(path.stretches, lang),
        )

    def matrix(
        self,
        points: Sequence[Point],
        *,
        profile: Profile = Profile.WALK,
        pace: float = STANDARD_PACE,
        leg_limit_m: float = math.inf,
    ) -> WalkMatrix:
        """All walks between the places; one longer than `leg_limit_m` is infinite."""
        lengths, approximate = self.all_lengths(points, profile)
        lengths = np.where(lengths > leg_limit_m, np.inf, lengths.round())
        return WalkMatrix(lengths, np.ceil(lengths / pace), approximate)

    def best_order(
        self,
        start: Point,
        places: Sequence[Point],
        *,
        end: Point | None = None,
        profile: Profile = Profile.WALK,
    ) -> list[int]:
        """In which order to visit `places` from `start` (and on to `end`) to walk least.

        Numbers of places. Exact for up to `visiting_order.EXACT_UP_TO`, very good above.
        """
        stops = [start, *places, *([end] if end else [])]
        lengths, _approximate = self.all_lengths(stops, profile)
        return [stop - 1 for stop in shortest_order(lengths, len(places))]

    def lengths(
        self, starts: Sequence[Point], ends: Sequence[Point], profile: Profile
    ) -> tuple[Floats, bool]:
        """Metres from each start (rows) to each end (columns), infinite where no street leads;
        and whether the engine itself says so, so that it need not be asked again.
        """
        for engine in self._engines:
            try:
                return engine.lengths(starts, ends, profile), engine is self._engines[0]
            except NoAnswer:
                continue
        return np.full((len(starts), len(ends)), np.inf), self.engine is None

    def _path(self, start: Point, end: Point, profile: Profile) -> Path | None:
        for engine in self._engines:
            try:
                return engine.path(start, end, profile)
            except NoAnswer:
                continue
        return None

    def all_lengths(
        self, points: Sequence[Point], profile: Profile = Profile.WALK
    ) -> tuple[Floats, NDArray[np.bool_]]:
        """Metres between all places, and which of them are only estimates."""
        lengths, _sure = self.lengths(points, points, profile)
        approximate = np.isinf(lengths)
        for i, j in np.argwhere(approximate):
            lengths[i, j] = distance_m(points[i], points[j]) * DETOUR
        return lengths, approximate


def open_walks(settings: Settings) -> Walks:
    """Walks along the streets of `TOUR_STREETS` (an extract is built once and kept under `var`) or
    by the engine of `TOUR_WALK_ENGINE`, or straight lines without both; StreetsError when the file
    cannot be used. The streets that are fetched beside the start come later (`town_streets`).
    """
    streets = None
    if settings.streets not in ("", AUTO_STREETS):
        streets = open_or_build(FilePath(settings.streets), settings.var / "streets")
    if settings.walk_engine:
        return Walks(Valhalla(EngineClient(settings.walk_engine)), streets)
    return Walks(streets, streets)


def _whole_numbers(values: Floats) -> list[list[int | None]]:
    return [[int(value) if math.isfinite(value) else None for value in row] for row in values]
