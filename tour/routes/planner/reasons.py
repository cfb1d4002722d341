"""Which limit keeps out what was asked for by name: found by lifting each."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from tour.routes.planner.model import Reach, model_of, reason_alone, straight_way
from tour.routes.planner.problem import NO_WAY, DayProblem, LeftOut, Reason
from tour.routes.planner.required import fit_together

Lift = Callable[[DayProblem, int], DayProblem]


def binding(problem: DayProblem, index: int, rivals: Sequence[int]) -> LeftOut:
    """Why a candidate is out of a plan that visits `rivals`, which matter as much or more.

    The reason is a limit without which it would be in, alone or beside the rivals; where several
    bind at once, one of those that do. CONFLICT where no limit but the rivals stand in its way.
    """
    if _reason_alone(problem, index) is Reason.CLOSED:
        return LeftOut(index, Reason.CLOSED)
    if not _fit(problem, (index,)):
        return LeftOut(index, _single(problem, index, (index,)) or _joint(problem, index))
    clashing = tuple(other for other in rivals if not _fit(problem, (index, other)))
    limit = _single(problem, index, (index, *rivals))
    return LeftOut(index, limit or Reason.CONFLICT, clashing or tuple(rivals))


def _reason_alone(problem: DayProblem, index: int) -> Reason | None:
    return reason_alone(problem, Reach.of(problem), index)


def _fit(problem: DayProblem, candidates: Sequence[int]) -> bool:
    """Whether some day holds all of these."""
    reach = Reach.of(problem)
    if not straight_way(problem) or any(reason_alone(problem, reach, i) for i in candidates):
        return False
    return fit_together(model_of(problem, reach, candidates), candidates)


def _single(problem: DayProblem, index: int, candidates: Sequence[int]) -> Reason | None:
    """The first limit that is enough to lift."""
    lifted = ((reason, lift(problem, index)) for reason, lift in LIFTS.items())
    return next((r for r, day in lifted if day != problem and _fit(day, candidates)), None)


def _joint(problem: DayProblem, index: int) -> Reason:
    """The limit that, lifted after others, lets it in: without it the others are of no use."""
    for reason, lift in LIFTS.items():
        problem = lift(problem, index)
        if _fit(problem, (index,)):
            return reason
    return Reason.TOO_FAR


def _with_seats(problem: DayProblem, index: int) -> DayProblem:
    candidate = problem.candidates[index]
    free = tuple(replace(option, full=False) for option in candidate.options)
    return problem.with_candidate(index, replace(candidate, options=free))


def _with_time(problem: DayProblem, _index: int) -> DayProblem:
    """From before anything opens until after everything has closed, with time to get home."""
    options = [option for candidate in problem.candidates for option in candidate.options]
    legs = int(problem.walk[(problem.walk >= 0) & (problem.walk < NO_WAY)].max(initial=0))
    ways = legs * (len(problem.candidates) + 1)
    return replace(
        problem,
        begins=min([problem.begins, *(option.earliest - legs for option in options)]),
        ends=max([problem.ends, *(option.latest + option.stay + ways for option in options)]),
    )


LIFTS: dict[Reason, Lift] = {
    Reason.NO_SEATS: _with_seats,
    Reason.LEG_TOO_LONG: lambda problem, _: replace(problem, max_leg=None),
    Reason.TOO_FAR: lambda problem, _: replace(problem, max_walk=None),
    Reason.NO_TIME: _with_time,
    Reason.NO_LUNCH: lambda problem, _: replace(problem, pause=None),
}
"""What can be lifted, in the order in which it is the easier to give up."""
