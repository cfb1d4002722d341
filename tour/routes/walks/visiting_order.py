"""In which order to visit some places so as to walk least: exact for a day's worth of places.

Held and Karp (1962) by dynamic programming over sets; above that 2-opt (Croes 1958) and or-opt
(Or 1976) moves from the orders that insertion and always going to the nearest give.
"""

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

EXACT_UP_TO = 11

_LONGEST_MOVED = 3
"""Or-opt moves runs of up to three places."""

_ENOUGH_MOVES = 10_000
_NEGLIGIBLE_M = 1e-6

Floats = NDArray[np.float64]


def shortest_order(lengths: Floats, places: int) -> list[int]:
    """Numbers 1 to `places` in the order of the shortest walk from 0.

    `lengths` is square with 0 the start; when it has one more row than start and places, the
    last one is where the walk must end.
    """
    if places <= 1:
        return list(range(1, places + 1))
    if places <= EXACT_UP_TO:
        return _exact(lengths, places)
    # Neither start is always the better one, and both are cheap.
    starts = (_by_insertion(lengths, places), _nearest_first(lengths, places))
    orders = [_improved(lengths, start) for start in starts]
    return min(orders, key=lambda order: walked(lengths, order, places))


def _exact(lengths: Floats, places: int) -> list[int]:
    """`best[visited, last]`: metres of the shortest way over a set of places to its last."""
    between = lengths[1 : places + 1, 1 : places + 1]
    best = np.full((1 << places, places), np.inf)
    came_from = np.zeros((1 << places, places), dtype=np.int64)
    for place in range(places):
        best[1 << place, place] = lengths[0, place + 1]
    for visited in range(1, 1 << places):
        onward = best[visited][:, None] + between
        before = onward.argmin(axis=0)
        for place in range(places):
            grown = visited | 1 << place
            if grown != visited and onward[before[place], place] < best[grown, place]:
                best[grown, place] = onward[before[place], place]
                came_from[grown, place] = before[place]
    return _trace(best, came_from, _to_end(lengths, places))


def _to_end(lengths: Floats, places: int) -> Floats:
    """Metres from each place to the end of the walk; nothing when it may end anywhere."""
    if len(lengths) == places + 2:
        return lengths[1 : places + 1, -1]
    return np.zeros(places)


def _trace(best: Floats, came_from: NDArray[np.int64], to_end: Floats) -> list[int]:
    visited = len(best) - 1
    last = int((best[visited] + to_end).argmin())
    order = []
    while visited:
        order.append(last + 1)
        visited, last = visited & ~(1 << last), int(came_from[visited, last])
    return order[::-1]


def _by_insertion(lengths: Floats, places: int) -> list[int]:
    """Each place put where it costs least, the farthest from the start first."""
    order: list[int] = []
    for place in sorted(range(1, places + 1), key=lambda p: -float(lengths[0, p])):
        options = [[*order[:i], place, *order[i:]] for i in range(len(order) + 1)]
        order = min(options, key=lambda option: walked(lengths, option, places))
    return order


def _nearest_first(lengths: Floats, places: int) -> list[int]:
    order: list[int] = []
    while len(order) < places:
        here = order[-1] if order else 0
        left = [place for place in range(1, places + 1) if place not in order]
        order.append(min(left, key=lambda place: float(lengths[here, place])))
    return order


def _improved(lengths: Floats, order: list[int]) -> list[int]:
    """Take the best neighbour until none is better."""
    places = len(order)
    metres = walked(lengths, order, places)
    for _move in range(_ENOUGH_MOVES):
        option = min(_neighbours(order), key=lambda o: walked(lengths, o, places))
        shorter = walked(lengths, option, places)
        if shorter >= metres - _NEGLIGIBLE_M:
            break
        order, metres = option, shorter
    return order


def _neighbours(order: list[int]) -> Iterator[list[int]]:
    """Every run reversed (2-opt); every short run put elsewhere (or-opt)."""
    size = len(order)
    for i in range(size):
        for j in range(i + 2, size + 1):
            yield order[:i] + order[i:j][::-1] + order[j:]
        for j in range(i + 1, min(i + _LONGEST_MOVED, size) + 1):
            rest = order[:i] + order[j:]
            for k in range(len(rest) + 1):
                yield rest[:k] + order[i:j] + rest[k:]


def walked(lengths: Floats, order: list[int], places: int) -> float:
    """Metres of the walk from 0 in this order, and on to the end when there is one."""
    stops = [0, *order, *range(places + 1, len(lengths))]
    return float(sum(lengths[a, b] for a, b in pairwise(stops)))
