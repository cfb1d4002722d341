"""A day in the arrays that the compiled searches read.

Nodes are the start (0), every option that can be used at all, and the end (the last). A group is
what is visited at most once: group 0 is start and end, the others are candidates.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tour.routes.planner.compiled import compiled

Ints = NDArray[np.int64]
Hops = NDArray[np.int32]
Floats = NDArray[np.float64]

NEVER = 1 << 40
"""Later than any time of a day. Sums of a few of them still fit into 64 bits."""

FAR = 1 << 28
"""Stands for a walk that must not be made; with a stay it still fits into 32 bits."""

OPENS, CLOSES, STAY, WEIGHT, GROUP, DETOUR, LASTING = range(7)
"""Rows of `DayArrays.nodes`."""

Rules = tuple[int, int, int, int]
"""Earliest start, latest start and length of the break (0: there is none), most walking."""

NO_RULES: Rules = (0, 0, 0, NEVER)
"""No break, and as much walking as there is time for."""


class DayArrays(NamedTuple):
    """All times are in one whole unit, counted from the start of the day."""

    hop: Hops
    """[n, n] from the start of one visit to the arrival at the next: the stay and the walk."""
    into: Hops
    """[n, n] the same, transposed, because the search reads along both ends of an arc."""
    nodes: Ints
    """[7, n] earliest and latest start of the visit (of the end: arrival), how long one stays,
    weight, group, how much later the visit makes everything after it at least, and the latest
    start of all nodes up to this one. Nodes between start and end are in the order in which they
    open. The weight is the score, and for what the visitor asked for by name more than all scores
    together."""
    rules: Rules


@compiled
def _least_detours(hop: Hops, least: Ints) -> None:
    """How much later a visit makes what follows, between the two others where that is least."""
    count = len(hop)
    for by in range(1, count - 1):
        least[by] = FAR
        for start in range(count - 1):
            saved = -2 * FAR
            for end in range(1, count):
                save = hop[start, end] - hop[by, end]
                saved = max(saved, save if end != by else -2 * FAR)
            if start != by:
                least[by] = min(least[by], hop[start, by] - saved)


def day_arrays(walk: Ints, nodes: Ints, rules: Rules) -> DayArrays:
    """Join what is known by node; `walk` is [n, n], with FAR or more where there is no way, and
    `nodes` has all rows but the last two.

    Times count from the start of the day; nothing starts after its end.
    """
    nodes[CLOSES] = np.minimum(nodes[CLOSES], nodes[CLOSES, -1])
    hop = np.ascontiguousarray(np.minimum(walk, FAR) + nodes[STAY][:, None], dtype=np.int32)
    least = np.zeros(nodes.shape[1], np.int64)
    _least_detours(hop, least)
    lasting = np.maximum.accumulate(nodes[CLOSES])
    return DayArrays(hop, np.ascontiguousarray(hop.T), np.vstack([nodes, least, lasting]), rules)
