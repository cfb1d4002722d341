"""A Valhalla in the place of our own streets, and what happens when it does not answer.

The server here is a small one; with TEST_VALHALLA, the address of a real one with the streets of
`REAL_STREETS`, the last test asks that too.
"""

import os
from collections.abc import Iterator

import numpy as np
import pytest

from tests.material import STREETS, needs_real_streets
from tests.routes.sketch import at, block_town
from tests.routes.streets.test_graph import opened
from tests.routes.walks.valhalla_server import Server, encoded, valhalla
from tour.errors import ConfigurationError
from tour.geo import Point, distance_m
from tour.routes.paths import STANDARD_PACE, NoAnswer, Profile
from tour.routes.streets.build import open_or_build
from tour.routes.walks.engine_client import LARGEST_ANSWER, REST_SECONDS, EngineClient
from tour.routes.walks.site_matrix import SiteMatrix
from tour.routes.walks.valhalla import Valhalla, polyline
from tour.routes.walks.walks import Walks
from tour.settings import Settings
from tour.sites.entries import Catalogue, StationEntry

HERE, THERE = at(50, 10), at(390, 110)
FAR, NOWHERE = at(5_000, 0), Point(lat=36.9, lon=141.9)
NOBODY = "http://127.0.0.1:9"


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    town = block_town()
    town.way(3, town.node(500, 0), highway="steps", name="坂")
    with valhalla(opened(town)) as found:
        yield found


@pytest.fixture(autouse=True)
def _afresh(server: Server) -> Iterator[None]:
    yield
    server.answers.clear()
    server.asked.clear()


@pytest.fixture
def engine(server: Server) -> Valhalla:
    return Valhalla(EngineClient(server.url))


class Stopwatch:
    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def test_a_path_is_that_of_the_streets_from_door_to_door(server, engine):
    for profile in Profile:
        ours, theirs = (e.path(HERE, THERE, profile) for e in (server.streets, engine))
        assert theirs.distance_m == pytest.approx(ours.distance_m, abs=2)
        assert theirs.line[0] == HERE
        assert theirs.line[-1] == THERE
        assert [s.names.get("") for s in theirs.stretches] == [
            s.names.get("") for s in ours.stretches
        ]
    assert engine.path(HERE, HERE, Profile.WALK).distance_m == 0


def test_steps_are_steps_and_only_a_wheelchair_is_kept_off_them(server, engine):
    path = engine.path(at(410, 0), at(490, 0), Profile.WALK)
    assert [s.is_steps for s in path.stretches] == [True]
    engine.path(HERE, THERE, Profile.NO_STEPS)
    kinds = [q["costing_options"]["pedestrian"].get("type") for _path, q in server.asked]
    assert kinds == [None, "wheelchair"]


def test_lengths_are_those_of_the_streets(server, engine):
    places = [HERE, THERE, at(100, -20), at(0, 100), FAR, NOWHERE]
    theirs = engine.lengths(places, places, Profile.WALK)
    ours = server.streets.lengths(places, places, Profile.WALK)
    assert np.array_equal(np.isinf(theirs), np.isinf(ours))
    known = np.isfinite(ours)
    assert np.abs(theirs[known] - ours[known]).max() < 3
    assert np.diag(theirs).tolist() == [0.0] * 6


def test_many_places_are_asked_for_in_parts(server, engine):
    places = [at(3 * n, 0) for n in range(60)]
    theirs = engine.lengths(places, places, Profile.WALK)
    assert np.abs(theirs - server.streets.lengths(places, places, Profile.WALK)).max() < 3
    sizes = [
        len(question["sources"]) * len(question["targets"])
        for path, question in server.asked
        if path == "/sources_to_targets"
    ]
    assert max(sizes) <= 2_500
    assert all(len(q["locations"]) <= 50 for path, q in server.asked if path == "/locate")


@pytest.mark.parametrize("end", [FAR, NOWHERE])
def test_a_place_without_streets_is_an_estimate_of_one_walk_only(engine, end):
    walks = Walks(engine)
    assert engine.path(HERE, end, Profile.WALK) is None
    walk = walks.walk(HERE, end)
    assert (walk.approximate, walk.distance_m) == (True, round(distance_m(HERE, end) * 1.3))
    assert not walks.walk(HERE, THERE).approximate


def test_a_line_is_read_as_it_was_encoded():
    line = [Point(lat=35.123456, lon=139.654321), Point(lat=35.1, lon=139.7), at(-3, 4)]
    for ours, theirs in zip(polyline(encoded(line)), line, strict=True):
        assert ours.lat == pytest.approx(theirs.lat, abs=1e-6)
        assert ours.lon == pytest.approx(theirs.lon, abs=1e-6)
    assert polyline("_p~iF~ps|U") == [Point(lat=3.85, lon=-12.02)]


BROKEN = {
    "not json": (200, b"<html>"),
    "something else": (200, b'{"trip": {"legs": []}}'),
    "a list": (200, b"[]"),
    "a fault": (500, b"{}"),
    "busy": (503, b'{"error": "busy"}'),
    "refused": (400, b'{"error_code": 150}'),
    "refused without a word": (404, b"{}"),
    "endless": (200, b" " * (LARGEST_ANSWER + 1)),
}


@pytest.mark.parametrize("answer", BROKEN.values(), ids=BROKEN.keys())
def test_an_answer_that_is_none_is_an_estimate(server, engine, answer):
    server.answers = dict.fromkeys(("/route", "/locate"), lambda: answer)
    walks = Walks(engine)
    assert walks.walk(HERE, THERE).approximate
    matrix = Walks(Valhalla(EngineClient(server.url))).matrix([HERE, THERE])
    assert matrix.approximate[0, 1]
    assert not walks.engine.path(HERE, HERE, Profile.WALK).line[1:]


def test_the_own_streets_answer_for_a_silent_engine(server):
    silent = Valhalla(EngineClient(NOBODY))
    with pytest.raises(NoAnswer):
        silent.path(HERE, THERE, Profile.WALK)
    walks = Walks(silent, server.streets)
    assert not walks.walk(HERE, THERE).approximate
    assert walks.walk(HERE, THERE).distance_m == Walks(server.streets).walk(HERE, THERE).distance_m
    assert not walks.matrix([HERE, THERE]).approximate.any()
    assert Walks(silent).walk(HERE, THERE).approximate


def test_after_a_failure_nobody_waits_until_the_engine_had_its_rest(server):
    watch = Stopwatch()
    client = EngineClient(server.url, monotonic=watch)
    server.answers = {"/status": lambda: (500, b"")}
    for _attempt in range(3):
        with pytest.raises(NoAnswer):
            client.ask("/status", {}, 1)
    assert len(server.asked) == 1
    server.answers = {"/status": lambda: (200, b'{"version": "3.5.1"}')}
    watch.seconds += REST_SECONDS + 1
    assert client.ask("/status", {}, 1).json["version"] == "3.5.1"


def test_an_engine_that_takes_too_long_is_not_waited_for(server):
    watch = Stopwatch()

    def slow() -> tuple[int, bytes]:
        watch.seconds += 5
        return 200, b"{}" + b" " * 500_000

    server.answers = {"/route": slow}
    with pytest.raises(NoAnswer):
        EngineClient(server.url, monotonic=watch).ask("/route", {}, 2)


async def test_estimates_for_a_silent_engine_are_not_kept(server):
    stations = tuple(StationEntry(str(n), "", "", at(50 * n, 0), {}) for n in range(3))
    catalogue = Catalogue(1, (), stations, {}, {})
    client = EngineClient(server.url, monotonic=(watch := Stopwatch()))
    matrix = SiteMatrix(Walks(Valhalla(client)))
    points = [station.point for station in stations]
    server.answers = {"/locate": lambda: (503, b"{}")}
    assert (await matrix.distances(catalogue, points, Profile.WALK)).approximate.any()
    server.answers.clear()
    watch.seconds += REST_SECONDS + 1
    assert not (await matrix.distances(catalogue, points, Profile.WALK)).approximate.any()


async def test_walks_from_one_place_are_those_of_the_whole_town_and_estimates_are_not_kept(server):
    """Before the town is measured and after; `server` falls silent in between."""
    stations = tuple(StationEntry(str(n), "", "", at(50 * n, 0), {}) for n in range(3))
    catalogue = Catalogue(1, (), stations, {}, {})
    client = EngineClient(server.url, monotonic=(watch := Stopwatch()))
    matrix = SiteMatrix(Walks(Valhalla(client)))
    start, *goals = [station.point for station in stations]
    server.answers = {"/locate": lambda: (503, b"{}")}
    assert all(walk.approximate for walk in await matrix.from_one(catalogue, start, goals))
    server.answers.clear()
    watch.seconds += REST_SECONDS + 1
    alone = await matrix.from_one(catalogue, start, goals)
    assert not any(walk.approximate for walk in alone)
    server.answers = {"/locate": lambda: (503, b"{}")}
    assert await matrix.from_one(catalogue, start, goals) == alone, "it is remembered"
    server.answers.clear()
    watch.seconds += REST_SECONDS + 1
    measured = await matrix.distances(catalogue, [start, *goals], Profile.WALK)
    minutes = measured.minutes(STANDARD_PACE)[0, 1:].tolist()
    assert [walk.minutes for walk in alone] == minutes
    elsewhere = await matrix.from_one(catalogue, start, goals[:1])
    assert [walk.minutes for walk in elsewhere] == minutes[:1]


def chosen(text: str) -> Settings:
    return Settings.from_environ({"TOUR_WALK_ENGINE": text})


def test_one_setting_chooses_the_engine():
    assert chosen("").walk_engine == ""
    assert chosen("valhalla+http://127.0.0.1:8002").walk_engine == "http://127.0.0.1:8002"
    assert chosen("valhalla+https://a.example/v1").walk_engine == "https://a.example/v1"


@pytest.mark.parametrize(
    "text",
    ["http://127.0.0.1:8002", "osrm+http://a", "valhalla+ftp://a", "valhalla+http://", "valhalla",
     "valhalla+http://a:b", "valhalla+http://u:p@a", "valhalla+http://a?x=1"],
)  # fmt: skip
def test_a_setting_that_is_none_stops_the_start(text):
    with pytest.raises(ConfigurationError, match="TOUR_WALK_ENGINE"):
        chosen(text)


@needs_real_streets
@pytest.mark.skipif("TEST_VALHALLA" not in os.environ, reason="no TEST_VALHALLA to ask")
@pytest.mark.parametrize("profile", Profile)
def test_a_real_valhalla_agrees(tmp_path, profile):
    real = Valhalla(EngineClient(os.environ["TEST_VALHALLA"]))
    streets = open_or_build(STREETS, tmp_path)
    dice = np.random.default_rng(4)
    corners = dice.uniform((35.74, 139.70), (35.79, 139.76), (20, 2)).tolist()
    places = [Point(lat=lat, lon=lon) for lat, lon in corners]
    ours = streets.lengths(places, [*places, NOWHERE], profile)
    theirs = real.lengths(places, [*places, NOWHERE], profile)
    assert np.array_equal(np.isinf(ours), np.isinf(theirs))
    long = np.isfinite(ours) & (ours > 300)
    away = np.abs(theirs[long] / ours[long] - 1)
    assert np.median(away) < 0.01
    assert np.quantile(away, 0.95) < 0.05
    path = real.path(places[0], places[1], profile)
    assert path.distance_m == pytest.approx(theirs[0, 1], abs=20)
