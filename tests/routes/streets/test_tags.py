"""Which ways are for people on foot, and what they are called."""

import pytest

from tour.routes.streets.tags import (
    StreetClass,
    StreetFlag,
    class_of,
    flags_of,
    is_walkable,
    names_of,
)


@pytest.mark.parametrize(
    "tags",
    [
        "highway=footway",
        "highway=steps",
        "highway=pedestrian area=yes",
        "highway=service service=alley",
        "highway=cycleway",
        "highway=primary sidewalk=no",
        "highway=trunk",
        "highway=trunk sidewalk=both",
        "highway=service access=private foot=yes",
        "highway=trunk motorroad=yes foot=designated",
        "highway=residential access=destination",
        "highway=footway access=customers",
        "highway=residential motorroad=no",
    ],
)
def test_a_way_for_people_on_foot_is_walkable(tags):
    assert is_walkable(parsed(tags))


@pytest.mark.parametrize(
    "tags",
    [
        "highway=motorway",
        "highway=motorway_link foot=yes",
        "highway=construction",
        "railway=platform",
        "",
        "highway=residential access=private",
        "highway=footway access=no",
        "highway=path foot=no",
        "highway=path foot=private",
        "highway=secondary foot=use_sidepath",
        "highway=trunk motorroad=yes",
        "highway=trunk sidewalk=no",
        "highway=trunk_link sidewalk=none",
    ],
)
def test_a_way_closed_to_people_on_foot_is_not(tags):
    assert not is_walkable(parsed(tags))


def test_steps_bridges_and_tunnels_are_flagged():
    assert flags_of(parsed("highway=steps")) == StreetFlag.STEPS
    assert flags_of(parsed("highway=footway bridge=yes")) == StreetFlag.BRIDGE
    assert flags_of(parsed("highway=footway bridge=no tunnel=building_passage")) == (
        StreetFlag.TUNNEL
    )


def test_links_count_as_the_road_they_lead_to():
    assert class_of(parsed("highway=secondary_link")) == StreetClass.SECONDARY


def test_names_are_kept_by_language():
    tags = {
        "highway": "primary",
        "name": "北本通り",
        "name:en": "Kitahon-dori",
        "name:ko": "기타혼",
    }
    assert names_of(tags) == {"": "北本通り", "en": "Kitahon-dori", "ko": "기타혼"}


def test_a_romanised_name_stands_in_for_an_english_one():
    assert names_of({"name": "北本通り", "name:ja-Latn": "Kitahon dōri"})["en"] == "Kitahon dōri"


def test_a_bridge_goes_by_its_own_name():
    tags = {"name": "北本通り", "name:en": "Kitahon-dori", "bridge:name": "新荒川大橋"}
    assert names_of(tags) == {"": "新荒川大橋"}


def test_a_nameless_way_has_no_names():
    assert names_of({"highway": "footway", "name:en": "stray"}) == {}


def parsed(text: str) -> dict[str, str]:
    return dict(pair.split("=") for pair in text.split())
