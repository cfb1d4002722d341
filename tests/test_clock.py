"""The one clock can be set for a demonstration, and runs on from there."""

import time
from datetime import UTC, datetime, timedelta, timezone

from tour.clock import clock_from, system_clock

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
