"""What both engines do around every statement."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from tortoise.backends.base.client import BaseDBAsyncClient

from tour.db.troubles import naming_troubles
from tour.patience import in_time, spending

Rows = list[dict[str, Any]]


def is_read(query: str) -> bool:
    """Whether a statement surely writes nothing; what begins with another word may write."""
    return query.lstrip()[:6].upper() == "SELECT"


class Statements(BaseDBAsyncClient):
    """Stands before an engine's client: names the database's troubles, and puts `writing` around
    every statement that may write."""

    def check_file(self) -> None:
        """Raises Unavailable where a database's file is no longer its file; most have none."""

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[None]:
        """What an engine asks of whoever writes; in a transaction all has been asked already."""
        yield

    @asynccontextmanager
    async def _turn(self, query: str) -> AsyncIterator[None]:
        with spending(), naming_troubles():
            async with in_time():
                if is_read(query):
                    yield
                    return
                async with self.writing():
                    yield

    async def execute_insert(self, query: str, values: list[Any]) -> Any:
        async with self._turn(query):
            return await super().execute_insert(query, values)

    async def execute_many(self, query: str, values: list[list[Any]]) -> None:
        async with self._turn(query):
            await super().execute_many(query, values)

    async def execute_query(self, query: str, values: list[Any] | None = None) -> tuple[int, Any]:
        async with self._turn(query):
            return await super().execute_query(query, values)

    async def execute_query_dict(self, query: str, values: list[Any] | None = None) -> Rows:
        async with self._turn(query):
            return await super().execute_query_dict(query, values)

    async def execute_script(self, query: str) -> None:
        async with self._turn(""):
            await super().execute_script(query)
