"""The walking street graph, opened: shortest walks between places, and lines to draw.

Read-only and safe to share between threads.
"""

import json
from collections.abc import Iterable, Sequence
from itertools import groupby
from pathlib import Path as FilePath
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tour.geo import Bounds, Point
from tour.routes.paths import Path, Profile, Stretch
from tour.routes.streets import file
from tour.routes.streets.grid import StreetGrid
from tour.routes.streets.search import Network, Piece, StreetSearch
from tour.routes.streets.shapes import StreetShapes
from tour.routes.streets.snap import REACH_M, Snap, Snapper
from tour.routes.streets.tags import StreetClass, StreetFlag

_NEGLIGIBLE_M = 0.05
"""A shorter piece is the rounding of a coordinate."""


class Streets:
    """A street graph; make one with `build.open_or_build` or `Streets.open`."""

    def __init__(self, content: file.StreetArrays) -> None:
        self.about: dict[str, Any] = content.about
        a = content.arrays
        self._class, self._flags, self._name = a["edge_class"], a["edge_flags"], a["edge_name"]
        self._names: list[dict[str, str]] = json.loads(a["names"].tobytes())
        self._shapes = StreetShapes(a["shape_start"], a["shape_x"], a["shape_y"])
        self._grid = StreetGrid(a["grid_cell"], a["grid_start"], a["grid_segment"])
        network = Network(
            start=a["edge_start"],
            end=a["edge_end"],
            length=a["edge_length"],
            row=a["row_start"],
            to=a["row_vertex"],
            by=a["row_edge"],
        )
        self._search = {p: StreetSearch(network, a[f"part_{p}"]) for p in Profile}
        self._snapper = {
            p: Snapper(self._shapes, self._grid, a[f"part_{p}"], a[f"part_length_{p}"])
            for p in Profile
        }

    @classmethod
    def open(cls, path: FilePath) -> "Streets":
        """Map a built graph into memory; StreetsError when the file is not right."""
        return cls(file.read(path))

    @property
    def bounds(self) -> Bounds:
        west, south, east, north = self.about["bounds"]
        return Bounds(south=south, west=west, north=north, east=east)

    def snap(
        self, point: Point, profile: Profile = Profile.WALK, *, reach_m: float = REACH_M
    ) -> Snap | None:
        """The nearest point of a street, or None when none is within `reach_m` metres.

        A fragment that leads nowhere is taken only when no other street is nearly as near.
        """
        return self._snapper[profile].snap(point, reach_m)

    def lengths(
        self, starts: Sequence[Point], ends: Sequence[Point], profile: Profile = Profile.WALK
    ) -> NDArray[np.float64]:
        """Metres on foot from each start (rows) to each end (columns), door to door.

        Infinite where a place is outside the graph or no way leads from one to the other.
        """
        snaps = {point: self.snap(point, profile) for point in {*starts, *ends}}
        begin, finish = [snaps[point] for point in starts], [snaps[point] for point in ends]
        rows = [i for i, snap in enumerate(begin) if snap]
        columns = [j for j, snap in enumerate(finish) if snap]
        lengths = np.full((len(starts), len(ends)), np.inf)
        lengths[np.ix_(rows, columns)] = self._search[profile].lengths(
            [snap for snap in begin if snap], [snap for snap in finish if snap]
        )
        number = {point: i for i, point in enumerate(snaps)}
        same = np.equal.outer([number[p] for p in starts], [number[p] for p in ends])
        lengths[same] = 0.0
        return lengths

    def path(self, start: Point, end: Point, profile: Profile = Profile.WALK) -> Path | None:
        """The shortest way from door to door, or None as `lengths` says infinite."""
        if start == end:
            return Path(0.0, (start,), ())
        source, target = self.snap(start, profile), self.snap(end, profile)
        if source is None or target is None:
            return None
        pieces = self._search[profile].pieces(source, target)
        if pieces is None:
            return None
        along_m = sum(piece.distance_m for piece in pieces)
        stretches = tuple(self._stretch(p) for p in pieces if p.distance_m > _NEGLIGIBLE_M)
        along = (point for stretch in stretches for point in stretch.line)
        line = _without_repeats([start, source.point, *along, target.point, end])
        return Path(source.distance_m + along_m + target.distance_m, line, stretches)

    def _stretch(self, piece: Piece) -> Stretch:
        flags = int(self._flags[piece.edge])
        return Stretch(
            names=self._names[self._name[piece.edge]],
            line=tuple(self._shapes.part(piece.edge, piece.begin_m, piece.end_m)),
            distance_m=piece.distance_m,
            is_steps=bool(flags & StreetFlag.STEPS),
            is_bridge=bool(flags & StreetFlag.BRIDGE),
            is_tunnel=bool(flags & StreetFlag.TUNNEL),
        )

    def street_lines(
        self, bounds: Bounds, min_class: StreetClass = StreetClass.PATH
    ) -> dict[StreetClass, list[list[list[float]]]]:
        """Streets that touch the box, to draw: by class, MultiLineString coordinates."""
        edges = np.unique(self._shapes.edge_of(self._grid.within(bounds)))
        edges = edges[self._class[edges] >= min_class]
        lines: dict[StreetClass, list[list[list[float]]]] = {}
        for edge, number in zip(edges.tolist(), self._class[edges].tolist(), strict=True):
            lines.setdefault(StreetClass(number), []).append(self._shapes.coordinates(edge))
        return lines


def _without_repeats(points: Iterable[Point]) -> tuple[Point, ...]:
    return tuple(point for point, _same in groupby(points))
