"""Cooling down, again and again: first from scratch, then the best of these, then the best of all.

Simulated annealing (Kirkpatrick, Gelatt and Vecchi 1983): at first a worse plan is often accepted,
at last hardly ever. What is decided while it is hot, such as which end of the town comes first, is
seldom undone later. So many short runs decide that, a few of the best are taken further, and what
is left of the time goes to the best one.
"""

from collections.abc import Iterator
from time import perf_counter

import numpy as np

from tour.routes.planner.arrays import FAR, STAY, DayArrays, Ints
from tour.routes.planner.effort import Effort
from tour.routes.planner.search.neighbourhoods import improve
from tour.routes.planner.search.state import Search, best_found, current_route, go_on_from

_HOT, _WARM, _COLD = 0.8, 0.35, 0.1
"""Temperatures, in usual scores: at the start of a run from scratch, of a later one, at the end."""

_SCRATCH, _FINALISTS, _LAST = 12, 3, 2
"""How many runs set out from scratch, how many of these are taken further, and how many runs then
go on with the best."""

_EXPLORED, _REFINED = 0.4, 0.7
"""The shares of the time after which the runs from scratch and the finalists are over."""

_LEG = 0.1
"""What a usual leg of walking costs, in usual scores."""

_STAGES = 8
"""Temperatures of a run that is bounded by steps."""

_POLISH, _POLISH_SECONDS = 0.25, 0.04
"""How long to look for less walking after a proof: a share of the effort, and seconds."""

_AT_LEAST = 200
"""Steps that are taken whatever the clock says: a millisecond or two."""

_SLICE = 2e-3
"""Seconds between two looks at the clock."""


class Annealing:
    """Runs of one search, whose best route they improve."""

    def __init__(self, day: DayArrays, search: Search, scale: float, effort: Effort) -> None:
        self._day, self._search, self._scale, self._effort = day, search, scale, effort
        self._first = best_found(search).route
        self._short_leg = _short_leg(day)
        self._ends: list[tuple[int, Ints]] = []
        """How much the runs from scratch weigh at their end, less than zero, and their routes."""
        self._pace = 1e-4
        """Seconds a step takes, as measured."""

    def quick_look(self, end: float) -> None:
        """One run from scratch up to a share of the effort, after some steps however late it is.

        On a busy machine the time may be over before the search begins; a day that a few steps
        found is better than an empty one.
        """
        if self._effort.steps is None:
            go_on_from(self._day, self._search, self._first)
            self._improve(_AT_LEAST, _COLD)
        self._start_over(0.0, end)

    def explore(self, begin: float) -> None:
        """Many runs from scratch, from a share of the effort on."""
        for first, last in _parts(begin, _EXPLORED, _SCRATCH):
            self._start_over(first, last)

    def refine(self) -> None:
        """Take the best of the runs further, then the best route, up to the end of the effort."""
        finalists = sorted(self._ends, key=lambda end: end[0])[:_FINALISTS]
        parts = _parts(_EXPLORED, _REFINED, len(finalists))
        for (_, route), (first, last) in zip(finalists, parts, strict=True):
            self._run(route, first, last, _WARM)
        for first, last in _parts(_REFINED, 1.0, _LAST):
            self._run(best_found(self._search).route, first, last, _WARM)

    def polish(self) -> None:
        """Look for less walking, when the best route is known to score the most."""
        share = self._effort.share_of(_POLISH_SECONDS, at_most=_POLISH)
        begin = self._effort.spent() if self._effort.steps is None else 0.0
        for first, last in _parts(begin, min(1.0, begin + share), _LAST):
            self._run(best_found(self._search).route, first, last, _WARM)

    def _start_over(self, begin: float, end: float) -> None:
        self._run(self._first, begin, end, _HOT)
        route, weight = current_route(self._search)
        self._ends.append((-weight, route))

    def _run(self, route: Ints, begin: float, end: float, hot: float) -> None:
        """Set out from a route and cool down between two shares of the effort."""
        go_on_from(self._day, self._search, route)
        if self._effort.steps is None:
            self._cool_by_clock(begin, end, hot)
        else:
            self._cool_by_steps(round(self._effort.steps * (end - begin)), hot)

    def _cool_by_steps(self, steps: int, hot: float) -> None:
        for stage in range(_STAGES):
            count = steps * (stage + 1) // _STAGES - steps * stage // _STAGES
            self._improve(count, hot * (_COLD / hot) ** (stage / _STAGES))

    def _cool_by_clock(self, begin: float, end: float, hot: float) -> None:
        while (spent := self._effort.spent()) < end:
            left = (end - spent) * self._effort.seconds
            count = max(1, min(200, int(min(left, _SLICE) / self._pace)))
            began = perf_counter()
            self._improve(count, hot * (_COLD / hot) ** max(0.0, (spent - begin) / (end - begin)))
            self._pace = max(1e-7, (perf_counter() - began) / count)

    def _improve(self, steps: int, temperature: float) -> None:
        """Search at a temperature in usual scores."""
        best = best_found(self._search)
        leg = max(best.walk / (len(best.route) - 1), self._short_leg)
        toll = self._scale * _LEG / leg
        improve(self._day, self._search, steps, self._scale * temperature, toll)


def _parts(begin: float, end: float, count: int) -> Iterator[tuple[float, float]]:
    """As many equal parts."""
    for number in range(count):
        yield begin + (end - begin) * number / count, begin + (end - begin) * (number + 1) / count


def _short_leg(day: DayArrays) -> float:
    """How far it usually is from one place to the next nearest; 1 when all are one place."""
    walk = day.hop[1:-1, 1:-1] - day.nodes[STAY, 1:-1, None]
    nearest = np.where(walk > 0, walk, FAR).min(axis=1)
    return float(nearest[nearest < FAR].mean()) if (nearest < FAR).any() else 1.0
