"""The gaps of a route are filled: the most score for the least delay comes first.

The insertion is that of Vansteenwegen et al. (2009). What was found of a gap is kept until it is
needed, and only then checked again: most of it never is.
"""

from tour.routes.planner.arrays import GROUP, NEVER, DayArrays
from tour.routes.planner.compiled import compiled
from tour.routes.planner.search.gaps import (
    delay_at,
    look,
    look_at_all_gaps,
    look_everywhere,
    measure,
)
from tour.routes.planner.search.state import Search, draw, put_in


@compiled
def _list_candidates(day: DayArrays, search: Search, length: int) -> int:
    """List what fits somewhere, with its appeal; how many there are."""
    nodes, random, appeal = day.nodes, search.random, search.appeal
    look_at_all_gaps(day, search, length)
    gain = search.gain[int(draw(random) * len(search.gain))]
    noise = max(0.0, draw(random) * 1.1 - 0.3)
    count = 0
    for node in range(1, nodes.shape[1] - 1):
        if search.delays[node] < NEVER and not search.used[nodes[GROUP, node]]:
            appeal[node] = gain[node]
            if noise > 0:
                appeal[node] *= 1 + noise * (draw(random) - 0.5)
            search.candidates[count] = node
            count += 1
    return count


@compiled
def _relist(day: DayArrays, search: Search, length: int, k: int, count: int) -> int:
    """After an insertion at position `k`, note the two new gaps; how many candidates are left.

    Other gaps keep what was noted: it is checked again before it is used.
    """
    nodes, end = day.nodes, day.nodes.shape[1] - 1
    delays, afters, candidates = search.delays, search.afters, search.candidates
    for index in range(count):
        if afters[candidates[index]] == search.route[k - 1]:
            delays[candidates[index]] = NEVER
    look(day, search, k - 1, 1, end)
    look(day, search, k, 1, end)
    kept = 0
    for index in range(count):
        node = candidates[index]
        if search.used[nodes[GROUP, node]]:
            continue
        if delays[node] < NEVER or look_everywhere(day, search, length, node):
            candidates[kept] = node
            kept += 1
    return kept


@compiled
def _choose(day: DayArrays, search: Search, length: int, count: int) -> tuple[int, int]:
    """The candidate with the most appeal for its delay, or 0; and how many candidates are left.

    What is noted of a candidate is checked when it would be chosen: most never come to that.
    """
    delays, candidates, appeal = search.delays, search.candidates, search.appeal
    chosen, most, kept = 0, 0.0, 0
    for index in range(count):
        node = candidates[index]
        if appeal[node] > most * max(delays[node], 1):
            k = search.position[search.afters[node]]
            as_noted = delay_at(day, search, node, k, k + 1) <= delays[node]
            if not as_noted and not look_everywhere(day, search, length, node):
                continue
            value = appeal[node] / max(delays[node], 1)
            if value > most:
                chosen, most = node, value
        candidates[kept] = node
        kept += 1
    return chosen, kept


@compiled
def fill(day: DayArrays, search: Search, length: int) -> int:
    """Insert stops, the most appealing first, until none fits; the new length."""
    measure(day, search, length)
    for k in range(length):
        search.position[search.route[k]] = k
    count = _list_candidates(day, search, length)
    node, count = _choose(day, search, length, count)
    while node > 0:
        k = search.position[search.afters[node]]
        put_in(day, search, length, node, k)
        length += 1
        measure(day, search, length)
        count = _relist(day, search, length, k + 1, count)
        node, count = _choose(day, search, length, count)
    return length
