"""The database: where its models are, how it is opened, migrated and closed.

SQLite and PostgreSQL are both first class. One process holds one kind (Tortoise caches SQL with
the placeholders of the first). Write through `transaction()`, which survives a cancelled request.
"""

import os
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import (
    AbstractAsyncContextManager,
    AsyncExitStack,
    asynccontextmanager,
    contextmanager,
    suppress,
)
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import asyncpg
from tortoise import Tortoise
from tortoise.connection import get_connection
from tortoise.exceptions import DBConnectionError
from tortoise.migrations.api import migrate as run_migrations
from tortoise.transactions import in_transaction as transaction

from tour.db.alone import folder_locked, server_locked
from tour.errors import ConfigurationError, Unavailable
from tour.patience import CHORES, UPKEEP, Patience
from tour.words.typed import number_in

__all__ = ["MODELS", "alone", "check_file", "config", "migrate", "opened", "transaction"]

MODELS = [
    "tour.limits.models",
    "tour.health.models",
    "tour.audit.models",
    "tour.changes.models",
    "tour.sites.models",
    "tour.events.models",
    "tour.programmes.models",
    "tour.notifications.models",
    "tour.accounts.models",
    "tour.reservations.models",
    "tour.reservations.door.arrivals",
    "tour.reservations.door.phones",
    "tour.routes.models",
    "tour.publishing.models",
    "tour.demo.mark",
]
OWNER_ONLY = 0o600
POOL = {"minsize": 2, "maxsize": 12}
UNREACHABLE = (
    OSError,
    sqlite3.Error,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    DBConnectionError,
    Unavailable,
)


def config(url: str, patience: Patience = CHORES) -> dict[str, Any]:
    """Tortoise's configuration for a database URL (`sqlite://PATH` or `asyncpg://…`)."""
    connection = _sqlite(url) if url.startswith("sqlite://") else _postgres(url)
    connection["credentials"]["patience"] = patience
    return {
        "connections": {"default": connection},
        "apps": {"models": {"models": MODELS, "migrations": "tour.db.migrations"}},
        "use_tz": True,
        "timezone": "UTC",
    }


def _sqlite(url: str) -> dict[str, Any]:
    path, _, query = url.removeprefix("sqlite://").partition("?")
    pragmas = {"synchronous": "FULL", **dict(parse_qsl(query))}
    return {"engine": "tour.db.sqlite_engine", "credentials": {"file_path": path, **pragmas}}


def _path(url: str) -> Path:
    return Path(url.removeprefix("sqlite://").partition("?")[0])


def _postgres(url: str) -> dict[str, Any]:
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query))
    credentials = {
        "host": query.pop("host", None) or parts.hostname or "127.0.0.1",
        "port": parts.port or 5432,
        "user": unquote(parts.username or "postgres"),
        "password": unquote(parts.password) if parts.password else None,
        "database": parts.path.lstrip("/"),
        **POOL,
        **{name: value if (n := number_in(value)) is None else n for name, value in query.items()},
    }
    return {"engine": "tour.db.asyncpg_engine", "credentials": credentials}


@asynccontextmanager
async def opened(url: str, patience: Patience = CHORES) -> AsyncIterator[None]:
    """Connect, and always close: an unclosed SQLite thread keeps a process from ending.

    Raises ConfigurationError where there is no database to connect to.
    """
    await Tortoise.init(config=config(url, patience), _enable_global_fallback=True)
    try:
        await _connect(url)
        yield
    finally:
        await Tortoise.close_connections()


def check_file() -> None:
    """Raises Unavailable when the file of a SQLite database has been taken away or replaced."""
    get_connection("default").check_file()  # type: ignore[attr-defined]  # SQLite's


@asynccontextmanager
async def alone(url: str) -> AsyncIterator[None]:
    """Wait until no other process is in such a block over the same database.

    Raises ConfigurationError as `opened` does.
    """
    async with AsyncExitStack() as stack:
        with _naming_the_setting():
            _make_folder(url)
            await stack.enter_async_context(_locked(url))
        yield


def _locked(url: str) -> AbstractAsyncContextManager[None]:
    if url.startswith("sqlite://"):
        return folder_locked(_path(url).parent)
    credentials = _postgres(url)["credentials"]
    names = ("host", "port", "user", "password", "database", "ssl")
    return server_locked(**{name: credentials[name] for name in names if name in credentials})


async def migrate(url: str) -> None:
    """Bring the database up to date, before serving. Of several that begin at once one does it, and
    the others wait and find it done."""
    async with alone(url):
        async with opened(url, UPKEEP):
            pass
        try:
            await run_migrations(config=config(url, UPKEEP), direction="forward")
        finally:
            await Tortoise.close_connections()


async def _connect(url: str) -> None:
    """The first connection, before anybody waits for it: where it fails inside of a query,
    Tortoise 1.1.9 keeps its lock, and the next query waits for ever."""
    with _naming_the_setting():
        _make_folder(url)
        await get_connection("default").create_connection(with_db=True)


@contextmanager
def _naming_the_setting() -> Iterator[None]:
    try:
        yield
    except UNREACHABLE as exc:
        reason = str(exc).partition("\n")[0]
        raise ConfigurationError(
            f"TOUR_DATABASE_URL: the database cannot be opened: {reason}"
        ) from exc


def _make_folder(url: str) -> None:
    """The folder of a SQLite file, and the file for its owner only: names and addresses are in it.

    SQLite gives the files beside it (-wal, -shm) the mode of the file itself.
    """
    path = _path(url)
    if not url.startswith("sqlite://") or path.name == ":memory:":
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    os.close(os.open(path, os.O_CREAT | os.O_WRONLY, OWNER_ONLY))
    for name in (path, f"{path}-wal", f"{path}-shm"):
        with suppress(FileNotFoundError, PermissionError):
            os.chmod(name, OWNER_ONLY)
