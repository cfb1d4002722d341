"""Tortoise's SQLite engine with two faults mended (decision 0002).

Its transactions begin deferred, so two processes that read and then write fail with "database is
locked" whatever the busy timeout: ours take the write lock first (BEGIN IMMEDIATE). And a request
cancelled while it enters or leaves a transaction keeps the connection's lock for ever: ours gives
it back.
"""

import sqlite3
from contextlib import suppress
from typing import Any

from tortoise.backends.base.client import TransactionalDBClient
from tortoise.backends.sqlite import client as tortoise_sqlite
from tortoise.connection import get_connections
from tortoise.exceptions import OperationalError, TransactionManagementError

from tour.db.shield import finish


class ImmediateTransaction(tortoise_sqlite.SqliteTransactionWrapper):
    async def begin(self) -> None:
        try:
            await self._connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as exc:
            raise OperationalError(exc) from exc


class ShieldedContext(tortoise_sqlite.SqliteTransactionContext):
    async def __aenter__(self) -> TransactionalDBClient:
        await self._trxlock.acquire()
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
        return self.connection  # type: ignore[no-any-return]

    async def __aexit__(self, exc_type: Any, exc_val: Any, exc_tb: Any) -> None:
        try:
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


class Client(tortoise_sqlite.SqliteClient):
    def _in_transaction(self) -> ShieldedContext:
        return ShieldedContext(ImmediateTransaction(self), self._lock)


client_class = Client
