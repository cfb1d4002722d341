"""Large-neighbourhood search for the best day (Shaw 1998; Pisinger and Ropke 2010).

Each step takes part of the plan out, fills the gaps with the most score for the least delay
(the insertion of Vansteenwegen et al. 2009, by forward and backward slack), and keeps the result
by the rule of simulated annealing. One of the ways to take out is an ejection: a stop that is
not in the plan is forced in, and the cheapest stretch that stands in its way is dropped.

Times are kept twice, for a break still to come and for none any more: so the break needs no place
in the route, and is always where it harms least. Without a break only the latter are in use.
"""

import math
from typing import NamedTuple

import numpy as np

from tour.routes.planner_arrays import (
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
from tour.routes.planner_numba import compiled

_EXPONENTS = np.linspace(0.7, 2.3, 9)
"""Of the score in score ** x / delay: small ones favour short visits, large ones high scores."""

_SEGMENT, _SCATTERED, _WAYS_OUT = 0, 1, 4
"""Ways to take stops out, drawn evenly; the remaining ones are ejections."""

_CURRENT_LENGTH, _CURRENT_WEIGHT, _BEST_LENGTH, _BEST_WEIGHT = range(4)
"""Entries of `Search.tally`."""

START, ARRIVE, LATEST, EARLY_START, EARLY_ARRIVE, EARLY_LATEST, WALKED = range(7)
"""Rows of `Search.times`; the early ones are those with the break still to come."""

DELAY, AFTER = range(2)
"""Rows of `Search.gap`."""


Visit = tuple[int, int, int]
Here = tuple[int, int, int, int]
There = tuple[int, int, int, int, int, int]


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
    """[7, room] by position in the route; the last entry of WALKED is the whole walk."""
    position: Ints
    """[nodes] where a node stands in the route."""
    used: Ints
    """[groups] whether the route has a node of the group."""
    gap: Ints
    """[2, nodes] the least delay known for a node outside, and the node to put it after."""
    candidates: Ints
    appeal: Floats


def new_search(day: DayArrays, route: Ints, seed: int) -> Search:
    """A search that sets out from a route (nodes with start and end) that keeps all rules."""
    weights = day.nodes[WEIGHT]
    room = len(weights) + 2
    padded = np.zeros(room, np.int64)
    padded[: len(route)] = route
    weight = int(weights[route].sum())
    return Search(
        random=np.array([seed % 2_147_483_629 + 7], np.int64),
        gain=np.maximum(weights, 1)[None, :] ** _EXPONENTS[:, None],
        tally=np.array([len(route), weight, len(route), weight], np.int64),
        current=padded,
        best=padded.copy(),
        route=padded.copy(),
        times=np.zeros((7, room), np.int64),
        position=np.zeros(room, np.int64),
        used=np.zeros(int(day.nodes[GROUP].max()) + 1, np.int64),
        gap=np.zeros((2, room), np.int64),
        candidates=np.zeros(room, np.int64),
        appeal=np.zeros(room),
    )


def best_route(search: Search) -> tuple[Ints, int]:
    """The best nodes so far, with start and end, and their weight."""
    length = search.tally[_BEST_LENGTH]
    return search.best[:length].copy(), int(search.tally[_BEST_WEIGHT])


def back_to_best(search: Search) -> None:
    """Go on from the best route."""
    search.current[:] = search.best
    search.tally[:2] = search.tally[2:]


@compiled
def draw(random: Ints) -> float:
    """The next number in [0, 1), by Park and Miller (1988): alike in machine code and Python."""
    random[0] = random[0] * 48_271 % 2_147_483_647
    return random[0] / 2_147_483_647  # type: ignore[no-any-return]


@compiled
def measure(hop: Hops, nodes: Ints, rules: Rules, route: Ints, length: int, times: Ints) -> None:
    """Earliest times forwards, then the latest starts that keep the rest possible."""
    pause_opens, pause_closes, pause_length, _ = rules
    has_pause = pause_length > 0
    times[START, 0] = NEVER if has_pause else nodes[OPENS, 0]
    times[EARLY_START, 0] = nodes[OPENS, 0]
    times[WALKED, 0] = 0
    for k in range(1, length):
        before, node = route[k - 1], route[k]
        step, opens, closes = hop[before, node], nodes[OPENS, node], nodes[CLOSES, node]
        times[WALKED, k] = times[WALKED, k - 1] + step - nodes[STAY, before]
        arrive = times[START, k - 1] + step
        if has_pause:
            early = times[EARLY_START, k - 1] + step
            if times[EARLY_START, k - 1] + nodes[STAY, before] <= pause_closes:
                arrive = min(arrive, max(early, pause_opens) + pause_length)
            start = max(early, opens)
            times[EARLY_ARRIVE, k] = early
            times[EARLY_START, k] = start if start <= closes else NEVER
        start = max(arrive, opens)
        times[ARRIVE, k] = arrive
        times[START, k] = start if start <= closes else NEVER
    times[WALKED, -1] = times[WALKED, length - 1]
    times[EARLY_LATEST, length - 1] = -NEVER
    times[LATEST, length - 1] = nodes[CLOSES, route[length - 1]]
    for k in range(length - 2, -1, -1):
        node = route[k]
        step, after = hop[node, route[k + 1]], times[LATEST, k + 1]
        times[LATEST, k] = min(nodes[CLOSES, node], after - step)
        if has_pause:
            latest = times[EARLY_LATEST, k + 1] - step
            if after >= pause_opens + pause_length:
                paused = min(after - pause_length - step, pause_closes - nodes[STAY, node])
                latest = max(latest, paused)
            times[EARLY_LATEST, k] = min(nodes[CLOSES, node], latest)


@compiled
def _here(nodes: Ints, route: Ints, times: Ints, k: int) -> Here:
    """What `_delay` needs to know of leaving position `k`."""
    return (times[START, k], times[EARLY_START, k], nodes[STAY, route[k]], times[WALKED, k])


@compiled
def _there(times: Ints, k: int) -> There:
    """What `_delay` needs to know of reaching position `k`."""
    return (
        times[LATEST, k],
        times[EARLY_LATEST, k],
        times[ARRIVE, k],
        times[EARLY_ARRIVE, k],
        times[WALKED, k],
        times[WALKED, -1],
    )


@compiled
def _visit(nodes: Ints, node: int) -> Visit:
    """Earliest start, latest start and stay."""
    return (nodes[OPENS, node], nodes[CLOSES, node], nodes[STAY, node])


@compiled
def _delay(to: int, on: int, visit: Visit, here: Here, there: There, rules: Rules) -> int:
    """How much later one arrives there, coming from here, because of a visit; NEVER if too late.

    `to` and `on` are the hops to the visit and on from it.
    """
    opens, closes, stay = visit
    start_here, early_here, stay_here, walked_here = here
    latest, early_latest, arrive, early_arrive, walked_there, walked = there
    pause_opens, pause_closes, pause_length, max_walk = rules
    delay = NEVER
    start = max(start_here + to, opens)
    if start <= closes and start + on <= latest:
        delay = start + on - arrive
    if pause_length > 0:
        start = max(early_here + to, opens)
        if start <= closes and start + on <= early_latest:
            delay = min(delay, start + on - early_arrive)
        end = max(start + on, pause_opens) + pause_length
        if start <= closes and start + stay <= pause_closes and end <= latest:
            delay = min(delay, end - arrive)
        start = max(max(early_here + to, pause_opens) + pause_length, opens)
        if early_here + stay_here <= pause_closes and start <= closes and start + on <= latest:
            delay = min(delay, start + on - arrive)
    detour = to - stay_here + on - stay - (walked_there - walked_here)
    return delay if walked + detour <= max_walk else NEVER


@compiled
def _seek_gap(
    hop: Hops,
    into: Hops,
    nodes: Ints,
    rules: Rules,
    route: Ints,
    length: int,
    times: Ints,
    gap: Ints,
    node: int,
) -> bool:
    """Note where `node` delays least, and by how much; False when it fits nowhere."""
    visit = _visit(nodes, node)
    row = EARLY_START if rules[2] > 0 else START
    least = NEVER
    for k in range(length - 1):
        if times[row, k] > visit[1]:
            break
        delay = _delay(
            into[node, route[k]],
            hop[node, route[k + 1]],
            visit,
            _here(nodes, route, times, k),
            _there(times, k + 1),
            rules,
        )
        if delay < least:
            least = delay
            gap[AFTER, node] = route[k]
    gap[DELAY, node] = least
    return least < NEVER


@compiled
def _put_in(route: Ints, position: Ints, length: int, node: int, k: int) -> None:
    """Place `node` behind position `k`."""
    for index in range(length, k + 1, -1):
        route[index] = route[index - 1]
        position[route[index]] = index
    route[k + 1] = node
    position[node] = k + 1


@compiled
def _take_out(nodes: Ints, route: Ints, used: Ints, length: int, first: int, count: int) -> int:
    """Drop `count` stops from position `first` on; the new length."""
    for index in range(first, first + count):
        used[nodes[GROUP, route[index]]] = 0
    for index in range(first + count, length):
        route[index - count] = route[index]
    return length - count


@compiled
def _renew(
    hop: Hops,
    into: Hops,
    nodes: Ints,
    rules: Rules,
    route: Ints,
    length: int,
    times: Ints,
    gap: Ints,
    used: Ints,
    candidates: Ints,
    count: int,
    k: int,
) -> int:
    """After an insertion at position `k`, look for each candidate at the two new gaps.

    Other gaps keep what was noted: it is checked again before it is used. Candidates that fit
    nowhere any more are forgotten; returns how many are left.
    """
    split, kept = route[k - 1], 0
    before, here = _here(nodes, route, times, k - 1), _here(nodes, route, times, k)
    there, after = _there(times, k), _there(times, k + 1)
    new, next_node = route[k], route[k + 1]
    for index in range(count):
        node = candidates[index]
        if used[nodes[GROUP, node]]:
            continue
        if gap[AFTER, node] == split:
            gap[DELAY, node] = NEVER
        visit = _visit(nodes, node)
        delay = _delay(into[node, split], hop[node, new], visit, before, there, rules)
        if delay < gap[DELAY, node]:
            gap[DELAY, node] = delay
            gap[AFTER, node] = split
        delay = _delay(into[node, new], hop[node, next_node], visit, here, after, rules)
        if delay < gap[DELAY, node]:
            gap[DELAY, node] = delay
            gap[AFTER, node] = new
        if gap[DELAY, node] < NEVER or _seek_gap(
            hop, into, nodes, rules, route, length, times, gap, node
        ):
            candidates[kept] = node
            kept += 1
    return kept


@compiled
def _most_appealing(candidates: Ints, count: int, appeal: Floats, gap: Ints) -> int:
    """The index of the candidate with the most appeal for its delay."""
    chosen, most = 0, -1.0
    for index in range(count):
        node = candidates[index]
        value = appeal[node] / max(gap[DELAY, node], 1)
        if value > most:
            chosen, most = index, value
    return chosen


@compiled
def _fill(day: DayArrays, search: Search, length: int) -> int:
    """Insert stops, the most appealing first, until none fits; the new length."""
    hop, into, nodes, rules = day
    route, times, position, used = search.route, search.times, search.position, search.used
    gap, candidates, appeal = search.gap, search.candidates, search.appeal
    measure(hop, nodes, rules, route, length, times)
    for k in range(length):
        position[route[k]] = k
    gain = search.gain[int(draw(search.random) * len(search.gain))]
    noise = max(0.0, draw(search.random) * 1.1 - 0.3)
    count = 0
    for node in range(1, nodes.shape[1] - 1):
        if used[nodes[GROUP, node]]:
            continue
        if _seek_gap(hop, into, nodes, rules, route, length, times, gap, node):
            appeal[node] = gain[node] * (1 + noise * (draw(search.random) - 0.5))
            candidates[count] = node
            count += 1
    while count > 0:
        index = _most_appealing(candidates, count, appeal, gap)
        node = candidates[index]
        k = position[gap[AFTER, node]]
        here, there = _here(nodes, route, times, k), _there(times, k + 1)
        to, on = into[node, route[k]], hop[node, route[k + 1]]
        if _delay(to, on, _visit(nodes, node), here, there, rules) > gap[DELAY, node]:
            if not _seek_gap(hop, into, nodes, rules, route, length, times, gap, node):
                count -= 1
                candidates[index] = candidates[count]
            continue
        _put_in(route, position, length, node, k)
        length += 1
        used[nodes[GROUP, node]] = 1
        measure(hop, nodes, rules, route, length, times)
        count = _renew(
            hop, into, nodes, rules, route, length, times, gap, used, candidates, count, k + 1
        )
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
    visit, least, begin, end = _visit(nodes, node), 1e18, -1, -1
    for k in range(length - 1):
        if times[row, k] > nodes[CLOSES, node]:
            break
        here, to, lost = _here(nodes, route, times, k), into[node, route[k]], draw(random)
        for j in range(k + 1, min(length, k + 9)):
            if lost >= least:
                break
            if _delay(to, hop[node, route[j]], visit, here, _there(times, j), rules) < NEVER:
                least, begin, end = lost, k, j
                break
            lost += nodes[WEIGHT, route[j]]
    if begin < 0:
        return length
    length = _take_out(nodes, route, used, length, begin + 1, end - begin - 1)
    _put_in(route, search.position, length, node, begin)
    used[nodes[GROUP, node]] = 1
    return length + 1


@compiled
def _disturb(day: DayArrays, search: Search, length: int) -> int:
    """Take stops out in one of the ways; the new length."""
    random, nodes, route, used = search.random, day.nodes, search.route, search.used
    way = int(draw(random) * _WAYS_OUT)
    stops = length - 2
    if way == _SEGMENT and stops > 0:
        count = 1 + int(draw(random) * min(stops, max(3, stops // 2)))
        first = 1 + int(draw(random) * stops)
        return _take_out(nodes, route, used, length, first, min(count, stops - first + 1))
    if way == _SCATTERED and stops > 0:
        for _ in range(1 + int(draw(random) * min(stops, 6))):
            first = 1 + int(draw(random) * (length - 2))
            length = _take_out(nodes, route, used, length, first, 1)
        return length
    for _ in range(1 + int(draw(random) * 3)):
        length = _eject(day, search, length)
    return length


@compiled
def _possible(rules: Rules, times: Ints, length: int) -> bool:
    """Whether the route as last measured keeps the rules.

    To drop a stop may break one, where the direct way is forbidden or rounded up.
    """
    return bool(times[START, length - 1] < NEVER and times[WALKED, -1] <= rules[3])


@compiled
def improve(day: DayArrays, search: Search, steps: int, temperature: float) -> None:
    """Take `steps` steps; a loss of `temperature` is accepted with probability 1 / e."""
    route, tally, used = search.route, search.tally, search.used
    nodes, rules = day.nodes, day.rules
    for _ in range(steps):
        length = tally[_CURRENT_LENGTH]
        used[:] = 0
        used[0] = 1
        for k in range(length):
            route[k] = search.current[k]
            used[nodes[GROUP, route[k]]] = 1
        length = _fill(day, search, _disturb(day, search, length))
        if not _possible(rules, search.times, length):
            continue
        weight = 0
        for k in range(length):
            weight += nodes[WEIGHT, route[k]]
        loss = tally[_CURRENT_WEIGHT] - weight
        if loss <= 0 or draw(search.random) < math.exp(-loss / temperature):
            search.current[:length] = route[:length]
            tally[_CURRENT_LENGTH], tally[_CURRENT_WEIGHT] = length, weight
            if weight > tally[_BEST_WEIGHT]:
                search.best[:length] = route[:length]
                tally[_BEST_LENGTH], tally[_BEST_WEIGHT] = length, weight
