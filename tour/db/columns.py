"""Single columns of rows."""

from typing import Any

from tortoise.queryset import QuerySet


async def ids_of(query: QuerySet[Any], column: str = "id") -> list[int]:
    """One column of whole numbers, such as ids, in the order of the query; `a__b_id` is that of
    another table."""
    return [int(row[column]) for row in await query.values(column)]
