"""What answers mean, and how long to wait."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from tour.notifications.answers import Verdict, judge, pause_before, retry_after

NOW = datetime(2026, 12, 1, 3, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("status", "verdict"),
    [
        (200, "sent"),
        (201, "sent"),
        (202, "sent"),
        (204, "failed"),
        (301, "failed"),
        (400, "failed"),
        (401, "failed"),
        (403, "failed"),
        (404, "gone"),
        (408, "retry"),
        (410, "gone"),
        (413, "too large"),
        (429, "retry"),
        (500, "retry"),
        (502, "retry"),
        (503, "retry"),
    ],
)
def test_verdicts(status: int, verdict: str) -> None:
    assert judge(status, {}, now=NOW).verdict == verdict


def test_windows_says_why_in_its_own_headers() -> None:
    told = judge(400, {"X-WNS-Status": "dropped", "X-WNS-NotificationStatus": "x y"}, now=NOW)
    assert (told.verdict, told.problem) == (Verdict.FAILED, "400 refused dropped")


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("0", 0),
        ("120", 120),
        (" 120 ", 120),
        ("99999999999999999999", 3600),
        (format_datetime(NOW + timedelta(seconds=90), usegmt=True), 90),
        (format_datetime(NOW - timedelta(hours=1), usegmt=True), 0),
        (format_datetime(NOW + timedelta(days=9), usegmt=True), 3600),
    ],
)
def test_retry_after(text: str, seconds: int) -> None:
    assert retry_after(text, now=NOW) == timedelta(seconds=seconds)


@pytest.mark.parametrize("text", [None, "", "soon", "-1", "Tue, 99 Dec 2026 99:00:00 GMT", "１２"])
def test_retry_after_that_says_nothing(text: str | None) -> None:
    assert retry_after(text, now=NOW) is None


def test_pauses_double_up_to_a_quarter_of_an_hour() -> None:
    longest = [pause_before(attempt, None, 1.0).total_seconds() for attempt in range(1, 11)]
    assert longest == [5, 10, 20, 40, 80, 160, 320, 640, 900, 900]
    assert pause_before(4, None, 0.0) == timedelta(seconds=20)


@pytest.mark.parametrize("part", [0.0, 0.5, 1.0])
def test_never_before_the_service_allows(part: float) -> None:
    asked = timedelta(seconds=100)
    assert asked <= pause_before(1, asked, part) <= asked * 1.25 + timedelta(seconds=1)
