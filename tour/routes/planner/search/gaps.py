"""When one is where on a route, and how much later one more stop makes everything after it.

Times are kept twice, for a break still to come and for none any more: so the break needs no place
in the route, and is always where it harms least. Without a break only the latter are in use.
"""

from tour.routes.planner.arrays import CLOSES, DETOUR, LASTING, NEVER, OPENS, STAY, DayArrays, Rules
from tour.routes.planner.compiled import compiled
from tour.routes.planner.search.state import Search

START, ARRIVE, LATEST, EARLY_START, EARLY_ARRIVE, EARLY_LATEST, WALKED, SLACK = range(8)
"""Rows of times by position in the route; the early ones are those with the break still to come.
The last entry of WALKED is the whole walk. SLACK is how much later than now one may arrive, NEVER
where that is left open because a break may be moved; its first entry is the largest."""

Visit = tuple[int, int, int]
Here = tuple[int, int, int, int]
There = tuple[int, int, int, int, int, int]


@compiled
def measure(day: DayArrays, search: Search, length: int) -> None:
    """Earliest times forwards, then the latest starts that keep the rest possible."""
    _measure_forwards(day, search, length)
    _measure_backwards(day, search, length)


@compiled
def _measure_forwards(day: DayArrays, search: Search, length: int) -> None:
    hop, nodes, route, times = day.hop, day.nodes, search.route, search.times
    pause_opens, pause_closes, pause_length, _ = day.rules
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


@compiled
def _measure_backwards(day: DayArrays, search: Search, length: int) -> None:
    hop, nodes, route, times = day.hop, day.nodes, search.route, search.times
    pause_opens, pause_closes, pause_length, _ = day.rules
    has_pause = pause_length > 0
    latest = nodes[CLOSES, route[length - 1]]
    times[LATEST, length - 1], times[EARLY_LATEST, length - 1] = latest, -NEVER
    times[SLACK, 0] = NEVER if has_pause else -NEVER
    for k in range(length - 1, 0, -1):
        slack = NEVER if has_pause else latest - times[ARRIVE, k]
        times[SLACK, k] = slack
        times[SLACK, 0] = max(times[SLACK, 0], slack)
        node, after = route[k - 1], latest
        step, closes = hop[node, route[k]], nodes[CLOSES, node]
        latest = min(closes, after - step)
        times[LATEST, k - 1] = latest
        if has_pause:
            early = times[EARLY_LATEST, k] - step
            if after >= pause_opens + pause_length:
                paused = min(after - pause_length - step, pause_closes - nodes[STAY, node])
                early = max(early, paused)
            times[EARLY_LATEST, k - 1] = min(closes, early)


@compiled
def keeps_rules(day: DayArrays, search: Search, length: int) -> bool:
    """Whether the route as last measured keeps the rules.

    To drop a stop may break one, where the direct way is forbidden or rounded up.
    """
    times = search.times
    return bool(times[START, length - 1] < NEVER and times[WALKED, -1] <= day.rules[3])


@compiled
def earliest_row(day: DayArrays) -> int:
    """The row of the earliest times at which one can be anywhere."""
    return EARLY_START if day.rules[2] > 0 else START


@compiled
def _here(day: DayArrays, search: Search, k: int) -> Here:
    """What `_delay` needs to know of leaving position `k`."""
    times, stay = search.times, day.nodes[STAY, search.route[k]]
    return times[START, k], times[EARLY_START, k], stay, times[WALKED, k]


@compiled
def _there(search: Search, k: int) -> There:
    """What `_delay` needs to know of reaching position `k`."""
    times = search.times
    return (
        times[LATEST, k],
        times[EARLY_LATEST, k],
        times[ARRIVE, k],
        times[EARLY_ARRIVE, k],
        times[WALKED, k],
        times[WALKED, -1],
    )


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
def delay_at(day: DayArrays, search: Search, node: int, k: int, j: int) -> int:
    """How much later one arrives at position `j`, coming from `k`, because of a visit of `node`."""
    nodes, route = day.nodes, search.route
    to, on = day.into[node, route[k]], day.hop[node, route[j]]
    visit = (nodes[OPENS, node], nodes[CLOSES, node], nodes[STAY, node])
    return _delay(to, on, visit, _here(day, search, k), _there(search, j), day.rules)


@compiled
def look(day: DayArrays, search: Search, k: int, first: int, last: int) -> None:
    """Try the nodes from `first` to before `last` in the gap behind position `k`; note where one
    delays less than known so far.

    The loop has no branch, so that the compiler does several nodes in one instruction: that is
    faster than to leave out those that are on the route or cannot fit.
    """
    nodes, route, rules = day.nodes, search.route, day.rules
    here, there, before = _here(day, search, k), _there(search, k + 1), route[k]
    to, on = day.hop[before, first:last], day.into[route[k + 1], first:last]
    opens, closes = nodes[OPENS, first:last], nodes[CLOSES, first:last]
    stay, least = nodes[STAY, first:last], search.delays[first:last]
    afters = search.afters[first:last]
    for index in range(len(to)):
        visit = (opens[index], closes[index], stay[index])
        delay = _delay(to[index], on[index], visit, here, there, rules)
        less = delay < least[index]
        least[index] = delay if less else least[index]
        afters[index] = before if less else afters[index]


@compiled
def look_at_all_gaps(day: DayArrays, search: Search, length: int) -> None:
    """Note the best gap of each node, trying only the nodes that are open at its time."""
    nodes, times, row = day.nodes, search.times, earliest_row(day)
    end = nodes.shape[1] - 1
    first, last = 1, 1
    search.delays[:] = NEVER
    for k in range(length - 1):
        while first < end and nodes[LASTING, first] < times[row, k]:
            first += 1
        while last < end and nodes[OPENS, last] <= times[LATEST, k + 1]:
            last += 1
        if first < last:
            look(day, search, k, first, last)


@compiled
def look_everywhere(day: DayArrays, search: Search, length: int, node: int) -> bool:
    """Note in which of all gaps a node delays least; False when it fits nowhere."""
    times, row = search.times, earliest_row(day)
    closes, detour, least = day.nodes[CLOSES, node], day.nodes[DETOUR, node], NEVER
    for k in range(length - 1 if times[SLACK, 0] >= detour else 0):
        if times[row, k] > closes:
            break
        if times[SLACK, k + 1] >= detour:
            delay = delay_at(day, search, node, k, k + 1)
            if delay < least:
                least = delay
                search.afters[node] = search.route[k]
    search.delays[node] = least
    return least < NEVER
