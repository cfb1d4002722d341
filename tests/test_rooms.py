"""The house keeps its walls: how large a room is, what it gives to others, and its drawing.

That imports run downwards, in no circle, and not into what a room keeps to itself is said by the
contracts in `pyproject.toml` (`make check`); here is what those cannot say.
"""

import ast
import re
import tomllib
from collections import Counter
from functools import cache
from pathlib import Path

import pytest
from grimp import ImportGraph, build_graph

from bench.rooms import PICTURES, halls, pictures
from tour.settings import ROOT

MODULES, LINES = 16, 300
NUMBERED = "tour/db/migrations"
"""Exempt from both: numbered files in a row, of which no line is ever changed again."""


@cache
def graph() -> ImportGraph:
    return build_graph("tour", cache_dir=None)


def sources() -> list[Path]:
    found = [path.relative_to(ROOT) for path in sorted((ROOT / "tour").rglob("*.py"))]
    return [path for path in found if str(path.parent) != NUMBERED]


def packages() -> list[str]:
    found = {one for one in graph().modules if graph().find_children(one)}
    return sorted(found - {"tour", NUMBERED.replace("/", ".")})


def rooms() -> list[str]:
    """Packages inside of a feature: each has one subject, and its own modules."""
    return [one for one in packages() if one.count(".") > 1]


def contracts(kind: str) -> list[dict]:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    return [c for c in settings["tool"]["importlinter"]["contracts"] if c["type"] == kind]


def test_no_folder_holds_more_than_one_can_look_over() -> None:
    held = Counter(path.parent for path in sources() if path.name != "__init__.py")
    assert {str(folder): n for folder, n in held.items() if n > MODULES} == {}


def test_no_module_is_longer_than_one_sitting() -> None:
    lines = {str(path): len((ROOT / path).read_text("utf-8").splitlines()) for path in sources()}
    assert {path: n for path, n in lines.items() if n > LINES} == {}


def test_every_hall_has_its_floors_in_a_contract() -> None:
    told = {one for c in contracts("layers") if c.get("exhaustive") for one in c["containers"]}
    assert set(halls(graph())) <= told


@pytest.mark.parametrize("package", packages())
def test_a_package_says_what_it_is_for(package: str) -> None:
    assert re.match(r"[A-Z/][^\n]{20,}[.:]", _said(package))


@pytest.mark.parametrize("room", rooms())
def test_a_room_says_what_it_gives_to_others(room: str) -> None:
    """`For others:` names what is imported from outside it; all else is private by contract."""
    given = re.search(r"For others: ([^.]+)\.", _said(room))
    named = set(re.findall(r"`(\w+)`", given[1])) if given else set()
    inside = graph().find_children(room)
    asked = {one.rpartition(".")[2] for one in inside if _is_asked_from_outside(one, room)}
    private = {m for c in contracts("protected") for m in c["protected_modules"]}

    assert named == asked
    assert {one for one in inside if one.rpartition(".")[2] not in named} <= private


def _said(package: str) -> str:
    path = ROOT / package.replace(".", "/") / "__init__.py"
    return ast.get_docstring(ast.parse(path.read_text("utf-8"))) or ""


def _is_asked_from_outside(module: str, room: str) -> bool:
    mine = {module, *graph().find_descendants(module)}
    asking = {by for one in mine for by in graph().find_modules_that_directly_import(one)}
    return any(not f"{by}.".startswith(f"{room}.") for by in asking)


def test_the_drawings_are_those_of_the_imports_as_they_are() -> None:
    drawn = {path.name: path.read_text("utf-8") for path in PICTURES.glob("*.svg")}
    assert sorted(drawn) == sorted(pictures())
    old = [name for name, picture in pictures().items() if drawn[name] != picture]
    assert old == [], "draw them anew with `make drawing`"
