"""The few functions that everything else asks."""

import math

import pytest

from tests.material import STREETS, needs_real_streets
from tests.routes.sketch import at, block_town
from tests.routes.streets.test_graph import opened
from tour.geo import Point, distance_m
from tour.routes.paths import EASY_PACE, Profile
from tour.routes.streets.file import StreetsError
from tour.routes.walks.walks import Walks, minutes_for, open_walks
from tour.settings import Settings


@pytest.fixture(scope="module")
def walks() -> Walks:
    streets = opened(block_town())
    return Walks(engine=streets, streets=streets)


@pytest.mark.parametrize(
    ("metres", "minutes"), [(0, 0), (1, 1), (80, 1), (80.4, 1), (81, 2), (3431, 43)]
)
def test_a_begun_minute_counts(metres, minutes):
    assert minutes_for(metres) == minutes


def test_a_walk_along_streets(walks):
    walk = walks.walk(at(50, 0), at(200, 60), lang="en")
    assert (walk.distance_m, walk.minutes, walk.approximate) == (210, 3, False)
    assert [step.text for step in walk.directions] == [
        "Head east on South St, 150 m",
        "Left, 60 m",
        "You have arrived",
    ]
    json = walk.as_json()
    assert json["geometry"]["type"] == "LineString"
    assert len(json["geometry"]["coordinates"]) == 3
    assert json["directions"][0] == {"text": "Head east on South St, 150 m", "distance_m": 150}


def test_a_slower_pace_takes_longer(walks):
    assert walks.walk(at(0, 0), at(300, 0)).minutes == 4
    assert walks.walk(at(0, 0), at(300, 0), pace=EASY_PACE).minutes == 5


@pytest.mark.parametrize("known", [True, False])
def test_without_streets_or_outside_them_a_walk_is_approximate(walks, known):
    start, end = (at(0, 0), at(3_000, 4_000)) if known else (at(0, 0), at(300, 0))
    walk = (walks if known else Walks()).walk(start, end)
    assert walk.approximate
    assert walk.distance_m == round(distance_m(start, end) * 1.3)
    assert walk.line == (start, end)
    assert walk.directions == ()


def test_the_matrix_agrees_with_single_walks_and_says_what_is_approximate(walks):
    points = [at(0, 0), at(390, 80), at(100, -20), at(2_000, 2_000)]
    matrix = walks.matrix(points)
    for i, start in enumerate(points):
        for j, end in enumerate(points):
            walk = walks.walk(start, end)
            assert matrix.distance_m[i, j] == walk.distance_m
            assert matrix.minutes[i, j] == walk.minutes
            assert matrix.approximate[i, j] == walk.approximate
    json = matrix.as_json()
    assert json["distance_m"][0][0] == 0
    assert all(isinstance(metres, int) for row in json["distance_m"] for metres in row)


def test_a_leg_above_the_limit_is_no_walk(walks):
    matrix = walks.matrix([at(0, 0), at(100, 0), at(400, 0)], leg_limit_m=300)
    assert math.isinf(matrix.distance_m[0, 2])
    assert matrix.as_json()["minutes"][0] == [0, 2, None]


def test_an_empty_matrix(walks):
    assert walks.matrix([]).as_json() == {"distance_m": [], "minutes": [], "approximate": []}


def test_places_are_visited_in_the_order_of_the_least_walking(walks):
    places = [at(400, 100), at(100, 0), at(400, 0)]
    assert walks.best_order(at(0, 0), places) == [1, 2, 0]
    assert walks.best_order(at(0, 0), places, end=at(200, 0)) == [1, 0, 2]
    assert walks.best_order(at(0, 0), []) == []
    assert Walks().best_order(at(0, 0), places) == [1, 2, 0]


def test_the_straight_line_is_not_taken_for_a_place_to_itself(walks):
    far = at(9_000, 0)
    assert walks.walk(far, far).distance_m == 0
    assert walks.matrix([far, far]).distance_m.max() == 0


class TestOpenWalks:
    def opened(self, tmp_path, streets: str) -> Walks:
        variables = {"TOUR_VAR": str(tmp_path / "var"), "TOUR_STREETS": streets}
        return open_walks(Settings.from_environ(variables))

    def test_without_the_setting_there_are_straight_lines(self, tmp_path):
        walks = self.opened(tmp_path, "")
        assert not walks.has_streets
        assert walks.walk(at(0, 0), at(100, 0)).approximate

    def test_an_extract_is_built_under_var(self, tmp_path):
        source = block_town().write(tmp_path / "town.osm.pbf")
        walks = self.opened(tmp_path, str(source))
        assert walks.has_streets
        assert not walks.walk(at(0, 0), at(100, 0)).approximate
        assert len(list((tmp_path / "var" / "streets").iterdir())) == 1

    def test_a_file_that_cannot_be_used_is_named(self, tmp_path):
        with pytest.raises(StreetsError, match=r"none\.osm\.pbf"):
            self.opened(tmp_path, str(tmp_path / "none.osm.pbf"))


@needs_real_streets
def test_oji_to_akabane_on_the_real_streets(tmp_path):
    variables = {"TOUR_VAR": str(tmp_path), "TOUR_STREETS": str(STREETS)}
    walks = open_walks(Settings.from_environ(variables))
    oji = Point(lat=35.753173, lon=139.737886)
    akabane = Point(lat=35.778141, lon=139.720801)
    walk = walks.walk(oji, akabane, lang="ja")
    assert 3_400 <= walk.distance_m <= 3_500
    assert walk.minutes == math.ceil(walk.distance_m / 80)
    assert any("北本通り" in step.text for step in walk.directions)
    without_steps = walks.walk(oji, akabane, profile=Profile.NO_STEPS)
    assert not any("階段" in step.text for step in without_steps.directions)
