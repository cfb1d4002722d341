"""Where a place meets the streets: the nearest point of a street that leads somewhere."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tour.geo import Point, metres_per_degree
from tour.routes.streets.grid import CELL_DEGREES, StreetGrid
from tour.routes.streets.shapes import StreetShapes

REACH_M = 500.0
"""A place further than this from any street is outside the graph."""

FRAGMENT_M = 2_000.0
FRAGMENT_SHARE = 0.1
"""Streets that nothing joins to the rest are a fragment (a courtyard, a mapping error) when they
are shorter than this together, or in a small graph than this share of its largest part."""

FRAGMENT_HANDICAP_M = 250.0
"""How much nearer a fragment must be than a street that leads somewhere."""

_MOST_CELLS = 128


@dataclass(frozen=True, slots=True)
class Snap:
    """Where a place meets the streets."""

    edge: int
    offset_m: float
    """Along the edge from its start."""
    point: Point
    distance_m: float
    """From the place to `point`."""


class Snapper:
    """Snaps places for one profile.

    `part` says of each edge which connected part of the graph it is in, -1 when the profile
    cannot use it; `part_length` how many metres of street each part has.
    """

    def __init__(
        self,
        shapes: StreetShapes,
        grid: StreetGrid,
        part: NDArray[np.int32],
        part_length: NDArray[np.float64],
    ) -> None:
        self._shapes, self._grid, self._part = shapes, grid, part
        longest = part_length.max(initial=0.0)
        is_fragment = part_length < min(FRAGMENT_M, FRAGMENT_SHARE * longest)
        self._handicap = np.where(is_fragment, FRAGMENT_HANDICAP_M, 0.0)

    def snap(self, point: Point, reach_m: float = REACH_M) -> Snap | None:
        """The nearest point of a street, or None when none is within `reach_m` metres.

        Looks in ever larger squares until nothing outside the square could be nearer.
        """
        cell_m = CELL_DEGREES * min(metres_per_degree(point.lat))
        radius = 1
        while True:
            complete_m = (radius - 0.5) * cell_m
            found = self._nearest(point, radius)
            if found is not None and found[0] <= complete_m:
                break
            if complete_m >= reach_m + FRAGMENT_HANDICAP_M or radius >= _MOST_CELLS:
                break
            radius *= 2
        if found is None or found[1].distance_m > reach_m:
            return None
        return found[1]

    def _nearest(self, point: Point, radius: int) -> tuple[float, Snap] | None:
        """The best segment of a square of cells, with its distance including any handicap."""
        segment = self._grid.around(point, radius)
        edge = self._shapes.edge_of(segment)
        usable = self._part[edge] >= 0
        segment, edge = segment[usable], edge[usable]
        if not len(segment):
            return None
        share, distance = self._shapes.approach(point, segment)
        score = distance + self._handicap[self._part[edge]]
        best = int(np.argmin(score))
        snap = self._on(int(edge[best]), int(segment[best]), share[best], distance[best])
        return float(score[best]), snap

    def _on(self, edge: int, segment: int, share: float, distance_m: float) -> Snap:
        along = self._shapes.along(edge)
        nth = segment - int(self._shapes.start[edge])
        offset = float(along[nth] + share * (along[nth + 1] - along[nth]))
        return Snap(edge, offset, self._shapes.point_at(edge, offset), float(distance_m))
