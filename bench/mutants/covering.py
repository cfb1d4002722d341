"""Which test runs which line: recorded once a test file, kept under `var/`, never in git.

A test file that has changed is recorded anew. Where the app's own files have changed since, lines
are followed through the difference.
"""

import difflib
import hashlib
import json
import signal
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import process_time
from types import FrameType
from typing import Any

import coverage
import pytest

Lines = dict[str, list[int]]


@dataclass(frozen=True)
class Covering:
    """A test that ran a line: its name, and how long it takes (CPU, s)."""

    test: str
    seconds: float


TEST_SECONDS = 25.0
"""A single test that takes longer (CPU) is not recorded: it cannot notice anything in time."""


class Recorder:
    """A plugin that notes of each test the lines it ran, whether it passed, its seconds (CPU)."""

    def __init__(self, root: Path, watched: Iterable[str]) -> None:
        self.root = root
        self.coverage = coverage.Coverage(
            data_file=None, include=[str(root / path) for path in watched], messages=False
        )
        self.coverage.start()
        self.seconds: dict[str, float] = {}
        self.failed: set[str] = set()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Any:
        self.coverage.switch_context(item.nodeid)
        begun = process_time()
        try:
            return (yield)
        finally:
            self.seconds[item.nodeid] = process_time() - begun

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self) -> Any:
        with limited(signal.SIGPROF, TEST_SECONDS):
            return (yield)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.outcome != "passed":
            self.failed.add(report.nodeid)

    def record(self) -> dict[str, Any]:
        """Test → seconds and lines by file; only those that passed can notice anything."""
        self.coverage.stop()
        with warnings.catch_warnings(action="ignore"):  # A file may run no line of the core.
            data = self.coverage.get_data()
        lines: dict[str, Lines] = {test: {} for test in self.seconds if test not in self.failed}
        for file in data.measured_files():
            path = str(Path(file).relative_to(self.root))
            for line, tests in data.contexts_by_lineno(file).items():
                for test in tests:
                    if test in lines:
                        lines[test].setdefault(path, []).append(line)
        return {
            test: {"seconds": round(self.seconds[test], 2), "lines": ran}
            for test, ran in lines.items()
        }


@contextmanager
def limited(kind: signal.Signals, seconds: float) -> Iterator[None]:
    """Raise TimeoutError in the block after so many seconds, by the watch or (SIGPROF) of work."""

    def late(_signal: int, _frame: FrameType | None) -> None:
        raise TimeoutError(f"not done after {seconds:.0f} s")

    timer = signal.ITIMER_PROF if kind == signal.SIGPROF else signal.ITIMER_REAL
    signal.signal(kind, late)
    signal.setitimer(timer, seconds)
    try:
        yield
    finally:
        signal.setitimer(timer, 0)


class Covered:
    """The recording of all test files, asked by path and line of the tree as it is now."""

    def __init__(self, cache: Path) -> None:
        self.cache = cache
        self.cache.mkdir(parents=True, exist_ok=True)

    def is_fresh(self, file: str, text: str) -> bool:
        kept = self._kept(file)
        return kept is not None and kept["digest"] == digest(text)

    def keep(self, file: str, text: str, tests: dict[str, Any], sources: dict[str, str]) -> None:
        """Keep what a test file ran, with the lines as they stood."""
        stood = {path: digest(source) for path, source in sources.items()}
        for source in sources.values():
            kept = self.cache / digest(source)
            if not kept.exists():
                kept.write_text(source, "utf-8")
        record = {"digest": digest(text), "tests": tests, "sources": stood}
        self._file(file).write_text(json.dumps(record), "utf-8")

    def load(self, files: Iterable[str], sources: dict[str, str]) -> None:
        """Read what is kept of these test files."""
        self.by_line: dict[tuple[str, int], list[Covering]] = {}
        moves: dict[tuple[str, str], dict[int, int]] = {}
        for file in files:
            kept = self._kept(file)
            for test, ran in (kept or {"tests": {}})["tests"].items():
                for path, lines in ran["lines"].items():
                    if path not in sources:
                        continue  # It has gone since.
                    key = (path, kept["sources"][path])  # type: ignore[index]
                    if key not in moves:
                        old = (self.cache / key[1]).read_text("utf-8")
                        moves[key] = moved(old, sources[path])
                    for line in {moves[key].get(line) for line in lines} - {None}:
                        covering = Covering(test, ran["seconds"])
                        self.by_line.setdefault((path, line), []).append(covering)  # type: ignore[arg-type]

    def tests_of(self, path: str, span: tuple[int, int]) -> list[Covering]:
        """The tests that run any of the lines of a change: those that are named for the file first,
        then those of its feature; of each the quick before the slow."""
        found = {
            c.test: c
            for at in range(span[0], span[1] + 1)
            for c in self.by_line.get((path, at), ())
        }
        feature, name = Path(path).parent.name, Path(path).stem.split("_")[0].removesuffix("s")

        def rank(covering: Covering) -> tuple[bool, bool, float]:
            file = covering.test.partition("::")[0]
            is_near = f"/{feature}/" in file
            return (not (is_near and name in file), not is_near, covering.seconds)

        return sorted(found.values(), key=rank)

    def _kept(self, file: str) -> dict[str, Any] | None:
        try:
            return json.loads(self._file(file).read_text("utf-8"))  # type: ignore[no-any-return]
        except FileNotFoundError:
            return None

    def _file(self, file: str) -> Path:
        return self.cache / (file.replace("/", "-") + ".json")


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def moved(old: str, new: str) -> dict[int, int]:
    """Where each line of the old text stands in the new one; a changed line stands for itself."""
    before, after = old.splitlines(), new.splitlines()
    if before == after:
        return {n: n for n in range(1, len(before) + 1)}
    places = {}
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    for what, a, b, c, d in matcher.get_opcodes():
        if what in ("equal", "replace"):
            for step in range(b - a):
                places[a + step + 1] = min(c + step, d - 1) + 1
    return places
