"""Names: any letter of any Unicode is kept, and something of them can be seen."""

import unicodedata

import pytest

from tour.words.names import is_seen, one_line, written


@pytest.mark.parametrize(
    "name",
    [
        "北 花子",
        "👩\u200d👩\u200d👧 花子",
        "\U000323b0\U0001faea",  # CJK extension H (Unicode 15), an emoji of Unicode 16
        "ก็",
        "々",
        "☆",
        "!",
    ],
)
def test_a_name_that_can_be_seen_is_kept(name: str) -> None:
    assert one_line(name, 100) == name


@pytest.mark.parametrize(
    "name",
    [
        "\u200b",
        "\u3164",
        "\u2800",
        "\u200d\ufe0f",
        "\u00ad \u2060",
        "\u0301",
        "\ufdd0",
        "\U000fffff",
    ],
)
def test_a_name_of_invisible_signs_is_none(name: str) -> None:
    assert one_line(name, 100) == ""
    assert not is_seen(name)


def test_what_turns_its_neighbours_and_breaks_lines_is_taken_out() -> None:
    assert one_line("\u202edoc\u202c\u0000 \u2067x\n y", 100) == "doc x y"


def test_a_name_too_long_is_still_too_long_after_it_was_cut() -> None:
    assert len(one_line("花" * 101, 100)) == 101
    assert len(one_line("が" * 10**6, 100)) == 400


def test_what_may_be_kept_is_decided_by_category_for_every_character() -> None:
    kept = set(written("".join(map(chr, range(0x110000)))))
    for code in range(0x110000):
        is_no_character = 0xFDD0 <= code <= 0xFDEF or code & 0xFFFE == 0xFFFE
        unkept = unicodedata.category(chr(code)) in ("Cc", "Cs", "Co") or is_no_character
        assert (chr(code) in kept) == (not unkept or chr(code) == "\n"), hex(code)
