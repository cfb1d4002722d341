"""Tortoise's asyncpg engine with one fault mended (decision 0002).

A request cancelled while BEGIN is under way keeps its pool connection for ever; some twenty of
them stop a process. Ours always gives the connection back; asyncpg rolls back on release.
"""

from typing import Any

from tortoise.backends.asyncpg import client as tortoise_asyncpg
from tortoise.backends.base.client import TransactionalDBClient, TransactionContextPooled
from tortoise.connection import get_connections
from tortoise.exceptions import TransactionManagementError

from tour.db.shield import finish

RELEASE_SECONDS = 5


class ShieldedContext(TransactionContextPooled):
    async def __aenter__(self) -> TransactionalDBClient:
        await self.ensure_connection()
        pool = self.client._parent._pool
        connection = self.client._connection = await pool.acquire()
        try:
            await self.client.begin()
        except BaseException:
            await finish(pool.release(connection, timeout=RELEASE_SECONDS))
            raise
        self.token = get_connections().set(self.connection_name, self.client)
        return self.client

    async def __aexit__(self, exc_type: Any, exc_val: Any, exc_tb: Any) -> None:
        try:
            await finish(self._end(exc_type))
        finally:
            get_connections().reset(self.token)

    async def _end(self, exc_type: Any) -> None:
        try:
            if self.client._finalized or exc_type is TransactionManagementError:
                return
            await (self.client.rollback() if exc_type else self.client.commit())
        finally:
            await self.client._parent._pool.release(
                self.client._connection, timeout=RELEASE_SECONDS
            )


class Client(tortoise_asyncpg.AsyncpgDBClient):
    def _in_transaction(self) -> ShieldedContext:
        return ShieldedContext(tortoise_asyncpg.TransactionWrapper(self), self._pool_init_lock)


client_class = Client
