"""What the planner's compiled parts promise each other, on days small enough to try everything."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.routes.planner.days import best_merit, metric_problems, problems
from tour.routes.planner.arrays import DETOUR, NEVER, WEIGHT
from tour.routes.planner.compiled import forget_stale
from tour.routes.planner.model import Model, Reach, model_of, reason_alone, straight_way
from tour.routes.planner.problem import DayProblem
from tour.routes.planner.required import route_through
from tour.routes.planner.search.gaps import delay_at, look_at_all_gaps, look_everywhere, measure
from tour.routes.planner.search.state import new_search

pytestmark = pytest.mark.slow

without_deadline = settings(deadline=None)


def possible(problem: DayProblem) -> Model:
    """The day with every candidate that can be visited alone."""
    reach, numbers = Reach.of(problem), range(len(problem.candidates))
    kept = [number for number in numbers if reason_alone(problem, reach, number) is None]
    return model_of(problem, reach, kept)


@without_deadline
@given(problems())
def test_a_visit_never_costs_less_time_than_its_least_detour(problem: DayProblem) -> None:
    day = model_of(problem, Reach.of(problem), range(len(problem.candidates))).day
    hop, size = day.hop.astype(np.int64), day.nodes.shape[1]

    for node in range(1, size - 1):
        starts = [start for start in range(size - 1) if start != node]
        ends = [end for end in range(1, size) if end != node]
        detours = [hop[a, node] + hop[node, b] - hop[a, b] for a in starts for b in ends if a != b]
        assert day.nodes[DETOUR, node] <= min(detours)


@without_deadline
@given(problems() | metric_problems(), st.integers(0, 9))
def test_no_gap_is_missed(problem: DayProblem, seed: int) -> None:
    model = possible(problem)
    if not model.choices or not straight_way(problem):
        return
    day = model.day
    end = day.nodes.shape[1] - 1
    through = np.random.default_rng(seed).permutation(np.arange(1, end))[: seed % 3]
    route = np.array([0, *through, end])
    search = new_search(day, route, seed)
    search.route[: len(route)] = route

    measure(day, search, len(route))
    look_at_all_gaps(day, search, len(route))
    noted = search.delays[1:end].tolist()

    gaps = range(len(route) - 1)
    for node in range(1, end):
        least = min(delay_at(day, search, node, k, k + 1) for k in gaps)
        assert noted[node - 1] == least
        assert look_everywhere(day, search, len(route), node) == (least < NEVER)


@without_deadline
@given(metric_problems())
def test_labels_alone_find_the_best_of_a_small_day(problem: DayProblem) -> None:
    model, best = possible(problem), best_merit(problem)

    found = route_through(model, model.candidates, pause=False)

    assert found.complete
    assert found.route is not None
    assert best is not None
    assert model.day.nodes[WEIGHT, found.route].sum() == best.score


WHAT_IS_COMPILED_LATER = """
import sys
from dataclasses import replace
from tests.routes.planner.test_plan import many_sites, planned
from tour.routes.planner.plan import compile_kernels

def signatures():
    modules = [module for name, module in sys.modules.items() if "routes.planner" in name]
    parts = {part for module in modules for part in vars(module).values()
             if hasattr(part, "nopython_signatures")}
    return {(part.__name__, str(kind)) for part in parts for kind in part.nopython_signatures}

compile_kernels()
before = signatures()
days = [many_sites(8), replace(many_sites(30), pause=None), replace(many_sites(5), max_walk=60)]
for problem in days:
    planned(problem, steps=400)
print(len(before) > 5, signatures() - before)
"""


def test_no_plan_waits_for_the_compiler() -> None:
    run = subprocess.run(
        [sys.executable, "-W", "error", "-c", WHAT_IS_COMPILED_LATER],
        cwd=Path(__file__).parents[3],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )

    assert run.stdout.strip() == "True set()", run.stderr


@pytest.mark.parametrize("changed", ["top.py", "search/moves.py", "search/deeper/gaps.py"])
def test_machine_code_older_than_any_source_is_dropped(tmp_path: Path, changed: str) -> None:
    sources = [tmp_path / name for name in ("top.py", "search/moves.py", "search/deeper/gaps.py")]
    cached = [file.parent / "__pycache__" / f"{file.stem}.run-9.nbi" for file in sources]
    for file in (*sources, *cached):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()
        os.utime(file, (1000, 1000))

    forget_stale(tmp_path)
    assert all(file.exists() for file in cached)

    os.utime(tmp_path / changed, (2000, 2000))
    forget_stale(tmp_path)
    assert not any(file.exists() for file in cached)
