"""One database is enough for a module that says why, and that looks at nothing databases differ in.

Every address is still asked on both, by `test_roles` and by those for ids that are somebody
else's; every form is sent on both by the story; every reading of rows into the process's copies
has tests of its own on both (`sites`, `events`, `programmes`: `test_queries`, `test_catalogue`).
"""

import ast
from collections.abc import Iterator
from pathlib import Path

from tour.settings import ROOT

TESTS = ROOT / "tests"
DIFFER = (
    "asyncpg",
    "sqlite3",
    "aiosqlite",
    "multiprocessing",
    "subprocess",
    "tests.postgres",
    "tests.schema",
    "tests.reservations.processes",
    "tests.reservations.ledger",
    "tortoise.transactions",
    "tour.db",
    "tour.reservations.service",
)
"""Locks and races, SQL of one's own, the schema, several processes, who gets a seat."""
ALWAYS_ON_BOTH = (
    "test_roles.py",
    "test_foreign_ids.py",
    "story/test_story.py",
    "web/test_bad_input.py",
    "reservations/pages/test_bad_input.py",
    "staff/test_imports.py",
    "test_migrations.py",
    "sites/test_catalogue.py",
    "sites/test_catalogue_rows.py",
    "events/test_queries.py",
    "programmes/test_queries.py",
    "routes/plans/test_itineraries.py",
    "publishing/test_service.py",
)


def reason(module: ast.Module) -> str | None:
    """What a module gives as the reason, or None where it runs on both."""
    for node in module.body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "pytestmark":
            call = node.value
            if isinstance(call, ast.Call) and ast.unparse(call.func) == "pytest.mark.once":
                return str(ast.literal_eval(call.args[0]))
    return None


def imported(module: ast.Module) -> Iterator[str]:
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def modules() -> dict[Path, ast.Module]:
    return {path: ast.parse(path.read_text("utf-8")) for path in TESTS.rglob("test_*.py")}


def test_who_runs_once_says_why_and_looks_at_nothing_that_may_differ() -> None:
    once = {path: module for path, module in modules().items() if reason(module) is not None}
    assert len(once) > 15
    for path, module in once.items():
        assert len(reason(module) or "") > 4, path
        assert [name for name in imported(module) if name.startswith(DIFFER)] == [], path


def test_what_the_others_rely_on_runs_on_both() -> None:
    for name in ALWAYS_ON_BOTH:
        assert reason(ast.parse((TESTS / name).read_text("utf-8"))) is None, name


def test_the_mark_stands_over_a_whole_module() -> None:
    mark = "pytest.mark.once("
    marked = {p for p in TESTS.rglob("*.py") if mark in p.read_text("utf-8")} - {Path(__file__)}
    assert marked == {p for p, module in modules().items() if reason(module) is not None}
