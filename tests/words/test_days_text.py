"""Dates as people write them."""

from datetime import date

import pytest

from tour.words.days_text import LONGEST, MOST_DAYS, read_day, read_days

TODAY = date(2026, 11, 30)


@pytest.mark.parametrize(
    ("text", "first", "last", "number"),
    [
        ("2026-12-05", "2026-12-05", "2026-12-05", 1),
        ("12/5", "2026-12-05", "2026-12-05", 1),
        ("１２月５日（土）", "2026-12-05", "2026-12-05", 1),
        ("11/30", "2026-11-30", "2026-11-30", 1),
        ("11/29", "2027-11-29", "2027-11-29", 1),
        ("2/29", "2028-02-29", "2028-02-29", 1),
        ("令和8年12月5日", "2026-12-05", "2026-12-05", 1),
        ("R9.1.5", "2027-01-05", "2027-01-05", 1),
        ("12/29～1/3", "2026-12-29", "2027-01-03", 6),
        ("12月29日(火)から1月3日(日)まで", "2026-12-29", "2027-01-03", 6),
        ("8/13〜16", "2027-08-13", "2027-08-16", 4),
        ("2026/12/29-2027/1/3", "2026-12-29", "2027-01-03", 6),
        ("12/5、12/12", "2026-12-05", "2026-12-12", 2),
        ("12/5 12/12～13", "2026-12-05", "2026-12-13", 3),
    ],
)
def test_dates_are_read_as_people_write_them(text: str, first: str, last: str, number: int) -> None:
    found = read_days(text, TODAY)
    assert found is not None
    assert (str(found[0]), str(found[-1]), len(found)) == (first, last, number)


@pytest.mark.parametrize(
    "text",
    [
        "そのうち",
        "13/1",
        "2/30",
        "12/29～",
        "12/29～28",
        "12/5x",
        "12/1～3/1",
        "1/1～1/3/5",
        "1" * (LONGEST + 1),
    ],
)
def test_what_cannot_be_read_is_none(text: str) -> None:
    assert read_days(text, TODAY) is None


def test_one_date_has_its_year() -> None:
    assert read_day("2026/12/5") == read_day("2026年12月5日") == date(2026, 12, 5)
    assert read_day("12/5") is None
    assert read_day("12/5", TODAY) == date(2026, 12, 5)
    assert read_day("12/5, 12/6", TODAY) is None


def test_two_months_can_be_told_at_once() -> None:
    found = read_days("12/1～1/31", TODAY)
    assert found is not None
    assert len(found) == MOST_DAYS
    assert read_days("12/1～2/1", TODAY) is None
