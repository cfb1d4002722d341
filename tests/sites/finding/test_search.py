"""A site is found by what it is called, however that is written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tour.sites.finding.search import Index, make_index, matches


def woodblock() -> Index:
    """Made when a test asks for it: what is made at import no slip of the core could change."""
    return make_index(
        [
            "見本 あすか木版画工房",
            "浮世絵の技法で一枚を摺ります。",
            "Asuka Wood-block Print Studio (sample)",
            "Print one sheet the ukiyo-e way, with tools made in Oji.",
            "東京都北区王子1-1-1",
            "木版画",
            "mokuhanga",
        ],
        ["みほん あすか もくはんが こうぼう", "もくはんが"],
    )


def station_shop() -> Index:
    return make_index(
        ["見本 ラーメン工場", "Sample Ramen Factory", "Tōkyō sweets, matcha and kōgei"],
        ["みほん らーめん こうじょう おりづる しんぶん"],
    )


FOUND = [
    "もくはん",
    "モクハン",
    "ﾓｸﾊﾝ",
    "mokuhan",
    "Mokuhan",
    "MOKUHAN",
    "ｍｏｋｕｈａｎ",
    "mokuhanga",
    "木版",
    "木版画",
    "あすか",
    "アスカ",
    "asuka",
    "wood-block",
    "woodblock",
    "Wood-Block print",
    "print wood-block",
    "木版 王子",
    "木版\u3000王子",
    "王子1-1-1",
    "王子１−１−１",
    "浮世絵",
    "ukiyo-e",
    "ukiyoe",
    "koubou",
    "kobo",
    "kōbō",
    "コウボウ",
    "もくはんがこうぼう",
    "",
    "   ",
]
NOT_FOUND = ["陶器", "tōki", "mokuhanx", "木版 陶器", "zzz", "王子2", "'", "'.'", "tone", "studios"]


@pytest.mark.parametrize("query", FOUND)
def test_what_means_the_same_finds_the_same(query: str) -> None:
    assert matches(query, woodblock())


@pytest.mark.parametrize("query", NOT_FOUND)
def test_what_is_not_there_is_not_found(query: str) -> None:
    assert not matches(query, woodblock())


LONG_AND_DOUBLED = [
    ("らーめん", True),
    ("ラーメン", True),
    ("ramen", True),
    ("rāmen", True),
    ("raamen", True),
    ("tokyo", True),
    ("toukyou", True),
    ("Tôkyô", True),
    ("tohkyoh", True),
    ("kougei", True),
    ("kogei", True),
    ("matcha", True),
    ("maccha", True),
    ("抹茶", False),
    ("orizuru", True),
    ("shinbun", True),
    ("shimbun", True),
    ("koujou", True),
    ("kojo", True),
    ("kōjō", True),
    ("kouzou", False),
]


@pytest.mark.parametrize(("query", "found"), LONG_AND_DOUBLED)
def test_long_vowels_and_double_consonants_are_written_in_many_ways(
    query: str, found: bool
) -> None:
    assert matches(query, station_shop()) is found


def test_a_word_is_not_made_of_the_ends_of_two_texts() -> None:
    index = make_index(["王子", "駅前"], ["おうじ", "えきまえ"])
    assert not matches("王子駅前", index)
    assert not matches("ojiek", index)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("もくはんがこうぼう", True),
        ("もくはんが こうぼう", True),
        ("こうぼう もくはんが", True),
        ("mokuhangakobo", True),
        ("koubou", True),
        ("がこう", True),
        ("gako", True),
        ("もくはんがこうば", False),
        ("mokuhanga kojo", False),
    ],
)
def test_a_reading_is_found_in_one_word_and_in_its_words(query: str, found: bool) -> None:
    """Of what is told in kana alone, with blanks or without."""
    assert matches(query, make_index([], ["もくはんが こうぼう"])) is found


def test_a_number_is_found_as_it_is_written_and_not_by_its_sound() -> None:
    """The sound of a word leaves out its signs: 1-11 would be found in 11-1."""
    assert matches("1-11", make_index(["王子1-11"], []))
    assert not matches("1-11", make_index(["王子11-1 and 111"], []))
    assert not matches("11", make_index(["room 1-1"], []))
    assert matches("n95", make_index(["N-95 masks"], []))


def test_a_word_of_two_scripts_is_found_as_it_is_written_alone() -> None:
    """Its sound would be that of its Latin letters: 和cafe would be found in every café."""
    assert matches("和cafe", make_index(["王子 和cafe"], []))
    assert not matches("和cafe", make_index(["Cafe by the river"], []))
    assert matches("和 cafe", make_index(["和の Café"], []))


def test_all_words_are_found_each_anywhere() -> None:
    index = (*make_index(["Wood prints"], []), *make_index([], ["もくはんが"]))
    assert matches("prints mokuhanga", index)
    assert matches("もくはん wood", index)
    assert not matches("prints glass", index)
    assert not matches("wood", make_index([], ["もくはんが"]))
    assert not matches("wood", make_index(["", ""], ["", ""]))
    assert not matches("wood版", make_index(["Wood prints"], [])), (
        "of two scripts no part is enough"
    )


def test_dakuten_written_apart_read_as_one() -> None:
    assert matches("か\u3099らす", make_index(["ガラス"], []))
    assert matches("ガラス", make_index(["カ\u3099ラス"], []))


def test_a_dakuten_makes_another_word() -> None:
    assert not matches("からす", make_index(["ガラス"], ["がらす"]))


def test_accents_of_other_languages_may_be_left_out() -> None:
    assert matches("cafe", make_index(["Café"], []))
    assert matches("Café", make_index(["cafe"], []))


@given(st.text(max_size=60))
def test_no_query_raises(query: str) -> None:
    assert matches(query, woodblock()) in (True, False)


@given(st.text(min_size=1, max_size=30))
def test_every_text_finds_itself(text: str) -> None:
    assert matches(text, make_index([text], []))


@given(st.lists(st.text(max_size=20), max_size=5), st.lists(st.text(max_size=20), max_size=5))
def test_no_text_breaks_the_index(texts: list[str], readings: list[str]) -> None:
    assert make_index(texts, readings)
