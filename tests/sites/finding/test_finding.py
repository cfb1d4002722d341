"""The finder: best first, with what each place was found by, and only what has every word."""

from tour.sites.finding.facts import access_entries, language_entries, price_entries
from tour.sites.finding.ranking import Finder
from tour.sites.finding.search import Entry, Found, make_entry
from tour.words.readings import words_in
from tour.words.vocabulary import Vocabulary


def name(text: str, reading: str = "") -> Entry:
    return make_entry(Found.NAME, text, (text,), (reading,))


def says(text: str) -> Entry:
    return make_entry(Found.TEXT, text, (text,))


def found(query: str, *places: tuple[Entry, ...]) -> list[tuple[int, Found, str]]:
    """The places, counted from 0, in the order in which they are found."""
    words = words_in(entry.shown for place in places for entry in place)
    finder = Finder(dict(enumerate(places)), Vocabulary(words))
    return [(hit.site_id, hit.by, hit.shown) for hit in finder.find(query)]


def test_a_name_counts_more_than_a_sentence() -> None:
    places = [(name("北の工房"), says("木版を摺ります。")), (name("木版の館"),)]
    assert [number for number, _by, _shown in found("木版", *places)] == [1, 0]


def test_the_hit_says_what_was_found() -> None:
    place = (name("北の工房"), says("江戸の木版を摺ります。"))
    assert found("木版", place) == [(0, Found.TEXT, "江戸の木版を摺ります。")]


def test_every_word_is_there_in_one_place() -> None:
    places = [(name("木版の館"),), (name("木版の館"), says("王子にあります。"))]
    assert [number for number, _by, _shown in found("木版 王子", *places)] == [1]


def test_what_sounds_the_same_is_found_in_any_writing() -> None:
    place = (name("北の工房"), says("硝子を吹きます。"))
    for query in ("硝子", "ガラス", "がらす", "garasu"):
        assert found(query, place), query


def test_short_readings_are_too_many_words_to_follow() -> None:
    place = (name("北の工房"), says("橋を渡ります。"))
    assert not found("箸", place)


def test_one_slip_in_five_letters_is_forgiven_and_not_in_four() -> None:
    place = (name("Kita Letterpress"),)
    assert found("leterpres", place), "doubled letters are one"
    assert found("lettrepress", place)
    assert not found("lettrepers", place)
    assert not found("kiat", place)


def test_a_slip_is_looked_for_only_where_nothing_else_is_found() -> None:
    places = [(name("Gear works"),), (name("Gears"),)]
    assert [number for number, _by, _shown in found("gears", *places)] == [1]


def test_facts_are_found_by_what_people_call_them() -> None:
    place = (
        name("北の工房"),
        *access_entries(["wheelchair"]),
        *language_entries(["en"]),
        *price_entries([0, 800]),
    )
    assert found("車椅子", place)[0][1:] == (Found.ACCESS, "wheelchair")
    assert found("English", place)[0][1:] == (Found.LANGUAGE, "en")
    assert found("無料", place)[0][1:] == (Found.PRICE, "0")
    assert found("1,000円以下", place)[0][1] == Found.PRICE
    assert not found("中国語", place)


def test_short_words_in_latin_letters_begin_a_word() -> None:
    assert found("an", (name("An 製あん所"),))
    assert not found("an", (name("Banana"),))


def test_nothing_is_found_for_nothing() -> None:
    assert found("", (name("北の工房"),)) == []
    assert found("・、 ー", (name("北の工房"),)) == []
