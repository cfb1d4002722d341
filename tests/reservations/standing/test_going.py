"""When to leave for a session, and when who leaves now arrives: a table."""

from datetime import UTC, datetime, timedelta

import pytest

from tour.notifications.schedule import SPARE
from tour.reservations.standing.going import Going, GoingView, Walk, going

START = datetime(2026, 12, 12, 1, 30, tzinfo=UTC)
WALK = Walk("王子駅", 7, approximate=False)
LEAVE = START - timedelta(minutes=7) - SPARE
A_MINUTE, A_DAY = timedelta(minutes=1), timedelta(days=1)
IN_PLAN = START - timedelta(minutes=40)


@pytest.mark.parametrize(
    ("now", "planned_at", "stage", "leaves_at", "arrives_at"),
    [
        (START - 12 * A_DAY, None, Going.LATER, LEAVE, START - SPARE),
        (LEAVE - A_MINUTE, None, Going.LATER, LEAVE, START - SPARE),
        (LEAVE, None, Going.NOW, LEAVE, START - SPARE),
        (START - 7 * A_MINUTE, None, Going.NOW, START - 7 * A_MINUTE, START),
        (START - 6 * A_MINUTE, None, Going.LATE, START - 6 * A_MINUTE, START + A_MINUTE),
        (START - A_DAY, LEAVE, Going.LATER, LEAVE, START - SPARE),
        (START - A_DAY, IN_PLAN, Going.PLANNED, IN_PLAN, None),
        (IN_PLAN + A_MINUTE, IN_PLAN, Going.LATER, LEAVE, START - SPARE),
    ],
)
def test_what_is_said_of_the_way(
    now: datetime,
    planned_at: datetime | None,
    stage: Going,
    leaves_at: datetime,
    arrives_at: datetime | None,
) -> None:
    walk = None if stage == Going.PLANNED else WALK
    assert going(START, WALK, planned_at, now=now) == GoingView(stage, leaves_at, arrives_at, walk)


@pytest.mark.parametrize("now", [START, START + A_MINUTE, START + A_DAY])
def test_nothing_once_it_has_begun(now: datetime) -> None:
    assert going(START, WALK, None, now=now) is None
    assert going(START, WALK, now + A_MINUTE, now=now) is None


def test_nothing_where_nobody_knows_from_where() -> None:
    assert going(START, None, None, now=START - A_DAY) is None


def test_by_a_plan_also_where_the_walk_alone_is_not_known() -> None:
    view = going(START, None, IN_PLAN, now=START - A_DAY)
    assert view == GoingView(Going.PLANNED, IN_PLAN, None, None)


def test_nobody_leaves_a_session_before_it_ends() -> None:
    ends_at = START - timedelta(minutes=12)
    view = going(START, Walk("藍染工房", 7, False, ends_at), None, now=START - A_DAY)
    assert view is not None
    assert view.leaves_at == ends_at
