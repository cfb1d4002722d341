"""Ways to take part of a plan out, so that something better may fill the gap."""

from tour.routes.planner.arrays import CLOSES, GROUP, NEVER, STAY, WEIGHT, DayArrays
from tour.routes.planner.compiled import compiled
from tour.routes.planner.search.gaps import delay_at, earliest_row, measure
from tour.routes.planner.search.state import Search, draw, put_in, take_out

_SEGMENT, _SCATTERED, _AROUND = 0.2, 0.5, 0.6
"""How often stops are taken out in each way, each with those before it; the rest are ejections."""


_LONGEST = 12
"""Stops in the longest stretch that gives way to one that is forced in."""


@compiled
def _some_outside(day: DayArrays, search: Search) -> int:
    """A node whose group is not on the route, drawn at random; 0 when that is hard to find."""
    nodes = day.nodes
    for _ in range(20):
        node = 1 + int(draw(search.random) * (nodes.shape[1] - 2))
        if not search.used[nodes[GROUP, node]]:
            return node
    return 0


@compiled
def _cheapest_stretch(day: DayArrays, search: Search, length: int, node: int) -> tuple[int, int]:
    """The positions between which `node` has room at the least loss, or -1 and -1."""
    nodes, times, row = day.nodes, search.times, earliest_row(day)
    least, begin, end = 1e18, -1, -1
    for k in range(length - 1):
        if times[row, k] > nodes[CLOSES, node]:
            break
        lost = draw(search.random)
        for j in range(k + 1, min(length, k + 2 + _LONGEST)):
            if lost >= least:
                break
            if delay_at(day, search, node, k, j) < NEVER:
                least, begin, end = lost, k, j
                break
            lost += nodes[WEIGHT, search.route[j]]
    return begin, end


@compiled
def _eject(day: DayArrays, search: Search, length: int) -> int:
    """Force a stop in where the stretch that stands in its way weighs least; the new length."""
    node = _some_outside(day, search)
    if node == 0:
        return length
    measure(day, search, length)
    begin, end = _cheapest_stretch(day, search, length, node)
    if begin < 0:
        return length
    length = take_out(day, search, length, begin + 1, end - begin - 1)
    put_in(day, search, length, node, begin)
    return length + 1


@compiled
def _clear(day: DayArrays, search: Search, length: int) -> int:
    """Take out the stops around a place: a few short stretches next to a node; the new length.

    The strings of Christiaens and Vanden Berghe (2020): what is near in space, at several times.
    """
    hop, nodes, random, route = day.hop, day.nodes, search.random, search.route
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
        length = take_out(day, search, length, first, min(count, length - 1 - first))
    return length


@compiled
def _drop_segment(day: DayArrays, search: Search, length: int) -> int:
    """Take out up to a fifth of the stops, one after the other; the new length."""
    stops = length - 2
    count = 1 + int(draw(search.random) * min(stops, max(3, stops // 5)))
    first = 1 + int(draw(search.random) * stops)
    return take_out(day, search, length, first, min(count, stops - first + 1))


@compiled
def _drop_some(day: DayArrays, search: Search, length: int) -> int:
    """Take out up to six stops from anywhere; the new length."""
    for _ in range(1 + int(draw(search.random) * min(length - 2, 6))):
        first = 1 + int(draw(search.random) * (length - 2))
        length = take_out(day, search, length, first, 1)
    return length


@compiled
def disturb(day: DayArrays, search: Search, length: int) -> int:
    """Take stops out in one of the ways; the new length."""
    way = draw(search.random) if length > 2 else 1.0
    if way < _SEGMENT:
        return _drop_segment(day, search, length)
    if way < _SCATTERED:
        return _drop_some(day, search, length)
    if way < _AROUND:
        return _clear(day, search, length)
    for _ in range(1 + int(draw(search.random) * 2)):
        length = _eject(day, search, length)
    return length
