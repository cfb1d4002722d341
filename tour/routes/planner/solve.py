"""The best route for a day in arrays: search and proof take turns until one of them is done."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from tour.routes.planner.arrays import GROUP, WEIGHT, DayArrays, Floats, Ints
from tour.routes.planner.effort import Effort
from tour.routes.planner.proof.bound import Bound, bound_at, cell_shift, sweep_work, tightened
from tour.routes.planner.proof.labels import weight_unit
from tour.routes.planner.proof.proof import prove
from tour.routes.planner.search.annealing import Annealing
from tour.routes.planner.search.state import Search, adopt, best_found, new_search

_QUICK_LOOK, _QUICK_SECONDS = 0.08, 0.02
"""A short search comes before the first attempt to prove: a share of the time, and seconds."""

_MOST_STOPS = 20
"""With more stops there are too many plans to look at all of them in a second."""

_LABELS = 400_000
"""Room for partial plans in a proof: some 50 MB, of which a usual day touches one."""

_WORK_PER_SECOND = 3e8
"""Arcs that a sweep looks at in a second, on the slow side."""

_HOPELESS, _CLOSE = 0.9, 0.35
"""A bound further above the known plan than this share of it leaves too much to enumerate; one
that is close promises that there is little."""

_SHORT, _LONG = 0.1, 0.6
"""Shares of the time that is left for an attempt to prove, the latter when the bound is close."""


class Solution(NamedTuple):
    route: list[int]
    """Nodes, with start and end."""
    weight: int
    optimal: bool


def solve(
    day: DayArrays,
    route: Ints,
    required: Ints,
    *,
    scale: float,
    provable: bool,
    effort: Effort,
    seed: int,
) -> Solution:
    """The heaviest route found from a given one, which keeps all rules.

    `required` are the groups that the heaviest route is known to visit; `scale` is a usual score.
    """
    if day.nodes.shape[1] == 2:
        return Solution([0, 1], 0, True)
    search = new_search(day, route, seed)
    annealing = Annealing(day, search, scale, effort)
    prover = _Prover(day, search, required, scale, effort)
    quick = effort.share_of(_QUICK_SECONDS, at_most=_QUICK_LOOK)
    annealing.quick_look(quick)
    optimal = provable and prover.proved()
    if not optimal:
        annealing.explore(quick)
        optimal = provable and prover.proved()
    if optimal:
        annealing.polish()
    else:
        annealing.refine()
    found = best_found(search)
    return Solution([int(node) for node in found.route], found.weight, optimal)


class _Prover:
    """Attempts to prove that the best route of a search is the best of all."""

    def __init__(
        self, day: DayArrays, search: Search, required: Ints, scale: float, effort: Effort
    ) -> None:
        self._day, self._search, self._required = day, search, required
        self._scale, self._effort = scale, effort
        self._unit = weight_unit(day)
        self._bound: Bound | None = None

    def proved(self) -> bool:
        """Whether nothing beats the best route, which the attempt may have replaced."""
        route, known, _ = best_found(self._search)
        if known == self._weight_of(self._day.nodes[GROUP]):
            return True  # It visits everything.
        if len(route) - 2 > _MOST_STOPS:
            return False
        bound = self._tightened(known)
        if bound is None:
            return False
        if bound.value < known + self._unit - 1e-6:
            return True
        go_on = self._for_share(_LONG if self._gap(bound, known) < _CLOSE else _SHORT)
        proof = prove(self._day, bound, known, room=_LABELS, go_on=go_on)
        if proof.route is not None:
            adopt(self._day, self._search, np.array(proof.route))
        return proof.complete

    def _for_share(self, share: float) -> Callable[[], bool]:
        """Whether to go on, for work that should take a share of the time that is left."""
        spent = self._effort.spent() if self._effort.steps is None else 0.0
        return self._effort.until(spent + share * (1 - spent))

    def _gap(self, bound: Bound, known: int) -> float:
        """How far the bound is above the known weight, as a share of what the day scores."""
        heavy = self._weight_of(self._required)
        return (bound.value - known) / max(known - heavy, 5 * self._scale)

    def _weight_of(self, wanted: Ints) -> int:
        """What these groups weigh together, each at its heaviest time."""
        weights, groups = self._day.nodes[WEIGHT], self._day.nodes[GROUP]
        return sum(int(weights[groups == group].max()) for group in set(wanted.tolist()))

    def _tightened(self, known: int) -> Bound | None:
        """A bound at good prices; None when it stays too high, or there is no time to find out."""
        day, seconds = self._day, self._effort.seconds
        shift = cell_shift(day, int(min(1_000_000, seconds / 150 * _WORK_PER_SECOND)))
        if shift is None or sweep_work(day, shift) / _WORK_PER_SECOND > seconds / 50:
            return None
        bound = self._bound
        if bound is None:
            bound = bound_at(day, self._first_prices(), 0.0, shift)[0]
        goal = float(known + self._unit) - 1e-6
        for sweeps, hopeless in ((4, 4 * _HOPELESS), (12, 2 * _HOPELESS), (24, _HOPELESS)):
            go_on = self._for_share(_LONG / 2)
            bound = tightened(day, bound, self._required, goal, sweeps=sweeps, go_on=go_on)
            if not self._gap(bound, known) <= hopeless:
                return None
        self._bound = bound
        return bound

    def _first_prices(self) -> Floats:
        """Nothing, but for required groups all their weight: that they are visited is no news."""
        price = np.zeros(int(self._day.nodes[GROUP].max()) + 1)
        for group in self._required:
            price[group] = self._day.nodes[WEIGHT][self._day.nodes[GROUP] == group].max()
        return price
