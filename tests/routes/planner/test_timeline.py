"""Editing a plan: what a list of stops does to the day."""

from dataclasses import replace

import pytest

from tests.routes.planner.days import day, line_of, open_site
from tour.routes.planner.problem import NO_WAY, Break, Candidate, Option, TimedBreak, Trouble
from tour.routes.planner.timeline import Choice, timeline


def troubles(result):
    return [stop.trouble for stop in result.stops]


def test_stops_are_timed_in_their_order_and_scored():
    problem = day(line_of(0, 5, 10), open_site(1, 3), open_site(2, 4, hours=(40, 50)))

    result = timeline(problem, [Choice(0), Choice(1)])

    assert [(s.arrive, s.start, s.leave, s.leg) for s in result.stops] == [
        (5, 5, 15, 5),
        (20, 40, 50, 5),
    ]
    assert (result.arrives, result.walking, result.score, result.possible) == (60, 20, 7, True)


def test_a_moved_stop_shows_which_later_one_closes_before_it():
    problem = day(line_of(0, 5, 10), open_site(1, stay=30), open_site(2, hours=(0, 20)))

    result = timeline(problem, [Choice(0), Choice(1)])

    assert troubles(result) == [None, Trouble.TOO_LATE]
    assert result.stops[1].arrive == 40
    assert result.score == 10


def test_without_a_given_option_the_one_that_lets_one_go_on_first_is_taken():
    site = Candidate(
        1, (Option(50, 50, 10, 1), Option(10, 10, 20, 1), Option(5, 5, 5, 1, full=True))
    )

    result = timeline(day(line_of(0, 5), site), [Choice(0)])

    assert result.stops[0].option == 1


@pytest.mark.parametrize(
    ("candidate", "rules", "trouble"),
    [
        (Candidate(1, ()), {}, Trouble.CLOSED),
        (Candidate(1, (Option(0, 50, 5, 1, full=True),)), {}, Trouble.FULL),
        (open_site(1), {"max_leg": 4}, Trouble.LEG_TOO_LONG),
        (open_site(1), {"max_walk": 4}, Trouble.TOO_MUCH_WALKING),
        (open_site(2), {}, Trouble.NO_WAY),
    ],
)
def test_a_stop_names_the_first_rule_it_breaks(candidate, rules, trouble):
    walk = [[0, 5, -1], [5, 0, 5], [NO_WAY, 5, 0]]

    result = timeline(day(walk, candidate, **rules), [Choice(0)])

    assert result.stops[0].trouble is trouble
    assert not result.possible


def test_a_stop_that_comes_twice_is_named():
    result = timeline(day(line_of(0, 5), open_site(1)), [Choice(0), Choice(0)])

    assert troubles(result) == [None, Trouble.REPEATED]


def test_the_end_of_the_day_may_come_too_soon():
    result = timeline(day(line_of(0, 5), open_site(1, stay=60), ends=69), [Choice(0)])

    assert result.trouble is Trouble.TOO_LATE


@pytest.mark.parametrize(
    ("stops", "max_leg", "trouble"),
    [
        ((), 20, None),
        ((), 5, None),
        ((0,), 15, None),
        ((0,), 14, Trouble.LEG_TOO_LONG),
        ((0, 1), 10, None),
    ],
)
def test_one_may_always_go_straight_to_the_end_but_from_a_stop_no_further_than_a_leg(
    stops, max_leg, trouble
):
    problem = day(line_of(0, 5, 10, 20), open_site(1), open_site(2), max_leg=max_leg)

    result = timeline(replace(problem, end=3), [Choice(number) for number in stops])

    assert troubles(result) == [None] * len(stops)
    assert result.trouble is trouble


@pytest.mark.parametrize(
    ("pause", "expected", "start"),
    [
        (Break(15, 20, 10), TimedBreak(1, 15, 25), 30),
        (Break(17, 20, 10), TimedBreak(1, 20, 30), 30),
        (Break(17, 19, 10), TimedBreak(1, 17, 27), 30),
        (Break(25, 28, 10), TimedBreak(1, 25, 35), 35),
        (Break(0, 10, 10), TimedBreak(0, 0, 10), 30),
        (Break(12, 15, 10), TimedBreak(1, 15, 25), 30),
        (Break(0, 0, 10), TimedBreak(0, 0, 10), 30),
    ],
    ids=[
        "before the leg",
        "at the end of the leg",
        "on the way",
        "after the leg",
        "before the first stop",
        "in the last minute, as one leaves",
        "in its only minute",
    ],
)
def test_the_break_is_where_it_does_the_least_harm(pause, expected, start):
    problem = day(line_of(0, 5, 10), open_site(1), open_site(2), pause=pause)

    result = timeline(problem, [Choice(0), Choice(1)])

    assert result.pause == expected
    assert result.stops[1].start == start


def test_a_day_without_time_for_its_break_says_so():
    problem = day(line_of(0, 5), open_site(1, stay=60), pause=Break(-5, -1, 10))

    result = timeline(problem, [Choice(0)])

    assert (result.pause, result.trouble) == (None, Trouble.NO_BREAK)


@pytest.mark.parametrize(("latest", "is_there"), [(15, True), (14, False)])
def test_a_break_begins_at_its_latest_or_not_at_all(latest, is_there):
    """One leaves the only stop at 15; before it there was no time."""
    pause = Break(6, latest, 10)
    problem = day(line_of(0, 5), open_site(1, hours=(5, 5)), pause=pause)

    result = timeline(problem, [Choice(0)])

    assert (result.pause is not None) is is_there
    assert result.possible is is_there
