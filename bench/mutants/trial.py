"""Runs tests in children of one pytest session that has collected them: a child starts at once.

The session imports the app and the tests; then a child is forked for each slip, puts it into its
own functions, and runs the tests that ran its line, until one fails.
"""

import json
import os
import resource
import signal
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import pytest

from bench.mutants.covering import Covering, limited

CPU_SECONDS, WALL_SECONDS = 240, 3000
"""A child that takes longer has been brought to a stand by its slip, which is noticing it."""
STAND_SECONDS, BUSY = 60.0, 30.0
"""So has a test that takes a minute and thirty times as long as when it was recorded."""
ARGUMENTS = (
    *("-q", "-p", "no:cacheprovider", "-p", "no:xdist", "--no-header"),
    # A test that is cut short leaves things half closed, and may be in the midst of a hook.
    *("-p", "no:unraisableexception", "-W", "ignore::pluggy.PluggyTeardownRaisedWarning"),
    *("-o", "tmp_path_retention_policy=none"),
)


class Outcome(StrEnum):
    CAUGHT = "caught"
    STUCK = "stuck"
    PASSED = "passed"
    UNTRIED = "untried"
    """Not of a function that stands alone: its change needs the module imported anew."""


@dataclass(frozen=True, slots=True)
class Result:
    outcome: Outcome
    by: str = ""
    """The test that failed, or what else there is to say."""


UNTRIED = "<untried>"

Work = Callable[["Children"], None]
"""What is done with the collected tests: jobs are handed to the children."""


def in_session(files: Sequence[str], work: Work, folder: Path, *, plain: bool) -> None:
    """Collect these test files in a process of its own and do the work there.

    `plain`: the planner by Python itself, so that its lines are watched and nothing is compiled.
    """
    sys.stdout.flush()
    pid = os.fork()
    if pid == 0:
        os.environ["CI"] = "1"  # Hypothesis then takes the same examples in every run.
        os.environ["PYTHONPATH"] = os.getcwd()
        if plain:
            import numba

            numba.config.DISABLE_JIT = True
        # A folder of our own: pytest keeps its last three, whoever is still using an older one.
        arguments = [*ARGUMENTS, f"--basetemp={folder / 'tmp'}", *files]
        session = _Session(work)
        pytest.main(arguments, plugins=[session])
        sys.stdout.flush()
        os._exit(0 if session.is_done else 1)
    if os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]):
        raise SystemExit("the tests could not be collected")


class _Session:
    """A plugin that takes the place of the running of all tests."""

    def __init__(self, work: Work) -> None:
        self.work = work
        self.is_done = False

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        children = Children(session)
        children.warm_up()
        self.work(children)
        self.is_done = True
        return True


@dataclass
class _Job:
    work: Callable[[Path], None]
    answer: Path
    finish: Callable[[Path], None]
    pid: int
    deadline: float


class Children:
    """Forks of a session; each runs tests of it and answers in a file."""

    def __init__(self, session: pytest.Session) -> None:
        self.session = session
        self.items = {item.nodeid: item for item in session.items}
        self._running: list[_Job] = []

    def warm_up(self) -> None:
        """Make here what all tests share (a migrated database), by running a quick one."""
        for item in self.session.items:
            is_quick = item.get_closest_marker("slow") is None
            if is_quick and "database" in getattr(item, "fixturenames", ()):
                self.run(item)
                return

    def run(self, item: pytest.Item) -> None:
        """One test, as in every run; its failure is told to the plugins."""
        # Followed by the session itself: only what is shared by all is left standing.
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=self.session)

    def start(
        self,
        work: Callable[[Path], None],
        finish: Callable[[Path], None],
        answer: Path,
        *,
        processes: int,
        cpu_seconds: int = CPU_SECONDS,
    ) -> None:
        """Do the work in a child as soon as fewer than so many run; then `finish` here."""
        self.wait(processes - 1)
        answer.unlink(missing_ok=True)
        sys.stdout.flush()
        pid = os.fork()
        if pid == 0:
            _in_child(work, answer, cpu_seconds)
        deadline = time.monotonic() + WALL_SECONDS
        self._running.append(_Job(work, answer, finish, pid, deadline))

    def wait(self, most: int = 0) -> None:
        """Until no more than so many run."""
        while len(self._running) > most:
            time.sleep(0.02)
            self._running = [job for job in self._running if not _ended(job)]

    def first_failure(self, tests: Sequence[Covering]) -> str | None:
        """In a child: run these one after the other until one fails."""
        watch = _Failures()
        self.session.config.pluginmanager.register(watch)
        for covering in tests:
            with limited(signal.SIGALRM, STAND_SECONDS + BUSY * covering.seconds):
                self.run(self.items[covering.test])
            if watch.failed:
                return covering.test
        return None


class _Failures:
    def __init__(self) -> None:
        self.failed = False

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.failed |= report.failed


def _in_child(work: Callable[[Path], None], answer: Path, cpu_seconds: int) -> None:
    """Never returns: what happens here must not reach the parent's loop."""
    try:
        os.setpgid(0, 0)  # No session of its own: it would lose the priority of this one.
        _, hard = resource.getrlimit(resource.RLIMIT_CPU)
        resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, hard))
        quiet = os.open(answer.with_suffix(".log"), os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(quiet, 1)
        os.dup2(quiet, 2)
        work(answer)
    except BaseException as error:
        os.write(2, repr(error).encode())
    finally:
        os._exit(0)


def _ended(job: _Job) -> bool:
    pid, _status = os.waitpid(job.pid, os.WNOHANG)
    if not pid and time.monotonic() < job.deadline:
        return False
    with suppress(ProcessLookupError):  # What the tests started, too: it is a group of its own.
        os.killpg(job.pid, signal.SIGKILL)
    if not pid:
        os.waitpid(job.pid, 0)
    job.finish(job.answer)
    return True


def result_of(answer: Path) -> Result:
    """What a child said of its tests."""
    try:
        failed = json.loads(answer.read_text("utf-8"))
    except FileNotFoundError:
        return Result(Outcome.STUCK)
    if failed == UNTRIED:
        return Result(Outcome.UNTRIED)
    return Result(Outcome.CAUGHT, failed) if failed else Result(Outcome.PASSED)
