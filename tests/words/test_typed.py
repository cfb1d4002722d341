"""Numbers and times of day, as they are typed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tour.words.typed import DAY, number_in, padded, read_minute, read_whole


@pytest.mark.parametrize(
    ("text", "number"),
    [("2", 2), (" 20 ", 20), ("２", 2), ("\u30001,200", 1200), ("007", 7), ("0", 0)],
)
def test_a_whole_number(text: str, number: int) -> None:
    assert read_whole(text, 0, 9999) == number


@pytest.mark.parametrize("text", ["", " ", "-1", "1.5", "²", "٣", "二", "x", "1 2", "9" * 8])
def test_what_is_no_whole_number(text: str) -> None:
    assert read_whole(text, -5, 10**9) is None


def test_a_number_outside_its_bounds_is_none() -> None:
    assert [read_whole(text, 1, 20) for text in ("0", "1", "20", "21")] == [None, 1, 20, None]


def test_a_row_is_named_by_a_number() -> None:
    assert [number_in(text) for text in ("7", "０7", "123456789")] == [7, 7, 123456789]
    for nothing in ("", "x", "-1", "1.5", "²", "٣", "1,2", "1" * 10, "9" * 5_000, None, 7):
        assert number_in(nothing) is None
    assert (number_in("1" * 18, 18), number_in("1" * 19, 18)) == (int("1" * 18), None)


@pytest.mark.parametrize(
    ("text", "minute"),
    [("10:30", 630), ("9:05", 545), ("１０：３０", 630), (" 00:00 ", 0), ("10:30:00", 630)],
)
def test_a_time_of_day(text: str, minute: int) -> None:
    assert read_minute(text) == minute


@pytest.mark.parametrize(
    "text",
    ["", "10", "10:60", "24:00", "25:00", "ten", "10:3", "10:300", "10:30x", "٠٩:٠٠", "-1:00"],
)
def test_what_is_no_time_of_day(text: str) -> None:
    assert read_minute(text) is None


def test_a_day_may_end_at_midnight_and_a_night_later() -> None:
    assert (read_minute("24:00", DAY), read_minute("24:01", DAY)) == (DAY, None)
    assert read_minute("29:59", 29 * 60 + 59) == 29 * 60 + 59


@given(st.integers(0, DAY - 1))
def test_what_is_written_is_read(minute: int) -> None:
    assert read_minute(padded(minute)) == minute
