"""The best route for a day in arrays: search and proof take turns until one of them is done."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from time import perf_counter
from typing import NamedTuple

import numpy as np

from tour.routes.planner_arrays import FAR, GROUP, STAY, WEIGHT, DayArrays, Floats, Ints
from tour.routes.planner_bound import Bound, bound_at, cell_shift, sweep_work, tightened
from tour.routes.planner_labels import weight_unit
from tour.routes.planner_proof import prove
from tour.routes.planner_search import improve
from tour.routes.planner_state import (
    Search,
    adopt,
    best_found,
    go_on_from,
    go_on_from_best,
    new_search,
)

_HOT, _COLD = 1.4, 0.15
"""First and last temperature of the annealing, in usual scores."""

_SCRATCH, _SCRATCH_SHARE = 5, 0.3
"""How often it sets out from scratch, and the share of the time for that: what is decided while
it is hot, such as which end of the town comes first, is seldom undone later."""

_COOLINGS, _WARM = 3, 0.5
"""How often it cools down afterwards, from the best route so far; and from which temperature, as
a share of the hottest."""

_LEG = 0.1
"""What a usual leg of walking costs, in usual scores."""

_STAGES = 8
"""Temperatures of a cooling that is bounded by steps."""

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

    def share_of(self, seconds: float, *, at_most: float) -> float:
        """So many seconds as a share of the time; bounded by steps, the most that it may be."""
        if self.steps is not None:
            return at_most
        return min(at_most, seconds / max(self.seconds, 1e-9))

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
    quick = effort.share_of(_QUICK_SECONDS, at_most=_QUICK_LOOK)
    later = quick + (1 - quick) * _SCRATCH_SHARE
    engine.start_over(0.0, quick, 1)
    if provable and engine.proved():
        return engine.solution(optimal=True)
    engine.start_over(quick, later, _SCRATCH)
    if provable and engine.proved():
        return engine.solution(optimal=True)
    engine.go_on(later, 1.0, _COOLINGS)
    return engine.solution(optimal=False)


class _Engine:
    """What search and proof tell each other: the best route and the prices."""

    def __init__(
        self, day: DayArrays, search: Search, required: Ints, scale: float, effort: Effort
    ) -> None:
        self._day, self._search, self._required = day, search, required
        self._scale, self._effort = scale, effort
        self._first = best_found(search).route
        self._unit = weight_unit(day)
        self._short_leg = _short_leg(day)
        self._bound: Bound | None = None
        self._pace = 1e-4
        """Seconds a step takes, as measured."""

    def solution(self, *, optimal: bool) -> Solution:
        found = best_found(self._search)
        return Solution([int(node) for node in found.route], found.weight, optimal)

    def start_over(self, begin: float, end: float, times: int) -> None:
        """Search from scratch, so many times between two shares of the effort."""
        for first, last in _parts(begin, end, times):
            go_on_from(self._day, self._search, self._first)
            self._cool(first, last, _HOT)

    def go_on(self, begin: float, end: float, times: int) -> None:
        """Search from the best route, so many times between two shares of the effort."""
        for first, last in _parts(begin, end, times):
            go_on_from_best(self._search)
            self._cool(first, last, _HOT * _WARM)

    def _cool(self, begin: float, end: float, hot: float) -> None:
        if self._effort.steps is None:
            self._cool_by_clock(begin, end, hot)
        else:
            self._cool_by_steps(round(self._effort.steps * (end - begin)), hot)

    def _cool_by_steps(self, steps: int, hot: float) -> None:
        for number in range(_STAGES):
            self._improve(round(steps / _STAGES), hot * (_COLD / hot) ** (number / _STAGES))

    def _cool_by_clock(self, first: float, last: float, hot: float) -> None:
        while (spent := self._effort.spent()) < last:
            left = (last - spent) * self._effort.seconds
            steps = max(1, min(200, int(min(left, 2e-3) / self._pace)))
            began = perf_counter()
            self._improve(steps, hot * (_COLD / hot) ** max(0.0, (spent - first) / (last - first)))
            self._pace = max(1e-7, (perf_counter() - began) / steps)

    def _improve(self, steps: int, temperature: float) -> None:
        """Search at a temperature in usual scores."""
        best = best_found(self._search)
        leg = max(best.walk / (len(best.route) - 1), self._short_leg)
        toll = self._scale * _LEG / leg
        improve(self._day, self._search, steps, self._scale * temperature, toll)

    def proved(self) -> bool:
        """Whether nothing beats the best route, which the attempt may have replaced."""
        route, known, _ = best_found(self._search)
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
        weights, groups = self._day.nodes[WEIGHT], self._day.nodes[GROUP]
        heavy = sum(int(weights[groups == group].max()) for group in self._required)
        return (bound.value - known) / max(known - heavy, 5 * self._scale)

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


def _short_leg(day: DayArrays) -> float:
    """How far it usually is from one place to the next nearest; 1 when all are one place."""
    walk = day.hop[1:-1, 1:-1] - day.nodes[STAY, 1:-1, None]
    nearest = np.where(walk > 0, walk, FAR).min(axis=1)
    return float(nearest[nearest < FAR].mean()) if (nearest < FAR).any() else 1.0


def _parts(begin: float, end: float, count: int) -> Iterator[tuple[float, float]]:
    """As many equal parts."""
    for number in range(count):
        yield begin + (end - begin) * number / count, begin + (end - begin) * (number + 1) / count
