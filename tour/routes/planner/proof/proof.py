"""Proof that no day is better: labels of all partial plans that could still beat the known one.

Labelling as in Feillet et al. (2004) and Righini and Salani (2009). A label is a partial plan up to
the start of a visit. It is dropped when the bound ahead of it cannot beat the known plan, or when
another label at the same place is as early and, whatever follows, worth as much: that one keeps
its lead even if it must skip the groups that only it has visited.

Labels are taken in order of time, so one that dominates comes first.
"""

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
    Ints,
)
from tour.routes.planner.compiled import compiled
from tour.routes.planner.proof.bound import Bound
from tour.routes.planner.proof.labels import (
    BEST_LABEL,
    BEST_WEIGHT,
    BITS,
    COUNT,
    KEPT_NEXT,
    NEXT,
    NODE,
    PARENT,
    ROW,
    SCORE,
    TIME,
    WALK,
    Labels,
    new_labels,
)

_SLICE = 500
"""Labels between two looks at the clock."""


@compiled
def _dominated(
    facts: Ints, visited: Ints, label: int, newest: int, stay: Ints, gone: Ints, prize: Ints
) -> bool:
    """Whether a label kept at the same place does as well, whatever follows.

    Its lead must outweigh all groups that this one could still visit and that one cannot. Only
    the latest are looked at: older ones seldom dominate, and to keep a label is never wrong.
    """
    leave = facts[label, TIME] + stay[facts[label, NODE]]
    score, row, walk = facts[label, SCORE], facts[label, ROW], facts[label, WALK]
    other, found, scanned = newest, False, 0
    while other >= 0 and not found and scanned < 256:
        scanned += 1
        lead = facts[other, SCORE] - score
        if (
            lead >= 0
            and facts[other, TIME] + stay[facts[other, NODE]] <= leave
            and facts[other, ROW] >= row
            and facts[other, WALK] <= walk
        ):
            for word in range(visited.shape[1]):
                missed = visited[other, word] & ~(visited[label, word] | gone[word])
                group = word * BITS
                while missed and lead >= 0:
                    if missed & 1:
                        lead -= prize[group]
                    missed >>= 1
                    group += 1
            found = lead >= 0
        other = facts[other, KEPT_NEXT]
    return found


@compiled
def _note_gone(deadline: Ints, leave: int, gone: Ints) -> None:
    """The set of groups that cannot be reached any more."""
    gone[:] = 0
    for group in range(len(deadline)):
        if leave > deadline[group]:
            gone[group // BITS] |= 1 << (group % BITS)


@compiled
def _extend(
    day: DayArrays, labels: Labels, ahead: Floats, base: float, shift: int, toll: float, label: int
) -> None:
    """Add the label's children that could beat the best known plan."""
    hop, _, nodes, rules = day
    pause_opens, pause_closes, pause_length, max_walk = rules
    facts, visited, tally = labels.facts, labels.visited, labels.tally
    node, time, row = facts[label, NODE], facts[label, TIME], facts[label, ROW]
    stay, last = nodes[STAY, node], nodes.shape[1] - 1
    rows = 2 if row == 1 or time + stay <= pause_closes else 1
    so_far = base + labels.worth[label]
    for after in range(1, last + 1):
        group = nodes[GROUP, after]
        if visited[label, group // BITS] >> (group % BITS) & 1:
            continue
        walked = facts[label, WALK] + hop[node, after] - stay
        for next_row in range(row, rows):
            arrive = time + hop[node, after]
            if next_row > row:
                arrive = max(arrive, pause_opens) + pause_length
            if arrive > nodes[CLOSES, after] or walked > max_walk:
                continue
            bound = so_far - toll * walked + ahead[next_row, arrive >> shift, after]
            if bound < tally[BEST_WEIGHT] + labels.unit - 1e-6:
                continue
            if after == last:
                if facts[label, SCORE] > tally[BEST_WEIGHT]:
                    tally[BEST_WEIGHT], tally[BEST_LABEL] = facts[label, SCORE], label
                continue
            start = max(arrive, nodes[OPENS, after])
            bound -= _lost(labels.price, labels.dearest, labels.closing, visited, label, start)
            if bound >= tally[BEST_WEIGHT] + labels.unit - 1e-6:
                known_walk = walked if max_walk < NEVER else 0
                _add(labels, label, after, group, nodes[WEIGHT, after], start, known_walk)
                facts[tally[COUNT] - 1, ROW] = next_row
                _queue(facts, labels.waiting, tally[COUNT] - 1, start >> shift)


@compiled
def _add(
    labels: Labels, parent: int, node: int, group: int, weight: int, start: int, walked: int
) -> None:
    """Store a label for the visit of a node after another label."""
    facts, visited, child = labels.facts, labels.visited, labels.tally[COUNT]
    labels.tally[COUNT] += 1
    facts[child, NODE], facts[child, TIME] = node, start
    facts[child, SCORE], facts[child, WALK] = facts[parent, SCORE] + weight, walked
    facts[child, PARENT] = parent
    for word in range(visited.shape[1]):
        visited[child, word] = visited[parent, word]
    visited[child, group // BITS] |= 1 << (group % BITS)
    labels.worth[child] = labels.worth[parent] + weight - labels.price[group]


@compiled
def _queue(facts: Ints, waiting: Ints, label: int, cell: int) -> None:
    """Let a label wait for its turn."""
    facts[label, NEXT] = waiting[cell]
    waiting[cell] = label


@compiled
def _lost(
    price: Floats, dearest: Ints, closing: Ints, visited: Ints, label: int, time: int
) -> float:
    """The prices in the bound that no visit can earn any more, for these have closed by now."""
    lost = 0.0
    for index in range(len(dearest)):
        group = dearest[index]
        if closing[group] >= time:
            break
        if not visited[label, group // BITS] >> (group % BITS) & 1:
            lost += price[group]
    return lost


@compiled
def _gather(facts: Ints, newest: int, found: Ints) -> int:
    """List the labels of a cell; how many there are."""
    count = 0
    while newest >= 0:
        found[count] = newest
        count += 1
        newest = facts[newest, NEXT]
    return count


@compiled
def _extend_all(
    day: DayArrays,
    labels: Labels,
    ahead: Floats,
    base: float,
    shift: int,
    toll: float,
    order: Ints,
) -> bool:
    """Extend the labels in this order, unless dominated; False when there is no more room."""
    facts, visited, kept = labels.facts, labels.visited, labels.kept
    nodes, deadline, prize = day.nodes, labels.deadline, labels.prize
    gone = labels.gone
    for index in range(len(order)):
        label = order[index]
        if labels.tally[COUNT] + 2 * nodes.shape[1] > len(facts):
            return False
        node = facts[label, NODE]
        group = nodes[GROUP, node]
        leave = facts[label, TIME] + nodes[STAY, node]
        _note_gone(deadline[group], leave, gone)
        if not _dominated(facts, visited, label, kept[group], nodes[STAY], gone, prize):
            facts[label, KEPT_NEXT] = kept[group]
            kept[group] = label
            _extend(day, labels, ahead, base, shift, toll, label)
    return True


class Proof(NamedTuple):
    complete: bool
    """Whether every plan was looked at: then nothing beats the larger of this and the known."""
    route: list[int] | None
    """A better plan than the known one, with start and end, if one was met."""


def prove(
    day: DayArrays, bound: Bound, known: int, *, room: int, go_on: Callable[[], bool]
) -> Proof:
    """Look for a plan that weighs more than `known` until there is none, or no room or time."""
    labels = new_labels(day, bound, known, room)
    found = np.empty(room, np.int64)
    for cell in range(len(labels.waiting)):
        while labels.waiting[cell] >= 0:  # The start may have children in its own cell.
            here = found[: _gather(labels.facts, labels.waiting[cell], found)]
            labels.waiting[cell] = -1
            order = here[np.lexsort((-labels.facts[here, SCORE], labels.facts[here, TIME]))]
            for begin in range(0, len(order), _SLICE):
                part = order[begin : begin + _SLICE]
                if not go_on() or not _extend_all(
                    day, labels, bound.ahead, bound.base, bound.shift, bound.toll, part
                ):
                    return Proof(False, _traced(day, labels))
    return Proof(True, _traced(day, labels))


def _traced(day: DayArrays, labels: Labels) -> list[int] | None:
    """The nodes of the best plan met, from its last label back to the start."""
    label = int(labels.tally[BEST_LABEL])
    if label < 0:
        return None
    route = [day.nodes.shape[1] - 1]
    while label >= 0:
        route.append(int(labels.facts[label, NODE]))
        label = int(labels.facts[label, PARENT])
    return route[::-1]
