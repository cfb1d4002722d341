"""Regular days off: as they are typed, as they are kept, and on which days they fall."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tour.sites.opening.closures import codes, from_codes
from tour.sites.opening.closures_text import LONGEST, read_closures
from tour.sites.opening.hours import DayException, HolidayRule, Hours, Span, weekly
from tour.sites.opening.national_holidays import is_national_holiday

OPEN = (Span(600, 1020),)
ALL_WEEK = Hours(weekly([(day, 600, 1020) for day in range(7)]), {})
MUSEUM = Hours(
    weekly([(day, 600, 1020) for day in range(1, 7)]),
    {},
    HolidayRule.OPEN_THEN_REST,
    is_national_holiday,
)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("", ""),
        ("なし", ""),
        ("第2水曜", "2WE"),
        ("第２水曜日", "2WE"),
        ("毎月第二水曜日は休み", "2WE"),
        ("定休日：第2水", "2WE"),
        ("第1・第3月曜", "1MO,3MO"),
        ("第1第3月曜", "1MO,3MO"),
        ("第1・3月曜日", "1MO,3MO"),
        ("第1、3月曜休み", "1MO,3MO"),
        ("第2土日", "2SA,2SU"),
        ("第2土・日曜", "2SA,2SU"),
        ("第1月曜、第3水曜", "1MO,3WE"),
        ("最終水曜", "-1WE"),
        ("月末", "D-1"),
        ("第2水曜休館、月末は休み。", "2WE,D-1"),
        ("第2水曜・月末", "2WE,D-1"),
        ("第2水曜と月末", "2WE,D-1"),
        ("毎月20日", "D20"),
        ("5日、15日", "D5,D15"),
        ("5のつく日", "D5,D15,D25"),
        ("12/29～1/3", "1229-0103"),
        ("１２／２９〜１／３", "1229-0103"),
        ("12月29日から1月3日まで", "1229-0103"),
        ("8/13-16", "0813-0816"),
        ("8月13日～16日", "0813-0816"),
        ("1/1", "0101-0101"),
        ("年末年始、お盆", "0813-0816,1229-0103"),
        ("第2水曜、12/29～1/3、8/13～16", "2WE,0813-0816,1229-0103"),
        ("2nd Wed", "2WE"),
        ("the second Wednesday of the month", "2WE"),
        ("1st and 3rd Monday, last Friday", "1MO,3MO,-1FR"),
        ("last day of the month, day 20 of the month", "D20,D-1"),
        ("第2水曜、第2水曜", "2WE"),
    ],
)
def test_days_off_are_read_as_hosts_type_them(text: str, kept: str) -> None:
    found = read_closures(text)
    assert found is not None
    assert codes(found) == kept
    assert from_codes(kept) == found


@pytest.mark.parametrize(
    "text",
    [
        "水曜",
        "隔週水曜",
        "第6水曜",
        "第2",
        "13/1",
        "2/30",
        "32日",
        "12/29～",
        "第2水曜 13時まで",
        "第2水曜第3木曜x",
        "不定休",
        "2026/12/29～2027/1/3",
        "、".join(f"{n}日" for n in range(1, 22)),
        "1日" + "、" * LONGEST,
    ],
)
def test_what_cannot_be_read_is_none(text: str) -> None:
    assert read_closures(text) is None


@pytest.mark.parametrize("text", ["6WE", "2XX", "D32", "D0", "1302-0101", "0230-0301", "x"])
def test_a_code_that_was_never_written_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"^"):
        from_codes(text)


@pytest.mark.parametrize(
    ("code", "days"),
    [
        ("2WE", "2026-12-09 2027-01-13 2027-02-10"),
        ("1TU", "2026-12-01 2027-01-05 2027-02-02"),
        ("5TH", "2026-12-31"),
        ("-1TH", "2026-12-31 2027-01-28 2027-02-25"),
        ("D-1", "2026-12-31 2027-01-31 2027-02-28"),
        ("D31", "2026-12-31 2027-01-31"),
        ("1230-0102", "2026-12-30 2026-12-31 2027-01-01 2027-01-02"),
        ("0227-0301", "2027-02-27 2027-02-28"),
    ],
)
def test_it_is_closed_on_the_days_that_are_meant(code: str, days: str) -> None:
    hours = replace(ALL_WEEK, closures=from_codes(code))
    winter = [date(2026, 12, 1) + timedelta(days=n) for n in range(90)]
    assert " ".join(str(day) for day in winter if not hours.on(day)) == days


def test_what_was_said_of_a_date_holds_before_a_rule() -> None:
    wednesday = date(2026, 12, 9)
    hours = replace(
        ALL_WEEK, closures=from_codes("2WE"), exceptions={wednesday: DayException(OPEN)}
    )
    assert hours.on(wednesday) == OPEN


def test_a_holiday_opens_what_a_month_closes_and_is_rested_for_afterwards() -> None:
    """The second Wednesday of February 2026 is 建国記念の日."""
    hours = replace(MUSEUM, closures=from_codes("2WE"))
    assert hours.on(date(2026, 2, 11)) == OPEN
    assert hours.on(date(2026, 2, 12)) == ()
    assert hours.on(date(2026, 3, 11)) == ()
    assert hours.on(date(2026, 3, 12)) == OPEN


def test_a_stretch_of_every_year_holds_before_holidays_and_nothing_is_owed_for_it() -> None:
    hours = replace(MUSEUM, closures=from_codes("1229-0103"))
    new_year = [date(2023, 12, 28) + timedelta(days=n) for n in range(8)]
    assert [bool(hours.on(day)) for day in new_year] == [1, 0, 0, 0, 0, 0, 0, 1]


def test_a_place_that_closes_early_in_the_night_is_closed_after_midnight_of_its_day_off() -> None:
    """The night belongs to the day on which it began."""
    bar = replace(
        Hours(weekly([(d, 1080, 1560) for d in range(7)]), {}), closures=from_codes("2WE")
    )
    assert bar.is_open_at(datetime(2026, 12, 9, 1, tzinfo=UTC))
    assert not bar.is_open_at(datetime(2026, 12, 9, 20, tzinfo=UTC))
    assert not bar.is_open_at(datetime(2026, 12, 10, 1, tzinfo=UTC))


@given(st.dates(date(2020, 1, 1), date(2040, 1, 1)))
def test_every_month_has_each_weekday_once_as_its_first_and_once_as_its_last(day: date) -> None:
    month = [day.replace(day=1) + timedelta(days=n) for n in range(28)]
    for code in ("1MO", "2TU", "3WE", "4TH"):
        [closure] = from_codes(code)
        assert sum(closure.falls_on(each) for each in month) == 1
