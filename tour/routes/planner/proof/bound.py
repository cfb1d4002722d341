"""An upper bound on what a day can bring, and on what can be added from any node and time.

Two rules are relaxed: that a group is visited at most once, which gets a price instead (Lagrange),
and exact times, which are rounded down to cells. What remains is a longest path over
(cell, node), swept from the end of the day to its start. Prices rise for groups that the best
path visits too often and fall for those it leaves out (subgradients, Held and Karp 1971; for
routes with state space Christofides, Mingozzi and Toth 1981), so that the bound comes down to
within a stop or two of the best plan, often onto it. Total walking gets a price in the same way.
"""

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from tour.routes.planner.arrays import (
    CLOSES,
    GROUP,
    NEVER,
    OPENS,
    STAY,
    WEIGHT,
    DayArrays,
    Floats,
    Hops,
    Ints,
    Rules,
)
from tour.routes.planner.compiled import compiled

IMPOSSIBLE = -1e18
_PATIENCE = 6
"""Sweeps without a better bound before the step is halved."""


class Bound(NamedTuple):
    """The sum of `base` and `ahead[pending, cell, node]`, less what the stops so far were worth
    at these prices, bounds any plan that starts the visit of `node` in that cell or later."""

    price: Floats
    """[groups] for a visit; `toll` is the price of one unit of walking."""
    toll: float
    base: float
    ahead: Floats
    """[2, cells, nodes] with the worth of the node itself; 0: the break is still to come."""
    shift: int
    """A cell is 2 ** shift units of time."""
    value: float
    """No plan weighs more than this."""


def sweep_work(day: DayArrays, shift: int) -> float:
    """How many arcs a sweep looks at."""
    widths = day.nodes[CLOSES] - day.nodes[OPENS]
    return float(((widths >> shift) + 1).clip(0).sum()) * len(widths)


def cell_shift(day: DayArrays, work: int) -> int | None:
    """The finest cells for which a sweep looks at no more than `work` arcs, or the coarsest.

    No visit with its walk may be shorter than a cell, or the sweep would read what it has not
    written yet: None when there is no such cell.
    """
    inner = day.hop[1:-1, 1:]
    if inner.size == 0 or inner.min() < 1:
        return None
    coarsest = int(inner.min()).bit_length() - 1
    fine_enough = (shift for shift in range(coarsest) if sweep_work(day, shift) <= work)
    return next(fine_enough, coarsest)


@compiled
def _best_next(
    hop: Hops,
    nodes: Ints,
    rules: Rules,
    ahead: Floats,
    shift: int,
    toll: float,
    pending: int,
    node: int,
    time: int,
) -> tuple[float, int, int, int]:
    """What the best way on is worth, with its node, arrival, and whether a break is to come.

    Row 0 of `ahead` is for a break to come; `pending` is 0 then, and 1 when there is none.
    """
    pause_opens, pause_closes, pause_length, _ = rules
    stay = nodes[STAY, node]
    most, chosen, when, row = IMPOSSIBLE, -1, 0, pending
    may_pause = pending == 0 and time + stay <= pause_closes
    for after in range(1, nodes.shape[1]):
        arrive = time + hop[node, after]
        if arrive > nodes[CLOSES, after]:
            continue
        cost = toll * (hop[node, after] - stay)
        value = ahead[pending, arrive >> shift, after] - cost
        if value > most:
            most, chosen, when, row = value, after, arrive, pending
        if may_pause:
            arrive = max(arrive, pause_opens) + pause_length
            if arrive <= nodes[CLOSES, after]:
                value = ahead[1, arrive >> shift, after] - cost
                if value > most:
                    most, chosen, when, row = value, after, arrive, 1
    return most, chosen, when, row


@compiled
def _sweep(
    hop: Hops, nodes: Ints, rules: Rules, worth: Floats, toll: float, shift: int, ahead: Floats
) -> None:
    """Fill `ahead` from the last cell to the first."""
    last = nodes.shape[1] - 1
    first_row = 0 if rules[2] > 0 else 1
    for cell in range(ahead.shape[1] - 1, -1, -1):
        begin = cell << shift
        ahead[0, cell, last] = IMPOSSIBLE
        ahead[1, cell, last] = 0.0 if begin <= nodes[CLOSES, last] else IMPOSSIBLE
        for node in range(1, last):
            for row in range(first_row, 2):
                if begin > nodes[CLOSES, node]:
                    ahead[row, cell, node] = IMPOSSIBLE
                elif begin + (1 << shift) <= nodes[OPENS, node]:
                    ahead[row, cell, node] = ahead[row, cell + 1, node]
                else:
                    time = max(begin, nodes[OPENS, node])
                    most = _best_next(hop, nodes, rules, ahead, shift, toll, row, node, time)[0]
                    ahead[row, cell, node] = most + worth[node]


@compiled
def _count_visits(
    hop: Hops,
    nodes: Ints,
    rules: Rules,
    toll: float,
    shift: int,
    ahead: Floats,
    visits: Ints,
) -> tuple[float, int]:
    """Follow the best path: its worth and its walking; `visits` counts by group."""
    visits[:] = 0
    last = nodes.shape[1] - 1
    node, time, walked = 0, nodes[OPENS, 0], 0
    row = 0 if rules[2] > 0 else 1
    total = IMPOSSIBLE
    while node != last:
        worth, after, arrive, next_row = _best_next(
            hop, nodes, rules, ahead, shift, toll, row, node, time
        )
        if node == 0:
            total = worth
        if after < 0 or worth <= IMPOSSIBLE / 2:
            break
        walked += hop[node, after] - nodes[STAY, node]
        time = max((arrive >> shift) << shift, nodes[OPENS, after])
        node, row = after, next_row
        if node != last:
            visits[nodes[GROUP, node]] += 1
    return total, walked


def bound_at(day: DayArrays, price: Floats, toll: float, shift: int) -> tuple[Bound, Ints, int]:
    """The bound at given prices, how often its path visits each group, and its walking."""
    hop, _, nodes, rules = day
    cells = (int(nodes[CLOSES, -1]) >> shift) + 2
    ahead = np.full((2, cells, nodes.shape[1]), IMPOSSIBLE)
    worth = nodes[WEIGHT] - price[nodes[GROUP]]
    _sweep(hop, nodes, rules, worth, toll, shift, ahead)
    visits = np.zeros(len(price), np.int64)
    total, walked = _count_visits(hop, nodes, rules, toll, shift, ahead, visits)
    limit = rules[3]
    base = float(price.sum()) + (toll * limit if toll else 0.0)
    return Bound(price, toll, base, ahead, shift, base + total), visits, walked


def tightened(
    day: DayArrays,
    bound: Bound,
    required: Ints,
    known: float,
    *,
    sweeps: int,
    go_on: Callable[[], bool],
) -> Bound:
    """The best bound found by moving the prices; it stops early below `known`.

    `known` is what no longer needs to be undercut; `required` are groups that every plan visits,
    whose price may therefore be below zero.
    """
    floor = np.zeros_like(bound.price)
    floor[required] = -np.inf
    best, price, toll = bound, bound.price, bound.toll
    limited = day.rules[3] < NEVER
    pace, stale = 1.0, 0
    for _ in range(sweeps):
        trial, visits, walked = bound_at(day, price, toll, bound.shift)
        if trial.value < best.value - 1e-9:
            best, stale = trial, 0
        else:
            stale += 1
        if best.value < known or not go_on() or not math.isfinite(trial.value):
            break
        if stale >= _PATIENCE:
            pace, stale = pace / 2, 0
            price, toll = best.price, best.toll
            if pace < 0.02:
                break
        slack = 1.0 - visits
        slack[0] = 0.0
        slack[(slack > 0) & (price <= floor)] = 0.0
        walk_slack = (day.rules[3] - walked) / max(1, walked) if limited else 0.0
        norm = float(slack @ slack) + walk_slack**2
        if norm == 0:
            break
        step = pace * max(trial.value - known, 1.0) / norm
        price = np.maximum(floor, price - step * slack)
        toll = max(0.0, toll - step * walk_slack / max(1, walked)) if limited else 0.0
    return best
