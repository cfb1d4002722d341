"""`tour plan-bench`: the planner on instances of the literature and on days with known optima.

Two formats, told apart by their fields. An instance of the orienteering problem with time windows
has `decimals` (distances are cut to so many) and `nodes` (x, y, service, profit, open, close; the
first is start and end). A day case has `start_end`, `day_s` and `sites` with `windows_s`.
"""

import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

import click
import numpy as np

from tour.errors import ConfigurationError
from tour.routes.planner.arrays import Ints
from tour.routes.planner.plan import compile_kernels, plan_day
from tour.routes.planner.problem import Candidate, DayProblem, Option, Plan

_THOUSANDTHS = 1000
"""Coordinates have up to three decimals."""

_REPORT_SECONDS = 0.003
"""Kept back from the time, for what follows the search."""


@dataclass(frozen=True, slots=True)
class Case:
    """One entry of a file; `problem` is part of what is measured."""

    name: str
    data: dict[str, Any]

    @property
    def is_day(self) -> bool:
        return "sites" in self.data

    def problem(self) -> DayProblem:
        return _day_problem(self.data) if self.is_day else _instance_problem(self.data)

    def route(self, plan: Plan) -> list[Any]:
        """Node numbers without the depot, or of a day [site, start in seconds]."""
        if self.is_day:
            return [[stop.candidate, stop.start] for stop in plan.stops]
        return [stop.candidate + 1 for stop in plan.stops]


def read_cases(path: Path) -> list[Case]:
    """The cases of a file, each of which makes a problem; ConfigurationError says what is wrong."""
    try:
        entries = json.loads(path.read_text(encoding="utf-8"))
    except OSError as exc:
        raise ConfigurationError(f"{path}: {exc.strerror}") from exc
    except ValueError as exc:
        raise ConfigurationError(f"{path} is not JSON: {exc}") from exc
    if not isinstance(entries, dict):
        raise ConfigurationError(f"{path} has no object of instances")
    cases = [Case(name, data) for name, data in entries.items() if not name.startswith("_")]
    if not cases:
        raise ConfigurationError(f"{path} has no instances")
    for case in cases:
        try:
            case.problem()
        except (KeyError, TypeError, ValueError, IndexError, OverflowError) as exc:
            raise ConfigurationError(
                f"{path}: {case.name} is neither an instance nor a day case: {exc!r}"
            ) from exc
    return cases


def run(case: Case, *, seconds: float, seed: int) -> dict[str, Any]:
    """Plan one case in so many seconds, the reading of its data included."""
    began = perf_counter()
    problem = case.problem()
    left = seconds - (perf_counter() - began) - _REPORT_SECONDS
    plan = plan_day(problem, seconds=max(left, 0.001), seed=seed)
    return {
        "instance": case.name,
        "seed": seed,
        "seconds": round(perf_counter() - began, 4),
        "score": plan.score,
        "route": case.route(plan),
        "optimal": plan.optimal,
    }


def results(cases: list[Case], *, seconds: float, seeds: int) -> Iterator[dict[str, Any]]:
    """Every case with every seed."""
    for case in cases:
        for seed in range(seeds):
            yield run(case, seconds=seconds, seed=seed)


@click.command("plan-bench", help="Measure the planner: one JSON object a line.")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--seconds",
    default=0.1,
    show_default=True,
    type=click.FloatRange(0.001, 3600),
    help="Time for each plan.",
)
@click.option(
    "--seeds", default=1, show_default=True, type=click.IntRange(1, 1000), help="Plans of each."
)
def plan_bench(file: Path, seconds: float, seeds: int) -> None:
    cases = read_cases(file)
    compile_kernels()
    for result in results(cases, seconds=seconds, seeds=seeds):
        click.echo(json.dumps(result))


def _instance_problem(data: dict[str, Any]) -> DayProblem:
    nodes = data["nodes"]
    unit = 10 ** int(data["decimals"])
    candidates = tuple(
        Candidate(
            place,
            (
                Option(
                    _whole(opens * unit),
                    _whole(closes * unit),
                    _whole(stay * unit),
                    _integer(profit),
                ),
            ),
        )
        for place, (_, _, stay, profit, opens, closes) in enumerate(nodes[1:], start=1)
    )
    return DayProblem(
        walk=_cut_distances(nodes, unit),
        start=0,
        end=0,
        begins=_whole(nodes[0][4] * unit),
        ends=_whole(nodes[0][5] * unit),
        candidates=candidates,
    )


def _integer(number: float) -> int:
    """The same number; ValueError when it has a fraction, which a score must not have."""
    if number != int(number):
        raise ValueError(f"{number} is not a whole score")
    return int(number)


def _whole(number: float) -> int:
    """The integer it is meant to be: 0.1 * 10 is only nearly one."""
    return round(number)


def _cut_distances(nodes: list[list[float]], unit: int) -> Ints:
    """[n, n] Euclidean distances cut, not rounded, to whole units; exact in integers."""
    x, y = (
        np.array([_whole(node[axis] * _THOUSANDTHS) for node in nodes], np.int64) for axis in (0, 1)
    )
    squares = ((x[:, None] - x) ** 2 + (y[:, None] - y) ** 2) * unit**2
    roots = np.sqrt(squares.astype(np.float64)).astype(np.int64)
    roots -= roots * roots > squares
    roots += (roots + 1) * (roots + 1) <= squares
    distances: Ints = roots // _THOUSANDTHS
    return distances


def _day_problem(data: dict[str, Any]) -> DayProblem:
    sites, start = data["sites"], data["start_end"]
    points = [(place["x_m"], place["y_m"]) for place in (start, *sites)]
    candidates = tuple(
        Candidate(
            place,
            tuple(
                Option(earliest, latest, site["visit_s"], _integer(site["score"]))
                for earliest, latest in site["windows_s"]
            ),
        )
        for place, site in enumerate(sites, start=1)
    )
    walk = [[math.floor(1.3 * math.dist(a, b) / 75 * 60) for b in points] for a in points]
    return DayProblem(np.array(walk, np.int64), 0, 0, 0, int(data["day_s"]), candidates)
