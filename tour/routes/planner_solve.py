"""The best route for a day in arrays: search and proof take turns until one of them is done."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter
from typing import NamedTuple

import numpy as np

from tour.routes.planner_arrays import GROUP, WEIGHT, DayArrays, Floats, Ints
from tour.routes.planner_bound import Bound, bound_at, cell_shift, sweep_work, tightened
from tour.routes.planner_proof import prove, weight_unit
from tour.routes.planner_search import Search, back_to_best, best_route, improve, new_search

_HOT, _COLD = 1.5, 0.05
"""First and last temperature of the annealing, in average scores."""

_ATTEMPTS = (0.08, 0.6)
"""When a proof is attempted, as shares of the time."""

_LABELS = 400_000
"""Room for partial plans in a proof: some 50 MB, of which a usual day touches one."""

_WORK_PER_SECOND = 3e8
"""Arcs that a sweep looks at in a second, on the slow side."""

_HOPELESS = 0.9
"""A bound further above the known plan than this share of it leaves too much to enumerate."""


@dataclass(frozen=True, slots=True)
class Effort:
    """How long to try: until the clock says so, or for so many steps (then always alike)."""

    seconds: float
    steps: int | None = None
    began: float = 0.0

    @staticmethod
    def starting_now(seconds: float, steps: int | None) -> "Effort":
        return Effort(seconds, steps, perf_counter())

    def spent(self) -> float:
        """The share of the time that is over."""
        return (perf_counter() - self.began) / max(self.seconds, 1e-9)

    def until(self, share: float) -> Callable[[], bool]:
        """Whether to go on, for work that should end at a share of the time."""
        if self.steps is not None:
            return lambda: True
        return lambda: self.spent() < share


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
    engine = _Engine(day, new_search(day, route, seed), required, scale, effort)
    done = 0.0
    for share in _ATTEMPTS if provable else ():
        engine.search_until(done, share)
        done = share
        if engine.proved():
            return engine.solution(optimal=True)
    engine.search_until(done, 1.0)
    return engine.solution(optimal=False)


class _Engine:
    """What search and proof tell each other: the best route and the prices."""

    def __init__(
        self, day: DayArrays, search: Search, required: Ints, scale: float, effort: Effort
    ) -> None:
        self._day, self._search, self._required = day, search, required
        self._scale, self._effort = scale, effort
        self._unit = weight_unit(day)
        self._bound: Bound | None = None
        self._pace = 1e-4
        """Seconds a step takes, as measured."""

    def solution(self, *, optimal: bool) -> Solution:
        route, weight = best_route(self._search)
        return Solution([int(node) for node in route], weight, optimal)

    def search_until(self, begin: float, end: float) -> None:
        """Cool down once between two shares of the effort."""
        back_to_best(self._search)
        steps = self._effort.steps
        if steps is not None:
            for number in range(8):
                self._improve(round(steps * (end - begin) / 8), number / 8)
            return
        while (spent := self._effort.spent()) < end:
            left = (end - spent) * self._effort.seconds
            count = max(1, min(200, int(min(left, 2e-3) / self._pace)))
            self._improve(count, max(0.0, (spent - begin) / (end - begin)))

    def _improve(self, steps: int, phase: float) -> None:
        temperature = self._scale * _HOT * (_COLD / _HOT) ** phase
        began = perf_counter()
        improve(self._day, self._search, steps, temperature)
        self._pace = max(1e-7, (perf_counter() - began) / max(1, steps))

    def proved(self) -> bool:
        """Whether nothing beats the best route, which the attempt may have replaced."""
        _, known = best_route(self._search)
        begun = 0.0 if self._effort.steps is not None else self._effort.spent()
        bound = self._tightened(known, begun + 0.25 * (1 - begun))
        if bound is None:
            return False
        if bound.value < known + self._unit - 1e-6:
            return True
        gap = self._gap(bound, known)
        if gap > _HOPELESS:
            return False
        share = begun + (0.7 if gap < 0.35 else 0.3) * (1 - begun)
        proof = prove(self._day, bound, known, room=_LABELS, go_on=self._effort.until(share))
        if proof.route is not None:
            self._adopt(np.array(proof.route))
        return proof.complete

    def _gap(self, bound: Bound, known: int) -> float:
        """How far the bound is above the known weight, as a share of what the day scores."""
        weights, groups = self._day.nodes[WEIGHT], self._day.nodes[GROUP]
        heavy = sum(int(weights[groups == group].max()) for group in self._required)
        return (bound.value - known) / max(known - heavy, 5 * self._scale)

    def _adopt(self, route: Ints) -> None:
        weight = int(self._day.nodes[WEIGHT, route].sum())
        self._search.best[: len(route)] = route
        self._search.tally[2:] = len(route), weight

    def _tightened(self, known: int, share: float) -> Bound | None:
        """A bound at good prices, or None when there is no time for even a few sweeps."""
        day, go_on = self._day, self._effort.until(share)
        left = 0.1 if self._effort.steps is not None else self._effort.seconds * (1 - share) / 3
        shift = cell_shift(day, int(min(1_000_000, left / 20 * _WORK_PER_SECOND)))
        if shift is None or sweep_work(day, shift) * 4 / _WORK_PER_SECOND > left:
            return None
        bound = self._bound
        if bound is None or bound.shift != shift:
            price = self._first_prices() if bound is None else bound.price
            bound = bound_at(day, price, 0.0 if bound is None else bound.toll, shift)[0]
        goal = float(known + self._unit) - 1e-6
        for sweeps in (8, 32):
            bound = tightened(day, bound, self._required, goal, sweeps=sweeps, go_on=go_on)
            if self._gap(bound, known) > 2 * _HOPELESS:
                break
        self._bound = bound
        return bound if math.isfinite(bound.value) else None

    def _first_prices(self) -> Floats:
        """Nothing, but for required groups all their weight: that they are visited is no news."""
        price = np.zeros(int(self._day.nodes[GROUP].max()) + 1)
        for group in self._required:
            price[group] = self._day.nodes[WEIGHT][self._day.nodes[GROUP] == group].max()
        return price
