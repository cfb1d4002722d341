"""What the search remembers: the route at hand, the current one, the best one."""

from typing import NamedTuple

import numpy as np

from tour.routes.planner.arrays import GROUP, STAY, WEIGHT, DayArrays, Floats, Ints
from tour.routes.planner.compiled import compiled

_EXPONENTS = np.linspace(1.0, 3.5, 9)
"""Of the score in score ** x / delay: small ones favour short visits, large ones high scores."""

CURRENT, BEST = range(2)
LENGTH, SCORED, WALK = range(3)
"""Rows and columns of `Search.tally`."""


class Search(NamedTuple):
    """What the search remembers, and room to work in; every array is written in place."""

    random: Ints
    gain: Floats
    """[exponents, nodes] what a node's weight counts against the delay that it brings."""
    tally: Ints
    current: Ints
    best: Ints
    route: Ints
    """The plan at hand: nodes with start and end."""
    times: Ints
    """[8, room] when one is where: see `search.gaps`."""
    position: Ints
    """[nodes] where a node stands in the route."""
    used: Ints
    """[groups] whether the route has a node of the group."""
    delays: Ints
    """[nodes] the least delay known for a node that is not on the route …"""
    afters: Ints
    """… and the node behind which that is."""
    candidates: Ints
    appeal: Floats


def new_search(day: DayArrays, route: Ints, seed: int) -> Search:
    """A search that sets out from a route (nodes with start and end) that keeps all rules."""
    weights = day.nodes[WEIGHT]
    room = len(weights)
    search = Search(
        random=np.array([seed % 2_147_483_629 + 7], np.int64),
        gain=np.maximum(weights, 1)[None, :] ** _EXPONENTS[:, None],
        tally=np.zeros((2, 3), np.int64),
        current=np.zeros(room, np.int64),
        best=np.zeros(room, np.int64),
        route=np.zeros(room, np.int64),
        times=np.zeros((8, room + 1), np.int64),
        position=np.zeros(room, np.int64),
        used=np.zeros(int(day.nodes[GROUP].max()) + 1, np.int64),
        delays=np.zeros(room, np.int64),
        afters=np.zeros(room, np.int64),
        candidates=np.zeros(room, np.int64),
        appeal=np.zeros(room),
    )
    adopt(day, search, route)
    go_on_from(day, search, route)
    return search


def adopt(day: DayArrays, search: Search, route: Ints) -> None:
    """Take a route that was found elsewhere for the best."""
    search.best[: len(route)] = route
    search.tally[BEST] = _facts(day, route)


def _facts(day: DayArrays, route: Ints) -> tuple[int, int, int]:
    """Its length, weight and walking."""
    walk = int((day.hop[route[:-1], route[1:]] - day.nodes[STAY, route[:-1]]).sum())
    return len(route), int(day.nodes[WEIGHT, route].sum()), walk


def go_on_from(day: DayArrays, search: Search, route: Ints) -> None:
    """Leave the best route as it is and set out from another."""
    search.current[: len(route)] = route
    search.tally[CURRENT] = _facts(day, route)


def current_route(search: Search) -> tuple[Ints, int]:
    """The route that the search has come to, and its weight."""
    length, weight, _ = (int(entry) for entry in search.tally[CURRENT])
    return search.current[:length].copy(), weight


class Found(NamedTuple):
    route: Ints
    """Nodes, with start and end."""
    weight: int
    walk: int


def best_found(search: Search) -> Found:
    """The heaviest route so far, and of equally heavy ones the one with the least walking."""
    length, weight, walk = (int(entry) for entry in search.tally[BEST])
    return Found(search.best[:length].copy(), weight, walk)


@compiled
def draw(random: Ints) -> float:
    """The next number in [0, 1): alike in machine code and Python.

    A linear congruential generator modulo 2 ** 32 (Knuth 1997): only its low bits are poor.
    """
    random[0] = (random[0] * 1_664_525 + 1_013_904_223) & 0xFFFF_FFFF
    return random[0] * 2.0**-32  # type: ignore[no-any-return]  # numba knows it


@compiled
def put_in(day: DayArrays, search: Search, length: int, node: int, k: int) -> None:
    """Place `node` behind position `k`."""
    route, position = search.route, search.position
    for index in range(length, k + 1, -1):
        route[index] = route[index - 1]
        position[route[index]] = index
    route[k + 1] = node
    position[node] = k + 1
    search.used[day.nodes[GROUP, node]] = 1


@compiled
def take_out(day: DayArrays, search: Search, length: int, first: int, count: int) -> int:
    """Drop `count` stops from position `first` on; the new length."""
    route = search.route
    for index in range(first, first + count):
        search.used[day.nodes[GROUP, route[index]]] = 0
    for index in range(first + count, length):
        route[index - count] = route[index]
    return length - count
