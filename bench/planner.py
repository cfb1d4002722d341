"""How good the planner is in a tenth of a second, and how fast the walking matrix is.

The standard instances and the street extract are no part of the project: REAL_PLANNER and
REAL_STREETS name them (`tests/material.py`). Without them only what is made here is measured.
"""

import csv
import time
from statistics import mean
from typing import Any

import networkx as nx
import numpy as np

from tests.material import PLANNER, STREETS
from tour.geo import Point
from tour.routes.paths import Profile
from tour.routes.planner.bench import Case, read_cases, run
from tour.routes.planner.plan import compile_kernels
from tour.routes.streets.build import open_or_build
from tour.routes.streets.graph import Streets
from tour.settings import ROOT

SEEDS = 5
PLACES = 50
SECONDS = (0.1, 1.0)
FAMILIES = {"series 1": ("c1", "r1", "rc1"), "series 2": ("c2", "r2", "rc2"), "pr": ("pr",)}

Answers = dict[str, list[dict[str, Any]]]


def planner() -> None:
    """Every instance with every seed in both times, and the days: a minute and a half."""
    if not (PLANNER / "instances.json").is_file():
        print("planner: no REAL_PLANNER to measure with")
        return
    compile_kernels()
    with (PLANNER / "reference.csv").open(encoding="utf-8") as file:
        best = {row["instance"]: int(row["reference"]) for row in csv.DictReader(file)}
    cases = read_cases(PLANNER / "instances.json")
    print(f"planner, {SEEDS} seeds, one thread  average gap, worst plan, plans proved")
    for seconds in SECONDS:
        answers = _answers(cases, seconds)
        for family, prefixes in FAMILIES.items():
            chosen = {name: found for name, found in answers.items() if name.startswith(prefixes)}
            print(f"  {family:8s} in {seconds:3.1f} s  {_summary(chosen, best)}")
    days = read_cases(PLANNER / "day_cases.json")
    for name, found in _answers(days, 1.0).items():
        optimum = next(day.data["optimal_score"] for day in days if day.name == name)
        scores = sorted({answer["score"] for answer in found})
        slowest = max(answer["seconds"] for answer in found)
        proved = sum(answer["optimal"] for answer in found)
        print(
            f"  day {name}  {scores} of {optimum}, proved {proved}/{SEEDS}, after {slowest:.2f} s"
        )


def _answers(cases: list[Case], seconds: float) -> Answers:
    return {
        case.name: [run(case, seconds=seconds, seed=seed) for seed in range(SEEDS)]
        for case in cases
    }


def _summary(answers: Answers, best: dict[str, int]) -> str:
    """The average of the instances' average gaps, the worst plan, and how many are proved."""
    gaps = {
        name: [100 * (1 - answer["score"] / best[name]) for answer in found]
        for name, found in answers.items()
    }
    average = mean(mean(found) for found in gaps.values())
    worst = max(gaps, key=lambda name: max(gaps[name]))
    found = [answer for several in answers.values() for answer in several]
    proved = sum(answer["optimal"] for answer in found)
    return f"{average:5.2f} %  {max(gaps[worst]):5.2f} % ({worst})  {proved}/{len(found)}"


def matrix() -> None:
    if not STREETS.is_file():
        print("matrix: no REAL_STREETS to measure on")
        return
    streets = open_or_build(STREETS, ROOT / "var" / "streets")
    places = _places(streets)
    started = time.perf_counter()
    streets.lengths(places, places, Profile.WALK)
    ours = time.perf_counter() - started
    graph = _graph(streets)
    sources = list(graph)[:: max(1, len(graph) // PLACES)][:PLACES]
    started = time.perf_counter()
    for source in sources:
        nx.single_source_dijkstra_path_length(graph, source, weight="metres")
    theirs = time.perf_counter() - started
    print(f"matrix {PLACES}×{PLACES}  {ours:.2f} s; networkx {theirs:.1f} s, {theirs / ours:.0f}×")


def _places(streets: Streets) -> list[Point]:
    box, dice = streets.bounds, np.random.default_rng(1)
    return [
        Point(lat=float(lat), lon=float(lon))
        for lat, lon in zip(
            dice.uniform(box.south, box.north, PLACES),
            dice.uniform(box.west, box.east, PLACES),
            strict=True,
        )
    ]


def _graph(streets: Streets) -> nx.Graph:
    """A graph of as many streets, for networkx."""
    size = round(streets.about["vertices"] ** 0.5)
    graph = nx.grid_2d_graph(size, size)
    nx.set_edge_attributes(graph, 50.0, "metres")
    return graph


def main() -> None:
    planner()
    matrix()


if __name__ == "__main__":
    main()
