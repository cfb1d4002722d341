"""The day planner: the best walk from open door to open door.

An orienteering problem with time windows and alternative times (Vansteenwegen, Souffriau and Van
Oudheusden 2011): each site is visited at most once, at one of its possible times, and the score
of what is visited is to be the largest. What was asked for by name comes first, then the break,
then the score. See docs/decisions/0015-planner.md.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

from tour.routes.planner.effort import Effort
from tour.routes.planner.model import Reach, model_of, reason_alone, straight_way, without_pause
from tour.routes.planner.problem import (
    Break,
    Candidate,
    DayProblem,
    Importance,
    LeftOut,
    Option,
    Plan,
    Reason,
)
from tour.routes.planner.reasons import binding
from tour.routes.planner.required import footing
from tour.routes.planner.solve import solve
from tour.routes.planner.timeline import Choice, timeline


def plan_day(
    problem: DayProblem, *, seconds: float = 0.3, seed: int = 0, steps: int | None = None
) -> Plan:
    """The best plan found in so many seconds, or sooner when it is proved to be the best.

    Given `steps` the clock is not read, and the same seed always gives the same plan. A day that
    is too short even for the way from start to end gives a plan without stops, whose timeline
    says so.
    """
    effort = Effort.starting_now(seconds, steps)
    reach = Reach.of(problem)
    numbers = range(len(problem.candidates))
    reasons = {index: reason_alone(problem, reach, index) for index in numbers}
    kept = [index for index, reason in reasons.items() if reason is None]
    if not straight_way(problem):
        return Plan(timeline(problem, []), True, _left_out(problem, reasons, []))
    model = model_of(problem, reach, kept)
    asked = [index for index in kept if problem.candidates[index].importance > Importance.WISH]
    first = footing(problem, model, asked)
    if problem.pause is not None and not first.has_pause:
        problem, model = replace(problem, pause=None), without_pause(model)
    solution = solve(
        model.day,
        first.route,
        model.groups_of(asked),
        scale=model.scale,
        provable=first.certain,
        effort=effort,
        seed=seed,
    )
    choices = model.choices_of(solution.route)
    return Plan(
        timeline(problem, choices),
        solution.optimal,
        _left_out(problem, reasons, [choice.candidate for choice in choices]),
    )


def _left_out(
    problem: DayProblem, reasons: Mapping[int, Reason | None], visited: Sequence[int]
) -> tuple[LeftOut, ...]:
    """Every candidate that is not visited, with the reason; what was asked for by name with the
    limit that binds."""
    return tuple(
        _why(problem, index, reason, visited)
        for index, reason in reasons.items()
        if index not in visited
    )


def _why(problem: DayProblem, index: int, reason: Reason | None, visited: Sequence[int]) -> LeftOut:
    importance = problem.candidates[index].importance
    if importance is Importance.WISH:
        return LeftOut(index, reason or Reason.NOT_CHOSEN)
    rivals = [other for other in visited if problem.candidates[other].importance >= importance]
    return binding(problem, index, rivals)


class Wish(StrEnum):
    """How an alternative differs from the plan."""

    LESS_WALKING = "less_walking"
    OTHER_INTERESTS = "other_interests"
    LATER_START = "later_start"


@dataclass(frozen=True, slots=True)
class Alternative:
    wish: Wish
    problem: DayProblem
    """What it was planned from, for editing it further."""
    plan: Plan


_LESS_WALKING = 0.65
"""Of the plan's walking."""

_FAVOUR = 3
"""Favoured candidates count so many times; without any, visited wishes count so much less."""


def alternatives(
    problem: DayProblem,
    plan: Plan,
    *,
    favoured: frozenset[int] = frozenset(),
    later_by: int,
    seconds: float = 0.3,
    seed: int = 0,
    steps: int | None = None,
) -> tuple[Alternative, ...]:
    """Up to three other days: less walking, other interests, a start later by so many units.

    Each visits other sites than the plan and than the others do, and keeps every must-see and
    fixed visit that the plan keeps. `favoured` are the candidates of the interest to try; the
    scores of a plan are always those of `problem`. They share the seconds.
    """
    days = {
        Wish.LESS_WALKING: replace(problem, max_walk=int(plan.walking * _LESS_WALKING)),
        Wish.OTHER_INTERESTS: _reweighed(problem, plan, favoured),
        Wish.LATER_START: replace(problem, begins=problem.begins + later_by),
    }
    asked = _asked(problem, plan)
    seen = [{stop.candidate for stop in plan.stops}]
    found = []
    for wish, day in days.items():
        other = plan_day(day, seconds=seconds / len(days), seed=seed, steps=steps)
        visited = {stop.candidate for stop in other.stops}
        if visited in seen or not visited or not asked <= visited:
            continue
        seen.append(visited)
        found.append(Alternative(wish, *_in_terms_of(problem, day, other)))
    return tuple(found)


def _asked(problem: DayProblem, plan: Plan) -> set[int]:
    """What the plan visits that was asked for by name."""
    return {
        stop.candidate
        for stop in plan.stops
        if problem.candidates[stop.candidate].importance > Importance.WISH
    }


def _in_terms_of(problem: DayProblem, day: DayProblem, plan: Plan) -> tuple[DayProblem, Plan]:
    """A plan with the scores of the first problem. It is the best only by its own."""
    scored = replace(day, candidates=problem.candidates)
    paused = replace(scored, pause=None) if plan.timeline.pause is None else scored
    choices = [Choice(stop.candidate, stop.option) for stop in plan.stops]
    return scored, replace(plan, timeline=timeline(paused, choices))


def _reweighed(problem: DayProblem, plan: Plan, favoured: frozenset[int]) -> DayProblem:
    """The day with the favoured raised, or with all raised but for what the plan visits."""
    visited = frozenset(stop.candidate for stop in plan.stops)
    raised = favoured or frozenset(range(len(problem.candidates))) - visited
    return replace(
        problem,
        candidates=tuple(
            _raised(candidate) if index in raised else candidate
            for index, candidate in enumerate(problem.candidates)
        ),
    )


def _raised(candidate: Candidate) -> Candidate:
    options = tuple(replace(option, score=option.score * _FAVOUR) for option in candidate.options)
    return replace(candidate, options=options)


def compile_kernels() -> None:
    """Plan a small day, so that no visitor waits for the compiler: once, at process start.

    The last two candidates exclude each other: a day that visits everything needs no proof.
    """
    walk = np.array([[0, 9], [9, 0]], np.int64)
    options = (Option(0, 60, 20, 10), Option(80, 120, 25, 10))
    candidates = (
        Candidate(0, options, Importance.MUST),
        Candidate(1, options, Importance.WISH),
        Candidate(1, (Option(130, 130, 40, 5),), Importance.WISH),
        Candidate(0, (Option(150, 150, 40, 5),), Importance.WISH),
    )
    problem = DayProblem(walk, 0, 0, 0, 200, candidates, Break(30, 60, 10), max_walk=60)
    plan_day(problem, steps=20)
