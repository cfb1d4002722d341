"""Large-neighbourhood search for the best day (Shaw 1998; Pisinger and Ropke 2010).

Each step takes part of the plan out, fills the gaps with the most score for the least delay
(the insertion of Vansteenwegen et al. 2009, by forward and backward slack), and keeps the result
by the rule of simulated annealing. One of the ways to take out is an ejection: a stop that is
not in the plan is forced in, and the cheapest stretch that stands in its way is dropped.
"""

import math

from tour.routes.planner.arrays import GROUP, WEIGHT, DayArrays, Ints
from tour.routes.planner.compiled import compiled
from tour.routes.planner.search.fill import fill
from tour.routes.planner.search.gaps import WALKED, keeps_rules
from tour.routes.planner.search.moves import disturb
from tour.routes.planner.search.state import BEST, CURRENT, LENGTH, SCORED, WALK, Search, draw


@compiled
def _keep(tally: Ints, row: int, kept: Ints, route: Ints, facts: tuple[int, int, int]) -> None:
    """Store a route of so many nodes, so much weight and walking."""
    tally[row, LENGTH], tally[row, SCORED], tally[row, WALK] = facts
    for k in range(facts[0]):
        kept[k] = route[k]


@compiled
def improve(day: DayArrays, search: Search, steps: int, temperature: float, toll: float) -> None:
    """Take `steps` steps. A loss of `temperature` is accepted with probability 1 / e.

    A unit of walking costs `toll` of weight, but for the best route weight comes first: shorter
    ways leave room for more stops, and are kinder.
    """
    route, tally, used = search.route, search.tally, search.used
    nodes = day.nodes
    for _ in range(steps):
        length = tally[CURRENT, LENGTH]
        used[:] = 0
        used[0] = 1
        for k in range(length):
            route[k] = search.current[k]
            used[nodes[GROUP, route[k]]] = 1
        length = fill(day, search, disturb(day, search, length))
        if not keeps_rules(day, search, length):
            continue
        weight, walk = 0, search.times[WALKED, -1]
        for k in range(length):
            weight += nodes[WEIGHT, route[k]]
        loss = tally[CURRENT, SCORED] - weight + toll * (walk - tally[CURRENT, WALK])
        if loss <= 0 or draw(search.random) < math.exp(-loss / temperature):
            _keep(tally, CURRENT, search.current, route, (length, weight, walk))
            lead = weight - tally[BEST, SCORED]
            if lead > 0 or (lead == 0 and walk < tally[BEST, WALK]):
                _keep(tally, BEST, search.best, route, (length, weight, walk))
