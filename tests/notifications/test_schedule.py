"""When reminders are due, by the local clock of each date."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tour.notifications.schedule import SPARE, Choice, Visit, due_reminders, live_at, setting_out

TOKYO = ZoneInfo("Asia/Tokyo")
BERLIN = ZoneInfo("Europe/Berlin")


def at(text: str, zone: ZoneInfo = TOKYO) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)


def times(visits: list[Visit], now: str, zone: ZoneInfo = TOKYO) -> dict[str, str]:
    """{key: local time} of every reminder still to come."""
    due = due_reminders(visits, zone, now=at(now, zone))
    return {d.key: f"{d.due_at.astimezone(zone):%Y-%m-%d %H:%M}" for d in due}


def test_the_evening_before_two_hours_and_half_an_hour() -> None:
    assert times([Visit(7, at("2026-12-05T13:00"))], "2026-12-01T12:00") == {
        "evening:2026-12-05": "2026-12-04 18:00",
        "two-hours:2026-12-05": "2026-12-05 11:00",
        "half-hour:7": "2026-12-05 12:30",
    }


def test_one_message_for_a_day_with_several_stops() -> None:
    visits = [Visit(2, at("2026-12-05T15:00")), Visit(1, at("2026-12-05T11:00"))]
    due = due_reminders(visits, TOKYO, now=at("2026-12-01T12:00"))
    of_day = [d for d in due if d.choice in (Choice.EVENING, Choice.TWO_HOURS)]
    assert [[visit.id for visit in d.visits] for d in of_day] == [[1, 2], [1, 2]]
    assert of_day[1].due_at == at("2026-12-05T09:00")


def test_each_day_has_its_own() -> None:
    visits = [Visit(1, at("2026-12-05T11:00")), Visit(2, at("2026-12-06T11:00"))]
    keys = times(visits, "2026-12-01T12:00")
    assert [key for key in keys if key.startswith("evening")] == [
        "evening:2026-12-05",
        "evening:2026-12-06",
    ]


@pytest.mark.parametrize(
    ("start", "due"),
    [
        ("2026-12-05T10:00", "2026-12-05 08:00"),
        ("2026-12-05T09:00", "2026-12-05 08:00"),
        ("2026-12-05T08:11", "2026-12-05 08:00"),
        ("2026-12-05T08:10", None),
        ("2026-12-05T07:00", None),
    ],
)
def test_two_hours_before_waits_for_the_morning(start: str, due: str | None) -> None:
    assert times([Visit(1, at(start))], "2026-12-01T12:00").get("two-hours:2026-12-05") == due


@pytest.mark.parametrize(
    ("now", "kinds"),
    [
        ("2026-12-04T18:00", ["evening", "two-hours", "half-hour"]),
        ("2026-12-04T18:01", ["two-hours", "half-hour"]),
        ("2026-12-05T11:01", ["half-hour"]),
        ("2026-12-05T12:31", []),
        ("2026-12-06T00:00", []),
    ],
)
def test_nothing_that_is_already_past(now: str, kinds: list[str]) -> None:
    found = times([Visit(1, at("2026-12-05T13:00"))], now)
    assert [key.partition(":")[0] for key in found] == kinds


def test_time_to_leave_is_the_walk_and_a_little_before_the_start() -> None:
    visit = Visit(3, at("2026-12-05T13:00"), walk=timedelta(minutes=17))
    assert times([visit], "2026-12-05T12:00")["leave:3"] == "2026-12-05 12:33"


def test_the_evening_message_expires_when_the_quiet_hours_begin() -> None:
    due = due_reminders([Visit(1, at("2026-12-05T13:00"))], TOKYO, now=at("2026-12-01T12:00"))
    assert due[0].expires_at == at("2026-12-04T21:00")


def test_local_time_on_the_days_when_clocks_change() -> None:
    """18:00 and two hours stay so in Berlin, on 28 March (23 h) and 25 October 2027 (25 h)."""
    spring = Visit(1, at("2027-03-28T10:00", BERLIN))
    autumn = Visit(2, at("2027-10-31T10:30", BERLIN))
    found = times([spring, autumn], "2027-01-01T12:00", BERLIN)
    assert found["evening:2027-03-28"] == "2027-03-27 18:00"
    assert found["two-hours:2027-03-28"] == "2027-03-28 08:00"
    assert found["evening:2027-10-31"] == "2027-10-30 18:00"
    assert found["two-hours:2027-10-31"] == "2027-10-31 08:30"
    evening = due_reminders([spring], BERLIN, now=at("2027-01-01T12:00", BERLIN))[0]
    assert spring.starts_at - evening.due_at == timedelta(hours=15)


@pytest.mark.parametrize(
    ("now", "concerns", "told"),
    [
        ("2026-12-05T12:00", date(2026, 12, 6), "2026-12-05T12:00"),
        ("2026-12-05T20:59", date(2026, 12, 6), "2026-12-05T20:59"),
        ("2026-12-05T21:00", date(2026, 12, 6), "2026-12-06T08:00"),
        ("2026-12-05T21:00", date(2026, 12, 5), "2026-12-05T21:00"),
        ("2026-12-06T07:59", date(2026, 12, 6), "2026-12-06T07:59"),
        ("2026-12-06T07:59", date(2026, 12, 7), "2026-12-06T08:00"),
        ("2026-12-06T08:00", date(2026, 12, 7), "2026-12-06T08:00"),
        ("2026-12-05T23:00", None, "2026-12-06T08:00"),
    ],
)
def test_changes_wait_for_the_morning_unless_they_are_about_today(
    now: str, concerns: date | None, told: str
) -> None:
    assert live_at(concerns, TOKYO, now=at(now)) == at(told)


@pytest.mark.parametrize(
    ("now", "leaves"),
    [
        ("2026-12-05T10:00", "12:41"),
        ("2026-12-05T12:41", "12:41"),
        ("2026-12-05T12:50", "12:50"),
        ("2026-12-05T12:59", "12:59"),
        ("2026-12-05T13:00", None),
    ],
)
def test_who_should_be_on_the_way_is_told_now_until_it_has_begun(
    now: str, leaves: str | None
) -> None:
    walks = Visit(1, at("2026-12-05T13:00"), walk=timedelta(minutes=19) - SPARE)
    found = setting_out([walks, Visit(2, at("2026-12-05T14:00"))], now=at(now))
    assert [f"{due.due_at.astimezone(TOKYO):%H:%M}" for due in found] == [leaves][: bool(leaves)]
