"""The geometry of edges: metres along them, points on them, parts of them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tour.geo import DECIMALS, Point, metres_per_degree
from tour.routes.streets.extract import UNITS_PER_DEGREE

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


def step_lengths(x: NDArray[np.int32], y: NDArray[np.int32]) -> Floats:
    """Metres from each point to the next, one fewer than points."""
    lat = y / UNITS_PER_DEGREE
    lat_m, lon_m = metres_per_degree((lat[1:] + lat[:-1]) / 2)
    lengths: Floats = np.hypot(np.diff(lat) * lat_m, np.diff(x / UNITS_PER_DEGREE) * lon_m)
    return lengths


@dataclass(frozen=True, slots=True)
class StreetShapes:
    """Edge `e` runs through the points `start[e]` to `start[e + 1] - 1`. A segment is named by
    the number of its first point.
    """

    start: Ints
    x: NDArray[np.int32]
    y: NDArray[np.int32]

    def edge_of(self, segment: Ints) -> Ints:
        return np.searchsorted(self.start, segment, side="right") - 1

    def edge_lengths(self) -> Floats:
        step = np.append(step_lengths(self.x, self.y), 0.0)
        step[self.start[1:] - 1] = 0.0
        return np.add.reduceat(step, self.start[:-1])

    def along(self, edge: int) -> Floats:
        """Metres from the edge's start to each of its points."""
        own = self._points(edge)
        return np.concatenate([[0.0], np.cumsum(step_lengths(self.x[own], self.y[own]))])

    def point_at(self, edge: int, offset_m: float) -> Point:
        """The point of the edge that far from its start."""
        own, along = self._points(edge), self.along(edge)
        return Point(
            lat=float(np.interp(offset_m, along, self.y[own])) / UNITS_PER_DEGREE,
            lon=float(np.interp(offset_m, along, self.x[own])) / UNITS_PER_DEGREE,
        )

    def part(self, edge: int, begin_m: float, end_m: float) -> list[Point]:
        """The edge's line between two offsets, backwards when the second is smaller."""
        low, high = sorted((begin_m, end_m))
        own, along = self._points(edge), self.along(edge)
        between = (along > low) & (along < high)
        line = [
            self.point_at(edge, low),
            *(
                Point(lat=y / UNITS_PER_DEGREE, lon=x / UNITS_PER_DEGREE)
                for x, y in zip(
                    self.x[own][between].tolist(), self.y[own][between].tolist(), strict=True
                )
            ),
            self.point_at(edge, high),
        ]
        return line if begin_m <= end_m else line[::-1]

    def coordinates(self, edge: int) -> list[list[float]]:
        """The whole edge as GeoJSON positions."""
        own = self._points(edge)
        lon_lat = np.stack([self.x[own], self.y[own]], axis=1) / UNITS_PER_DEGREE
        positions: list[list[float]] = lon_lat.round(DECIMALS).tolist()
        return positions

    def approach(self, point: Point, segment: Ints) -> tuple[Floats, Floats]:
        """Of each segment, the share of it before the point nearest to `point`, and the metres
        from there to `point`, on the plane that touches the earth at `point`.
        """
        lat_m, lon_m = metres_per_degree(point.lat)
        east = (self.x[segment] / UNITS_PER_DEGREE - point.lon) * lon_m
        north = (self.y[segment] / UNITS_PER_DEGREE - point.lat) * lat_m
        run = (self.x[segment + 1] / UNITS_PER_DEGREE - point.lon) * lon_m - east
        rise = (self.y[segment + 1] / UNITS_PER_DEGREE - point.lat) * lat_m - north
        square = np.maximum(run**2 + rise**2, 1e-9)
        share = np.clip(-(east * run + north * rise) / square, 0.0, 1.0)
        return share, np.hypot(east + share * run, north + share * rise)

    def _points(self, edge: int) -> slice:
        return slice(int(self.start[edge]), int(self.start[edge + 1]))
