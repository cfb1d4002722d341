"""When to leave for a session, and when who leaves now arrives: a table."""

from datetime import UTC, datetime, timedelta

import pytest

from tour.notifications.schedule import SPARE
from tour.reservations.standing.going import Going, GoingView, Walk, going

START = datetime(2026, 12, 12, 1, 30, tzinfo=UTC)
WALK = Walk("王子駅", 7, approximate=False)
LEAVE = START - timedelta(minutes=7) - SPARE
A_MINUTE, A_DAY = timedelta(minutes=1), timedelta(days=1)


@pytest.mark.parametrize(
    ("now", "stage", "leaves_at", "arrives_at"),
    [
        (START - 12 * A_DAY, Going.LATER, LEAVE, START - SPARE),
        (LEAVE - A_MINUTE, Going.LATER, LEAVE, START - SPARE),
        (LEAVE, Going.NOW, LEAVE, START - SPARE),
        (START - 7 * A_MINUTE, Going.NOW, START - 7 * A_MINUTE, START),
        (START - 6 * A_MINUTE, Going.LATE, START - 6 * A_MINUTE, START + A_MINUTE),
    ],
)
def test_what_is_said_of_the_way(
    now: datetime,
    stage: Going,
    leaves_at: datetime,
    arrives_at: datetime,
) -> None:
    assert going(START, WALK, now=now) == GoingView(stage, leaves_at, arrives_at, WALK)


@pytest.mark.parametrize("now", [START, START + A_MINUTE, START + A_DAY])
def test_nothing_once_it_has_begun(now: datetime) -> None:
    assert going(START, WALK, now=now) is None


def test_nothing_where_nobody_knows_from_where() -> None:
    assert going(START, None, now=START - A_DAY) is None


def test_nobody_leaves_a_session_before_it_ends() -> None:
    ends_at = START - timedelta(minutes=12)
    view = going(START, Walk("藍染工房", 7, False, ends_at), now=START - A_DAY)
    assert view is not None
    assert view.leaves_at == ends_at
