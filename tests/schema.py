"""What a database says of its own tables, in one form for both databases."""

from dataclasses import dataclass, field
from typing import Any

from tortoise.connection import get_connection

Columns = tuple[str, ...]


@dataclass(slots=True)
class Table:
    """`nullable` by column; `indexes` and `unique` by their columns, whole-table ones only;
    `partial` are unique over some rows; `foreign_keys` is {column: (table, on delete)}."""

    nullable: dict[str, bool] = field(default_factory=dict)
    lengths: dict[str, int] = field(default_factory=dict)
    indexes: set[Columns] = field(default_factory=set)
    unique: set[Columns] = field(default_factory=set)
    partial: set[Columns] = field(default_factory=set)
    foreign_keys: dict[str, tuple[str, str]] = field(default_factory=dict)


async def read_schema() -> dict[str, Table]:
    """Every table but Tortoise's own list of migrations."""
    client = get_connection("default")
    dialect = client.capabilities.dialect
    tables = await (_sqlite(client) if dialect == "sqlite" else _postgres(client))
    return {name: table for name, table in tables.items() if not name.startswith("tortoise")}


async def _sqlite(client: Any) -> dict[str, Table]:
    names = await client.execute_query_dict(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    )
    return {row["name"]: await _sqlite_table(client, row["name"]) for row in names}


async def _sqlite_table(client: Any, name: str) -> Table:
    table = Table()
    for row in await client.execute_query_dict(f"PRAGMA table_info('{name}')"):
        table.nullable[row["name"]] = not row["notnull"]
        if row["type"].startswith("VARCHAR("):
            table.lengths[row["name"]] = int(row["type"][8:-1])
        if row["pk"]:
            table.unique.add((row["name"],))
    for row in await client.execute_query_dict(f"PRAGMA index_list('{name}')"):
        info = await client.execute_query_dict(f"PRAGMA index_info('{row['name']}')")
        columns = tuple(part["name"] for part in sorted(info, key=lambda part: part["seqno"]))
        _add_index(table, columns, unique=row["unique"], partial=row["partial"])
    for row in await client.execute_query_dict(f"PRAGMA foreign_key_list('{name}')"):
        table.foreign_keys[row["from"]] = (row["table"], row["on_delete"])
    return table


async def _postgres(client: Any) -> dict[str, Table]:
    tables: dict[str, Table] = {}
    for row in await client.execute_query_dict(
        "SELECT table_name, column_name, is_nullable, character_maximum_length AS length"
        " FROM information_schema.columns WHERE table_schema = 'public'"
    ):
        table = tables.setdefault(row["table_name"], Table())
        table.nullable[row["column_name"]] = row["is_nullable"] == "YES"
        if row["length"]:
            table.lengths[row["column_name"]] = row["length"]
    for row in await client.execute_query_dict(
        "SELECT t.relname AS table_name, i.indisunique AS is_unique, i.indpred IS NOT NULL AS part,"
        " array(SELECT a.attname::text FROM unnest(i.indkey) WITH ORDINALITY k(n, place)"
        "  JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.n ORDER BY k.place) AS cols"
        " FROM pg_index i JOIN pg_class t ON t.oid = i.indrelid"
        " JOIN pg_namespace s ON s.oid = t.relnamespace AND s.nspname = 'public'"
    ):
        columns = tuple(row["cols"])
        _add_index(tables[row["table_name"]], columns, unique=row["is_unique"], partial=row["part"])
    for row in await client.execute_query_dict(
        "SELECT c.conrelid::regclass::text AS here, c.confrelid::regclass::text AS there,"
        " a.attname::text AS column_name, c.confdeltype::text AS deletes FROM pg_constraint c"
        " JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]"
        " WHERE c.contype = 'f'"
    ):
        deletes = {"c": "CASCADE", "r": "RESTRICT", "n": "SET NULL", "a": "NO ACTION"}
        here = tables[row["here"].strip('"')]
        here.foreign_keys[row["column_name"]] = (row["there"].strip('"'), deletes[row["deletes"]])
    return tables


def _add_index(table: Table, columns: Columns, *, unique: bool, partial: bool) -> None:
    if unique and partial:
        table.partial.add(columns)
    elif unique:
        table.unique.add(columns)
    elif not partial:
        table.indexes.add(columns)
    if not partial:
        table.indexes.add(columns)
