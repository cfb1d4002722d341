"""Migrations: once or twice the same, and whoever wrote rows before keeps them."""
# ruff: noqa: S608 - the names in the statements are those of our own tables

import asyncio
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from uuid import uuid4

import pytest
from tortoise import Tortoise
from tortoise.connection import get_connection
from tortoise.exceptions import BaseORMException
from tortoise.migrations.api import migrate as run_migrations

from tests.postgres import PostgresServer
from tests.schema import Table, read_schema
from tour import db
from tour.errors import ConfigurationError
from tour.settings import ROOT

FIRST = "0001_initial"
INSTANT = "2026-12-01T03:00:00+00:00"


@pytest.fixture
def empty_url(database_url: str, postgres: PostgresServer | None, tmp_path: Path) -> Iterator[str]:
    """A database without a single table (`database_url` is asked for so that both kinds run)."""
    if postgres is None:
        yield f"sqlite://{tmp_path}/empty.sqlite3"
        return
    assert database_url
    name = f"test_{uuid4().hex[:12]}"
    postgres.create(name)
    yield postgres.url(name)
    postgres.drop(name)


async def migrate_to(url: str, name: str) -> None:
    """Apply the migrations up to one of them, as an older version of the app had done."""
    try:
        await run_migrations(config=db.config(url), target=f"models.{name}")
    finally:
        await Tortoise.close_connections()


BECAME_COLUMNS = {"removal"}
"""Tables whose rows stand elsewhere now: tests/test_migrations_of_the_log.py."""


async def count_rows() -> dict[str, int]:
    client = get_connection("default")
    counts = {}
    for name in await read_schema():
        if name in BECAME_COLUMNS:
            continue
        (row,) = await client.execute_query_dict(f'SELECT count(*) AS n FROM "{name}"')
        counts[name] = row["n"]
    return counts


async def fill() -> dict[str, int]:
    """A row or more in every table there is, by the database's own word on its columns."""
    client = get_connection("default")
    values = {
        "json": "'[]'",
        "instant": f"'{INSTANT}'",
        "date": "'2026-12-05'",
        "number": "1",
        "flag": "true" if client.capabilities.dialect == "postgres" else "1",
    }
    done: set[str] = set()
    schema = await read_schema()
    while rest := [n for n in schema if n not in done]:
        ready = [n for n in rest if _parents(schema[n], n) <= done]
        assert ready, f"a circle of foreign keys: {rest}"
        for name in ready:
            if not (await count_rows()).get(name):
                await _fill_table(name, schema[name], values)
            done.add(name)
    return await count_rows()


def _parents(table: Table, name: str) -> set[str]:
    return {there for there, _deletes in table.foreign_keys.values()} - {name}


async def _fill_table(name: str, table: Table, values: dict[str, str]) -> None:
    client = get_connection("default")
    types = await _types(name)
    wanted = {}
    for column, nullable in table.nullable.items():
        if nullable or (column == "id" and types["id"] == "number"):
            continue
        if column in table.foreign_keys:
            parent = table.foreign_keys[column][0]
            (row,) = await client.execute_query_dict(f'SELECT min(id) AS id FROM "{parent}"')
            wanted[column] = repr(row["id"])
        else:
            wanted[column] = SPECIAL.get((name, column)) or values.get(types[column], "'x'")
    columns = ", ".join(f'"{column}"' for column in wanted)
    row = ", ".join(wanted.values())
    await client.execute_query(f'INSERT INTO "{name}" ({columns}) VALUES ({row})')


SPECIAL = {
    ("slot", "ends_at"): "'2026-12-01T04:00:00+00:00'",
    ("slot", "seats_kept"): "0",
    ("event", "closes_minute"): "960",
    ("opening_hours", "closes_minute"): "960",
    ("walking_route", "slug"): "'walk'",
}
"""Where a check of the table asks for more than a plain value."""


async def _types(name: str) -> dict[str, str]:
    client = get_connection("default")
    if client.capabilities.dialect == "sqlite":
        rows = await client.execute_query_dict(f"PRAGMA table_info('{name}')")
        found = {row["name"]: row["type"].lower() for row in rows}
    else:
        rows = await client.execute_query_dict(
            "SELECT column_name AS name, data_type AS type FROM information_schema.columns"
            f" WHERE table_name = '{name}'"
        )
        found = {row["name"]: row["type"].lower() for row in rows}
    return {column: _kind(column, kind) for column, kind in found.items()}


def _kind(column: str, kind: str) -> str:
    if column.startswith(("is_", "needs_", "losers_")) or kind == "boolean":
        return "flag"
    for part, meaning in (("json", "json"), ("timestamp", "instant"), ("date", "date")):
        if part in kind:
            return meaning
    return "number" if any(part in kind for part in ("int", "real", "double")) else "text"


async def test_migrating_twice_changes_nothing(empty_url: str) -> None:
    await db.migrate(empty_url)
    async with db.opened(empty_url):
        first = await read_schema()
        rows = await count_rows()
    await db.migrate(empty_url)
    async with db.opened(empty_url):
        assert await read_schema() == first
        assert await count_rows() == rows
    assert first


async def test_an_older_database_keeps_its_rows_and_gets_todays_tables(
    empty_url: str, database: str
) -> None:
    assert database
    todays = await read_schema()
    await Tortoise.close_connections()
    await migrate_to(empty_url, FIRST)
    async with db.opened(empty_url):
        before = await fill()
    assert min(before.values()) >= 1
    await db.migrate(empty_url)
    async with db.opened(empty_url):
        after = await count_rows()
        assert {name: after[name] for name in before} == before
        assert await read_schema() == todays


async def test_holidays_stay_days_like_any_other(empty_url: str) -> None:
    await migrate_to(empty_url, "0003_accounts")  # the next ones do not ask for it by name
    await migrate_to(empty_url, "0028_found_by")
    async with db.opened(empty_url):
        await fill()
    await db.migrate(empty_url)
    async with db.opened(empty_url):
        rows = await get_connection("default").execute_query_dict("SELECT holiday_rule FROM site")
        assert {row["holiday_rule"] for row in rows} == {"none"}


async def test_what_calendars_have_is_the_floor_of_what_they_get(empty_url: str) -> None:
    """One above it: what changed since they were read last was never counted."""
    await migrate_to(empty_url, "0034_log_for_people")
    async with db.opened(empty_url):
        await fill()
        await get_connection("default").execute_query("UPDATE calendar_entry SET sequence = 7")
    await db.migrate(empty_url)
    async with db.opened(empty_url):
        client = get_connection("default")
        [place] = await client.execute_query_dict("SELECT revision, revised_at FROM place")
        [slot] = await client.execute_query_dict("SELECT revision, revised_at FROM slot")
        [told] = await client.execute_query_dict("SELECT mailed_in FROM calendar_entry")
    assert place["revision"] == 8
    assert str(place["revised_at"])[:10] == INSTANT[:10]
    assert slot == {"revision": 0, "revised_at": None}
    assert told


@pytest.mark.slow
async def test_of_several_first_starts_at_once_one_works_and_none_fails(
    empty_url: str, tmp_path: Path
) -> None:
    kept = {k: v for k, v in os.environ.items() if not k.startswith("TOUR_")}
    settings = {"TOUR_DATABASE_URL": empty_url, "TOUR_VAR": str(tmp_path / "var")}
    starts = [
        await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tour", *words),
            cwd=ROOT,
            env=kept | settings,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        for words in (["migrate"], ["demo", "load"], ["demo", "load"], ["migrate"])
    ]
    async with asyncio.timeout(120):
        said = await asyncio.gather(*(start.communicate() for start in starts))
    assert [
        (start.returncode, error) for start, (_out, error) in zip(starts, said, strict=True)
    ] == [(0, b"")] * 4
    loaded = [out for out, _error in said if b"The catalogue is loaded." in out]
    assert len(loaded) == 1


BROKEN = """
from tortoise.migrations.migration import Migration as TortoiseMigration

from tour.db.ddl import Sql


class Migration(TortoiseMigration):
    initial = True
    operations = [Sql("CREATE TABLE half_done (id {id})", "CREATE NONSENSE")]
"""


async def test_a_migration_that_fails_half_way_leaves_nothing(
    empty_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "migrations_of_a_bad_day"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "0001_broken.py").write_text(BROKEN, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    config = db.config(empty_url)
    config["apps"]["models"]["migrations"] = package.name
    try:
        with pytest.raises(BaseORMException):
            await run_migrations(config=config, direction="forward")
    finally:
        await Tortoise.close_connections()
    async with db.opened(empty_url):
        assert await read_schema() == {}


def test_migrations_follow_each_other_in_one_line() -> None:
    """By name: an older version's database is made by asking for its last one."""
    names = sorted(path.stem for path in (Path(db.__file__).parent / "migrations").glob("0*.py"))
    assert names[0] == FIRST
    numbers = [name.partition("_")[0] for name in names]
    assert len(set(numbers)) == len(numbers)
    for before, name in pairwise(names):
        migration = import_module(f"tour.db.migrations.{name}").Migration
        assert migration.dependencies == [("models", before)], name


async def test_a_database_of_any_older_version_can_be_made(empty_url: str) -> None:
    await migrate_to(empty_url, "0021_networks")
    async with db.opened(empty_url):
        schema = await read_schema()
    assert {"account", "itinerary"} <= schema.keys()
    assert "calendar_entry" not in schema


async def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    file = tmp_path / "letter.txt"
    file.write_text("This is a letter, and no database. " * 100, encoding="utf-8")
    with pytest.raises(ConfigurationError, match="TOUR_DATABASE_URL"):
        await db.migrate(f"sqlite://{file}")


async def test_a_place_where_no_file_can_be_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ConfigurationError, match="TOUR_DATABASE_URL"):
        await db.migrate(f"sqlite://{tmp_path}/file/tour.sqlite3")


async def test_a_server_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="TOUR_DATABASE_URL"):
        await asyncio.wait_for(db.migrate(f"asyncpg://postgres@/tour?host={tmp_path}"), 20)


async def test_a_database_that_the_server_does_not_have_is_named(
    postgres: PostgresServer | None, database_url: str
) -> None:
    if postgres is None:
        pytest.skip("asks a PostgreSQL server")
    assert database_url
    with pytest.raises(ConfigurationError, match="TOUR_DATABASE_URL"):
        await db.migrate(postgres.url("no_such_database"))


def test_the_file_of_a_new_database_gets_its_folder(tmp_path: Path) -> None:
    path = tmp_path / "new" / "folder" / "tour.sqlite3"
    asyncio.run(db.migrate(f"sqlite://{path}"))
    with sqlite3.connect(path) as connection:
        assert connection.execute("SELECT count(*) FROM site").fetchone() == (0,)
    connection.close()


TYPED_BEFORE = {
    1: ("<Hanako+kita@example.jp>", "090-1234-5678", "hanako@example.jp"),
    2: ("mailto:hanako@example.jp", "0081-90123-45678", "hanako@example.jp"),
    3: ("ha.na.ko@googlemail.com", "", "hanako@gmail.com"),
    4: ("a,b@example.jp", "12", "a,b@example.jp"),
    5: ("", "", ""),
}


async def test_stored_contacts_are_read_again_and_no_row_is_lost(empty_url: str) -> None:
    await migrate_to(empty_url, "0012_draw_answers")
    async with db.opened(empty_url):
        await fill()
        client = get_connection("default")
        columns = [name for name in (await read_schema())["reservation"].nullable if name != "id"]
        unique = {"reference", "door_code", "idempotency_key"}
        for number, (email, phone, _key) in TYPED_BEFORE.items():
            values = {
                "email": email,
                "email_key": email.lower(),
                "phone": phone,
                "phone_key": phone,
            }
            wanted = [
                f"'{values[c]}'" if c in values else f"'{number}'" if c in unique else c
                for c in columns
            ]
            names = ", ".join(f'"{c}"' for c in columns)
            await client.execute_query(
                f"INSERT INTO reservation ({names}) SELECT {', '.join(wanted)} FROM reservation"
                " WHERE reference = 'x'"
            )
        before = await count_rows()
    await db.migrate(empty_url)
    async with db.opened(empty_url):
        assert (await count_rows()).items() >= before.items()
        rows = await get_connection("default").execute_query_dict(
            "SELECT * FROM reservation WHERE reference <> 'x' ORDER BY reference"
        )
    assert [row["email_key"] for row in rows] == [key for _e, _p, key in TYPED_BEFORE.values()]
    assert [row["phone_key"] for row in rows] == ["+819012345678"] * 2 + ["", "12", ""]
    assert "09012345678" in rows[0]["found_by"].splitlines(), "staff find them, too"
    assert [row["email"] for row in rows[:2]] == ["Hanako+kita@example.jp", "hanako@example.jp"]
    assert rows[3]["email"] == "a,b@example.jp", "what cannot be read stays for people to read"


async def test_two_entries_of_one_person_both_stay_in_their_draw(empty_url: str) -> None:
    await migrate_to(empty_url, "0012_draw_answers")
    async with db.opened(empty_url):
        await fill()
        client = get_connection("default")
        await client.execute_query(
            "UPDATE draw_entry SET email_key = '<h@example.jp>', status = 'entered'"
        )
        for table, new in (
            ("reservation", ("reference", "door_code", "idempotency_key")),
            ("draw_entry", ("receipt", "reservation_id")),
        ):
            columns = [name for name in (await read_schema())[table].nullable if name != "id"]
            values = {
                "email_key": "'h,@example.jp'"
                if table == "reservation"
                else "'mailto:h@example.jp'",
                "phone_key": "'y'",
                "reservation_id": "(SELECT max(id) FROM reservation)",
            }
            wanted = [values.get(c) or ("'y'" if c in new else f'"{c}"') for c in columns]
            names = ", ".join(f'"{c}"' for c in columns)
            await client.execute_query(
                f"INSERT INTO {table} ({names}) SELECT {', '.join(wanted)} FROM {table}"
            )
    await db.migrate(empty_url)
    async with db.opened(empty_url):
        rows = await get_connection("default").execute_query_dict(
            "SELECT email_key FROM draw_entry ORDER BY id"
        )
    assert [row["email_key"] for row in rows] == ["h@example.jp", "mailto:h@example.jp"]


async def test_who_was_told_of_a_plan_still_is(empty_url: str) -> None:
    """What was one column of the plan is a row a reader; what points to the plan stays."""
    await migrate_to(empty_url, "0012_draw_answers")
    async with db.opened(empty_url):
        await fill()
        client = get_connection("default")
        await client.execute_query("UPDATE itinerary SET recipient_id = (SELECT id FROM recipient)")
        before = await count_rows()
    await db.migrate(empty_url)
    async with db.opened(empty_url):
        assert (await count_rows()).items() >= before.items()
        [row] = await get_connection("default").execute_query_dict(
            "SELECT r.itinerary_id = i.id AS is_its_own FROM itinerary_reader r, itinerary i"
        )
    assert row["is_its_own"]


@pytest.mark.parametrize(
    ("slot_status", "place_status", "ended_by"),
    [
        ("open", "confirmed", ""),
        ("open", "cancelled", "party"),
        ("cancelled", "cancelled", "host"),
        ("open", "released", "nobody-came"),
    ],
)
async def test_a_place_that_ended_before_says_by_whom(
    empty_url: str, slot_status: str, place_status: str, ended_by: str
) -> None:
    await migrate_to(empty_url, "0012_draw_answers")
    async with db.opened(empty_url):
        await fill()
        client = get_connection("default")
        await client.execute_query("UPDATE contact_check SET ended_at = NULL")
        await client.execute_query(f"UPDATE slot SET status = '{slot_status}'")
        await client.execute_query(f"UPDATE place SET status = '{place_status}'")
        before = await count_rows()
    await db.migrate(empty_url)
    async with db.opened(empty_url):
        assert (await count_rows()).items() >= before.items()
        rows = await get_connection("default").execute_query_dict("SELECT ended_by FROM place")
        assert {row["ended_by"] for row in rows} == {ended_by}


async def test_a_code_on_its_way_is_waited_for_as_long_as_it_was_said(empty_url: str) -> None:
    await migrate_to(empty_url, "0032_news")
    async with db.opened(empty_url):
        await fill()
        before = await count_rows()
    await db.migrate(empty_url)
    async with db.opened(empty_url):
        assert (await count_rows()).items() >= before.items()
        [row] = await get_connection("default").execute_query_dict(
            "SELECT latest_at = ends_at AS is_same FROM contact_check"
        )
    assert row["is_same"]
