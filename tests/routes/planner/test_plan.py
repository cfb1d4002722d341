"""The day planner: no plan breaks a rule, and what is called the best is the best."""

import subprocess
import sys
from dataclasses import replace
from itertools import pairwise, permutations
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.routes.planner.days import (
    best_merit,
    day,
    just_possible,
    line_of,
    merit,
    open_site,
    problems,
)
from tour.routes.planner.model import straight_way
from tour.routes.planner.plan import Wish, alternatives, compile_kernels, plan_day
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
from tour.routes.planner.proof.labels import KEPT_NEXT, ROW, SCORE, TIME, WALK
from tour.routes.planner.proof.proof import _dominated
from tour.routes.planner.timeline import Choice, timeline

MUST, FIXED = Importance.MUST, Importance.FIXED

without_deadline = settings(deadline=None)


@pytest.fixture(scope="module", autouse=True)
def _compiled() -> None:
    compile_kernels()


def planned(problem: DayProblem, *, steps: int = 200, seed: int = 1) -> Plan:
    return plan_day(problem, steps=steps, seed=seed)


def reasons(plan: Plan) -> dict[int, Reason]:
    return {left.candidate: left.reason for left in plan.left_out}


def assert_keeps_all_rules(problem: DayProblem, plan: Plan) -> None:
    """Step through the plan as a visitor would, trusting none of its sums."""
    time, place, walked = problem.begins, problem.start, 0
    pause = plan.timeline.pause
    for number, stop in enumerate(plan.stops):
        candidate = problem.candidates[stop.candidate]
        assert stop.option is not None
        option = candidate.options[stop.option]
        leg = int(problem.walk[place, candidate.row])
        assert 0 <= leg == stop.leg
        assert problem.max_leg is None or leg <= problem.max_leg
        busy = leg
        if pause is not None and pause.before == number:
            assert pause.start >= time
            busy += pause.end - pause.start
            assert stop.start >= pause.end
        assert stop.start >= time + busy
        assert stop.arrive >= time + leg
        assert not option.full
        assert option.earliest <= stop.start <= option.latest
        assert stop.leave == stop.start + option.stay
        time, place, walked = stop.leave, candidate.row, walked + leg
    last = int(problem.walk[place, problem.end])
    walked += last
    paused_last = pause is not None and pause.before == len(plan.stops)
    busy = last + (pause.end - pause.start if pause is not None and paused_last else 0)
    assert time + busy <= plan.timeline.arrives <= problem.ends
    assert walked == plan.walking
    assert problem.max_walk is None or walked <= problem.max_walk
    assert len({stop.candidate for stop in plan.stops}) == len(plan.stops)
    if pause is not None:
        assert problem.pause is not None
        assert problem.pause.earliest <= pause.start <= problem.pause.latest
        assert pause.end - pause.start == problem.pause.length


def test_it_visits_what_scores_most_when_there_is_no_time_for_all() -> None:
    problem = day(line_of(0, 5, 10), open_site(1, 10, stay=80), open_site(2, 30, stay=80))

    plan = planned(problem)

    assert [stop.candidate for stop in plan.stops] == [1]
    assert (plan.score, plan.walking, plan.optimal) == (30, 20, True)
    assert reasons(plan) == {0: Reason.NOT_CHOSEN}


def test_a_plan_has_stops_although_the_time_is_over_before_the_search_begins() -> None:
    problem = day([[0, 5, 9], [5, 0, 6], [9, 6, 0]], open_site(1), open_site(2))
    assert len(plan_day(problem, seconds=0.0).stops) == 2


def test_who_visits_everything_has_the_best_plan_and_walks_the_least() -> None:
    corners = [(0, 0), (3, 1), (5, 0), (6, 4), (3, 6), (0, 5), (1, 3), (4, 3)]
    walk = [[abs(a - c) + abs(b - d) for c, d in corners] for a, b in corners]
    problem = day(walk, *(open_site(place, stay=1) for place in range(1, 8)))
    for seed in range(4):  # Seed 1 walks 32 when the search ends with the proof.
        plan = planned(problem, steps=400, seed=seed)
        assert (len(plan.stops), plan.optimal, plan.walking) == (7, True, 30)


def test_it_waits_for_a_slot_and_takes_the_other_time_of_a_site_when_that_helps() -> None:
    twice = Candidate(1, (Option(20, 20, 30, 10), Option(60, 60, 30, 10)))
    once = Candidate(2, (Option(25, 25, 20, 10),))

    plan = planned(day(line_of(0, 5, 10), twice, once))

    assert [(s.candidate, s.option, s.arrive, s.start) for s in plan.stops] == [
        (1, 0, 10, 25),
        (0, 1, 50, 60),
    ]


def test_a_must_see_beats_any_number_of_wishes() -> None:
    wishes = [open_site(1, 90, stay=20) for _ in range(4)]
    must = open_site(2, 0, stay=70, importance=MUST)

    plan = planned(day(line_of(0, 5, 10), *wishes, must))

    assert [stop.candidate for stop in plan.stops] == [4]
    assert plan.optimal


def test_a_reserved_visit_beats_a_must_see_which_is_named_with_what_is_in_its_way() -> None:
    reserved = open_site(1, stay=60, hours=(20, 20), importance=FIXED)
    must = open_site(2, stay=60, importance=MUST)

    plan = planned(day(line_of(0, 5, 10), reserved, must))

    assert [stop.candidate for stop in plan.stops] == [0]
    assert plan.left_out == (LeftOut(1, Reason.NO_TIME, (0,)),)


def test_what_no_limit_keeps_apart_is_a_conflict() -> None:
    reserved = open_site(1, stay=60, hours=(20, 20), importance=FIXED)
    must = open_site(2, stay=60, hours=(30, 30), importance=MUST)

    plan = planned(day(line_of(0, 5, 10), reserved, must))

    assert plan.left_out == (LeftOut(1, Reason.CONFLICT, (0,)),)


def test_of_a_conflict_those_are_named_that_it_cannot_be_held_with() -> None:
    first = open_site(1, stay=60, hours=(20, 20), importance=FIXED)
    later = open_site(2, stay=5, hours=(90, 90), importance=FIXED)
    must = open_site(2, stay=60, hours=(25, 25), importance=MUST)
    early = open_site(1, stay=1, hours=(6, 6), importance=FIXED)

    plan = planned(day(line_of(0, 5, 6), early, first, later, must, ends=110))

    assert [stop.candidate for stop in plan.stops] == [0, 1, 2]
    assert plan.left_out == (LeftOut(3, Reason.CONFLICT, (1,)),)


def test_where_each_pair_fits_and_not_all_three_both_others_are_named() -> None:
    """Half an hour each, within 80 minutes that are the same for all."""
    places = [open_site(1, stay=30, hours=(5, 50), importance=FIXED) for _place in range(2)]
    must = open_site(1, stay=30, hours=(5, 50), importance=MUST)

    plan = planned(day(line_of(0, 5), *places, must, ends=200))

    assert plan.left_out == (LeftOut(2, Reason.CONFLICT, (0, 1)),)


@pytest.mark.parametrize(
    ("rules", "reason"),
    [
        ({"max_leg": 39}, Reason.LEG_TOO_LONG),
        ({"max_walk": 79}, Reason.TOO_FAR),
        ({"ends": 84}, Reason.NO_TIME),
    ],
)
def test_the_reason_is_the_limit_without_which_it_would_fit(
    rules: dict[str, int], reason: Reason
) -> None:
    must = open_site(1, stay=5, importance=MUST)

    assert reasons(planned(day(line_of(0, 40), must, **rules))) == {0: reason}
    assert reasons(planned(day(line_of(0, 40), must, ends=85, max_walk=80, max_leg=40))) == {}


def test_full_times_are_the_reason_only_where_seats_would_help() -> None:
    """The one with seats is too early to be reached, the full one too late to come home."""
    times = (Option(10, 10, 5, 1), Option(90, 90, 5, 1, full=True))

    assert reasons(planned(day(line_of(0, 20), Candidate(1, times, MUST)))) == {0: Reason.NO_TIME}
    times = (times[0], replace(times[1], earliest=70, latest=70))
    assert reasons(planned(day(line_of(0, 20), Candidate(1, times, MUST)))) == {0: Reason.NO_SEATS}


@without_deadline
@given(just_possible())
def test_a_day_with_nothing_to_spare_is_found(problem: DayProblem) -> None:
    plan = planned(problem, steps=60)
    best = best_merit(problem)

    assert plan.timeline.possible
    visited = tuple((stop.candidate, stop.option or 0) for stop in plan.stops)
    reached = merit(problem, visited, plan.timeline.pause is not None)
    assert best is not None
    assert reached == best or not plan.optimal
    assert plan.timeline.pause is not None or problem.pause is None


LATE = 60
"""Nobody can be on the way for so long before it opens: ways there differ in walking alone."""


@without_deadline
@given(
    st.lists(st.integers(1, 9), min_size=36, max_size=36),
    st.integers(0, 3),
    st.booleans(),
)
def test_of_ways_that_end_in_a_queue_the_shorter_is_kept(
    legs: list[int], last: int, lunch: bool
) -> None:
    """Whichever way leads to the late door, one goes on from it at the same minute."""
    walk = np.array(legs, np.int64).reshape(6, 6)
    walk[0, 5] = 1
    late = [LATE if n == last else 0 for n in range(4)]
    musts = [open_site(n + 1, stay=2, hours=(late[n], 200), importance=MUST) for n in range(4)]
    ways = [(0, *(n + 1 for n in order), 5) for order in permutations(range(4))]
    length = {way: sum(int(walk[a, b]) for a, b in pairwise(way)) for way in ways}
    best = min(length, key=lambda way: length[way])
    ahead = best.index(last + 1)
    ends = LATE + 2 + sum(int(walk[a, b]) + 2 for a, b in pairwise(best[ahead:-1]))
    problem = DayProblem(
        walk=walk,
        start=0,
        end=5,
        begins=0,
        ends=ends + int(walk[best[-2], 5]),
        candidates=tuple(musts),
        pause=Break(0, LATE, 6) if lunch and ahead > 0 else None,
        max_walk=length[best],
    )
    plan = planned(problem, steps=60)

    assert len(plan.stops) == 4
    assert plan.timeline.pause is not None or problem.pause is None


@without_deadline
@given(just_possible())
def test_a_must_see_that_fits_to_the_minute_is_kept(problem: DayProblem) -> None:
    *way, tempting = problem.candidates
    musts = tuple(replace(candidate, importance=MUST) for candidate in way)
    plan = planned(replace(problem, candidates=(*musts, tempting)), steps=60)

    assert {stop.candidate for stop in plan.stops} >= set(range(len(way)))
    assert plan.timeline.pause is not None or problem.pause is None


@pytest.mark.parametrize(
    ("must", "reason"),
    [
        (Candidate(1, (), MUST), Reason.CLOSED),
        (open_site(1, hours=(200, 300), importance=MUST), Reason.CLOSED),
        (Candidate(1, (Option(0, 50, 10, 1, full=True),), MUST), Reason.NO_SEATS),
        (open_site(2, importance=MUST), Reason.TOO_FAR),
        (open_site(1, hours=(0, 3), importance=MUST), Reason.NO_TIME),
        (open_site(1, stay=95, importance=MUST), Reason.NO_TIME),
    ],
)
def test_a_must_see_that_is_impossible_is_named_with_the_reason(
    must: Candidate, reason: Reason
) -> None:
    plan = planned(day(line_of(0, 5, 45), must, open_site(1), max_walk=80))

    assert [stop.candidate for stop in plan.stops] == [1]
    assert reasons(plan) == {0: reason}


def test_lunch_is_between_two_stops_and_yields_only_to_must_sees() -> None:
    sites = [open_site(1, stay=40), open_site(2, stay=30)]
    problem = day(line_of(0, 5, 10), *sites, pause=Break(40, 50, 10))

    with_wishes = planned(problem)
    musts = [replace(site, importance=MUST) for site in sites]
    with_musts = planned(replace(problem, candidates=tuple(musts), pause=Break(46, 50, 30)))

    assert with_wishes.timeline.pause is not None
    assert with_wishes.timeline.pause.before == 1
    assert with_wishes.score == 20
    assert with_musts.timeline.pause is None
    assert with_musts.timeline.possible
    assert with_musts.score == 20


def test_a_day_too_short_for_the_way_to_its_end_has_no_stops_and_says_why() -> None:
    plan = planned(replace(day(line_of(0, 5), open_site(1)), end=1, ends=4))

    assert plan.stops == ()
    assert not plan.timeline.possible
    assert reasons(plan) == {0: Reason.CLOSED}


def test_a_day_without_candidates_is_a_plan() -> None:
    plan = planned(day(line_of(0)))

    assert (plan.stops, plan.optimal, plan.timeline.possible) == ((), True, True)


def test_a_stepping_stone_leads_to_a_must_see_beyond_the_longest_leg() -> None:
    problem = day(line_of(0, 10, 20), open_site(1), open_site(2, importance=MUST), max_leg=10)

    plan = planned(replace(problem, end=1))

    assert [stop.candidate for stop in plan.stops] == [0, 1]


def test_a_way_over_another_place_may_be_the_only_one_in_time() -> None:
    """Straight there and back takes 90 minutes of 80, by way of the first place 50."""
    walk = [[0, 5, 60], [5, 0, 5], [20, 5, 0]]

    plan = planned(day(walk, open_site(1), open_site(2, importance=MUST), ends=80))

    assert [stop.candidate for stop in plan.stops] == [0, 1]
    assert plan.timeline.arrives == 50


def test_the_same_seed_and_steps_give_the_same_plan() -> None:
    problem = many_sites(60)

    assert planned(problem, seed=5) == planned(problem, seed=5)


def many_sites(count: int) -> DayProblem:
    numbers = np.random.default_rng(count)
    points = numbers.integers(0, 40, (count + 1, 2))
    walk = np.abs(points[:, None] - points[None]).sum(axis=-1)
    sites = [
        Candidate(
            place,
            tuple(
                Option(int(start), int(start) + 20, 20, int(numbers.integers(1, 9)))
                for start in numbers.integers(0, 400, 3)
            ),
        )
        for place in range(1, count + 1)
    ]
    return day(walk.tolist(), *sites, ends=480, pause=Break(150, 255, 45))


def test_three_hundred_sites_with_three_times_each_make_a_day() -> None:
    problem = many_sites(300)

    plan = planned(problem, steps=400)

    assert_keeps_all_rules(problem, plan)
    assert len(plan.stops) >= 8


@without_deadline
@given(problems())
def test_no_plan_breaks_a_rule_and_none_called_optimal_is_beaten(problem: DayProblem) -> None:
    plan = planned(problem, steps=60)
    best = best_merit(problem)

    if best is None or not straight_way(problem):
        assert plan.stops == ()
        return
    assert plan.timeline.possible
    assert_keeps_all_rules(problem, plan)
    visited = tuple((stop.candidate, stop.option or 0) for stop in plan.stops)
    reached = merit(problem, visited, plan.timeline.pause is not None)
    assert reached <= best
    assert reached == best or not plan.optimal
    assert {left.candidate for left in plan.left_out} == set(range(len(problem.candidates))) - {
        stop.candidate for stop in plan.stops
    }


@without_deadline
@given(problems(), st.data())
def test_a_timeline_is_possible_exactly_when_the_list_keeps_all_rules(
    problem: DayProblem, data: st.DataObject
) -> None:
    numbers = range(len(problem.candidates))
    order = data.draw(st.lists(st.sampled_from(numbers), max_size=4) if numbers else st.just([]))
    result = timeline(problem, [Choice(index) for index in order])

    if result.possible:
        assert_keeps_all_rules(problem, Plan(result, False, ()))
    assert result.possible == (next(result.troubles(), None) is None)


def test_alternatives_differ_keep_must_sees_and_count_by_the_same_scores() -> None:
    problem = many_sites(40)
    must = replace(problem.candidates[3], importance=MUST)
    problem = problem.with_candidate(3, must)
    plan = planned(problem)

    found = alternatives(problem, plan, later_by=60, steps=200)

    days = [{stop.candidate for stop in plan.stops}]
    days += [{stop.candidate for stop in other.plan.stops} for other in found]
    assert len({frozenset(visited) for visited in days}) == len(days) == 4
    assert all(3 in visited for visited in days)
    for other in found:
        assert_keeps_all_rules(other.problem, other.plan)
        assert other.plan.score == sum(
            problem.candidates[stop.candidate].options[stop.option or 0].score
            for stop in other.plan.stops
        )
    by_wish = {other.wish: other.plan for other in found}
    assert by_wish[Wish.LESS_WALKING].walking < plan.walking * 0.7
    assert all(stop.arrive >= 60 for stop in by_wish[Wish.LATER_START].stops)


def test_favoured_candidates_come_to_the_front() -> None:
    problem = day(line_of(0, 5, 5), open_site(1, 10, stay=80), open_site(2, 20, stay=80))
    plan = planned(problem)

    found = alternatives(problem, plan, favoured=frozenset({0}), later_by=1, steps=50)

    other = {alternative.wish: alternative.plan for alternative in found}[Wish.OTHER_INTERESTS]
    assert [stop.candidate for stop in other.stops] == [0]
    assert other.score == 10


@pytest.mark.parametrize(
    "options", [{"stay": -1, "score": 1}, {"stay": 1, "score": -1}], ids=["stay", "score"]
)
def test_options_that_make_no_sense_are_refused(options: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="below zero"):
        Option(0, 1, **options)


def test_a_candidate_outside_the_matrix_is_refused() -> None:
    with pytest.raises(ValueError, match="row and a column"):
        day(line_of(0, 5), open_site(2))


@pytest.mark.parametrize("ends", [{"start": -1}, {"end": -1}, {"start": 2}, {"end": 2}])
def test_a_day_that_begins_or_ends_outside_the_matrix_is_refused(ends: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="row and a column"):
        replace(day(line_of(0, 5), open_site(1)), **ends)
    with pytest.raises(ValueError, match="row and a column"):
        replace(day(line_of(0, 5), open_site(1)), walk=np.zeros((2, 3), np.int64))
    with pytest.raises(ValueError, match="row and a column"):
        day(line_of(0, 5), open_site(-1))


def test_what_is_locked_is_had_at_its_minute_and_by_no_other_way() -> None:
    ways = (Option(0, 50, 5, 1), Option(20, 60, 5, 9, full=True), Option(10, 90, 5, 3))
    problem = day(line_of(0, 5), Candidate(1, ways), open_site(1))

    locked = problem.locked(0, 1, 33)

    assert locked.candidates[0] == Candidate(
        1,
        (
            replace(ways[0], full=True),
            replace(ways[1], earliest=33, latest=33, full=False),
            replace(ways[2], full=True),
        ),
        FIXED,
    )
    assert locked.candidates[1] == problem.candidates[1]
    assert locked.without(0).candidates[0] == Candidate(1, ())


@without_deadline
@example(4)
@given(st.integers(0, 8))
def test_locking_keeps_a_visit_at_its_time(seed: int) -> None:
    problem = many_sites(20)
    plan = planned(problem, seed=seed)
    stop = plan.stops[-1]

    again = planned(problem.locked(stop.candidate, stop.option or 0, stop.start), seed=seed)
    without = planned(problem.without(stop.candidate), seed=seed)

    assert (stop.candidate, stop.start) in [(s.candidate, s.start) for s in again.stops]
    assert again.score >= plan.score or not again.optimal
    assert stop.candidate not in [s.candidate for s in without.stops]


WITHOUT_NUMBA = """
import sys
sys.modules["numba"] = None
from tests.routes.planner.test_plan import many_sites, planned
plan = planned(many_sites(8), steps=40)
print([(stop.candidate, stop.start) for stop in plan.stops], plan.optimal)
"""


def test_without_numba_it_finds_the_same_plan() -> None:
    compiled = planned(many_sites(8), steps=40)

    run = subprocess.run(
        [sys.executable, "-W", "error", "-c", WITHOUT_NUMBA],
        cwd=Path(__file__).parents[3],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )

    expected = [(stop.candidate, stop.start) for stop in compiled.stops]
    assert run.stdout.strip() == f"{expected} {compiled.optimal}", run.stderr


@pytest.mark.parametrize(
    ("column", "worse"), [(SCORE, -1), (ROW, -1), (TIME, 1), (WALK, 1), (None, 0)]
)
def test_only_a_label_as_good_in_everything_rules_another_out(
    column: int | None, worse: int
) -> None:
    """One whose break is still to come does not rule out one that has had it, and so on."""
    facts = np.zeros((2, 8), np.int64)
    facts[:, [SCORE, ROW, TIME, WALK]] = (10, 1, 60, 20)
    facts[0, KEPT_NEXT] = -1
    if column is not None:
        facts[0, column] += worse
    none = np.zeros(1, np.int64)
    is_ruled_out = _dominated(facts, np.zeros((2, 1), np.int64), 1, 0, none, none, none)
    assert is_ruled_out == (column is None)


@pytest.mark.parametrize("count", [30, 45])
def test_what_cannot_be_proved_is_not_called_the_best(count: int) -> None:
    """More stops than plans can be counted, and a place left out."""
    places = [open_site(1, score=n % 7 + 1, stay=2, hours=(0, 50)) for n in range(count)]

    plan = planned(day(line_of(0, 1), *places, ends=52))

    assert 20 < len(plan.stops) <= 26
    assert not plan.optimal
