"""Shortest ways between snapped places: Dijkstra's algorithm in compiled code.

A place is a vertex added for the query, with one-way edges to both ends of the edge it stands
at, so that no other walk leads through it and one search a place is enough.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from tour.geo import metres_per_degree
from tour.routes.streets.snap import Snap

Floats = NDArray[np.float64]
Numbers = NDArray[np.int32]

_ROOM = 4_000_000
"""Most distances held at once (32 MB): sources are searched in groups of this size."""

_DETOUR, _DETOUR_M = 1.7, 1_000.0
"""Nearly every walk is shorter than this many times the straight line and these metres more.
Searches first stop there, and go on only for the few that are not."""


@dataclass(frozen=True, slots=True)
class Network:
    """Edges between vertices, and of every vertex the edges that lead away from it."""

    start: Numbers
    end: Numbers
    length: Floats
    row: NDArray[np.int64]
    """Vertex `v` has the entries `row[v]` to `row[v + 1] - 1` of the next two."""
    to: Numbers
    by: Numbers


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of an edge, walked from one offset to the other (backwards when it is smaller)."""

    edge: int
    begin_m: float
    end_m: float

    @property
    def distance_m(self) -> float:
        return abs(self.end_m - self.begin_m)


class StreetSearch:
    """Searches for one profile; `part` is -1 for edges that it must not use."""

    def __init__(self, network: Network, part: Numbers) -> None:
        self._network, self._part = network, part
        usable = (part >= 0)[network.by]
        self._weight = np.where(usable, network.length[network.by], np.inf)
        self._vertices = len(network.row) - 1

    def lengths(self, sources: Sequence[Snap], targets: Sequence[Snap]) -> Floats:
        """Metres from each source (rows) to each target (columns), with those off the street;
        infinite where no way leads.
        """
        begin, finish = _columns(sources), _columns(targets)
        joined = self._part[begin.edge][:, None] == self._part[finish.edge][None, :]
        lengths = np.full((len(sources), len(targets)), np.inf)
        for limit in (_likely_limit(sources, targets), np.inf):
            missing = np.flatnonzero((joined & np.isinf(lengths)).any(axis=1))
            group = max(1, _ROOM // self._vertices)
            for rows in (missing[i : i + group] for i in range(0, len(missing), group)):
                lengths[rows] = self._along_streets(begin.only(rows), finish, limit)
        return lengths + begin.off_street[:, None] + finish.off_street[None, :]

    def _along_streets(self, begin: "_Columns", finish: "_Columns", limit: float) -> Floats:
        """From vertices to targets by either end of their edge, or along a shared edge."""
        net = self._network
        places = np.arange(self._vertices, self._vertices + len(begin.edge))
        reached = dijkstra(self._with_places(begin), indices=places, limit=limit)
        by_start = reached[:, net.start[finish.edge]] + finish.offset
        by_end = reached[:, net.end[finish.edge]] + self._rest(finish)
        same = begin.edge[:, None] == finish.edge[None, :]
        direct = np.where(same, np.abs(begin.offset[:, None] - finish.offset), np.inf)
        shortest: Floats = np.minimum(np.minimum(by_start, by_end), direct)
        return shortest

    def _rest(self, places: "_Columns") -> Floats:
        """Metres to the end of each place's edge; rounding must not make them negative."""
        return np.maximum(self._network.length[places.edge] - places.offset, 0.0)

    def pieces(self, source: Snap, target: Snap) -> list[Piece] | None:
        """The parts of edges that make the shortest way, in order; None when no way leads."""
        if self._part[source.edge] != self._part[target.edge]:
            return None
        begin = _columns([source])
        for limit in (_likely_limit([source], [target]), np.inf):
            reached, before = dijkstra(
                self._with_places(begin),
                indices=self._vertices,
                limit=limit,
                return_predecessors=True,
            )
            along_m, vertex, last = self._arrival(reached, target)
            if source.edge == target.edge and abs(source.offset_m - target.offset_m) <= along_m:
                return [Piece(source.edge, source.offset_m, target.offset_m)]
            if np.isfinite(along_m):
                break
        passed = self._vertices_to(vertex, before)
        return [
            self._departure(source, passed[0]),
            *(self._hop(u, v) for u, v in pairwise(passed)),
            last,
        ]

    def _arrival(self, reached: Floats, target: Snap) -> tuple[float, int, Piece]:
        """Metres by the better end of the target's edge, that vertex, and the last piece."""
        start, end, length = self._ends(target.edge)
        rest = length - target.offset_m
        by_start, by_end = float(reached[start]) + target.offset_m, float(reached[end]) + rest
        if by_start <= by_end:
            return by_start, start, Piece(target.edge, 0.0, target.offset_m)
        return by_end, end, Piece(target.edge, length, target.offset_m)

    def _departure(self, source: Snap, vertex: int) -> Piece:
        """The first piece, to the vertex by which the way leaves the source's edge."""
        start, end, length = self._ends(source.edge)
        nearer_start = source.offset_m <= length - source.offset_m
        by_start = nearer_start if start == end else vertex == start
        return Piece(source.edge, source.offset_m, 0.0 if by_start else length)

    def _hop(self, u: int, v: int) -> Piece:
        """The shortest edge from one vertex to its neighbour."""
        net = self._network
        entries = np.arange(net.row[u], net.row[u + 1])
        entries = entries[net.to[entries] == v]
        edge = int(net.by[entries[np.argmin(self._weight[entries])]])
        start, _end, length = self._ends(edge)
        return Piece(edge, 0.0, length) if start == u else Piece(edge, length, 0.0)

    def _vertices_to(self, vertex: int, before: Numbers) -> list[int]:
        """From the vertex after the source to `vertex`."""
        passed = []
        while vertex != self._vertices:
            passed.append(vertex)
            vertex = int(before[vertex])
        return passed[::-1]

    def _ends(self, edge: int) -> tuple[int, int, float]:
        net = self._network
        return int(net.start[edge]), int(net.end[edge]), float(net.length[edge])

    def _with_places(self, begin: "_Columns") -> csr_array:
        """The graph with one more vertex a place, from which one can only leave."""
        net = self._network
        ends = np.stack([net.start[begin.edge], net.end[begin.edge]], axis=1)
        costs = np.stack([begin.offset, self._rest(begin)], axis=1)
        row = np.append(net.row, net.row[-1] + 2 * np.arange(1, len(begin.edge) + 1))
        total = len(row) - 1
        return csr_array(
            (
                np.concatenate([self._weight, costs.ravel()]),
                np.concatenate([net.to, ends.ravel()]),
                row.astype(np.int32),
            ),
            shape=(total, total),
        )


@dataclass(frozen=True, slots=True)
class _Columns:
    """Snaps as columns."""

    edge: NDArray[np.int64]
    offset: Floats
    off_street: Floats

    def only(self, rows: NDArray[np.int64]) -> "_Columns":
        return _Columns(self.edge[rows], self.offset[rows], self.off_street[rows])


def _columns(snaps: Sequence[Snap]) -> _Columns:
    return _Columns(
        np.array([snap.edge for snap in snaps], dtype=np.int64),
        np.array([snap.offset_m for snap in snaps], dtype=np.float64),
        np.array([snap.distance_m for snap in snaps], dtype=np.float64),
    )


def _likely_limit(sources: Sequence[Snap], targets: Sequence[Snap]) -> float:
    """Metres at which a first search may stop, from the longest straight line."""
    if not (sources and targets):
        return 0.0
    lat_m, lon_m = metres_per_degree(sources[0].point.lat)
    rise = _degrees([s.point.lat for s in sources], [t.point.lat for t in targets]) * lat_m
    run = _degrees([s.point.lon for s in sources], [t.point.lon for t in targets]) * lon_m
    return float(np.hypot(rise, run).max()) * _DETOUR + _DETOUR_M


def _degrees(some: list[float], others: list[float]) -> Floats:
    """Every difference between two lists of degrees."""
    differences: Floats = np.subtract.outer(np.array(some), np.array(others))
    return differences
