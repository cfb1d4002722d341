"""Walks: against networkx on the same streets, as a region grows, and against a real engine.

REAL_STREETS names a street extract (`tests/material.py`). With TOUR_WALK_ENGINE (a Valhalla with
the streets of the same extract) its walks are compared with ours.
"""

import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import networkx as nx
import numpy as np

from tests.material import STREETS
from tour.geo import Point, distance_m
from tour.routes.paths import Profile
from tour.routes.streets import file as streets_file
from tour.routes.streets.build import graph_of, open_or_build
from tour.routes.streets.extract import Extract, read_extract
from tour.routes.streets.graph import Streets
from tour.routes.walks.engine_client import EngineClient
from tour.routes.walks.valhalla import Valhalla
from tour.settings import ROOT, Settings

PLACES = 50
SIDES = (318, 450, 636, 900)
"""Junctions along a side of the drawn regions: each has twice as many as the one before."""

PAIRS = 400
REACH_M = 60.0


def against_networkx() -> None:
    """The same shortest walks, from node to node of the uncut ways."""
    streets, extract = open_or_build(STREETS, ROOT / "var" / "streets"), read_extract(STREETS)
    graph, place = _graph(extract)
    dice = np.random.default_rng(1)
    inside = sorted(max(nx.connected_components(graph), key=len))
    nodes = dice.choice(inside, PLACES, replace=False).tolist()
    points = [place[node] for node in nodes]
    started = time.perf_counter()
    ours = streets.lengths(points, points)
    our_seconds = time.perf_counter() - started
    started = time.perf_counter()
    known = [nx.single_source_dijkstra_path_length(graph, node) for node in nodes]
    their_seconds = time.perf_counter() - started
    theirs = np.array([[row[node] for node in nodes] for row in known])
    print(
        f"matrix {PLACES}×{PLACES}: {our_seconds:.2f} s; networkx {their_seconds:.1f} s "
        f"({their_seconds / our_seconds:.0f}×); apart by {np.abs(ours - theirs).max():.4f} m"
    )


def _graph(extract: Extract) -> tuple["nx.Graph[int]", dict[int, Point]]:
    columns = (extract.node.tolist(), extract.x.tolist(), extract.y.tolist())
    place = {n: Point(lat=y / 1e7, lon=x / 1e7) for n, x, y in zip(*columns, strict=True)}
    graph: nx.Graph[int] = nx.Graph()
    for i in np.flatnonzero((np.diff(extract.way) == 0) & (np.diff(extract.step) == 1)):
        a, b = int(extract.node[i]), int(extract.node[i + 1])
        graph.add_edge(a, b, weight=distance_m(place[a], place[b]))
    return graph, place


def growing() -> None:
    """Each size in a process of its own, whose largest memory is its own too."""
    for side in SIDES:
        command = [sys.executable, "-m", "bench.streets", str(side)]
        subprocess.run(command, check=True, timeout=600)


def region(side: int) -> None:
    """Draw a region of side × side junctions, build it, open it, ask it."""
    extract = drawn(side)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started = time.perf_counter()
    content = graph_of(extract, Path("drawn"))
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "region.streets"
        streets_file.write(file, content.about, content.arrays)
        building = time.perf_counter() - started
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
        size = file.stat().st_size
        started = time.perf_counter()
        streets = Streets.open(file)
        opening = time.perf_counter() - started
        edges = content.about["edges"]
        print(
            f"{side * side:7,} junctions, {edges:9,} edges: build {building:4.1f} s with "
            f"{peak / 1024:4.0f} MB ({peak * 1024 / edges:3.0f} B an edge); file "
            f"{size / 2**20:4.0f} MB ({size / edges:.0f} B an edge); open {opening:.2f} s; "
            f"{_asked(streets)}"
        )


def _asked(streets: Streets) -> str:
    """Walks of some four kilometres in the middle."""
    box, dice = streets.bounds, np.random.default_rng(1)
    middle = np.array([(box.south + box.north) / 2, (box.west + box.east) / 2])
    spots = (middle + dice.uniform(-0.02, 0.02, (PLACES, 2))).tolist()
    points = [Point(lat=lat, lon=lon) for lat, lon in spots]
    streets.path(points[0], points[1])
    started = time.perf_counter()
    for a, b in zip(points[:10], points[10:20], strict=True):
        streets.path(a, b)
    walk = (time.perf_counter() - started) / 10
    started = time.perf_counter()
    streets.lengths(points, points)
    return f"walk {1000 * walk:.0f} ms; {PLACES}×{PLACES} {time.perf_counter() - started:.2f} s"


def drawn(side: int) -> Extract:
    """Streets of a hundred metres, each row and column a way; corners are not quite straight."""
    dice = np.random.default_rng(2)
    row, column = np.divmod(np.arange(side * side), side)
    x = 1_397_000_000 + column * 11_000 + dice.integers(-1500, 1500, side * side)
    y = 357_000_000 + row * 9_000 + dice.integers(-1500, 1500, side * side)
    along = np.concatenate(
        [np.arange(side * side), np.arange(side * side).reshape(side, side).T.ravel()]
    )
    way = np.repeat(np.arange(2 * side), side)
    return Extract(
        node=along.astype(np.int64),
        x=x[along].astype(np.int32),
        y=y[along].astype(np.int32),
        way=way.astype(np.int32),
        step=np.tile(np.arange(side), 2 * side).astype(np.int32),
        street_class=np.full(2 * side, 3, dtype=np.uint8),
        flags=np.zeros(2 * side, dtype=np.uint8),
        name=np.zeros(2 * side, dtype=np.int32),
        names=[{}],
        source_at=None,
    )


def against_an_engine(url: str) -> None:
    """Random places near streets, some hundred metres to six kilometres apart."""
    streets = open_or_build(STREETS, ROOT / "var" / "streets")
    engine, dice = Valhalla(EngineClient(url)), np.random.default_rng(3)
    for profile in Profile:
        pairs = [_pair(streets, profile, dice) for _pair_number in range(PAIRS)]
        lengths = [(streets.path(a, b, profile), engine.path(a, b, profile)) for a, b in pairs]
        apart = [abs(t.distance_m / o.distance_m - 1) for o, t in lengths if o and t]
        only = sum((o is None) != (t is None) for o, t in lengths)
        print(
            f"{profile}: {len(apart)} walks, apart by {100 * np.median(apart):.2f} % (median), "
            f"{100 * np.quantile(apart, 0.95):.2f} % (95 %), {100 * max(apart):.1f} % (most); "
            f"{only} that only one of the two knows"
        )


def _pair(streets: Streets, profile: Profile, dice: np.random.Generator) -> tuple[Point, Point]:
    box = streets.bounds
    for _try in range(10_000):
        spots = dice.uniform((box.south, box.west), (box.north, box.east), (2, 2)).tolist()
        a, b = (Point(lat=lat, lon=lon) for lat, lon in spots)
        near = all(streets.snap(p, profile, reach_m=REACH_M) for p in (a, b))
        if near and 200 < distance_m(a, b) < 6000:
            return a, b
    raise RuntimeError("no two places near streets")


def main() -> None:
    if len(sys.argv) > 1:
        region(int(sys.argv[1]))
        return
    growing()
    if not STREETS.is_file():
        print("streets: no REAL_STREETS to compare on")
        return
    against_networkx()
    if engine := Settings.from_environ(os.environ).walk_engine:
        against_an_engine(engine)


if __name__ == "__main__":
    main()
