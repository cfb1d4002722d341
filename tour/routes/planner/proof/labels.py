"""Labels: partial plans up to the start of a visit, and what is known of groups beforehand."""

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
    Ints,
)
from tour.routes.planner.compiled import compiled
from tour.routes.planner.proof.bound import Bound

BITS = 62
"""Groups in one word of a set; fewer than 63 keep it clear of the sign."""

NODE, TIME, SCORE, ROW, WALK, PARENT, NEXT, KEPT_NEXT = range(8)
"""Columns of `Labels.facts`; row 0 of a bound is for a break still to come, 1 for none."""

COUNT, BEST_LABEL, BEST_WEIGHT = range(3)
"""Entries of `Labels.tally`."""


class Labels(NamedTuple):
    """Every array is written in place, but for the last six."""

    facts: Ints
    visited: Ints
    """[labels, words] the groups a label has visited."""
    worth: Floats
    """[labels] what its stops are worth at the prices of the bound."""
    waiting: Ints
    """[cells] the newest label to extend in each cell, or -1; NEXT leads on."""
    kept: Ints
    """[groups] the newest label that was extended at each group; KEPT_NEXT leads on."""
    tally: Ints
    gone: Ints
    """The set of groups that cannot be reached any more from the label at hand."""
    deadline: Ints
    """[groups, groups] leaving the first later than this, one cannot reach the second."""
    prize: Ints
    """[groups] what a lead loses for a visit that only the other label can still make."""
    price: Floats
    dearest: Ints
    """Groups with a price, by their last closing."""
    closing: Ints
    """[groups] the last start of a visit."""
    unit: int
    """Weights are multiples of it: so much more makes a better plan."""


@compiled
def _skippable(walk: Ints, stay: Ints) -> bool:
    """Whether to skip a stop never makes anything later: no detour is shorter than going straight.

    It does not hold of itself: walks are rounded, and a leg may be forbidden.
    """
    count = len(walk)
    for by in range(count):
        for start in range(count):
            first = walk[start, by] + stay[by]
            for end in range(count):
                if first + walk[by, end] < walk[start, end]:
                    return False
    return True


def stops_can_be_skipped(day: DayArrays) -> bool:
    """Whether every plan stays possible, and walks no more, when a stop is dropped."""
    nodes = day.nodes
    groups = np.unique(nodes[GROUP, 1:-1])
    shortest = np.zeros(int(nodes[GROUP].max()) + 1, np.int64) + NEVER
    np.minimum.at(shortest, nodes[GROUP, 1:-1], nodes[STAY, 1:-1])
    _, first = np.unique(nodes[GROUP, 1:-1], return_index=True)
    some = np.concatenate([[0], first + 1, [nodes.shape[1] - 1]])
    walk = day.hop[np.ix_(some, some)].astype(np.int64) - nodes[STAY, some][:, None]
    stay = np.concatenate([[0], shortest[groups], [0]])
    return bool(_skippable(walk, stay * (day.rules[3] >= NEVER)))


def _by_group(nodes: Ints, row: int) -> Ints:
    """The largest of a row of `nodes` in each group; -1 for start and end."""
    largest = np.full(int(nodes[GROUP].max()) + 1, -1)
    np.maximum.at(largest, nodes[GROUP, 1:-1], nodes[row, 1:-1])
    return largest


def _deadlines(day: DayArrays) -> Ints:
    """[groups, groups] the last time to leave the first so as to be let in at the second."""
    nodes = day.nodes
    groups = int(nodes[GROUP].max()) + 1
    of_group = np.zeros(groups, np.int64)
    of_group[nodes[GROUP, 1:-1]] = np.arange(1, nodes.shape[1] - 1)
    walk = day.hop[of_group].astype(np.int64) - nodes[STAY, of_group][:, None]
    deadlines = np.full((groups, groups), -1)
    spare = nodes[CLOSES, 1:-1] - walk[:, 1:-1]
    np.maximum.at(deadlines.T, nodes[GROUP, 1:-1], spare.T)
    return deadlines


def new_labels(day: DayArrays, bound: Bound, known: int, room: int) -> Labels:
    """One label: at the start, with nothing visited."""
    nodes, groups = day.nodes, len(bound.price)
    deadline, prize = _deadlines(day), np.maximum(_by_group(nodes, WEIGHT), 0)
    if not stops_can_be_skipped(day):
        deadline[:] = NEVER
        prize[:] = NEVER
    closing = _by_group(nodes, CLOSES)
    dearest = np.flatnonzero(bound.price > 0)
    labels = Labels(
        facts=np.empty((room, 8), np.int64),
        visited=np.zeros((room, (groups - 1) // BITS + 1), np.int64),
        worth=np.zeros(room),
        waiting=np.full(bound.ahead.shape[1], -1),
        kept=np.full(groups, -1),
        tally=np.array([1, -1, known]),
        gone=np.zeros((groups - 1) // BITS + 1, np.int64),
        deadline=deadline,
        prize=prize,
        price=bound.price,
        dearest=dearest[np.argsort(closing[dearest])],
        closing=closing,
        unit=weight_unit(day),
    )
    row = 0 if day.rules[2] > 0 else 1
    labels.facts[0] = (0, nodes[OPENS, 0], 0, row, 0, -1, -1, -1)
    labels.waiting[int(nodes[OPENS, 0]) >> bound.shift] = 0
    return labels


def weight_unit(day: DayArrays) -> int:
    """All weights are multiples of this."""
    return max(1, int(np.gcd.reduce(day.nodes[WEIGHT])))
