"""Finds the street segments near a place: a grid over the earth that keeps its filled cells.

Cells are a thousandth of a degree. A segment is listed in the cells of samples along it, at most
half a cell apart, so its nearest point is never more than a quarter of a cell from a sample.
"""

from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from tour.geo import Bounds, Point
from tour.routes.streets.extract import UNITS_PER_DEGREE

CELL = UNITS_PER_DEGREE // 1000
CELL_DEGREES = CELL / UNITS_PER_DEGREE

_ROW_BITS = 32
_SOUTH_POLE, _DATE_LINE = -90 * UNITS_PER_DEGREE, -180 * UNITS_PER_DEGREE

Ints = NDArray[np.int64]
Units = TypeVar("Units", int, Ints)


@dataclass(frozen=True, slots=True)
class StreetGrid:
    """`cell[i]`, ascending, lists `segment[start[i]:start[i + 1]]`; a segment is named by the
    number of its first shape point.
    """

    cell: Ints
    start: Ints
    segment: Ints

    def around(self, point: Point, radius: int) -> Ints:
        """Segments in the square of cells up to `radius` cells from that of `point`.

        All are there that come nearer than `radius` - 0.5 cells; some are there twice.
        """
        row = _row(round(point.lat * UNITS_PER_DEGREE))
        column = _column(round(point.lon * UNITS_PER_DEGREE))
        return self._window(row - radius, row + radius, column - radius, column + radius)

    def within(self, bounds: Bounds) -> Ints:
        """Segments that touch the box, and some just outside; each once."""
        south, north = (_row(round(lat * UNITS_PER_DEGREE)) for lat in (bounds.south, bounds.north))
        west, east = (_column(round(lon * UNITS_PER_DEGREE)) for lon in (bounds.west, bounds.east))
        return np.unique(self._window(south, north, west, east))

    def _window(self, south: int, north: int, west: int, east: int) -> Ints:
        """Cells of one row are neighbours in the list, so a row is one slice."""
        south = max(south, int(self.cell[0] >> _ROW_BITS))
        north = min(north, int(self.cell[-1] >> _ROW_BITS))
        rows = np.arange(south, north + 1, dtype=np.int64) << _ROW_BITS
        first = np.searchsorted(self.cell, rows + max(west, 0))
        last = np.searchsorted(self.cell, rows + max(east, -1) + 1)
        slices = [
            self.segment[begin:end]
            for begin, end in zip(
                self.start[first].tolist(), self.start[last].tolist(), strict=True
            )
        ]
        return np.concatenate(slices) if slices else np.empty(0, dtype=np.int64)


def grid_of(
    shape_start: Ints, shape_x: NDArray[np.int32], shape_y: NDArray[np.int32]
) -> StreetGrid:
    """Sort the segments of all edges into cells."""
    is_last = np.zeros(len(shape_x), dtype=bool)
    is_last[shape_start[1:] - 1] = True
    segment = np.flatnonzero(~is_last)
    x, y = shape_x.astype(np.int64), shape_y.astype(np.int64)
    run, rise = x[segment + 1] - x[segment], y[segment + 1] - y[segment]
    steps = np.maximum(np.abs(run), np.abs(rise)) // (CELL // 2) + 1
    of = np.repeat(np.arange(len(segment)), steps + 1)
    nth = np.arange(len(of)) - np.repeat(np.cumsum(steps + 1) - steps - 1, steps + 1)
    along_x = x[segment][of] + run[of] * nth // steps[of]
    along_y = y[segment][of] + rise[of] * nth // steps[of]
    key = (_row(along_y) << _ROW_BITS) + _column(along_x)
    order = np.lexsort((of, key))
    key, of = key[order], of[order]
    again = np.zeros(len(key), dtype=bool)
    again[1:] = (key[1:] == key[:-1]) & (of[1:] == of[:-1])
    cell, start = np.unique(key[~again], return_index=True)
    return StreetGrid(cell, np.append(start, (~again).sum()), segment[of[~again]])


def _row(y: Units) -> Units:
    return (y - _SOUTH_POLE) // CELL


def _column(x: Units) -> Units:
    return (x - _DATE_LINE) // CELL
