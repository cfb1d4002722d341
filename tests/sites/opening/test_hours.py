"""When doors are open: weekdays, exceptions, nights, and what nobody told us."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tour.sites.opening.hours import DayException, Hours, Span, clock_text, grouped_weekdays, weekly
from tour.sites.views import OtherHours, coming_exceptions, hours_table, weekdays_text

TOKYO = ZoneInfo("Asia/Tokyo")
BERLIN = ZoneInfo("Europe/Berlin")
TUESDAY = date(2026, 12, 1)
SIXTIETH = TUESDAY + timedelta(days=60)
UNKNOWN = Hours(weekly([]), {})


def open_at(hours: Hours, day: date, clock: str, zone: ZoneInfo = TOKYO) -> bool:
    hour, minute = map(int, clock.split(":"))
    return hours.is_open_at(datetime(day.year, day.month, day.day, hour, minute, tzinfo=zone))


TUESDAYS = Hours(weekly([(1, 600, 720), (1, 780, 1020)]), {})

EDGES = [
    ("9:59", False),
    ("10:00", True),
    ("11:59", True),
    ("12:00", False),
    ("12:59", False),
    ("13:00", True),
    ("16:59", True),
    ("17:00", False),
]


@pytest.mark.parametrize(("clock", "is_open"), EDGES)
def test_doors_open_on_the_minute_and_close_on_the_minute(clock: str, is_open: bool) -> None:
    assert open_at(TUESDAYS, TUESDAY, clock) is is_open
    assert not open_at(TUESDAYS, TUESDAY + timedelta(days=1), clock)


NIGHT = Hours(weekly([(1, 1080, 1560)]), {})


@pytest.mark.parametrize(
    ("days", "clock", "is_open"),
    [
        (0, "17:59", False),
        (0, "18:00", True),
        (0, "23:59", True),
        (1, "0:00", True),
        (1, "1:59", True),
        (1, "2:00", False),
        (0, "1:00", False),
    ],
)
def test_a_night_goes_on_past_midnight(days: int, clock: str, is_open: bool) -> None:
    assert open_at(NIGHT, TUESDAY + timedelta(days=days), clock) is is_open


def test_the_night_before_a_holiday_ends_as_it_always_does() -> None:
    wednesday = TUESDAY + timedelta(days=1)
    hours = Hours(NIGHT.week, {wednesday: DayException(())})
    assert open_at(hours, wednesday, "1:00")
    closed = Hours(NIGHT.week, {TUESDAY: DayException(())})
    assert not open_at(closed, wednesday, "1:00")


def test_sunday_night_reaches_into_monday() -> None:
    sunday = Hours(weekly([(6, 1200, 1500)]), {})
    assert open_at(sunday, date(2026, 12, 7), "0:59")
    assert not open_at(sunday, date(2026, 12, 7), "1:00")


def test_an_exception_replaces_the_whole_day() -> None:
    hours = Hours(TUESDAYS.week, {TUESDAY: DayException((Span(840, 900),))})
    assert not open_at(hours, TUESDAY, "10:30")
    assert open_at(hours, TUESDAY, "14:30")
    assert open_at(hours, TUESDAY + timedelta(days=7), "10:30")


def test_closed_on_a_date_is_not_the_same_as_unknown() -> None:
    assert not UNKNOWN.is_known
    assert Hours(weekly([]), {TUESDAY: DayException(())}).is_known
    assert TUESDAYS.is_known
    assert UNKNOWN.on(TUESDAY) == ()


def test_the_clock_on_the_wall_counts_when_the_clocks_change() -> None:
    """In Berlin the hour from 2:00 is missing on 29 March and there twice on 25 October 2026."""
    always = Hours(weekly([(day, 60, 200) for day in range(7)]), {})
    assert open_at(always, date(2026, 3, 29), "3:19", BERLIN)
    assert not open_at(always, date(2026, 3, 29), "3:20", BERLIN)
    for fold in (0, 1):
        twice = datetime(2026, 10, 25, 2, 30, tzinfo=BERLIN, fold=fold)
        assert always.is_open_at(twice)


@given(
    st.integers(0, 6),
    st.integers(0, 1439),
    st.integers(1, 2880),
    st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1)),  # noqa: DTZ001 - local times
)
def test_open_means_within_a_span_that_began_today_or_yesterday(
    weekday: int, opens: int, length: int, local: datetime
) -> None:
    closes = min(opens + length, 2880)
    hours = Hours(weekly([(weekday, opens, closes)]), {})
    begun = [
        datetime(day.year, day.month, day.day)  # noqa: DTZ001 - local times
        for day in (local.date(), local.date() - timedelta(days=1))
        if day.weekday() == weekday
    ]
    expected = any(
        opens * 60 <= (local - midnight).total_seconds() < closes * 60 for midnight in begun
    )
    assert hours.is_open_at(local) is expected


def test_days_with_the_same_hours_stand_together() -> None:
    rows = [(day, 540, 1020) for day in (0, 1, 2, 3, 4)] + [(5, 600, 900)]
    table = hours_table(Hours(weekly(rows), {}), "ja")
    assert table == [("月～金", "9:00～17:00"), ("土", "10:00～15:00"), ("日", "休み")]
    assert hours_table(Hours(weekly(rows), {}), "en")[0] == ("Mon–Fri", "9:00–17:00")


def test_unknown_hours_make_no_table() -> None:
    assert hours_table(UNKNOWN, "ja") == []
    assert hours_table(Hours(weekly([]), {TUESDAY: DayException(())}), "ja") == []


@pytest.mark.parametrize(
    ("days", "ja", "en"),
    [
        ([0], "月", "Mon"),
        ([0, 1], "月・火", "Mon, Tue"),
        ([0, 1, 2], "月～水", "Mon–Wed"),
        ([0, 2, 4], "月・水・金", "Mon, Wed, Fri"),
    ],
)
def test_weekdays_are_said_shortly(days: list[int], ja: str, en: str) -> None:
    assert (weekdays_text(days, "ja"), weekdays_text(days, "en")) == (ja, en)


def test_a_night_reads_as_shops_write_it() -> None:
    assert clock_text(1470) == "24:30"
    assert str(Span(1080, 1560)) == "18:00–26:00"


def test_exceptions_of_the_next_two_months_are_told() -> None:
    def exception(note: str = "", **translations: dict[str, str]) -> DayException:
        return DayException((), note, translations)

    hours = Hours(
        TUESDAYS.week,
        {
            TUESDAY - timedelta(days=1): exception("past"),
            SIXTIETH: exception("年末", en={"note": "year's end"}),
            TUESDAY: DayException((Span(600, 720), Span(780, 900)), "半日"),
            TUESDAY + timedelta(days=61): exception("far"),
        },
    )
    said = coming_exceptions(hours, TUESDAY, "en")
    assert said == [
        OtherHours(TUESDAY, TUESDAY, "10:00–12:00, 13:00–15:00", "半日"),
        OtherHours(SIXTIETH, SIXTIETH, "Closed", "year's end"),
    ]


def test_days_that_follow_each_other_with_the_same_hours_are_told_as_one() -> None:
    holidays = {TUESDAY + timedelta(days=n): DayException((), "年末") for n in (1, 2, 3, 5)}
    short = {TUESDAY + timedelta(days=6): DayException((Span(600, 720),), "年末")}
    said = coming_exceptions(Hours(TUESDAYS.week, holidays | short), TUESDAY, "ja")
    days = [((other.first - TUESDAY).days, (other.last - TUESDAY).days) for other in said]
    assert days == [(1, 3), (5, 5), (6, 6)]


def test_grouping_keeps_every_day_once() -> None:
    groups = grouped_weekdays(TUESDAYS)
    assert sorted(day for days, _spans in groups for day in days) == list(range(7))
