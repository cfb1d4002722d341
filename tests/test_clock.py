"""The one clock can be set for a demonstration, and runs on from there."""

import time
from datetime import UTC, datetime, timedelta, timezone

import pytest

from tour.clock import SteadyClock, clock_from, system_clock

MORNING = datetime(2026, 12, 5, 9, 0, tzinfo=timezone(timedelta(hours=9)))


def test_the_systems_clock_answers_in_utc() -> None:
    before = datetime.now(UTC)
    assert before <= system_clock() <= datetime.now(UTC)
    assert system_clock().tzinfo is UTC


def test_a_set_clock_starts_at_its_instant_and_runs() -> None:
    clock = clock_from(MORNING)
    first = clock()
    assert first.utcoffset() == timedelta(0)
    assert timedelta(0) <= first - MORNING < timedelta(seconds=5)
    deadline = time.monotonic() + 5
    while clock() == first:
        assert time.monotonic() < deadline
    assert first < clock() < first + timedelta(seconds=5)


class Hands:
    """A clock on the wall, and the time that really goes by."""

    def __init__(self) -> None:
        self.instant, self.gone = MORNING.astimezone(UTC), 0.0

    def clock(self) -> datetime:
        return self.instant

    def elapsed(self) -> float:
        return self.gone

    def wait(self, seconds: float) -> None:
        self.instant += timedelta(seconds=seconds)
        self.gone += seconds


@pytest.mark.parametrize("jump", [timedelta(days=1), -timedelta(days=1), timedelta(minutes=2)])
def test_a_jump_and_back_is_not_followed(jump: timedelta) -> None:
    hands = Hands()
    steady = SteadyClock(hands.clock, hands.elapsed)
    for _time in range(3):
        hands.wait(100)
        hands.instant += jump
        for _second in range(280):
            hands.wait(1)
            assert steady() == hands.instant - jump
        hands.instant -= jump
        hands.wait(1)
        assert steady() == hands.instant


def test_a_clock_that_was_set_right_is_followed_once_it_stands_by_it() -> None:
    hands = Hands()
    steady = SteadyClock(hands.clock, hands.elapsed)
    hands.instant += timedelta(days=1)
    steady()
    hands.wait(299)
    assert steady() == hands.instant - timedelta(days=1)
    hands.wait(1)
    assert steady() == hands.instant


def test_a_clock_that_goes_a_little_wrong_is_set_right_as_it_likes() -> None:
    hands = Hands()
    steady = SteadyClock(hands.clock, hands.elapsed)
    for drift in (30, -45, 59, -20):
        hands.wait(1000)
        hands.instant += timedelta(seconds=drift)
        assert steady() == hands.instant


def test_a_machine_that_slept_is_not_taken_for_one_whose_clock_jumped() -> None:
    hands = Hands()
    steady = SteadyClock(hands.clock, hands.elapsed)
    hands.wait(8 * 3600)
    assert steady() == hands.instant
