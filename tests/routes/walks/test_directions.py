"""What somebody is told on the way."""

from itertools import pairwise

import pytest

from tests.routes.sketch import Sketch, at
from tests.routes.streets.test_graph import opened
from tour.routes.paths import Stretch
from tour.routes.streets.graph import Streets
from tour.routes.walks.directions import Direction, directions
from tour.routes.walks.phrases import PHRASES, Turn, Way

KITAHON = {"": "北本通り", "en": "Kitahon-dori"}
MEIJI = {"": "明治通り", "en": "Meiji-dori"}


def stretch(*places: tuple[float, float], names: dict[str, str] | None = None, **looks: bool):
    """A stretch over places in metres; as long as its straight parts."""
    metres = sum(((x - u) ** 2 + (y - v) ** 2) ** 0.5 for (x, y), (u, v) in pairwise(places))
    return Stretch(names or {}, tuple(at(*place) for place in places), metres, **looks)


def told(*stretches: Stretch, lang: str) -> list[str]:
    return [direction.text for direction in directions(stretches, lang)]


IN_JAPANESE = ["明治通りを北へ 100m", "北本通りを右へ 240m", "到着"]
IN_ENGLISH = [
    "Head north on Meiji-dori, 100 m",
    "Right onto Kitahon-dori, 240 m",
    "You have arrived",
]


@pytest.mark.parametrize(
    ("lang", "expected"),
    [("ja", IN_JAPANESE), ("ja-easy", IN_JAPANESE), ("en", IN_ENGLISH), ("fr", IN_ENGLISH)],
)
def test_a_turn_into_a_named_street(lang, expected):
    way = (
        stretch((0, 0), (0, 100), names=MEIJI),
        stretch((0, 100), (240, 100), names=KITAHON),
    )
    assert told(*way, lang=lang) == expected


@pytest.mark.parametrize(
    ("end", "said"),
    [
        ((0, 200), "直進 100m"),
        ((60, 180), "右ななめ前へ 100m"),
        ((-60, 180), "左ななめ前へ 100m"),
        ((100, 100), "右へ 100m"),
        ((-100, 100), "左へ 100m"),
        ((80, 40), "右へ 100m"),
        ((1, 0), "折り返して 100m"),
    ],
)
def test_turns_are_told_by_their_angle(end, said):
    way = stretch((0, 0), (0, 100), names=MEIJI), stretch((0, 100), end)
    assert told(*way, lang="ja")[1] == said


def test_a_street_without_a_name_is_told_by_its_turns():
    way = stretch((0, 0), (0, 100)), stretch((0, 100), (0, 200)), stretch((0, 200), (-50, 200))
    assert told(*way, lang="en") == ["Head north, 200 m", "Left, 50 m", "You have arrived"]


def test_a_street_that_bends_without_a_corner_is_one_sentence():
    way = (
        stretch((0, 0), (0, 100), names=KITAHON),
        stretch((0, 100), (40, 180), names={"": "北本通り", "en": "Kita Hon-dori"}),
        stretch((40, 180), (120, 220), names=KITAHON),
    )
    assert told(*way, lang="en") == ["Head north on Kitahon-dori, 280 m", "You have arrived"]


def test_a_crossing_with_a_kink_gets_no_sentence_but_its_metres():
    way = (
        stretch((0, 0), (0, 100), names=MEIJI),
        stretch((0, 100), (8, 100)),
        stretch((8, 100), (8, 200), names=MEIJI),
    )
    given = directions(way, "ja")
    assert [d.text for d in given] == ["明治通りを北へ 210m", "到着"]
    assert given[0].distance_m == 208


def test_steps_are_told_however_short():
    way = (
        stretch((0, 0), (0, 100)),
        stretch((0, 100), (0, 106), is_steps=True),
        stretch((0, 106), (90, 106)),
    )
    assert told(*way, lang="ja") == ["北へ 100m", "そのまま階段を 10m", "右へ 90m", "到着"]
    assert told(*way, lang="en")[1] == "Continue on the steps, 10 m"


def test_a_river_is_crossed_by_its_bridge():
    way = (
        stretch((0, 0), (0, 100), names=KITAHON),
        stretch((0, 100), (0, 500), names={"": "新荒川大橋"}, is_bridge=True),
        stretch((0, 500), (0, 550), names=KITAHON),
    )
    assert told(*way, lang="ja")[1] == "直進、橋（新荒川大橋）を渡る 400m"
    assert told(*way, lang="en")[1] == "Straight on across the bridge (新荒川大橋), 400 m"


def test_a_bridge_over_a_ditch_is_not_noticed():
    way = (
        stretch((0, 0), (0, 100)),
        stretch((0, 100), (0, 110), is_bridge=True),
        stretch((0, 110), (0, 200)),
    )
    assert told(*way, lang="ja") == ["北へ 200m", "到着"]


def test_an_underpass_is_told():
    way = stretch((0, 0), (0, 100)), stretch((0, 100), (60, 100), is_tunnel=True)
    assert told(*way, lang="ja")[1] == "地下道を右へ 60m"


def test_no_way_no_words():
    assert directions([], "ja") == ()


def test_a_few_steps_are_still_a_way():
    assert told(stretch((0, 0), (5, 0)), lang="ja") == ["東へ 10m", "到着"]


def test_the_distances_add_up():
    way = [stretch((0, i * 7.3), (0, (i + 1) * 7.3), names={"": str(i % 3)}) for i in range(20)]
    assert sum(d.distance_m for d in directions(way, "ja")) == pytest.approx(146, abs=5)


def test_every_language_says_everything():
    for phrases in PHRASES.values():
        assert set(phrases.turns) == set(Turn)
        assert set(phrases.nouns) == set(phrases.named_nouns) == set(Way) - {Way.STREET}
        assert len(phrases.compass) == 8


def test_directions_of_a_real_path():
    sketch = Sketch()
    a, b, c = sketch.node(0, 0), sketch.node(0, 300), sketch.node(240, 300)
    sketch.way(a, b, name="明治通り", name_en="Meiji-dori")
    sketch.way(b, c, name="北本通り", name_en="Kitahon-dori")
    streets: Streets = opened(sketch)
    path = streets.path(at(0, 0), at(240, 300))
    assert directions(path.stretches, "ja") == (
        Direction("明治通りを北へ 300m", 300),
        Direction("北本通りを右へ 240m", 240),
        Direction("到着", 0),
    )
