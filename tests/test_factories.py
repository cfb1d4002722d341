"""Each kind of row is made in one place: a column that must be filled is filled once."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tour.settings import ROOT

TESTS = ROOT / "tests"
FACTORIES = TESTS / "factories.py"
MADE_ONCE = frozenset({"Site", "Event", "Programme", "Slot", "Reservation", "WalkingRoute"})
CREATES = frozenset({"create", "bulk_create", "get_or_create", "update_or_create"})
MAKERS = frozenset({"make_site", "make_event", "make_programme", "make_slot", "make_course"})


def rows_made(source: str) -> Iterator[str]:
    """`Site.create` and its like as calls, and functions that are called as the factories are."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            if node.value.id in MADE_ONCE and node.attr in CREATES:
                yield f"{node.value.id}.{node.attr}"
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name in MAKERS:
            yield node.name


@pytest.mark.parametrize(
    "source",
    [
        "async def f():\n    await Site.create(slug='x')\n",
        "async def f():\n    return await Slot.bulk_create([])\n",
        "async def make_site(slug):\n    ...\n",
    ],
)
def test_the_search_finds_one(source: str) -> None:
    assert list(rows_made(source))


@pytest.mark.parametrize("source", ["'''await Site.create()'''", "site = await make_site()"])
def test_the_search_finds_no_more(source: str) -> None:
    assert list(rows_made(source)) == []


def test_only_the_factories_make_rows() -> None:
    made: dict[str, list[str]] = {}
    for path in sorted(TESTS.rglob("*.py")):
        found = list(rows_made(path.read_text("utf-8")))
        if found and path != FACTORIES:
            made[str(Path(path).relative_to(TESTS))] = found
    assert made == {}
