"""Runs tests in a copy of the tree, each time in a child of one process that has everything
imported but the app and its tests: a start then costs a second instead of five."""

import importlib
import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from bench.mutants.covering import Covering, Recorder

CPU_SECONDS, WALL_SECONDS = 240, 3000
"""A child that takes longer has been brought to a stand by its slip, which is noticing it."""
STAND_SECONDS, BUSY = 60.0, 30.0
"""So has a test that takes a minute and thirty times as long as when it was recorded."""
TEST_SECONDS = 40.0
"""A single test that takes longer (CPU) is not recorded: it cannot notice anything in time."""


class Outcome(StrEnum):
    CAUGHT = "caught"
    STUCK = "stuck"
    PASSED = "passed"


@dataclass(frozen=True)
class Result:
    outcome: Outcome
    by: str = ""
    """The test that failed first."""


@dataclass
class Job:
    """Work for a child: what it calls, and the file in which it answers."""

    work: Callable[[Path], None]
    answer: Path
    finish: Callable[[int], None]
    prepare: Callable[[], None] = field(default=lambda: None)
    cpu_seconds: int = CPU_SECONDS
    pid: int = 0
    deadline: float = 0


def copy_tree(root: Path, to: Path) -> None:
    """What git knows of the tree, and what is new in it, as it stands."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=root, capture_output=True, check=True)
    shutil.rmtree(to, ignore_errors=True)
    for name in sorted(set(listed.stdout.decode().split("\0")) - {""}):
        if (root / name).is_file():
            (to / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(root / name, to / name)
    (to / ".venv").symlink_to((root / ".venv").resolve())


def warm_up(tree: Path) -> None:
    """Import what the app and the tests import, then forget the app and the tests themselves."""
    os.chdir(tree)
    os.environ["PYTHONPATH"] = str(tree)
    os.environ["CI"] = "1"  # Hypothesis then takes the same examples in every run.
    sys.path[:] = [str(tree), *(p for p in sys.path if p not in ("", str(tree)))]
    sys.dont_write_bytecode = True
    for name in ("tour.app", "tests.conftest"):
        importlib.import_module(name)
    for name in [name for name in sys.modules if name.partition(".")[0] in ("tour", "tests")]:
        del sys.modules[name]


def run_all(jobs: Iterator[Job], processes: int) -> None:
    """Every job in a child of its own, so many at a time."""
    running: list[Job] = []
    while True:
        while len(running) < processes and (job := next(jobs, None)):
            _start(job)
            running.append(job)
        if not running:
            return
        time.sleep(0.05)
        running = [job for job in running if not _ended(job)]


def _start(job: Job) -> None:
    job.answer.unlink(missing_ok=True)
    job.prepare()
    job.deadline = time.monotonic() + WALL_SECONDS
    sys.stdout.flush()
    job.pid = os.fork()
    if job.pid == 0:
        _in_child(job)


def _in_child(job: Job) -> None:
    """Never returns: what happens here must not reach the parent's loop."""
    try:
        os.setsid()
        used = resource.getrusage(resource.RUSAGE_SELF)
        limit = int(used.ru_utime + used.ru_stime) + job.cpu_seconds
        resource.setrlimit(resource.RLIMIT_CPU, (limit, resource.getrlimit(resource.RLIMIT_CPU)[1]))
        quiet = os.open(job.answer.with_suffix(".log"), os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(quiet, 1)
        os.dup2(quiet, 2)
        job.work(job.answer)
    except BaseException as error:
        os.write(2, repr(error).encode())
    finally:
        os._exit(0)


def _ended(job: Job) -> bool:
    pid, status = os.waitpid(job.pid, os.WNOHANG)
    if not pid and time.monotonic() < job.deadline:
        return False
    with suppress(ProcessLookupError):  # What the tests started, too: it is a group of its own.
        os.killpg(job.pid, signal.SIGKILL)
    if not pid:
        status = os.waitpid(job.pid, 0)[1]
    job.finish(status)
    return True


class Chosen:
    """A plugin that keeps the tests asked for, in the order asked for, ends one that is brought to
    a stand, and says what failed."""

    def __init__(self, tests: Sequence[Covering], answer: Path) -> None:
        self.order = {covering.test: number for number, covering in enumerate(tests)}
        self.seconds = {covering.test: covering.seconds for covering in tests}
        self.answer = answer

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items[:] = [item for item in items if item.nodeid in self.order]
        items.sort(key=lambda item: self.order[item.nodeid])

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Any:
        with limited(signal.SIGALRM, STAND_SECONDS + BUSY * self.seconds[item.nodeid]):
            return (yield)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self.answer.write_text(json.dumps(report.nodeid), "utf-8")

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self.answer.write_text(json.dumps(f"{report.nodeid} (at import)"), "utf-8")

    def pytest_sessionfinish(self, exitstatus: int) -> None:
        if exitstatus == pytest.ExitCode.OK:
            self.answer.write_text(json.dumps(""), "utf-8")


def run_tests(tests: Sequence[Covering], answer: Path, *, plain: bool) -> None:
    """In a child: these tests until one fails; the answer names it, or nobody."""
    if plain:
        without_machine_code()
    files = dict.fromkeys(covering.test.partition("::")[0] for covering in tests)
    pytest.main([*ARGUMENTS, "-x", *files], plugins=[Chosen(tests, answer)])


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


ARGUMENTS = (
    *("-q", "-p", "no:cacheprovider", "-p", "no:xdist", "--no-header"),
    *("-W", "ignore::pytest.PytestAssertRewriteWarning"),
)


def without_machine_code() -> None:
    """The planner by Python itself: its lines can then be watched, and nothing is compiled."""
    import numba

    numba.config.DISABLE_JIT = True


def result_of(answer: Path, status: int) -> Result:
    """What a child said of its tests."""
    try:
        failed = json.loads(answer.read_text("utf-8"))
    except FileNotFoundError:
        return Result(Outcome.STUCK, f"ended with {status}")
    return Result(Outcome.CAUGHT, failed) if failed else Result(Outcome.PASSED)


class OneByOne:
    """A plugin that ends a test that takes too long to be recorded."""

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self) -> Any:
        with limited(signal.SIGPROF, TEST_SECONDS):
            return (yield)


def record_tests(
    file: str, watched: Collection[str], answer: Path, *, plain: bool, root: Path
) -> None:
    """In a child: all tests of a file, watched."""
    if plain:
        without_machine_code()
    recorder = Recorder(root, watched)
    chosen = [] if plain else ["-m", "not slow"]
    pytest.main([*ARGUMENTS, *chosen, file], plugins=[recorder, OneByOne()])
    answer.write_text(json.dumps(recorder.record()), "utf-8")
