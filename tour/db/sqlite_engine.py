"""Tortoise's SQLite engine with its faults mended (decision 0002).

Its transactions begin deferred, so two processes that read and then write fail with "database is
locked" whatever the busy timeout: ours take the write lock first (BEGIN IMMEDIATE). And a request
cancelled while it enters or leaves a transaction keeps the connection's lock for ever: ours gives
it back. So do many rows written by themselves, whose transaction a cancellation left open.

Its one connection makes every page wait for every transaction: ours reads by a second one, which
in WAL mode sees what was committed last. Nobody waits without end for the first one, and nothing is
written into a file that has been taken away (decision 0019).
"""

import asyncio
import os
import sqlite3
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any

import aiosqlite
from tortoise.backends.base.client import (
    ConnectionWrapper,
    NestedTransactionContext,
    TransactionalDBClient,
)
from tortoise.backends.sqlite import client as tortoise_sqlite
from tortoise.connection import get_connections
from tortoise.exceptions import TransactionManagementError

from tour.db.shield import finish
from tour.db.statements import Rows, Statements, is_read
from tour.db.troubles import CROWDED, naming_timeout, naming_troubles
from tour.errors import Unavailable
from tour.patience import CHORES, Patience, bounded, left_of, spending

FILE_SHARE = 0.4
"""Of a wait: for another program to give the file free, after our own writers had their turn."""


class Transaction(Statements, tortoise_sqlite.SqliteTransactionWrapper):
    _parent: "Client"

    async def begin(self) -> None:
        self._parent.check_file()
        await self._parent.wait_for_file(self._connection)
        await self._connection.execute("BEGIN IMMEDIATE")

    async def commit(self) -> None:
        await super().commit()
        self._parent.check_file()

    def _in_transaction(self) -> NestedTransactionContext:
        return NestedTransactionContext(Transaction(self))


class ShieldedContext(tortoise_sqlite.SqliteTransactionContext):
    connection: Transaction

    async def __aenter__(self) -> TransactionalDBClient:
        with spending(), naming_troubles():
            await take(self._trxlock, self.connection._parent.wait)
            try:
                await self.ensure_connection()
                await self.connection.begin()
            except BaseException:
                try:
                    if self.connection._connection:
                        # BEGIN may have reached SQLite's thread although we stopped waiting for it.
                        await finish(self.connection._connection.rollback())
                finally:
                    self._trxlock.release()
                raise
        self.token = get_connections().set(self.connection_name, self.connection)
        return self.connection

    async def __aexit__(self, exc_type: Any, exc_val: Any, exc_tb: Any) -> None:
        try:
            with naming_troubles():
                if not self.connection._finalized:
                    await finish(self._end(exc_type))
        finally:
            get_connections().reset(self.token)
            self._trxlock.release()

    async def _end(self, exc_type: Any) -> None:
        if exc_type is None:
            try:
                await self.connection.commit()
            except BaseException:
                with suppress(TransactionManagementError):
                    await self.connection.rollback()
                raise
        elif exc_type is not TransactionManagementError:
            await self.connection.rollback()


class Turn(ConnectionWrapper[Any]):
    """The writing connection for one statement."""

    client: "Client"

    async def __aenter__(self) -> Any:
        await take(self._lock, self.client.wait)
        try:
            await self.ensure_connection()
        except BaseException:
            self._lock.release()
            raise
        return self.connection


class Client(Statements, tortoise_sqlite.SqliteClient):
    def __init__(self, file_path: str, *, patience: Patience = CHORES, **pragmas: Any) -> None:
        wait = patience.connection + patience.lock
        self.wait = wait * (1 - FILE_SHARE)
        waits = {"busy_timeout": round(wait * FILE_SHARE * 1000)}
        super().__init__(file_path, **{**waits, **pragmas})
        self._longest = self._busy = int(self.pragmas["busy_timeout"])
        self._reader: aiosqlite.Connection | None = None
        self._file: tuple[int, int] | None = None

    async def create_connection(self, with_db: bool) -> None:
        await super().create_connection(with_db)
        if not self._reader:
            self._file = _identity(self.filename)
            self._reader = await aiosqlite.connect(self.filename, isolation_level=None)
            self._reader._conn.row_factory = sqlite3.Row
            for pragma in (f"busy_timeout={self.pragmas['busy_timeout']}", "query_only=ON"):
                await self._reader.execute(f"PRAGMA {pragma}")

    async def close(self) -> None:
        if self._reader:
            await self._reader.close()
            self._reader = None
        await super().close()

    async def wait_for_file(self, connection: aiosqlite.Connection) -> None:
        """Let the next BEGIN wait for other programs as long as usual, or as its page still may."""
        busy = round(left_of(self._longest / 1000) * 1000)
        if busy != self._busy:
            await connection.execute(f"PRAGMA busy_timeout={busy}")
            self._busy = busy

    def acquire_connection(self) -> Turn:
        return Turn(self._lock, self)

    def _in_transaction(self) -> ShieldedContext:
        return ShieldedContext(Transaction(self), self._lock)

    async def execute_many(self, query: str, values: list[list[Any]]) -> None:
        """As a transaction of ours: Tortoise's own stays open where the writer is cancelled."""
        async with self._in_transaction() as transaction:
            await transaction.execute_many(query, values)

    async def execute_query(
        self, query: str, values: list[Any] | None = None
    ) -> tuple[int, Sequence[dict[str, Any]]]:
        if not (self._reader and is_read(query)):
            return await super().execute_query(query, values)
        rows = await self._read(self._reader, query, values)
        return len(rows), rows

    async def execute_query_dict(self, query: str, values: list[Any] | None = None) -> Rows:
        if not (self._reader and is_read(query)):
            return await super().execute_query_dict(query, values)
        return list(map(dict, await self._read(self._reader, query, values)))

    @tortoise_sqlite.translate_exceptions
    async def _read(self, reader: aiosqlite.Connection, query: str, values: Any) -> list[Any]:
        query = query.replace("\x00", "'||CHAR(0)||'")
        try:
            return list(await reader.execute_fetchall(query, values))
        except sqlite3.Error:
            self.check_file()  # it is what SQLite cannot name
            raise

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[None]:
        self.check_file()
        yield
        self.check_file()

    def check_file(self) -> None:
        """Raise Unavailable when our file is not the one at its place any more.

        Somebody deleted or replaced it: SQLite would go on to write where nobody looks again. Asked
        before each writing, and again before it is acknowledged.
        """
        if self._file and _identity(self.filename) != self._file:
            raise Unavailable("database: its file has been deleted or replaced; start anew")


def _identity(path: str) -> tuple[int, int] | None:
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_dev, found.st_ino


async def take(lock: asyncio.Lock, seconds: float) -> None:
    """The lock of the one writing connection; raises Unavailable when it does not come free."""
    with naming_timeout(CROWDED):
        async with bounded(seconds):
            await lock.acquire()


client_class = Client
