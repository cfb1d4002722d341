"""Modules that say "Pure", and those a plan is made by, are held to it by an import contract."""

import ast
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from grimp import ImportGraph, build_graph

ROOT = Path(__file__).parents[1]
CONTRACT = "Pure modules touch neither database nor web"


def test_whoever_says_pure_is_held_to_it():
    graph = build_graph("tour", cache_dir=None)
    says = {module for module in graph.modules if _says_pure(module)}
    planner = graph.find_descendants("tour.routes.planner")

    assert len(says) > 20
    assert says | planner <= _held(graph)


@pytest.mark.parametrize(
    ("module", "line"),
    [
        ("tour/reservations/rules.py", "from tour.reservations.models import Place"),
        ("tour/sites/opening/hours.py", "from starlette.requests import Request"),
        ("tour/routes/planner/search/fill.py", "from tour.db import transaction"),
        ("tour/programmes/states.py", "from tour.programmes import queries"),
    ],
)
def test_a_planted_import_breaks_the_contract(tmp_path: Path, module: str, line: str):
    shutil.copytree(ROOT / "tour", tmp_path / "tour", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    planted = tmp_path / module
    planted.write_text(planted.read_text("utf-8") + f"\n{line}  # noqa\n", "utf-8")

    checked = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=tmp_path,
        env={"PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert checked.returncode == 1, checked.stdout + checked.stderr
    assert f"{CONTRACT} BROKEN" in checked.stdout


def _says_pure(module: str) -> bool:
    path = ROOT / f"{module.replace('.', '/')}.py"
    if not path.exists():
        return False
    said = ast.get_docstring(ast.parse(path.read_text("utf-8"))) or ""
    return re.search(r"\bpure\b(?! part)", said, re.IGNORECASE) is not None


def _held(graph: ImportGraph) -> set[str]:
    """The contract's modules, and what they import."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    contracts = settings["tool"]["importlinter"]["contracts"]
    patterns = next(c for c in contracts if c["name"] == CONTRACT)["source_modules"]
    named = {module for pattern in patterns for module in graph.find_matching_modules(pattern)}
    named |= {inner for module in named for inner in graph.find_descendants(module)}
    return named.union(*(graph.find_upstream_modules(module) for module in named))
