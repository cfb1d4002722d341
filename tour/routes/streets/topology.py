"""From ways end to end to edges between places where streets meet: whole arrays, no graph yet."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tour.routes.streets.extract import UNITS_PER_DEGREE, Extract
from tour.routes.streets.shapes import step_lengths

LONGEST_SEGMENT_M = 50_000
"""No street runs so far between two nodes: one that does has a broken coordinate."""

_BAND = UNITS_PER_DEGREE // 200
"""Vertices are numbered by bands of latitude this high: neighbours lie close in the file."""

Ints = NDArray[np.int64]
Lines = tuple[Ints, Ints]
"""Polylines: where each begins among the points (one more than lines), and the points."""


@dataclass(frozen=True, slots=True)
class Edges:
    """Edges with geometry. `way` is one of the ways an edge came from: all look the same."""

    start: NDArray[np.int32]
    end: NDArray[np.int32]
    way: Ints
    shape_start: Ints
    shape_x: NDArray[np.int32]
    shape_y: NDArray[np.int32]


def edges_of(extract: Extract) -> Edges:
    """Cut the ways where they meet, join what looks the same, number the vertices."""
    _ids, first, node = np.unique(extract.node, return_index=True, return_inverse=True)
    segment = _segments(extract, node)
    degree = np.bincount(np.concatenate([node[segment], node[segment + 1]]), minlength=len(first))
    lines, way = _pieces(extract, node, segment, degree)
    lines, way = _joined(lines, way, _looks(extract)[way], degree)
    shape_start, shape = lines
    ends = np.concatenate([shape[shape_start[:-1]], shape[shape_start[1:] - 1]])
    start, end = _vertex_numbers(ends, extract.x[first], extract.y[first]).reshape(2, -1)
    shape_x, shape_y = extract.x[first][shape], extract.y[first][shape]
    return Edges(start, end, way, shape_start, shape_x, shape_y)


def _segments(extract: Extract, node: Ints) -> Ints:
    """Points from which a street leads to the next point; of doubled ones only the first."""
    leads_on = (
        (np.diff(extract.way) == 0)
        & (np.diff(extract.step) == 1)
        & (np.diff(node) != 0)
        & (step_lengths(extract.x, extract.y) <= LONGEST_SEGMENT_M)
    )
    segment = np.flatnonzero(leads_on)
    a, b = node[segment], node[segment + 1]
    _key, once = np.unique(np.minimum(a, b) * len(node) + np.maximum(a, b), return_index=True)
    return np.sort(segment[once])


def _pieces(extract: Extract, node: Ints, segment: Ints, degree: Ints) -> tuple[Lines, Ints]:
    """Runs of segments of one way that nothing else touches, as lines of nodes."""
    runs_on = (np.diff(segment) == 1) & (degree[node[segment[1:]]] == 2)
    first = np.flatnonzero(np.concatenate([[True], ~runs_on]))[: len(segment)]
    piece = np.cumsum(np.concatenate([[False], ~runs_on]))[: len(segment)]
    line_start = np.append(first, len(segment)) + np.arange(len(first) + 1)
    points = np.empty(len(segment) + len(first), dtype=np.int64)
    points[line_start[:-1]] = node[segment[first]]
    points[np.arange(len(segment)) + piece + 1] = node[segment + 1]
    return (line_start, points), extract.way[segment[first]].astype(np.int64)


def _looks(extract: Extract) -> Ints:
    """One number a way, equal for ways that a walker cannot tell apart."""
    name = extract.name.astype(np.int64)
    return (name << 16) | (extract.street_class.astype(np.int64) << 8) | extract.flags


def _joined(lines: Lines, way: Ints, looks: Ints, degree: Ints) -> tuple[Lines, Ints]:
    """Lines that meet end to end, alone and looking alike, made one."""
    line_start, points = lines
    partner = _partners(lines, looks, degree)
    chains = list(_chains(partner))
    entered = np.array([entry for chain in chains for entry in chain], dtype=np.int64)
    is_first = np.zeros(len(entered), dtype=bool)
    chain_first = np.cumsum([0, *(len(chain) for chain in chains)])[: len(chains)]
    is_first[chain_first] = True
    piece, backwards = entered >> 1, (entered & 1).astype(bool)
    # The first point of a later piece is the last one of the piece before it.
    skip = (~is_first).astype(np.int64)
    count = line_start[piece + 1] - line_start[piece] - skip
    begin = np.cumsum(count) - count
    nth = np.arange(count.sum()) - np.repeat(begin - skip, count)
    source = np.where(
        np.repeat(backwards, count),
        np.repeat(line_start[piece + 1] - 1, count) - nth,
        np.repeat(line_start[piece], count) + nth,
    )
    return (np.append(begin[chain_first], len(source)), points[source]), way[piece[chain_first]]


def _partners(lines: Lines, looks: Ints, degree: Ints) -> Ints:
    """Of each line end (2 n is the beginning of line n, 2 n + 1 its end) the one it runs on
    into, or -1.
    """
    line_start, points = lines
    at = np.stack([points[line_start[:-1]], points[line_start[1:] - 1]], axis=1).ravel()
    ends = np.flatnonzero(degree[at] == 2)
    one, other = ends[np.argsort(at[ends], kind="stable")].reshape(-1, 2).T
    alike = (one >> 1 != other >> 1) & (looks[one >> 1] == looks[other >> 1])
    partner = np.full(len(at), -1, dtype=np.int64)
    partner[one[alike]], partner[other[alike]] = other[alike], one[alike]
    return partner


def _chains(partner: Ints) -> Iterator[list[int]]:
    """Follow partners from free ends, then around rings; each line in exactly one chain, named
    by the end it is entered at.
    """
    onward: list[int] = partner.tolist()
    seen = bytearray(len(onward) // 2)
    free_ends = np.flatnonzero(partner < 0).tolist()
    for entry in (*free_ends, *range(0, len(onward), 2)):
        chain = []
        while entry >= 0 and not seen[entry >> 1]:
            seen[entry >> 1] = True
            chain.append(entry)
            entry = onward[entry ^ 1]
        if chain:
            yield chain


def _vertex_numbers(ends: Ints, x: NDArray[np.int32], y: NDArray[np.int32]) -> NDArray[np.int32]:
    """Number the nodes at which edges end, by bands of latitude and then by longitude."""
    node, vertex = np.unique(ends, return_inverse=True)
    order = np.lexsort((x[node], y[node] // _BAND))
    number = np.empty(len(node), dtype=np.int32)
    number[order] = np.arange(len(node), dtype=np.int32)
    return number[vertex]
