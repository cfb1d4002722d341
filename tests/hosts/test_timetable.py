from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tour.programmes.timetable import Rhythm, first_overlap, instants

TOKYO = ZoneInfo("Asia/Tokyo")


def test_every_hour_from_10_to_16_except_lunch() -> None:
    rhythm = Rhythm(first=600, last=960, every=60, break_from=720, break_until=780)
    assert rhythm.starts(60) == (600, 660, 780, 840, 900, 960)


@pytest.mark.parametrize(
    ("minutes", "starts"), [(30, (660, 690, 780)), (60, (660, 780)), (61, (780,))]
)
def test_no_session_reaches_into_the_break(minutes: int, starts: tuple[int, ...]) -> None:
    rhythm = Rhythm(first=660, last=780, every=30, break_from=720, break_until=780)
    assert rhythm.starts(minutes) == starts


def test_no_break_takes_nothing_out() -> None:
    assert Rhythm(first=600, last=660, every=30).starts(30) == (600, 630, 660)


def test_local_times_become_instants_on_each_day_once() -> None:
    days = [date(2026, 12, 6), date(2026, 12, 5), date(2026, 12, 5)]
    found = instants(days, [600, 630], TOKYO)
    assert found[0] == datetime(2026, 12, 5, 1, 0, tzinfo=UTC)
    assert len(found) == 4


AT = datetime(2026, 12, 5, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("starts", "taken", "overlap"),
    [
        ([AT, AT + HOUR], [], None),
        ([AT, AT + HOUR / 2], [], AT + HOUR / 2),
        ([AT], [(AT - HOUR, AT)], None),
        ([AT], [(AT - HOUR, AT + timedelta(minutes=1))], AT),
        ([AT], [(AT + HOUR, AT + 2 * HOUR)], None),
        ([AT, AT], [], AT),
    ],
)
def test_times_that_touch_do_not_overlap(
    starts: list[datetime], taken: list[tuple[datetime, datetime]], overlap: datetime | None
) -> None:
    assert first_overlap(starts, 60, taken) == overlap
