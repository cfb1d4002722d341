"""Ranges, times and weekdays are written in one way."""

from datetime import date, time, timedelta

import pytest

from tour.i18n import current_language
from tour.sites.views import weekdays_text
from tour.web.templates import dates_text, duration
from tour.words.ranges import clock, from_to, week_order

MON, TUE, WED, THU, FRI, SAT, SUN = range(7)


@pytest.mark.parametrize(
    ("lang", "said"),
    [("ja", "10:00～16:00"), ("ja-easy", "10:00～16:00"), ("en", "10:00–16:00")],
)
def test_a_range_has_the_sign_of_its_language(lang: str, said: str) -> None:
    assert from_to("10:00", "16:00", lang) == said
    assert from_to("火", "火", lang) == "火"


def test_a_range_is_in_the_language_of_the_page() -> None:
    token = current_language.set("ja")
    assert from_to("9:00", "12:00") == "9:00～12:00"
    current_language.reset(token)


def test_hours_have_no_nought_before_them() -> None:
    assert [clock(time(5, 33)), clock(time(10, 0)), clock(time(0, 5))] == ["5:33", "10:00", "0:05"]


@pytest.mark.parametrize(
    ("days", "ja", "en"),
    [
        ([MON, SUN], "日・月", "Sun, Mon"),
        ([TUE, WED, THU, FRI, SAT], "火～土", "Tue–Sat"),
        ([MON, SAT, SUN], "土～月", "Sat–Mon"),
        ([MON, WED], "月・水", "Mon, Wed"),
        ([MON, WED, SUN], "日・月・水", "Sun, Mon, Wed"),
        ([SAT, SUN], "土・日", "Sat, Sun"),
        (list(range(7)), "月～日", "Mon–Sun"),
        ([SUN], "日", "Sun"),
    ],
)
def test_weekdays_as_one_says_them(days: list[int], ja: str, en: str) -> None:
    assert (weekdays_text(days, "ja"), weekdays_text(days, "en")) == (ja, en)
    assert sorted(week_order(days)) == days


@pytest.mark.parametrize(
    ("days", "ja", "en"),
    [
        ([12, 13], "12月12日(土)・13日(日)", "Sat 12, Sun 13 Dec"),
        ([12], "12月12日(土)", "Sat 12 Dec"),
        ([11, 12, 13], "12月11日(金)～13日(日)", "Fri 11–Sun 13 Dec"),
        ([5, 12, 13], "12月5日(土)・12日(土)・13日(日)", "Sat 5, Sat 12, Sun 13 Dec"),
    ],
)
def test_days_of_one_month_name_it_once(days: list[int], ja: str, en: str) -> None:
    dates = [date(2026, 12, day) for day in days]
    assert (dates_text(dates, "ja"), dates_text(dates, "en")) == (ja, en)


def test_days_of_two_months_name_both() -> None:
    dates = [date(2026, 10, 31), date(2026, 11, 1)]
    assert dates_text(dates, "ja") == "10月31日(土)・11月1日(日)"
    assert dates_text(dates, "en") == "Sat 31 Oct, Sun 1 Nov"


@pytest.mark.parametrize(
    ("first", "length", "ja", "en"),
    [
        (date(2026, 12, 29), 6, "12月29日(火)～1月3日(日)", "Tue 29 Dec–Sun 3 Jan"),
        (date(2026, 10, 30), 3, "10月30日(金)～11月1日(日)", "Fri 30 Oct–Sun 1 Nov"),
        (date(2026, 10, 31), 3, "10月31日(土)～11月2日(月)", "Sat 31 Oct–Mon 2 Nov"),
        (date(2026, 11, 30), 33, "11月30日(月)～1月1日(金)", "Mon 30 Nov–Fri 1 Jan"),
    ],
)
def test_a_range_over_the_end_of_a_month_names_both(
    first: date, length: int, ja: str, en: str
) -> None:
    dates = [first + timedelta(days=n) for n in range(length)]
    assert (dates_text(dates, "ja"), dates_text(dates, "en")) == (ja, en)


@pytest.mark.parametrize(
    ("minutes", "ja"),
    [(45, "45分"), (60, "60分"), (71, "1時間11分"), (90, "1時間30分"), (120, "2時間")],
)
def test_more_than_an_hour_is_said_in_hours(minutes: int, ja: str) -> None:
    token = current_language.set("ja")
    assert duration(minutes) == ja
    current_language.reset(token)
