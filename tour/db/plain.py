"""Plain SQL for the few hot paths where building it and its objects would cost more than the work.

Write `$1`, `$2` … on both databases, and only names and numbers of our own into the text itself.
"""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from tortoise.connection import get_connection

Row = dict[str, Any]


async def fetch(statement: str, *values: object) -> list[Row]:
    """The rows of a SELECT, or of a RETURNING, in the transaction around it if there is one."""
    return await get_connection("default").execute_query_dict(marked(statement), list(values))


async def execute_each(statement: str, rows: Sequence[list[Any]]) -> None:
    """One statement for each of the rows of values, in the transaction around it."""
    if rows:
        await get_connection("default").execute_many(marked(statement), list(rows))


def skip_locked(table: str) -> str:
    """Ends a SELECT that takes rows which no other worker is taking. On SQLite the transaction
    itself holds the only write lock."""
    return f"FOR UPDATE OF {table} SKIP LOCKED" if is_postgres() else ""


def numbers(ids: Iterable[int]) -> str:
    """For `IN ({})`: ids are ours, so they may stand in the text."""
    return ",".join(str(int(number)) for number in ids)


def instant(value: datetime | str) -> datetime:
    """SQLite keeps aware UTC as text."""
    return datetime.fromisoformat(value) if isinstance(value, str) else value


def from_json(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value


def marked(statement: str, client: Any = None) -> str:
    """The statement with the database's own marks for its values."""
    return statement if is_postgres(client) else statement.replace("$", "?")


def is_postgres(client: Any = None) -> bool:
    """Which of the two databases this process is connected to; `client`: a migration's connection.

    Nobody else asks: `tests/test_db.py` sees to it.
    """
    return bool((client or get_connection("default")).capabilities.dialect == "postgres")
