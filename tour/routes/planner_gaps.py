"""When one is where on a route, and how much later one more stop makes everything after it.

Times are kept twice, for a break still to come and for none any more: so the break needs no place
in the route, and is always where it harms least. Without a break only the latter are in use.
"""

from tour.routes.planner_arrays import CLOSES, NEVER, OPENS, STAY, Hops, Ints, Rules
from tour.routes.planner_numba import compiled

START, ARRIVE, LATEST, EARLY_START, EARLY_ARRIVE, EARLY_LATEST, WALKED = range(7)
"""Rows of times by position in the route; the early ones are those with the break still to come.
The last entry of WALKED is the whole walk."""

Visit = tuple[int, int, int]
Here = tuple[int, int, int, int]
There = tuple[int, int, int, int, int, int]


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
def keeps_rules(rules: Rules, times: Ints, length: int) -> bool:
    """Whether the route as last measured keeps the rules.

    To drop a stop may break one, where the direct way is forbidden or rounded up.
    """
    return bool(times[START, length - 1] < NEVER and times[WALKED, -1] <= rules[3])


@compiled
def here_at(nodes: Ints, route: Ints, times: Ints, k: int) -> Here:
    """What `_delay` needs to know of leaving position `k`."""
    return (times[START, k], times[EARLY_START, k], nodes[STAY, route[k]], times[WALKED, k])


@compiled
def there_at(times: Ints, k: int) -> There:
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
def visit_of(nodes: Ints, node: int) -> Visit:
    """Earliest start, latest start and stay."""
    return (nodes[OPENS, node], nodes[CLOSES, node], nodes[STAY, node])


@compiled
def delay_by(to: int, on: int, visit: Visit, here: Here, there: There, rules: Rules) -> int:
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
def look(
    hop: Hops,
    into: Hops,
    nodes: Ints,
    rules: Rules,
    route: Ints,
    times: Ints,
    k: int,
    delays: Ints,
    afters: Ints,
) -> None:
    """Try every node in the gap behind position `k`; note where it delays less than known so far.

    The loop has no branch, so that the compiler does several nodes in one instruction: that is
    faster than to leave out those that are on the route or cannot fit.
    """
    here, there, before = here_at(nodes, route, times, k), there_at(times, k + 1), route[k]
    to, on = hop[before], into[route[k + 1]]
    opens, closes, stay = nodes[OPENS], nodes[CLOSES], nodes[STAY]
    for node in range(len(to)):
        visit = (opens[node], closes[node], stay[node])
        delay = delay_by(to[node], on[node], visit, here, there, rules)
        less = delay < delays[node]
        delays[node] = delay if less else delays[node]
        afters[node] = before if less else afters[node]


@compiled
def look_everywhere(
    hop: Hops,
    into: Hops,
    nodes: Ints,
    rules: Rules,
    route: Ints,
    length: int,
    times: Ints,
    delays: Ints,
    afters: Ints,
    node: int,
) -> None:
    """Note in which of all gaps a node delays least; NEVER when it fits nowhere."""
    row = EARLY_START if rules[2] > 0 else START
    visit, least = visit_of(nodes, node), NEVER
    for k in range(length - 1):
        if times[row, k] > visit[1]:
            break
        to, on = into[node, route[k]], hop[node, route[k + 1]]
        here, there = here_at(nodes, route, times, k), there_at(times, k + 1)
        delay = delay_by(to, on, visit, here, there, rules)
        if delay < least:
            least = delay
            afters[node] = route[k]
    delays[node] = least
