"""What has a place in a day alone, at each limit; and where the search for a plan sets out from."""

from dataclasses import replace

import pytest

from tests.routes.planner.days import day, line_of, open_site
from tour.routes.planner.model import Reach, model_of, reason_alone, straight_way
from tour.routes.planner.plan import compile_kernels
from tour.routes.planner.problem import (
    NO_WAY,
    Break,
    Candidate,
    DayProblem,
    Importance,
    Option,
    Reason,
)
from tour.routes.planner.reasons import binding
from tour.routes.planner.required import Footing, footing

MUST = Importance.MUST


@pytest.fixture(scope="module", autouse=True)
def _compiled() -> None:
    compile_kernels()


def alone(problem: DayProblem, index: int = 0) -> Reason | None:
    return reason_alone(problem, Reach.of(problem), index)


def later(problem: DayProblem, begins: int) -> DayProblem:
    """The same day, so many minutes after the origin of all times."""
    moved = tuple(
        replace(
            candidate,
            options=tuple(
                replace(option, earliest=option.earliest + begins, latest=option.latest + begins)
                for option in candidate.options
            ),
        )
        for candidate in problem.candidates
    )
    return replace(problem, begins=begins, ends=problem.ends + begins, candidates=moved)


@pytest.mark.parametrize(
    ("ends", "max_walk", "is_open"),
    [
        (5, None, True),
        (4, None, False),
        (9, 5, True),
        (9, 4, False),
        (5, 9, True),
        (4, 9, False),
    ],
)
def test_the_straight_way_fits_into_the_day_and_into_what_one_walks(
    ends: int, max_walk: int | None, is_open: bool
) -> None:
    problem = replace(day(line_of(0, 5), ends=ends, max_walk=max_walk, max_leg=1), end=1)
    assert straight_way(problem) is is_open


@pytest.mark.parametrize("begins", [0, 7])
@pytest.mark.parametrize(
    ("hours", "ends", "max_walk", "reason"),
    [
        # Five minutes there, ten of stay, five back.
        ((0, 5), 20, 10, None),
        ((0, 4), 20, 10, Reason.NO_TIME),
        ((0, 5), 19, 10, Reason.NO_TIME),
        ((0, 5), 20, 9, Reason.TOO_FAR),
        ((0, 5), 99, 9, Reason.TOO_FAR),
        ((8, 8), 23, 10, None),
        ((8, 8), 22, 10, Reason.NO_TIME),
        ((0, 4), 99, 10, Reason.NO_TIME),
        ((-9, -1), 99, 10, Reason.CLOSED),
        ((11, 11), 20, 10, Reason.CLOSED),
    ],
)
def test_a_candidate_has_a_place_up_to_each_limit(
    hours: tuple[int, int], ends: int, max_walk: int, reason: Reason | None, begins: int
) -> None:
    problem = day(line_of(0, 5), open_site(1, hours=hours), ends=ends, max_walk=max_walk)
    assert alone(later(problem, begins)) == reason


def test_where_no_way_leads_it_is_too_far_for_whoever_walks_any_distance() -> None:
    assert alone(day([[0, NO_WAY], [5, 0]], open_site(1))) is Reason.TOO_FAR
    assert alone(day([[0, 5], [-1, 0]], open_site(1))) is Reason.TOO_FAR


def test_the_least_way_leads_over_others_where_that_is_shorter_with_their_stay() -> None:
    walk = [[0, 5, 60], [7, 0, 5], [90, 5, 0]]
    reach = Reach.of(day(walk, open_site(1, stay=10), open_site(2, stay=3)))
    assert reach.there.tolist() == [5, 5 + 10 + 5]
    assert reach.back.tolist() == [7, 5 + 10 + 7]
    assert reach.walk.tolist() == [12, 5 + 5 + 5 + 7], "nobody walks while staying"
    busy = Reach.of(day(walk, open_site(1, stay=70), open_site(2, stay=3)))
    assert (busy.there[1], busy.back[1]) == (60, 5 + 70 + 7)


def footing_of(problem: DayProblem) -> Footing:
    asked = tuple(range(len(problem.candidates)))
    model = model_of(problem, Reach.of(problem), asked)
    musts = [i for i in asked if problem.candidates[i].importance is not Importance.WISH]
    return footing(problem, model, musts)


def musts(*stays: int) -> tuple[Candidate, ...]:
    return tuple(open_site(n, stay=stay, importance=MUST) for n, stay in enumerate(stays, start=1))


@pytest.mark.parametrize(
    ("stays", "pause", "stops", "has_pause", "certain"),
    [
        # No walks; a day of a hundred minutes.
        ((40, 40), None, 2, False, True),
        ((60, 60), None, 1, False, False),
        ((40, 40), Break(0, 90, 20), 2, True, True),
        ((40, 40), Break(0, 90, 21), 2, False, True),
        ((60, 60), Break(0, 90, 20), 1, True, False),
        ((90, 60), Break(10, 30, 50), 1, False, False),
        ((), Break(0, 90, 20), 0, True, True),
        ((), Break(-9, -1, 20), 0, False, True),
    ],
)
def test_a_search_sets_out_from_what_was_asked_for_with_the_break_if_that_costs_none_of_it(
    stays: tuple[int, ...], pause: Break | None, stops: int, has_pause: bool, certain: bool
) -> None:
    problem = day(line_of(0, *(0 for _ in stays)), *musts(*stays), pause=pause)
    found = footing_of(problem)
    assert len(found.route) - 2 == stops
    assert (found.has_pause, found.certain) == (has_pause, certain)


def test_where_another_stop_may_shorten_the_way_the_break_is_not_given_up_for_good() -> None:
    """Both fit, and no break beside them; whether a wish on the way makes room is not known yet."""
    walk = [[0, 5, 60], [5, 0, 5], [60, 5, 0]]
    found = footing_of(day(walk, *musts(10, 10), pause=Break(0, 90, 20)))
    assert len(found.route) - 2 == 2
    assert (found.has_pause, found.certain) == (False, False)


def test_one_limit_that_is_enough_is_named_before_several_that_are_only_together() -> None:
    """The time that is free takes all of noon; the other is full, and after the end of the day."""
    noon = Option(40, 40, 40, 1)
    evening = Option(200, 200, 10, 1, full=True)
    problem = day(line_of(0, 5), Candidate(1, (noon, evening), MUST), pause=Break(45, 55, 10))
    assert binding(problem, 0, ()).reason is Reason.NO_LUNCH
