"""The parts of the app are typed and reached in one way, and none by a feature below its own."""

import ast
import re
import tomllib
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

from tour.parts import Parts
from tour.settings import ROOT

PARTS = ROOT / "tour/parts.py"
MODULES = sorted((ROOT / "tour").rglob("*.py"))
BY_NAME_ALONE = re.compile(
    r"\bapp\.state\b|starlette\.datastructures import .*\bState\b"
    r"|(?:get|has|set)attr\(\s*(?:\w+\.)*(?:app|state|parts)\b"
)
JOINED, REACHED = "app.state.parts = parts", "request.app.state.parts"


def layers() -> dict[str, int]:
    """The packages and modules of `tour` by the height that the import rules give them."""
    rules = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]
    (told,) = (c["layers"] for c in rules["contracts"] if c.get("containers") == ["tour"])
    return {n: len(told) - i for i, names in enumerate(told) for n in names.split(" | ")}


def heights_of_parts() -> dict[str, int]:
    """Each part by the height of the package that its type is from; the types of none have none."""
    tree = ast.parse(PARTS.read_text("utf-8"))
    homes = {
        alias.name: node.module.split(".")[1]
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("tour.")
        for alias in node.names
    }
    known = layers()
    return {
        field.name: max(known[homes[t]] for t in re.findall(r"\w+", field.type) if t in homes)
        for field in fields(Parts)
        if any(t in homes for t in re.findall(r"\w+", field.type))
    }


def taken(path: Path) -> Iterator[str]:
    """The parts that a module takes: `parts_of(request).town`, `parts.town`, `self.parts.town`."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Attribute):
            match node.value:
                case ast.Call(func=ast.Name(id="parts_of")):
                    yield node.attr
                case ast.Name(id="parts") | ast.Attribute(attr="parts"):
                    yield node.attr


def test_no_feature_takes_a_part_of_a_feature_above_it() -> None:
    known, heights, seen = layers(), heights_of_parts(), 0
    for path in (path for path in MODULES if "arts" in path.read_text("utf-8")):
        name = path.relative_to(ROOT / "tour").parts[0].removesuffix(".py")
        own = known.get(name, max(known.values()))
        wanted = [part for part in taken(path) if part in heights]
        assert [part for part in wanted if heights[part] > own] == [], path
        seen += len(wanted)
    assert seen > 100


def test_parts_are_joined_and_reached_in_one_place_each() -> None:
    found = {
        str(path.relative_to(ROOT)): line.strip()
        for path in MODULES
        for line in path.read_text("utf-8").splitlines()
        if BY_NAME_ALONE.search(line)
    }
    assert found == {"tour/app.py": JOINED, "tour/parts.py": f"parts: Parts = {REACHED}"}


def test_a_part_is_never_whatever_it_may_be() -> None:
    assert [field.name for field in fields(Parts) if "Any" in str(field.type)] == []
    assert "lease" in heights_of_parts()
    assert heights_of_parts()["site_matrix"] == layers()["routes"]
