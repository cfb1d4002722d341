"""The opened graph: where places meet it, and that its walks are the shortest ones."""

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

import networkx as nx
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tests.material import STREETS, needs_real_streets
from tests.routes.sketch import Sketch, at, block_town
from tour.geo import Bounds, Point, bounds_of, distance_m
from tour.routes.paths import Profile
from tour.routes.streets.build import build, graph_of
from tour.routes.streets.drawing import class_at_zoom, street_layer
from tour.routes.streets.extract import read_extract
from tour.routes.streets.graph import Streets
from tour.routes.streets.tags import StreetClass

OJI = Point(lat=35.753173, lon=139.737886)
AKABANE = Point(lat=35.778141, lon=139.720801)


def opened(sketch: Sketch) -> Streets:
    with TemporaryDirectory() as folder:
        source = sketch.write(Path(folder) / "town.osm.pbf")
        return Streets(graph_of(read_extract(source), source))


@pytest.fixture(scope="module")
def town() -> Streets:
    return opened(block_town())


@pytest.fixture(scope="module")
def kita(tmp_path_factory) -> Streets:
    return build(STREETS, tmp_path_factory.mktemp("kita") / "kita.streets")


class TestSnap:
    def test_a_place_meets_the_nearest_point_of_a_street_not_its_nearest_corner(self, town):
        snap = town.snap(at(90, -20))
        assert snap.distance_m == pytest.approx(20, abs=0.1)
        assert distance_m(snap.point, at(90, 0)) < 0.1

    def test_a_place_too_far_from_every_street_meets_none(self, town):
        assert town.snap(at(200, 599)) is not None
        assert town.snap(at(200, 601)) is None
        assert town.snap(at(200, 160), reach_m=50) is None
        assert town.snap(Point(lat=-33.9, lon=151.2)) is None
        assert town.snap(Point(lat=90, lon=0)) is None

    def test_a_courtyard_that_leads_nowhere_is_passed_over(self):
        sketch = block_town()
        sketch.line((90, 50), (110, 50))
        snap = opened(sketch).snap(at(100, 51))
        assert distance_m(snap.point, at(100, 100)) < 0.1

    def test_a_courtyard_is_taken_when_nothing_else_is_near(self):
        sketch = block_town()
        sketch.line((90, 500), (110, 500))
        snap = opened(sketch).snap(at(100, 501))
        assert distance_m(snap.point, at(100, 500)) < 0.1

    def test_who_avoids_steps_does_not_begin_on_them(self):
        sketch = block_town()
        sketch.way(sketch.node(100, 50), 5, highway="steps")
        streets = opened(sketch)
        assert distance_m(streets.snap(at(100, 50)).point, at(100, 50)) < 0.1
        snap = streets.snap(at(100, 50), Profile.NO_STEPS)
        assert snap.distance_m == pytest.approx(50, abs=0.1)

    def test_a_segment_of_many_kilometres_is_met_anywhere_along_it(self):
        sketch = Sketch()
        sketch.line((0, 0), (9_000, 4_000))
        snap = opened(sketch).snap(at(4_500, 2_100))
        assert snap.distance_m == pytest.approx(100 * np.cos(np.arctan2(4, 9)), rel=0.01)


class TestPaths:
    def test_a_walk_along_one_side_of_a_block(self, town):
        path = town.path(at(50, 0), at(150, 0))
        assert path.distance_m == pytest.approx(100, abs=0.1)
        assert [s.names[""] for s in path.stretches] == ["南通り"]

    def test_a_walk_around_a_corner_passes_the_corner(self, town):
        path = town.path(at(150, 0), at(200, 50))
        assert path.distance_m == pytest.approx(100, abs=0.1)
        assert any(distance_m(point, at(200, 0)) < 0.1 for point in path.line)

    def test_the_way_to_the_street_counts_and_is_drawn(self, town):
        start, end = at(50, -30), at(150, -40)
        path = town.path(start, end)
        assert path.distance_m == pytest.approx(30 + 100 + 40, abs=0.1)
        assert (path.line[0], path.line[-1]) == (start, end)

    def test_two_places_on_one_winding_street_take_the_short_cut_around(self):
        sketch = Sketch()
        a, b = sketch.node(0, 0), sketch.node(100, 0)
        sketch.way(a, sketch.node(0, 400), sketch.node(100, 400), b)
        sketch.way(a, b, name="近道")
        streets = opened(sketch)
        assert streets.path(at(0, 100), at(100, 100)).distance_m == pytest.approx(300, abs=0.2)
        assert streets.path(at(0, 350), at(100, 350)).distance_m == pytest.approx(200, abs=0.2)

    def test_of_two_streets_between_the_same_corners_the_shorter_is_walked(self):
        sketch = Sketch()
        a, b = sketch.node(0, 0), sketch.node(100, 0)
        sketch.way(sketch.node(-100, 0), a, name="西")
        sketch.way(a, sketch.node(50, 80), b, name="遠回り")
        sketch.way(a, b, name="まっすぐ")
        sketch.way(b, sketch.node(200, 0), name="東")
        path = opened(sketch).path(at(-100, 0), at(200, 0))
        assert [s.names[""] for s in path.stretches] == ["西", "まっすぐ", "東"]
        assert path.distance_m == pytest.approx(300, abs=0.2)

    def test_who_avoids_steps_walks_around_them(self):
        sketch = block_town()
        sketch.way(2, 5, highway="steps")
        sketch.ways.remove(([2, 5], {"highway": "residential"}))
        streets = opened(sketch)
        over, around = (streets.path(at(200, 0), at(200, 100), p) for p in Profile)
        assert over.distance_m == pytest.approx(100, abs=0.1)
        assert over.stretches[0].is_steps
        assert around.distance_m == pytest.approx(500, abs=0.2)
        assert not any(stretch.is_steps for stretch in around.stretches)

    def test_no_way_leads_to_a_part_that_nothing_joins(self):
        sketch = block_town()
        sketch.line((0, 900), (1_000, 900))
        streets = opened(sketch)
        assert streets.path(at(0, 0), at(500, 900)) is None
        assert np.isinf(streets.lengths([at(0, 0)], [at(500, 900)])).all()

    def test_no_walk_from_a_place_to_itself(self, town):
        path = town.path(at(50, -30), at(50, -30))
        assert (path.distance_m, path.stretches) == (0, ())

    def test_a_place_outside_has_no_walk(self, town):
        assert town.path(at(0, 0), at(0, 5_000)) is None
        assert town.path(at(0, 5_000), at(0, 0)) is None
        assert np.isinf(town.lengths([at(0, 0), at(0, 5_000)], [at(0, 5_001)])).all()

    def test_a_detour_far_longer_than_the_straight_line_is_found(self):
        sketch = Sketch()
        sketch.line((0, 0), (0, 5_000), (50, 5_000), (50, 0))
        sketch.way(4, sketch.node(60, 0), name="別")
        streets = opened(sketch)
        expected = pytest.approx(10_060, abs=5)
        assert streets.path(at(0, 0), at(60, 0)).distance_m == expected
        assert streets.lengths([at(0, 0)], [at(60, 0)])[0, 0] == expected

    def test_many_threads_may_ask_at_once(self, town):
        pairs = [(at(e, 0), at(400 - e, 100)) for e in range(0, 400, 5)]
        alone = [town.path(*pair) for pair in pairs]
        with ThreadPoolExecutor(8) as pool:
            assert list(pool.map(lambda pair: town.path(*pair), pairs)) == alone


places = st.builds(at, st.floats(-50, 450), st.floats(-50, 150))


class TestMetric:
    """`town` is shared by all examples: it is only read."""

    streets = opened(block_town())

    @given(places, places)
    def test_there_is_as_far_as_back_and_the_path_is_as_long_as_said(self, a, b):
        (there,), (back,) = self.streets.lengths([a], [b]), self.streets.lengths([b], [a])
        assert there == pytest.approx(back, abs=1e-6)
        path = self.streets.path(a, b)
        assert path.distance_m == pytest.approx(float(there[0]), abs=1e-6)
        drawn = sum(distance_m(p, q) for p, q in zip(path.line, path.line[1:], strict=False))
        assert drawn == pytest.approx(path.distance_m, rel=1e-3, abs=0.1)

    @given(places, places, places)
    def test_a_detour_is_never_shorter(self, a, b, c):
        lengths = self.streets.lengths([a, b], [b, c])
        assert lengths[0, 1] <= lengths[0, 0] + lengths[1, 1] + 1e-6

    @given(places, places)
    def test_no_walk_beats_the_straight_line(self, a, b):
        assert self.streets.lengths([a], [b])[0, 0] >= distance_m(a, b) - 0.05

    @given(places)
    def test_the_street_is_met_within_the_town(self, place):
        snap = self.streets.snap(place)
        west, south, east, north = self.streets.about["bounds"]
        assert snap.point in Bounds(
            south=south - 1e-6, west=west - 1e-6, north=north + 1e-6, east=east + 1e-6
        )
        assert distance_m(place, snap.point) == pytest.approx(snap.distance_m, abs=0.01)


corners = st.tuples(st.integers(0, 4), st.integers(0, 4))


@settings(max_examples=60, deadline=None)
@given(st.sets(st.tuples(corners, corners), min_size=1, max_size=30), st.data())
def test_walks_are_those_of_networkx_in_any_town(pairs, data):
    """Corners lie on curves, so that no street passes over a corner that is not its own."""
    sketch, graph, number = Sketch(), nx.Graph(), {}
    pairs = sorted((a, b) for a, b in pairs if a != b)
    assume(pairs)
    for x, y in sorted({corner for pair in pairs for corner in pair}):
        number[x, y] = sketch.node(x * 90 + y * y * 7, y * 70 + x * x * 11)
    for i, (a, b) in enumerate(pairs):
        sketch.way(number[a], number[b], name=f"{i % 3}丁目通り")
        ends = (sketch.nodes[number[corner] - 1] for corner in (a, b))
        graph.add_edge(a, b, weight=distance_m(*ends))
    streets = opened(sketch)
    start, end = (data.draw(st.sampled_from(sorted(graph))) for _ in range(2))
    places = [sketch.nodes[number[corner] - 1] for corner in (start, end)]
    # A corner of a mere fragment is led to the rest of the town.
    assume(all(streets.snap(place).distance_m < 0.1 for place in places))
    known = nx.single_source_dijkstra_path_length(graph, start).get(end, np.inf)
    assert streets.lengths(places[:1], places[1:])[0, 0] == pytest.approx(known, abs=0.1)


class TestDrawing:
    def test_larger_streets_are_drawn_from_further_away(self):
        assert class_at_zoom(10) == StreetClass.PRIMARY
        assert class_at_zoom(15) == StreetClass.LOCAL
        assert class_at_zoom(19) == StreetClass.PATH

    def test_streets_in_the_box_are_drawn_by_class(self):
        sketch = block_town()
        sketch.line((0, 50), (100, 50), highway="footway")
        sketch.line((5_000, 0), (5_100, 0))
        layer = street_layer(opened(sketch), bounds_of([at(-10, -10), at(410, 110)]), 18)
        drawn = {f["properties"]["class"]: f["geometry"]["coordinates"] for f in layer["features"]}
        assert {name: len(lines) for name, lines in drawn.items()} == {"path": 1, "local": 7}
        json.dumps(layer)

    def test_the_whole_earth_at_a_high_zoom_is_drawn_as_from_far_away(self, town):
        earth = Bounds(south=-90, west=-180, north=90, east=180)
        assert street_layer(town, earth, 18)["features"] == []

    def test_nothing_is_drawn_elsewhere(self, town):
        elsewhere = Bounds(south=0, west=0, north=0.01, east=0.01)
        assert street_layer(town, elsewhere, 18)["features"] == []


@needs_real_streets
class TestKita:
    """A real ward: 40,000 nodes."""

    def test_oji_to_akabane_is_three_and_a_half_kilometres(self, kita):
        assert 3_400 <= kita.path(OJI, AKABANE).distance_m <= 3_500

    def test_walks_are_those_of_networkx_on_the_uncut_ways(self, kita):
        extract = read_extract(STREETS)
        place = {
            node: Point(lat=y / 1e7, lon=x / 1e7)
            for node, x, y in zip(
                extract.node.tolist(), extract.x.tolist(), extract.y.tolist(), strict=True
            )
        }
        graph = nx.Graph()
        runs_on = (np.diff(extract.way) == 0) & (np.diff(extract.step) == 1)
        for i in np.flatnonzero(runs_on):
            a, b = int(extract.node[i]), int(extract.node[i + 1])
            graph.add_edge(a, b, weight=distance_m(place[a], place[b]))
        nodes = np.random.default_rng(7).choice(sorted(graph), 40)
        starts, ends = nodes[:8].tolist(), nodes[8:].tolist()
        known = [nx.single_source_dijkstra_path_length(graph, start) for start in starts]
        expected = [[known[i][end] for end in ends] for i in range(len(starts))]
        lengths = kita.lengths([place[n] for n in starts], [place[n] for n in ends])
        assert lengths == pytest.approx(np.array(expected), abs=0.01)

    def test_the_arakawa_is_crossed_on_a_bridge(self, kita):
        south, north = Point(lat=35.78345, lon=139.7221), Point(lat=35.7975, lon=139.7190)
        bridges = [s for s in kita.path(south, north).stretches if s.is_bridge]
        assert sum(stretch.distance_m for stretch in bridges) > 300

    def test_names_are_there_in_japanese_and_english(self, kita):
        names = [s.names for s in kita.path(OJI, AKABANE).stretches if s.names]
        assert any("Kita" in name.get("en", "") for name in names if name[""] == "北本通り")

    def test_who_avoids_steps_meets_none(self, kita):
        path = kita.path(OJI, AKABANE, Profile.NO_STEPS)
        assert not any(stretch.is_steps for stretch in path.stretches)
        assert path.distance_m >= kita.path(OJI, AKABANE).distance_m
