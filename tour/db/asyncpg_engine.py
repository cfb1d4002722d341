"""Tortoise's asyncpg engine with its faults mended (decision 0002).

A request cancelled while BEGIN is under way keeps its pool connection for ever; some twenty of
them stop a process. Ours always gives the connection back; asyncpg rolls back on release.

And nobody waits without end (decision 0019): the server ends statements and waits for locks by the
kind of work (`Patience`), and some connections are kept for reading, so that those who wait for one
locked row are never everybody.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import asyncpg
from tortoise.backends.asyncpg import client as tortoise_asyncpg
from tortoise.backends.base.client import (
    NestedTransactionContext,
    PoolConnectionWrapper,
    TransactionalDBClient,
    TransactionContextPooled,
)
from tortoise.connection import get_connections
from tortoise.exceptions import TransactionManagementError

from tour.db.shield import finish
from tour.db.statements import Statements
from tour.db.troubles import CROWDED, naming_timeout, naming_troubles
from tour.errors import Unavailable
from tour.patience import CHORES, Patience, bounded, spending

KEPT_FOR_READING = 4
"""Of a pool's connections."""
RELEASE_SECONDS = 1.0
STILL_SECONDS = 10
"""A transaction in which nothing happens for so long is ended by the server: its process is frozen
or cut off, and others wait for its rows."""
BROKEN = (
    OSError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    asyncpg.PostgresConnectionError,
)
"""After these nothing can be said on a connection any more. A timeout is an OSError, too."""


class ShieldedContext(TransactionContextPooled):
    client: "Transaction"

    async def __aenter__(self) -> TransactionalDBClient:
        with spending(), naming_troubles():
            await self.ensure_connection()
            parent = self.client._parent
            await parent.take_turn()
            try:
                await self._begin(parent)
            except BaseException:
                parent.writers.release()
                raise
        self.token = get_connections().set(self.connection_name, self.client)
        return self.client

    async def _begin(self, parent: "Client") -> None:
        connection = self.client._connection = await parent.acquire()
        try:
            await self.client.begin()
        except BaseException as exc:
            await finish(give_back(parent, connection, exc))
            raise

    async def __aexit__(self, exc_type: Any, exc_val: Any, exc_tb: Any) -> None:
        try:
            with naming_troubles():
                await finish(self._end(exc_val))
        finally:
            self.client._parent.writers.release()
            get_connections().reset(self.token)

    async def _end(self, error: BaseException | None) -> None:
        fault = error
        try:
            if not self.client._finalized and not isinstance(error, TransactionManagementError):
                await self._commit_or_roll_back(error)
        except BaseException as exc:
            fault = exc
            raise
        finally:
            await give_back(self.client._parent, self.client._connection, fault)

    async def _commit_or_roll_back(self, error: BaseException | None) -> None:
        if error is None:
            await self.client.commit()
        elif not _is_broken(error):
            await self.client.rollback()


class Transaction(Statements, tortoise_asyncpg.TransactionWrapper):
    _parent: "Client"

    def _in_transaction(self) -> NestedTransactionContext:
        return NestedTransactionContext(Transaction(self))

    async def begin(self) -> None:
        with naming_troubles():
            await super().begin()


class Lent(PoolConnectionWrapper[Any]):
    """A connection of the pool for one statement."""

    client: "Client"

    async def __aenter__(self) -> Any:
        await self.ensure_connection()
        self.connection = await self.client.acquire()
        return self.connection

    async def __aexit__(self, exc_type: Any, exc_val: Any, exc_tb: Any) -> None:
        await give_back(self.client, self.connection, exc_val)


class Client(Statements, tortoise_asyncpg.AsyncpgDBClient):
    def __init__(self, *, patience: Patience = CHORES, **credentials: Any) -> None:
        super().__init__(**credentials)
        self.patience = patience
        self.server_settings |= {
            "statement_timeout": str(round(patience.statement * 1000)),
            "lock_timeout": str(round(patience.lock * 1000)),
            "idle_in_transaction_session_timeout": str(STILL_SECONDS * 1000),
        }
        # Beside the server's own limit: it may be frozen, or out of reach.
        self.extra |= {
            "timeout": patience.connection,
            "command_timeout": patience.statement + 0.1 if patience.statement else None,
        }
        self.writers = asyncio.Semaphore(max(1, self.pool_maxsize - KEPT_FOR_READING))

    def acquire_connection(self) -> Lent:
        return Lent(self, self._pool_init_lock)

    def _in_transaction(self) -> ShieldedContext:
        return ShieldedContext(Transaction(self), self._pool_init_lock)

    async def acquire(self) -> Any:
        """A connection of the pool; raises Unavailable when none comes free in time."""
        pool: Any = self._pool
        try:
            with naming_timeout(CROWDED):
                async with bounded(self.patience.connection):
                    return await pool.acquire()
        except asyncpg.PostgresError as exc:  # the server's answer to whoever connects anew
            raise Unavailable("database: it takes no new connection") from exc

    async def take_turn(self) -> None:
        """Be one of those who write; raises Unavailable when it is not one's turn in time."""
        with naming_timeout(CROWDED):
            async with bounded(self.patience.connection):
                await self.writers.acquire()

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[None]:
        await self.take_turn()
        try:
            yield
        finally:
            self.writers.release()


async def give_back(client: Client, connection: Any, error: BaseException | None) -> None:
    """To the pool, which makes a new one in the place of one that is broken."""
    pool: Any = client._pool
    # What was asked has been answered, or its fault is on its way: more trouble is no news.
    with suppress(*BROKEN, asyncpg.PostgresError):
        if error is not None and _is_broken(error):
            connection.terminate()
        await pool.release(connection, timeout=RELEASE_SECONDS)


def _is_broken(error: BaseException) -> bool:
    """Of an Unavailable it is the cause that counts."""
    return isinstance(error, BROKEN) or isinstance(error.__cause__, BROKEN)


client_class = Client
