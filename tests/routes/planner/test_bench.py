"""`tour plan-bench`: both formats, and files that are neither."""

import json
import math
from itertools import pairwise
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.material import PLANNER, needs_real_planner
from tour.errors import ConfigurationError
from tour.routes.planner.bench import plan_bench, read_cases, run

INSTANCE = {
    "decimals": 1,
    "nodes": [
        [0, 0, 0, 0, 0, 60],
        [10, 0, 10, 20, 0, 40],
        [20, 0.5, 10, 30, 30, 35],
        [0, 30, 5, 5, 0, 5],
    ],
}
DAY = {
    "start_end": {"x_m": 0, "y_m": 0},
    "day_s": 7200,
    "sites": [
        {"x_m": 300, "y_m": 400, "visit_s": 1200, "score": 10, "windows_s": [[0, 0], [3600, 3700]]},
        {"x_m": 0, "y_m": 100, "visit_s": 600, "score": 20, "windows_s": [[4500, 4500]]},
        {"x_m": 100, "y_m": 0, "visit_s": 3600, "score": 5, "windows_s": [[300, 300]]},
    ],
    "optimal_score": 25,
}


def written(tmp_path: Path, entries: object) -> Path:
    path = tmp_path / "cases.json"
    path.write_text(json.dumps(entries), encoding="utf-8")
    return path


def profit_of(data: dict, route: list[int]) -> int:
    """What a route of an instance is worth, stepped through in whole tenths; or a failure."""
    nodes, unit = data["nodes"], 10 ** data["decimals"]
    time = nodes[0][4] * unit
    for before, node in pairwise([0, *route, 0]):
        (x, y, stay, *_), (x2, y2, *_, opens, closes) = nodes[before], nodes[node]
        squares = round((x - x2) * 1000) ** 2 + round((y - y2) * 1000) ** 2
        time += round(stay * unit) if before else 0
        time += math.isqrt(squares * unit**2) // 1000
        assert time <= round(closes * unit)
        time = max(time, round(opens * unit))
    assert len(set(route)) == len(route)
    return sum(nodes[node][3] for node in route)


def test_it_prints_an_object_a_line_for_each_instance_and_seed(tmp_path: Path) -> None:
    path = written(tmp_path, {"_format": "text", "small": INSTANCE, "day": DAY})

    result = CliRunner().invoke(plan_bench, [str(path), "--seconds", "0.2", "--seeds", "2"])

    lines = [json.loads(line) for line in result.stdout.splitlines()]
    assert result.exit_code == 0
    assert [(line["instance"], line["seed"]) for line in lines] == [
        ("small", 0),
        ("small", 1),
        ("day", 0),
        ("day", 1),
    ]
    assert set(lines[0]) == {"instance", "seed", "seconds", "score", "route", "optimal"}
    assert (lines[0]["score"], lines[0]["route"], lines[0]["optimal"]) == (50, [1, 2], True)
    assert (lines[2]["score"], lines[2]["optimal"]) == (25, True)
    assert lines[2]["route"] == [[2, 300], [1, 4500]]


@pytest.mark.parametrize(
    "entries",
    [
        [],
        {},
        {"_format": "text"},
        {"bad": {"decimals": 1}},
        {"bad": {"decimals": 1, "nodes": []}},
        {"bad": {"decimals": 1, "nodes": [[0, 0, 0, 0, 0]]}},
        {"bad": {"decimals": 1, "nodes": [[0, 0, 0, 0, 0, "late"]]}},
        {"bad": {"decimals": 1, "nodes": [[0, 0, 0, 0, 0, 9], [1, 1, -5, 1, 0, 9]]}},
        {"bad": {"decimals": 1, "nodes": [[0, 0, 0, 0, 0, 9], [1, 1, 5, 1.5, 0, 9]]}},
        {"bad": {**DAY, "sites": [{"x_m": 1}]}},
        {"bad": 7},
    ],
)
def test_a_file_that_is_neither_format_is_named(tmp_path: Path, entries: object) -> None:
    with pytest.raises(ConfigurationError, match=r"cases\.json"):
        read_cases(written(tmp_path, entries))


def test_a_file_that_is_not_json_or_not_there_is_named(tmp_path: Path) -> None:
    path = tmp_path / "broken.json"
    path.write_text("{", encoding="utf-8")

    with pytest.raises(ConfigurationError, match="not JSON"):
        read_cases(path)
    with pytest.raises(ConfigurationError, match=r"missing\.json"):
        read_cases(tmp_path / "missing.json")


@pytest.mark.parametrize("options", [["--seconds", "0"], ["--seeds", "none"], ["--nothing"]])
def test_an_option_that_makes_no_sense_ends_with_2(tmp_path: Path, options: list[str]) -> None:
    path = written(tmp_path, {"small": INSTANCE})

    assert CliRunner().invoke(plan_bench, [str(path), *options]).exit_code == 2


@needs_real_planner
def test_routes_of_the_standard_instances_are_feasible_and_worth_their_score() -> None:
    for case in read_cases(PLANNER / "instances.json"):
        result = run(case, seconds=0.1, seed=1)
        assert profit_of(case.data, result["route"]) == result["score"] > 0


@needs_real_planner
def test_the_best_days_are_found_and_none_better_is_claimed() -> None:
    for case in read_cases(PLANNER / "day_cases.json"):
        result = run(case, seconds=2, seed=1)
        assert result["score"] == case.data["optimal_score"]
        assert result["optimal"]
