"""Scenes: each that is drawn is small, whole in itself, in the inks of its kind, said in words."""

import csv
import re
from xml.etree import ElementTree

import pytest

from tour.i18n import translate
from tour.sites.states import SiteKind
from tour.web import tokens
from tour.web.assets import Assets
from tour.web.scenes import drawing
from tour.web.scenes.titles import SCENES, scene_of

pytestmark = pytest.mark.once("files")

LARGEST = 5_000
SVG = "{http://www.w3.org/2000/svg}"
SHAPES = {
    *(
        "svg",
        "view",
        "defs",
        "pattern",
        "g",
        "use",
        "path",
        "circle",
        "ellipse",
        "rect",
        "clipPath",
    ),
}
COLOUR = re.compile(r"#[0-9a-f]{6}\b|#[0-9a-f]{3}\b")


@pytest.fixture(scope="module")
def assets() -> Assets:
    return Assets()


def drawn(name: str) -> str:
    return drawing.picture(drawing.FOLDER / f"{name}.svg").decode()


def test_each_scene_is_drawn_and_has_words() -> None:
    assert drawing.names() == set(SCENES)


def test_every_craft_of_the_town_and_every_kind_has_its_own() -> None:
    with (drawing.ROOT / "data/geo/crafts.csv").open(encoding="utf-8") as file:
        emblems = {row["emblem"] for row in csv.DictReader(file)}
    assert len(emblems) > 30
    assert set(SCENES) >= emblems | set(SiteKind)


@pytest.mark.parametrize("name", sorted(SCENES))
def test_its_words_are_there_in_both_languages(name: str) -> None:
    english = SCENES[name].in_language("en")
    assert english.startswith("Drawing: ")
    assert translate(english, "ja").startswith("絵：")


def test_no_two_scenes_are_said_in_the_same_words() -> None:
    assert len({str(said) for said in SCENES.values()}) == len(SCENES)


@pytest.mark.parametrize("name", sorted(SCENES))
def test_it_is_served_small_and_needs_no_other_file(name: str, assets: Assets) -> None:
    body = assets.body(f"scenes/{name}.svg")
    links = re.findall(rb'(?:href="|url\()([^")]*)', body)
    ids = re.findall(rb'\bid="([^"]*)"', body)
    assert len(body) <= LARGEST
    assert {link.removeprefix(b"#") for link in links} <= set(ids)
    assert all(link.startswith(b"#") for link in links)


@pytest.mark.parametrize("name", sorted(SCENES))
def test_it_is_a_drawing_without_letters(name: str) -> None:
    tree = ElementTree.fromstring(drawn(name))  # noqa: S314 - our own file
    assert {one.tag.removeprefix(SVG) for one in tree.iter()} <= SHAPES
    assert not "".join(tree.itertext()).strip()
    assert tree.get("viewBox") == "0 0 480 300"


@pytest.mark.parametrize("name", sorted(SCENES))
def test_it_is_printed_in_the_inks_of_its_kind(name: str) -> None:
    source = (drawing.FOLDER / f"{name}.svg").read_text("utf-8")
    found = re.search(r'class="(\w+)"', source)
    assert found
    kind = SiteKind(found[1])
    pattern = (drawing.ROOT / f"static/patterns/{kind}.svg").read_text("utf-8")
    inks = {tokens.colour(f"scene-{ink}") for ink in drawing.INKS}
    inks |= {tokens.kind_colour(kind, tone) for tone in ("kind", "mid", "soft")}
    assert not COLOUR.search(source), "a colour of its own"
    assert set(COLOUR.findall(drawn(name))) <= inks | set(COLOUR.findall(pattern))


def test_a_slip_in_a_drawing_is_found() -> None:
    whole = '<svg class="craft"><path fill="kind"/><use href="#sun"/></svg>'
    assert tokens.kind_colour("craft", "kind") in drawing.drawn(whole)
    assert 'id="sun"' in drawing.drawn(whole)
    with pytest.raises(KeyError):
        drawing.drawn(whole.replace('"kind"', '"purple"'))
    with pytest.raises(ValueError, match="class"):
        drawing.drawn(whole.replace(' class="craft"', ""))


def test_a_craft_has_its_own_scene_and_without_one_its_kinds() -> None:
    assert scene_of("craft", "woodblock").file == "scenes/woodblock.svg"
    assert scene_of("craft", "never drawn").file == "scenes/craft.svg"
    assert scene_of("craft", "never drawn") == scene_of("craft", "") == scene_of("craft")
    assert scene_of("castle", "never drawn") == scene_of("craft")
