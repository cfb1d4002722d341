"""From an extract to a graph file: what meets, what is one edge, and what bad files answer."""

import os
import struct
from datetime import UTC, datetime

import pytest

from tests.material import STREETS, needs_real_streets
from tests.routes.sketch import Sketch, at, block_town
from tour.routes.streets.build import build, open_or_build
from tour.routes.streets.extract import read_extract
from tour.routes.streets.file import StreetsError
from tour.routes.streets.graph import Streets


@pytest.fixture
def built(tmp_path):
    def build_sketch(sketch: Sketch) -> Streets:
        source = sketch.write(tmp_path / "town.osm.pbf")
        return build(source, tmp_path / "town.streets")

    return build_sketch


def test_streets_are_cut_where_they_meet(built):
    about = built(block_town()).about
    assert (about["vertices"], about["edges"]) == (6, 7)
    assert about["length_m"] == pytest.approx(1100, abs=1)


def test_ways_that_look_the_same_become_one_edge(built):
    sketch = Sketch()
    first = sketch.line((0, 0), (50, 10), (100, 0), name="旧道")
    sketch.way(first[-1], sketch.node(150, 20), sketch.node(200, 0), name="旧道")
    assert built(sketch).about["edges"] == 1


def test_ways_drawn_towards_each_other_become_one_edge_in_the_right_order(built):
    sketch = Sketch()
    middle = sketch.node(100, 0)
    sketch.way(sketch.node(0, 0), sketch.node(50, 30), middle)
    sketch.way(sketch.node(200, 0), sketch.node(150, 30), middle)
    streets = built(sketch)
    line = streets.path(at(0, 0), at(200, 0)).line
    assert streets.about["edges"] == 1
    easts = [point.lon for point in line]
    assert easts == sorted(easts)
    assert len({(round(p.lat, 6), round(p.lon, 6)) for p in line}) == 5


def test_a_change_of_name_or_kind_begins_a_new_edge(built):
    sketch = Sketch()
    end = sketch.line((0, 0), (100, 0), name="旧道")[-1]
    sketch.way(end, sketch.node(200, 0), name="新道")
    end = sketch.line((0, 500), (100, 500))[-1]
    sketch.way(end, sketch.node(120, 500), highway="steps")
    assert built(sketch).about["edges"] == 4


def test_a_ring_of_two_ways_is_one_edge_that_ends_where_it_begins(built):
    sketch = Sketch()
    a, b, c, d = (sketch.node(*place) for place in ((0, 0), (100, 0), (100, 100), (0, 100)))
    sketch.way(a, b, c)
    sketch.way(c, d, a)
    streets = built(sketch)
    assert (streets.about["edges"], streets.about["vertices"]) == (1, 1)
    assert streets.path(at(50, 0), at(0, 50)).distance_m == pytest.approx(100, abs=0.1)


def test_a_way_drawn_twice_counts_once(built):
    sketch = Sketch()
    nodes = sketch.line((0, 0), (100, 0), (200, 0))
    sketch.way(*reversed(nodes))
    assert built(sketch).about["length_m"] == 200


def test_a_bridge_does_not_join_the_street_beneath(built):
    sketch = Sketch()
    sketch.line((0, -300), (0, 300))
    sketch.line((-300, 0), (300, 0), bridge="yes", layer="1")
    streets = built(sketch)
    assert streets.about["parts"] == 2
    assert streets.path(at(0, -200), at(200, 0)) is None


def test_a_way_that_leaves_the_extract_is_walked_as_far_as_it_is_known(built):
    sketch = Sketch()
    a, b, c, d = (sketch.node(east, 0) for east in (0, 100, 300, 400))
    sketch.way(a, b, 9001, c, d)
    streets = built(sketch)
    assert streets.about["length_m"] == 200
    assert streets.about["parts"] == 2


def test_a_broken_coordinate_does_not_stretch_a_street_over_the_earth(built):
    sketch = Sketch()
    nodes = sketch.line((0, 0), (100, 0))
    sketch.way(nodes[-1], sketch.node(-9_000_000, 0))
    assert built(sketch).about["length_m"] == 100


def test_nodes_at_the_same_place_are_walked_through(built):
    sketch = Sketch()
    first, second = sketch.node(100, 0), sketch.node(100, 0)
    sketch.way(sketch.node(0, 0), first, name="甲")
    sketch.way(first, second, name="乙")
    sketch.way(second, sketch.node(200, 0), name="丙")
    assert built(sketch).path(at(0, 0), at(200, 0)).distance_m == pytest.approx(200, abs=0.1)


def test_the_file_says_what_it_is_about(tmp_path):
    source = block_town().write(tmp_path / "town.osm.pbf", data_of="2026-05-01T00:00:00Z")
    noon = datetime(2026, 12, 1, 3, 0, tzinfo=UTC)
    about = build(source, tmp_path / "town.streets", clock=lambda: noon).about
    assert about["source"] == "town.osm.pbf"
    assert about["source_at"] == "2026-05-01T00:00:00+00:00"
    assert about["built_at"] == "2026-12-01T03:00:00+00:00"
    assert about["credit"] == "© OpenStreetMap contributors"
    west, south, east, north = about["bounds"]
    assert (south, west) == (pytest.approx(35.75), pytest.approx(139.73))
    assert (north, east) == (
        pytest.approx(at(0, 100).lat, abs=1e-6),
        pytest.approx(at(400, 0).lon, abs=1e-6),
    )


def test_the_same_graph_comes_from_xml(tmp_path):
    sketch = block_town()
    about = build(sketch.write(tmp_path / "town.osm"), tmp_path / "town.streets").about
    assert about["edges"] == 7


class TestBadExtracts:
    def refused(self, path, tmp_path) -> str:
        kept = tmp_path / "kept.streets"
        kept.write_bytes(b"before")
        with pytest.raises(StreetsError) as refusal:
            build(path, kept)
        assert kept.read_bytes() == b"before"
        message = str(refusal.value)
        assert str(path) in message
        assert "\n" not in message
        return message

    def test_missing(self, tmp_path):
        assert "no such file" in self.refused(tmp_path / "none.osm.pbf", tmp_path)

    def test_a_folder(self, tmp_path):
        assert "no such file" in self.refused(tmp_path, tmp_path)

    def test_empty(self, tmp_path):
        path = tmp_path / "town.osm.pbf"
        path.touch()
        assert "empty" in self.refused(path, tmp_path)

    def test_without_highways(self, tmp_path):
        sketch = Sketch()
        sketch.line((0, 0), (100, 0), highway="motorway")
        path = sketch.write(tmp_path / "town.osm.pbf")
        assert "no street to walk on" in self.refused(path, tmp_path)

    def test_without_the_nodes_of_its_ways(self, tmp_path):
        sketch = Sketch()
        sketch.way(901, 902)
        path = sketch.write(tmp_path / "town.osm.pbf")
        assert "no street to walk on" in self.refused(path, tmp_path)

    def test_with_single_nodes_only(self, tmp_path):
        sketch = Sketch()
        sketch.way(sketch.node(0, 0), 902)
        path = sketch.write(tmp_path / "town.osm.pbf")
        assert "no street to walk on" in self.refused(path, tmp_path)

    @pytest.mark.parametrize("name", ["town.osm.pbf", "town.osm"])
    def test_cut_off_in_the_middle(self, name, tmp_path):
        path = block_town().write(tmp_path / name)
        path.write_bytes(path.read_bytes()[: path.stat().st_size * 2 // 3])
        assert "download the extract again" in self.refused(path, tmp_path)

    def test_something_else(self, tmp_path):
        path = tmp_path / "town.osm.pbf"
        path.write_bytes(b"\x89PNG\r\n\x1a\n" * 100)
        assert "cannot be read as OpenStreetMap data" in self.refused(path, tmp_path)


class TestBadGraphs:
    @pytest.fixture
    def graph(self, tmp_path):
        path = tmp_path / "town.streets"
        build(block_town().write(tmp_path / "town.osm.pbf"), path)
        return path

    def test_one_byte_changed(self, graph):
        content = bytearray(graph.read_bytes())
        content[-5] ^= 0xFF
        graph.write_bytes(content)
        with pytest.raises(StreetsError, match=r"town\.streets: damaged.*build it again"):
            Streets.open(graph)

    @pytest.mark.parametrize("length", [9, 500, 1500])
    def test_cut_off(self, graph, length):
        graph.write_bytes(graph.read_bytes()[:length])
        with pytest.raises(StreetsError, match=r"town\.streets: damaged"):
            Streets.open(graph)

    def test_of_an_older_version(self, graph):
        content = bytearray(graph.read_bytes())
        struct.pack_into("<I", content, 8, 0)
        graph.write_bytes(content)
        with pytest.raises(StreetsError, match=r"format 0.*build it again"):
            Streets.open(graph)

    def test_something_else(self, tmp_path):
        path = tmp_path / "notes.txt"
        path.write_text("streets")
        with pytest.raises(StreetsError, match=r"notes\.txt: not a street graph"):
            Streets.open(path)


class TestOpenOrBuild:
    def test_an_extract_is_built_once(self, tmp_path):
        source = block_town().write(tmp_path / "town.osm.pbf")
        open_or_build(source, tmp_path / "cache")
        (cached,) = (tmp_path / "cache").iterdir()
        first = cached.stat()
        again = open_or_build(source, tmp_path / "cache")
        assert cached.stat().st_ino == first.st_ino
        assert again.about["edges"] == 7

    def test_a_changed_extract_is_built_again(self, tmp_path):
        sketch = block_town()
        source = sketch.write(tmp_path / "town.osm.pbf")
        open_or_build(source, tmp_path / "cache")
        sketch.line((0, 300), (100, 300))
        sketch.write(source)
        os.utime(source, ns=(1, 1))
        assert open_or_build(source, tmp_path / "cache").about["edges"] == 8

    def test_a_damaged_cache_is_built_again(self, tmp_path):
        source = block_town().write(tmp_path / "town.osm.pbf")
        open_or_build(source, tmp_path / "cache")
        (cached,) = (tmp_path / "cache").iterdir()
        cached.write_bytes(cached.read_bytes()[:100])
        assert open_or_build(source, tmp_path / "cache").about["edges"] == 7

    def test_a_built_graph_is_opened_as_it_is(self, tmp_path):
        graph = tmp_path / "town.streets"
        build(block_town().write(tmp_path / "town.osm.pbf"), graph)
        assert open_or_build(graph, tmp_path / "cache").about["edges"] == 7
        assert not (tmp_path / "cache").exists()

    def test_a_missing_file_is_named(self, tmp_path):
        with pytest.raises(StreetsError, match=r"none\.osm\.pbf"):
            open_or_build(tmp_path / "none.osm.pbf", tmp_path / "cache")


@needs_real_streets
def test_a_real_ward_becomes_a_graph():
    extract = read_extract(STREETS)
    assert len(extract.name) > 30_000
    assert any(names.get("en") for names in extract.names)
