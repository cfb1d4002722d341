"""Why a kind of place that a visitor likes is not in a plan: found by asking for one by name."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from tour.routes.days.day import Doors
from tour.routes.planner.model import Reach
from tour.routes.planner.plan import plan_day
from tour.routes.planner.problem import DayProblem, Importance, Plan, Reason
from tour.sites.states import SiteKind

TRIED = 3
"""Places of a kind that are asked for, the least way round first."""

SECONDS = 0.3
"""For all that is asked together."""


@dataclass(frozen=True, slots=True)
class Missed:
    """One place of a kind that is not in the plan, and why: the best of those that could be."""

    kind: str
    site_id: int
    reason: str
    """A limit that keeps it out; `not_chosen` where it can be had and others outweigh it."""
    instead_of: tuple[int, ...] = ()
    """The sites whose visits it would cost, or that are in its way."""
    minutes: int = 0
    """On foot beyond what the plan has; less when below zero."""

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, row: Mapping[str, Any]) -> "Missed":
        return cls(**{**row, "instead_of": tuple(row["instead_of"])})


def missed_kinds(
    problem: DayProblem, plan: Plan, doors: Sequence[Doors], liked: Sequence[SiteKind], seed: int
) -> Iterator[Missed]:
    """For each kind that is liked, on offer, and not in the plan. `doors` are the problem's
    candidates."""
    present = {doors[stop.candidate].kind for stop in plan.stops}
    way = Reach.of(problem).walk
    asked = {
        kind: sorted((i for i, d in enumerate(doors) if d.kind == kind), key=lambda i: way[i])
        for kind in liked
        if kind not in present
    }
    tries = sum(len(numbers[:TRIED]) for numbers in asked.values())
    for numbers in asked.values():
        tried = [(i, _with(problem, plan, i, SECONDS / tries, seed)) for i in numbers[:TRIED]]
        if tried:
            yield _best(problem, plan, doors, tried)


def _with(problem: DayProblem, plan: Plan, index: int, seconds: float, seed: int) -> Plan:
    """The most of a plan that can be kept with this candidate, as if it had been asked for by
    name: nothing new comes in beside it."""
    for other in set(range(len(problem.candidates))) - _visited(plan) - {index}:
        problem = problem.without(other)
    wanted = replace(problem.candidates[index], importance=Importance.MUST)
    return plan_day(problem.with_candidate(index, wanted), seconds=seconds, seed=seed)


def _best(
    problem: DayProblem, plan: Plan, doors: Sequence[Doors], tried: Sequence[tuple[int, Plan]]
) -> Missed:
    """Of what can be had the most worth; else the nearest, with what keeps it out."""
    had = [(i, day) for i, day in tried if i in _visited(day)]
    index, day = max(had, key=lambda pair: _keeps(problem, plan, pair[1])) if had else tried[0]
    kind, site_id = doors[index].kind.value, doors[index].site_id
    if not had:
        left = next(left for left in day.left_out if left.candidate == index)
        rivals = tuple(doors[other].site_id for other in left.conflicts)
        return Missed(kind, site_id, left.reason.value, rivals)
    cost = tuple(doors[other].site_id for other in _cost(problem, plan, day))
    if not _keeps(problem, plan, day)[0]:
        return Missed(kind, site_id, Reason.CONFLICT.value, cost)
    if plan.timeline.pause and not day.timeline.pause:
        return Missed(kind, site_id, Reason.NO_LUNCH.value, cost)
    return Missed(kind, site_id, Reason.NOT_CHOSEN.value, cost, day.walking - plan.walking)


def _visited(plan: Plan) -> set[int]:
    return {stop.candidate for stop in plan.stops}


def _keeps(problem: DayProblem, plan: Plan, day: Plan) -> tuple[bool, bool, int]:
    """Whether a day keeps what was asked for by name, and the lunch; and what it is worth."""
    asked = {i for i in _visited(plan) if problem.candidates[i].importance > Importance.WISH}
    has_lunch = day.timeline.pause is not None or plan.timeline.pause is None
    return asked <= _visited(day), has_lunch, day.score


def _cost(problem: DayProblem, plan: Plan, day: Plan) -> list[int]:
    """Visits of the plan that the other day has not, or only a lesser one of the place."""
    had, kept = _worths(problem, plan), _worths(problem, day)
    return [candidate for candidate, worth in had.items() if kept.get(candidate, -1) < worth]


def _worths(problem: DayProblem, plan: Plan) -> dict[int, int]:
    """By candidate, in the order of the day."""
    visits = [(s.candidate, s.option) for s in plan.stops if s.option is not None]
    return {i: problem.candidates[i].options[option].score for i, option in visits}
