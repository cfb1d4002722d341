"""The drawn ward, as large as a real one: bridges, steps, gates and names along real walks."""

import networkx as nx
import numpy as np
import pytest

from tests.routes.sketch import at
from tests.ward import (
    BESIDE_A_GATE,
    BLOCK,
    OVER_THE_RIVER,
    RAILWAY,
    ward,
    ward_graph,
)
from tour.demo.catalogue import read_places
from tour.geo import Point, distance_m
from tour.routes.paths import Profile
from tour.routes.streets.extract import read_extract
from tour.routes.streets.graph import Streets
from tour.routes.walks.walks import Walks
from tour.settings import ROOT

BOTH_SIDES = at(RAILWAY - BLOCK, -1_800), at(RAILWAY + BLOCK, -1_800)
"""Of a foot bridge over the railway."""


@pytest.fixture(scope="module")
def streets(tmp_path_factory: pytest.TempPathFactory) -> Streets:
    return Streets.open(ward_graph(tmp_path_factory.mktemp("ward")))


def test_walks_are_those_of_networkx_on_the_uncut_ways(streets, tmp_path) -> None:
    extract = read_extract(ward().write(tmp_path / "ward.osm.pbf"))
    places = [
        Point(lat=y / 1e7, lon=x / 1e7)
        for x, y in zip(extract.x.tolist(), extract.y.tolist(), strict=True)
    ]
    place = dict(zip(extract.node.tolist(), places, strict=True))
    graph = nx.Graph()
    for i in np.flatnonzero((np.diff(extract.way) == 0) & (np.diff(extract.step) == 1)):
        a, b = int(extract.node[i]), int(extract.node[i + 1])
        graph.add_edge(a, b, weight=distance_m(place[a], place[b]))
    nodes = np.random.default_rng(7).choice(sorted(graph), 40)
    starts, ends = nodes[:8].tolist(), nodes[8:].tolist()
    known = [nx.single_source_dijkstra_path_length(graph, start) for start in starts]
    expected = [[known[i][end] for end in ends] for i in range(len(starts))]
    lengths = streets.lengths([place[n] for n in starts], [place[n] for n in ends])
    assert lengths == pytest.approx(np.array(expected), abs=0.01)


def test_the_river_is_crossed_on_a_bridge(streets) -> None:
    [bridge] = [s for s in streets.path(*OVER_THE_RIVER).stretches if s.is_bridge]
    assert bridge.distance_m == pytest.approx(3 * BLOCK, rel=0.01)
    assert bridge.names[""] == "見本大橋"


def test_a_private_gate_is_walked_around(streets) -> None:
    assert streets.path(*BESIDE_A_GATE).distance_m == pytest.approx(2 * BLOCK, rel=0.01)


def test_who_avoids_steps_goes_to_the_level_crossing(streets) -> None:
    straight = streets.path(*BOTH_SIDES)
    assert any(stretch.is_steps for stretch in straight.stretches)
    around = streets.path(*BOTH_SIDES, Profile.NO_STEPS)
    assert not any(stretch.is_steps for stretch in around.stretches)
    assert around.distance_m > 3 * straight.distance_m


@pytest.mark.parametrize(("lang", "name"), [("ja", "番通り"), ("en", "Avenue")])
def test_directions_name_the_avenues(streets, lang, name) -> None:
    walk = Walks(streets, streets).walk(at(-BLOCK, -1_000), at(-BLOCK, 1_000), lang=lang)
    assert any(name in step.text for step in walk.directions)


def test_every_place_of_the_demonstration_lies_among_these_streets(streets) -> None:
    places = [site.entrance or site.point for site in read_places(ROOT / "data" / "geo").sites]
    assert all(streets.snap(place) for place in places if place)
