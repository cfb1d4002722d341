"""How far it is on foot between the town's places, asked for once and then remembered."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tour.geo import Point, distance_m
from tour.routes.paths import Profile
from tour.routes.walks.walks import DETOUR, Walks, minutes_for
from tour.sites.entries import Catalogue
from tour.sites.on_foot import OnFoot

Floats = NDArray[np.float64]
Asked = tuple[int, Point, tuple[Point, ...]]
"""On which ground, from where and to where."""
MOST_STARTS = 500
"""Of which the walks to a few others are remembered while the whole town is not measured."""


@dataclass(frozen=True, slots=True)
class Distances:
    """Metres on foot from each point (rows) to each other (columns), whole ones."""

    points: tuple[Point, ...]
    metres: Floats
    approximate: NDArray[np.bool_]

    def minutes(self, pace: float) -> NDArray[np.int64]:
        """Whole minutes at `pace` metres a minute, begun ones counted, as `walks` counts them."""
        return np.ceil(self.metres / pace).astype(np.int64)


class SiteMatrix:
    """Distances between the walkable sites and stations, kept until one of them moves.

    A place that somebody chose on the map is measured each time; it has no business in a cache. Nor
    have estimates that stand in for an engine that did not answer.
    """

    def __init__(self, walks: Walks) -> None:
        self._walks = walks
        self._ground = -1
        self._known: dict[Profile, tuple[dict[Point, int], Floats]] = {}
        self._from_one: dict[Asked, list[OnFoot]] = {}
        self._reading = asyncio.Lock()

    async def warm_up(self, catalogue: Catalogue) -> None:
        """Measure what most visitors will ask for, before the first of them does."""
        await self.distances(catalogue, (), Profile.WALK)

    async def distances(
        self, catalogue: Catalogue, points: Sequence[Point], profile: Profile
    ) -> Distances:
        """Between these points. An estimate (1.3 times the straight line) where no street leads."""
        async with self._reading:
            if catalogue.ground != self._ground:
                self._known, self._ground = {}, catalogue.ground
            if profile not in self._known:
                known = known_points(catalogue)
                index = {point: i for i, point in enumerate(known)}
                lengths, sure = await asyncio.to_thread(self._walks.lengths, known, known, profile)
                if sure:
                    self._known[profile] = index, lengths
            else:
                index, lengths = self._known[profile]
        return await asyncio.to_thread(self._select, index, lengths, points, profile)

    async def from_one(
        self, catalogue: Catalogue, start: Point, goals: Sequence[Point]
    ) -> list[OnFoot]:
        """As `WalksFromOne` says. What an engine could not answer is asked again the next time."""
        asked = (catalogue.ground, start, tuple(goals))
        if asked in self._from_one:
            return self._from_one[asked]
        metres, is_sure = await self._lengths_from(catalogue, start, goals)
        walks = [_on_foot(m, start, goal) for m, goal in zip(metres, goals, strict=True)]
        if is_sure:
            if len(self._from_one) >= MOST_STARTS:
                self._from_one.clear()
            self._from_one[asked] = walks
        return walks

    async def _lengths_from(
        self, catalogue: Catalogue, start: Point, goals: Sequence[Point]
    ) -> tuple[Floats, bool]:
        """Out of the whole town's, where that is measured; and whether the engine says so."""
        if catalogue.ground == self._ground and Profile.WALK in self._known:
            index, lengths = self._known[Profile.WALK]
            if all(point in index for point in (start, *goals)):
                return lengths[index[start], [index[goal] for goal in goals]], True
        measured, is_sure = await asyncio.to_thread(
            self._walks.lengths, [start], goals, Profile.WALK
        )
        return measured[0], is_sure

    def _select(
        self, index: dict[Point, int], lengths: Floats, points: Sequence[Point], profile: Profile
    ) -> Distances:
        known = [i for i, point in enumerate(points) if point in index]
        rows = [index[points[i]] for i in known]
        metres = np.full((len(points), len(points)), np.inf)
        metres[np.ix_(known, known)] = lengths[np.ix_(rows, rows)]
        for i, point in enumerate(points):
            if point not in index:
                # Streets are walked both ways alike, so the row is the column too.
                found, _sure = self._walks.lengths([point], points, profile)
                metres[i] = metres[:, i] = found[0]
        approximate = ~np.isfinite(metres)
        for i, j in np.argwhere(approximate):
            metres[i, j] = distance_m(points[i], points[j]) * DETOUR
        return Distances(tuple(points), metres.round(), approximate)


def _on_foot(metres: float, start: Point, goal: Point) -> OnFoot:
    is_known = bool(np.isfinite(metres))
    length = float(metres) if is_known else distance_m(start, goal) * DETOUR
    return OnFoot(minutes_for(length), approximate=not is_known)


def known_points(catalogue: Catalogue) -> list[Point]:
    """Where walks begin and end: every site that a walk may lead to, and every station."""
    sites = [site.point for site in catalogue.sites if site.point and site.is_walkable]
    return list(dict.fromkeys([*sites, *(station.point for station in catalogue.stations)]))
