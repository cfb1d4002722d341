"""People are found by what is known of them, however it is written."""

import pytest

from tour.contacts.finding import found_by, sought

PARTY = found_by(
    "山田 太郎", "ヤマダ タロウ", "Taro.Y@example.jp", "090-1234-5678/03-3908-1111", "K7M4-92QX"
)
OBRIEN = found_by("Siobhán O’Brien", "", "", "+44 20 7946 0958", "A2B3-C4D5")


def finds(query: str, text: str) -> bool:
    words = sought(query)
    return bool(words) and all(any(w in text for w in writings) for writings in words)


@pytest.mark.parametrize(
    "query",
    [
        "山田 太郎",
        "山田太郎",
        "太郎 山田",
        "やまだ",
        "ヤマダタロウ",
        "ﾔﾏﾀﾞ",
        "yamada",
        "Yamada Tarou",
        "taro.y@example.jp",
        "ＴＡＲＯ．Ｙ＠ｅｘａｍｐｌｅ．ｊｐ",
        "example.jp",
        "090-1234-5678",
        "09012345678",
        "０９０−１２３４−５６７８",
        "+81 90 1234 5678",
        "5678",
        "0339081111",
        "K7M4-92QX",
        "k7m492qx",
        "Ｋ７Ｍ４－９２ＱＸ",
        "k7m4",
    ],
)
def test_a_party_is_found_by_all_that_is_known_of_it(query: str) -> None:
    assert finds(query, PARTY)


@pytest.mark.parametrize("query", ["O'Brien", "O’Brien", "obrien", "siobhan", "+44 20 7946 0958"])
def test_names_of_other_countries_are_found_without_their_signs(query: str) -> None:
    assert finds(query, OBRIEN)


@pytest.mark.parametrize("query", ["", "山口", "080-1234-5678", "hanako", "K7M5", "%", "_"])
def test_others_are_not_found(query: str) -> None:
    assert not finds(query, PARTY)


@pytest.mark.parametrize("query", ["zzzz", "zz", "qqqq", "xxxx", "kk77", "m-m"])
def test_no_letter_that_is_left_of_a_nonsense_word_matches_inside_a_code(query: str) -> None:
    assert not finds(query, found_by("山田 太郎", "", "q@example.jp", "", "ZQX2-KM7M"))


@pytest.mark.parametrize(("query", "kana"), [("ooe", "おおえ"), ("oe", "おおえ"), ("ii", "いい")])
def test_short_names_are_found_by_their_sound(query: str, kana: str) -> None:
    assert finds(query, found_by("大江", kana, "", "", "K7M4-92QX"))


def test_of_an_erased_party_nothing_is_left() -> None:
    assert found_by("", "", "", "", "") == ""
