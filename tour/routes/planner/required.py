"""Which of what was asked for by name fits together, and whether the break still does."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from tour.routes.planner.arrays import CLOSES, GROUP, WEIGHT, Ints
from tour.routes.planner.model import Model, only
from tour.routes.planner.problem import DayProblem, Importance
from tour.routes.planner.proof.bound import IMPOSSIBLE, Bound
from tour.routes.planner.proof.labels import stops_can_be_skipped
from tour.routes.planner.proof.proof import prove

_LABELS = 60_000
"""Partial plans looked at: all of them for some ten must-sees, then the best of those met."""

_CELLS = 64
"""Any number would do: they only keep the partial plans roughly in the order of time."""


class _Best(NamedTuple):
    route: Ints | None
    complete: bool
    """Whether there is certainly none heavier."""


@dataclass(frozen=True, slots=True)
class Footing:
    """Where the search sets out from."""

    route: Ints
    """Nodes of the model, with start and end."""
    has_pause: bool
    certain: bool
    """Whether the best plan has everything that was asked for by name, and a break if this has."""


def footing(problem: DayProblem, model: Model, asked: Sequence[int]) -> Footing:
    """The route through as much as possible of what was asked for; the break yields to that."""
    straight = np.array([0, len(model.choices) + 1])
    plain = route_through(model, asked, pause=False)
    without = straight if plain.route is None else plain.route
    if problem.pause is None:
        return Footing(without, False, len(without) == len(asked) + 2)
    paused = route_through(model, asked, pause=True)
    route = paused.route
    if route is None and route_through(model, (), pause=True).route is not None:
        route = straight
    if route is not None and _kept(problem, model, route) >= _kept(problem, model, without):
        return Footing(route, True, len(route) == len(asked) + 2)
    certain = paused.complete and stops_can_be_skipped(model.day)
    return Footing(without, False, certain and len(without) == len(asked) + 2)


def fit_together(model: Model, candidates: Sequence[int]) -> bool:
    """Whether a day can hold all of these, with the break if there is one."""
    route = route_through(model, candidates, pause=True).route
    return route is not None and len(route) == len(candidates) + 2


def _kept(problem: DayProblem, model: Model, route: Ints) -> tuple[int, int]:
    """How many fixed visits and must-sees a route has."""
    stops = model.choices_of(route)
    levels = [problem.candidates[stop.candidate].importance for stop in stops]
    return levels.count(Importance.FIXED), levels.count(Importance.MUST)


def route_through(model: Model, candidates: Sequence[int], *, pause: bool) -> _Best:
    """The heaviest route through some of these; no route when not even the straight way is left.

    The prices are all weights, so that a partial plan is given up only once something is missed
    that a known one has.
    """
    day, kept = only(model, candidates, pause=pause)
    price = np.zeros(int(day.nodes[GROUP].max()) + 1, np.float64)
    np.maximum.at(price, day.nodes[GROUP], day.nodes[WEIGHT])
    end = int(day.nodes[CLOSES, -1])
    shift = max(0, (end // _CELLS).bit_length())
    ahead = np.zeros((2, (end >> shift) + 2, day.nodes.shape[1]))
    ahead[0, :, -1] = IMPOSSIBLE
    total = float(price.sum())
    worth_too_much = Bound(price, 0.0, total, ahead, shift, total)
    proof = prove(day, worth_too_much, -1, room=_LABELS, go_on=lambda: True)
    route = None if proof.route is None else kept[np.array(proof.route)]
    return _Best(route, proof.complete)
