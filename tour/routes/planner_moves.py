"""How one plan becomes another: stops are taken out, and the gaps filled with what fits best."""

from tour.routes.planner_arrays import CLOSES, GROUP, NEVER, STAY, WEIGHT, DayArrays, Floats, Ints
from tour.routes.planner_gaps import (
    EARLY_START,
    START,
    delay_by,
    here_at,
    look,
    look_everywhere,
    measure,
    there_at,
    visit_of,
)
from tour.routes.planner_numba import compiled
from tour.routes.planner_state import Search, draw, put_in, take_out

_SEGMENT, _SCATTERED, _AROUND, _WAYS_OUT = 0, 1, 2, 4
"""Ways to take stops out, drawn evenly; the remaining ones are ejections."""


@compiled
def _most_appealing(candidates: Ints, count: int, appeal: Floats, delays: Ints) -> int:
    """The index of the candidate with the most appeal for its delay."""
    chosen, most = 0, -1.0
    for index in range(count):
        node = candidates[index]
        value = appeal[node] / max(delays[node], 1)
        if value > most:
            chosen, most = index, value
    return chosen


@compiled
def _list_candidates(day: DayArrays, search: Search, length: int) -> int:
    """List what fits somewhere, with its least delay and its appeal; how many there are."""
    hop, into, nodes, rules = day
    route, times, used, random = search.route, search.times, search.used, search.random
    delays, afters, candidates = search.delays, search.afters, search.candidates
    delays[:] = NEVER
    for k in range(length - 1):
        look(hop, into, nodes, rules, route, times, k, delays, afters)
    gain = search.gain[int(draw(random) * len(search.gain))]
    noise = max(0.0, draw(random) * 1.1 - 0.3)
    count = 0
    for node in range(1, nodes.shape[1] - 1):
        if delays[node] < NEVER and not used[nodes[GROUP, node]]:
            search.appeal[node] = gain[node] * (1 + noise * (draw(random) - 0.5))
            candidates[count] = node
            count += 1
    return count


@compiled
def _relist(day: DayArrays, search: Search, length: int, k: int, count: int) -> int:
    """After an insertion at position `k`, note the two new gaps; how many candidates are left.

    Other gaps keep what was noted: it is checked again before it is used.
    """
    hop, into, nodes, rules = day
    route, times, used = search.route, search.times, search.used
    delays, afters, candidates = search.delays, search.afters, search.candidates
    for index in range(count):
        if afters[candidates[index]] == route[k - 1]:
            delays[candidates[index]] = NEVER
    look(hop, into, nodes, rules, route, times, k - 1, delays, afters)
    look(hop, into, nodes, rules, route, times, k, delays, afters)
    kept = 0
    for index in range(count):
        node = candidates[index]
        if used[nodes[GROUP, node]]:
            continue
        if delays[node] >= NEVER:
            look_everywhere(hop, into, nodes, rules, route, length, times, delays, afters, node)
        if delays[node] < NEVER:
            candidates[kept] = node
            kept += 1
    return kept


@compiled
def fill(day: DayArrays, search: Search, length: int) -> int:
    """Insert stops, the most appealing first, until none fits; the new length."""
    hop, into, nodes, rules = day
    route, times, position, used = search.route, search.times, search.position, search.used
    delays, afters, candidates = search.delays, search.afters, search.candidates
    measure(hop, nodes, rules, route, length, times)
    for k in range(length):
        position[route[k]] = k
    count = _list_candidates(day, search, length)
    while count > 0:
        index = _most_appealing(candidates, count, search.appeal, delays)
        node = candidates[index]
        k = position[afters[node]]
        here, there = here_at(nodes, route, times, k), there_at(times, k + 1)
        to, on = into[node, route[k]], hop[node, route[k + 1]]
        if delay_by(to, on, visit_of(nodes, node), here, there, rules) > delays[node]:
            look_everywhere(hop, into, nodes, rules, route, length, times, delays, afters, node)
            if delays[node] >= NEVER:
                count -= 1
                candidates[index] = candidates[count]
            continue
        put_in(route, position, length, node, k)
        length += 1
        used[nodes[GROUP, node]] = 1
        measure(hop, nodes, rules, route, length, times)
        count = _relist(day, search, length, k + 1, count)
    return length


@compiled
def _eject(day: DayArrays, search: Search, length: int) -> int:
    """Force a stop in where the stretch that stands in its way weighs least; the new length."""
    hop, into, nodes, rules = day
    route, times, used, random = search.route, search.times, search.used, search.random
    node = 0
    for _ in range(20):
        drawn = 1 + int(draw(random) * (nodes.shape[1] - 2))
        if not used[nodes[GROUP, drawn]]:
            node = drawn
            break
    if node == 0:
        return length
    measure(hop, nodes, rules, route, length, times)
    row = EARLY_START if rules[2] > 0 else START
    visit, least, begin, end = visit_of(nodes, node), 1e18, -1, -1
    for k in range(length - 1):
        if times[row, k] > nodes[CLOSES, node]:
            break
        here, to, lost = here_at(nodes, route, times, k), into[node, route[k]], draw(random)
        for j in range(k + 1, min(length, k + 9)):
            if lost >= least:
                break
            if delay_by(to, hop[node, route[j]], visit, here, there_at(times, j), rules) < NEVER:
                least, begin, end = lost, k, j
                break
            lost += nodes[WEIGHT, route[j]]
    if begin < 0:
        return length
    length = take_out(nodes, route, used, length, begin + 1, end - begin - 1)
    put_in(route, search.position, length, node, begin)
    used[nodes[GROUP, node]] = 1
    return length + 1


@compiled
def _clear(day: DayArrays, search: Search, length: int) -> int:
    """Take out the stops around a place: a few short stretches next to a node; the new length.

    The strings of Christiaens and Vanden Berghe (2020): what is near in space, at several times.
    """
    hop, nodes = day.hop, day.nodes
    random, route, used = search.random, search.route, search.used
    centre = 1 + int(draw(random) * (nodes.shape[1] - 2))
    for _ in range(1 + int(draw(random) * 3)):
        if length == 2:
            break
        nearest, least = 1, NEVER
        for k in range(1, length - 1):
            away = min(
                hop[centre, route[k]] - nodes[STAY, centre],
                hop[route[k], centre] - nodes[STAY, route[k]],
            )
            if away < least:
                nearest, least = k, away
        count = 1 + int(draw(random) * min(length - 2, 5))
        first = max(1, nearest - int(draw(random) * count))
        length = take_out(nodes, route, used, length, first, min(count, length - 1 - first))
    return length


@compiled
def disturb(day: DayArrays, search: Search, length: int) -> int:
    """Take stops out in one of the ways; the new length."""
    random, nodes, route, used = search.random, day.nodes, search.route, search.used
    way = int(draw(random) * _WAYS_OUT)
    stops = length - 2
    if way == _SEGMENT and stops > 0:
        count = 1 + int(draw(random) * min(stops, max(3, stops // 2)))
        first = 1 + int(draw(random) * stops)
        return take_out(nodes, route, used, length, first, min(count, stops - first + 1))
    if way == _SCATTERED and stops > 0:
        for _ in range(1 + int(draw(random) * min(stops, 6))):
            first = 1 + int(draw(random) * (length - 2))
            length = take_out(nodes, route, used, length, first, 1)
        return length
    if way == _AROUND and stops > 0:
        return _clear(day, search, length)
    for _ in range(1 + int(draw(random) * 2)):
        length = _eject(day, search, length)
    return length
