"""The bound on a day and the proof from it, against all plans of small days, tried one by one.

Each at any prices and from any start of the search: what only holds at the prices that a day
happens to lead to is found by nobody until a plan is called the best that is not.
"""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.routes.planner.days import just_possible, metric_problems, problems
from tour.routes.planner.arrays import CLOSES, FAR, GROUP, NEVER, OPENS, STAY, WEIGHT, DayArrays
from tour.routes.planner.model import Reach, model_of, reason_alone, straight_way
from tour.routes.planner.problem import Break
from tour.routes.planner.proof.bound import Bound, bound_at, cell_shift, tightened
from tour.routes.planner.proof.labels import weight_unit
from tour.routes.planner.proof.proof import prove

few = settings(deadline=None, max_examples=60)
ROOM = 4000


@st.composite
def days(draw: st.DrawFn) -> DayArrays:
    """The arrays of a small day, of every kind that the planner's tests know, and with limits and
    breaks that end at the very minute at which something is left or opens."""
    problem = draw(problems(most=4) | metric_problems(most=4) | just_possible())
    if draw(st.booleans()):
        opens = draw(st.integers(0, 60))
        problem = replace(problem, pause=Break(opens, opens + draw(st.integers(0, 30)), 5))
    if draw(st.booleans()):
        problem = replace(problem, max_walk=draw(st.integers(0, 90)))
    assume(straight_way(problem))
    reach = Reach.of(problem)
    kept = [n for n in range(len(problem.candidates)) if reason_alone(problem, reach, n) is None]
    model = model_of(problem, reach, kept)
    assume(model.choices)
    return model.day


def plans(day: DayArrays) -> Iterator[tuple[int, tuple[int, ...]]]:
    """Every plan that keeps all rules: its weight and its nodes. As one would walk it."""
    begin = int(day.nodes[OPENS, 0])
    yield from _onwards(day, (0,), begin, 0, has_paused=day.rules[2] == 0)


def _onwards(
    day: DayArrays, route: tuple[int, ...], time: int, walked: int, *, has_paused: bool
) -> Iterator[tuple[int, tuple[int, ...]]]:
    here, last = route[-1], day.nodes.shape[1] - 1
    stay = int(day.nodes[STAY, here])
    visited = {int(day.nodes[GROUP, node]) for node in route[1:]}
    opens, closes, length, most = day.rules
    for after in range(1, last + 1):
        hop = int(day.hop[here, after])
        if after != last and int(day.nodes[GROUP, after]) in visited:
            continue
        if hop >= FAR or walked + hop - stay > most:
            continue
        arrivals = [(time + hop, has_paused)]
        if not has_paused and time + stay <= closes:
            arrivals.append((max(time + hop, opens) + length, True))
        for arrive, paused in arrivals:
            if arrive > day.nodes[CLOSES, after]:
                continue
            if after != last:
                start = max(arrive, int(day.nodes[OPENS, after]))
                yield from _onwards(
                    day, (*route, after), start, walked + hop - stay, has_paused=paused
                )
            elif paused:
                whole = (*route, last)
                yield int(day.nodes[WEIGHT, list(whole)].sum()), whole


def bound_of(day: DayArrays, data: st.DataObject) -> Bound:
    """At prices that no day has led to."""
    shift = cell_shift(day, data.draw(st.sampled_from([0, 50, 10**6])))
    assume(shift is not None)
    assert shift is not None
    groups = int(day.nodes[GROUP].max()) + 1
    price = np.array([0.0, *(data.draw(st.integers(0, 12)) for _group in range(groups - 1))])
    limited = day.rules[3] < NEVER
    toll = data.draw(st.sampled_from([0.0, 0.1, 0.5])) if limited else 0.0
    return bound_at(day, price, toll, shift)[0]


@few
@given(days(), st.data())
def test_no_plan_weighs_more_than_any_bound(day: DayArrays, data: st.DataObject) -> None:
    best = max((weight for weight, _route in plans(day)), default=None)
    bound = bound_of(day, data)
    assert best is None or bound.value >= best - 1e-6
    none = np.array([], np.int64)
    closer = tightened(day, bound, none, -1.0, sweeps=12, go_on=lambda: True)
    assert best is None or closer.value >= best - 1e-6
    assert closer.value <= bound.value


@few
@given(days(), st.data())
def test_the_proof_finds_the_best_from_any_start(day: DayArrays, data: st.DataObject) -> None:
    """From nothing, and from a plan that is the best already: then it finds none."""
    found = dict(plans(day))
    best = max(found, default=None)
    bound = bound_of(day, data)
    unit = weight_unit(day)
    known = data.draw(st.sampled_from([-unit, *(weight for weight in found)]))
    proof = prove(day, bound, known, room=ROOM, go_on=lambda: True)
    assume(proof.complete)
    if best is None or known == best:
        assert proof.route is None
    else:
        assert proof.route is not None
        assert int(day.nodes[WEIGHT, proof.route].sum()) == best
        assert tuple(proof.route) in {route for _weight, route in plans(day)}


@few
@given(days())
def test_a_proof_that_is_stopped_does_not_say_that_it_is_done(day: DayArrays) -> None:
    shift = cell_shift(day, 10**6)
    assume(shift is not None)
    assert shift is not None
    price = np.zeros(int(day.nodes[GROUP].max()) + 1)
    bound = bound_at(day, price, 0.0, shift)[0]
    assert not prove(day, bound, -1, room=ROOM, go_on=lambda: False).complete
    size = day.nodes.shape[1]
    cramped = prove(day, bound, -1, room=2 * size, go_on=lambda: True)
    assert not cramped.complete, "there is not even room for what follows the start"
