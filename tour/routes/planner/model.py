"""From a day's problem to arrays and back, and why a candidate alone has no place in it."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from tour.routes.planner.arrays import (
    FAR,
    GROUP,
    NEVER,
    NO_RULES,
    WEIGHT,
    DayArrays,
    Ints,
    Rules,
    day_arrays,
)
from tour.routes.planner.problem import DayProblem, Importance, Option, Reason
from tour.routes.planner.timeline import Choice


@dataclass(frozen=True, slots=True)
class Model:
    """A day in arrays, and what its nodes and groups stand for."""

    day: DayArrays
    choices: tuple[Choice, ...]
    """Of nodes 1, 2, … in order; the start before and the end after them stand for nothing."""
    candidates: tuple[int, ...]
    """Of groups 1, 2, … in order."""
    scale: float
    """A usual score."""

    def nodes_of(self, candidates: Iterable[int]) -> Ints:
        """Their nodes, with start and end, in order."""
        wanted = set(candidates)
        inner = [
            node for node, choice in enumerate(self.choices, start=1) if choice.candidate in wanted
        ]
        return np.array([0, *inner, len(self.choices) + 1])

    def groups_of(self, candidates: Iterable[int]) -> Ints:
        numbers = {candidate: group for group, candidate in enumerate(self.candidates, start=1)}
        return np.array([numbers[candidate] for candidate in candidates], np.int64)

    def choices_of(self, route: Iterable[int]) -> list[Choice]:
        """The stops of a route of nodes with start and end."""
        return [self.choices[node - 1] for node in route if 1 <= node <= len(self.choices)]


def straight_way(problem: DayProblem) -> bool:
    """Whether one can get from start to end at all. It is allowed whatever a leg's limit is."""
    leg = problem.leg(problem.start, problem.end)
    limit = problem.ends - problem.begins
    return leg <= (limit if problem.max_walk is None else min(limit, problem.max_walk))


@dataclass(frozen=True, slots=True)
class Reach:
    """The least it takes to get to each candidate from the start, and on to the end.

    With any stops on the way: where walks are rounded, a detour may be the shorter way.
    """

    there: Ints
    back: Ints
    walk: Ints
    """[candidates] there and back, without the stays."""

    @classmethod
    def of(cls, problem: DayProblem) -> "Reach":
        places = [problem.start, *(c.row for c in problem.candidates), problem.end]
        walk = problem.walk[np.ix_(places, places)].astype(np.int64)
        walk[(walk < 0) | (walk > FAR)] = FAR
        stays = [min((o.stay for o in c.options), default=0) for c in problem.candidates]
        stay = np.array([0, *stays, 0])
        inner = slice(1, len(places) - 1)
        alone = np.zeros_like(stay)
        whole = _least(walk, alone, 0) + _least(walk.T, alone, -1)
        return cls(
            there=_least(walk, stay, 0)[inner],
            back=_least(walk.T, stay, -1)[inner],
            walk=whole[inner],
        )


def _least(walk: Ints, stay: Ints, source: int) -> Ints:
    """[places] the shortest way from one place, staying at those between (Bellman and Ford).

    One round is enough where no detour is shorter.
    """
    least: Ints = walk[source]
    while True:
        shorter = np.minimum(least, ((least + stay)[:, None] + walk).min(axis=0))
        if (shorter == least).all():
            return least
        least = shorter


def reason_alone(problem: DayProblem, reach: Reach, index: int) -> Reason | None:
    """Why a candidate cannot be visited even if it is the only one; None when it can.

    A leg that is too long does not count: there may be a stop on the way.
    """
    within = [
        option
        for option in problem.candidates[index].options
        if option.latest >= problem.begins and option.earliest + option.stay <= problem.ends
    ]
    if not within:
        return Reason.CLOSED
    free = [option for option in within if not option.full]
    if not free:
        return Reason.NO_SEATS
    most = FAR - 1 if problem.max_walk is None else problem.max_walk
    if reach.walk[index] > most:
        return Reason.TOO_FAR
    if any(_fits(problem, reach, index, option) for option in free):
        return None
    return Reason.NO_SEATS if len(free) < len(within) else Reason.NO_TIME


def _fits(problem: DayProblem, reach: Reach, index: int, option: Option) -> bool:
    start = max(problem.begins + int(reach.there[index]), option.earliest)
    end = start + option.stay + int(reach.back[index])
    return start <= option.latest and end <= problem.ends


def model_of(problem: DayProblem, reach: Reach, candidates: Iterable[int]) -> Model:
    """The arrays of a day with these candidates, each of which can be visited alone."""
    kept = tuple(candidates)
    found: list[tuple[tuple[int, int, int, int, int], Choice]] = []
    for group, index in enumerate(kept, start=1):
        for number, option in enumerate(problem.candidates[index].options):
            if option.full or not _fits(problem, reach, index, option):
                continue
            opens = max(option.earliest, problem.begins) - problem.begins
            closes = option.latest - problem.begins
            row = (opens, closes, option.stay, option.score, group)
            found.append((row, Choice(index, number)))
    found.sort(key=lambda pair: pair[0])
    rows, choices = [row for row, _ in found], [choice for _, choice in found]
    length = problem.ends - problem.begins
    nodes = np.array([(0, 0, 0, 0, 0), *rows, (0, length, 0, 0, 0)], np.int64).T.copy()
    scores = nodes[WEIGHT, 1:-1]
    scale = float(scores[scores > 0].mean()) if (scores > 0).any() else 1.0
    nodes[WEIGHT] += _extra(problem, kept, nodes)[nodes[GROUP]]
    places = [problem.start, *(problem.candidates[c.candidate].row for c in choices)]
    day = day_arrays(_walks(problem, [*places, problem.end]), nodes, _rules(problem))
    return Model(day, tuple(choices), kept, scale)


def _walks(problem: DayProblem, places: list[int]) -> Ints:
    """[nodes, nodes] with FAR for what must not be walked in one go."""
    walk = problem.walk[np.ix_(places, places)].astype(np.int64)
    straight = problem.leg(problem.start, problem.end)
    limit = FAR - 1 if problem.max_leg is None else problem.max_leg
    walk[(walk < 0) | (walk > limit)] = FAR
    walk[0, -1] = straight
    return walk


def _rules(problem: DayProblem) -> Rules:
    opens, closes, length, _ = NO_RULES
    if problem.pause is not None:
        opens = max(problem.pause.earliest - problem.begins, 0)
        closes = problem.pause.latest - problem.begins
        length = problem.pause.length
    return opens, closes, length, NEVER if problem.max_walk is None else problem.max_walk


def _extra(problem: DayProblem, kept: tuple[int, ...], nodes: Ints) -> Ints:
    """[groups] the weight that makes one must-see outweigh all wishes, and so on upwards."""
    best = np.zeros(len(kept) + 1, np.int64)
    np.maximum.at(best, nodes[GROUP], nodes[WEIGHT])
    unit = max(1, int(np.gcd.reduce(nodes[WEIGHT])))
    must = (int(best.sum()) // unit + 1) * unit
    levels = np.array([0, *(int(problem.candidates[index].importance) for index in kept)])
    fixed = must * (int((levels == Importance.MUST).sum()) + 1)
    extra: Ints = np.array([0, must, fixed])[levels]
    return extra


def only(model: Model, candidates: Iterable[int], *, pause: bool) -> tuple[DayArrays, Ints]:
    """The day with no other candidates, and the node numbers that its nodes stand for."""
    kept = model.nodes_of(candidates)
    hop, into, nodes, rules = model.day
    some = np.ix_(kept, kept)
    part = nodes[:, kept].copy()
    part[GROUP] = np.unique(part[GROUP], return_inverse=True)[1]
    if not pause:
        rules = (*NO_RULES[:3], rules[3])
    return (
        DayArrays(np.ascontiguousarray(hop[some]), np.ascontiguousarray(into[some]), part, rules),
        kept,
    )


def without_pause(model: Model) -> Model:
    """The same day with no break."""
    day = model.day._replace(rules=(*NO_RULES[:3], model.day.rules[3]))
    return Model(day, model.choices, model.candidates, model.scale)
