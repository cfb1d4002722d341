"""A database that is away, full, locked or frozen: nobody waits long, nothing is a 500, and all is
well again by itself."""

import asyncio
import logging
import os
import shutil
import sqlite3
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, closing, contextmanager
from contextvars import Context
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest
from starlette.applications import Starlette
from tortoise.connection import get_connection

from tests.conftest import TurnableClock
from tests.factories import make_slot
from tests.reservations.factories import typed
from tests.reservations.ledger import assert_ledger_holds
from tour import app as whole_app
from tour.db import transaction
from tour.db.sqlite_engine import FILE_SHARE
from tour.errors import Unavailable
from tour.patience import PAGE_WAITS, PAGES, RETRY_AFTER, Patience, waiting_at_most
from tour.programmes.models import Slot
from tour.reservations.models import Reservation
from tour.settings import Settings

SHORT = Patience(connection=0.5, lock=0.5, statement=0.7)
SOON = 8.0
"""Far more than the patience of these tests on a busy machine, less than without any: 10 s for a
file, 20 s for a statement, for ever for a row."""


@pytest.fixture
async def app(
    settings: Settings, clock: TurnableClock, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Starlette]:
    """The whole app, less patient than usual."""
    monkeypatch.setattr(whole_app, "PAGES", SHORT)
    application = whole_app.create_app(settings, clock=clock)
    async with application.router.lifespan_context(application):
        yield application


@pytest.fixture
def only_postgres(postgres: object) -> None:
    if postgres is None:
        pytest.skip("SQLite has no server")


@pytest.fixture
def file(postgres: object, database_url: str) -> Path:
    if postgres is not None:
        pytest.skip("PostgreSQL has no file")
    return Path(database_url.removeprefix("sqlite://").partition("?")[0])


async def reserve(client: httpx.AsyncClient, slot: Slot) -> httpx.Response:
    return await client.post(f"/slots/{slot.id}/reserve", data=typed())


def assert_told_to_wait(answer: httpx.Response) -> None:
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == str(RETRY_AFTER)
    assert "少し待って" in answer.text


async def until(status: int, ask: Callable[[], Awaitable[httpx.Response]]) -> None:
    """Soon, by itself; on the way there only refusals that say when to try again."""
    async with asyncio.timeout(SOON):
        while (answer := await ask()).status_code != status:
            assert_told_to_wait(answer)


def outside_url(url: str, name: str | None = None) -> str:
    own = url.replace("asyncpg://", "postgres://")
    return own if name is None else own.replace(own.split("@/")[1].partition("?")[0], name)


@asynccontextmanager
async def row_locked(url: str, slot: Slot) -> AsyncIterator[asyncpg.Connection]:
    outside = await asyncpg.connect(outside_url(url))
    try:
        async with outside.transaction():
            await outside.execute("SELECT 1 FROM slot WHERE id = $1 FOR UPDATE", slot.id)
            yield outside
    finally:
        await outside.close()


@contextmanager
def file_locked(path: Path, how: str) -> Iterator[None]:
    with closing(sqlite3.connect(path, isolation_level=None)) as outside:
        outside.execute(f"BEGIN {how}")
        yield
        outside.execute("ROLLBACK")


def test_a_page_is_answered_within_three_seconds() -> None:
    assert PAGES.connection + PAGES.statement < 3
    assert PAGES.lock < PAGES.statement
    assert PAGE_WAITS < 3
    assert RETRY_AFTER <= 3


@pytest.mark.usefixtures("only_postgres")
async def test_a_locked_row_stops_those_who_want_it_and_nobody_else(
    client: httpx.AsyncClient, database_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    slot, other = await make_slot(capacity=60), await make_slot()
    async with row_locked(database_url, slot):
        crowd = [asyncio.create_task(reserve(client, slot)) for _number in range(30)]
        await asyncio.sleep(0.1)
        began = time.monotonic()
        page, ready = await asyncio.gather(client.get("/sites"), client.get("/readyz"))
        assert (page.status_code, ready.status_code) == (200, 200)
        for answer in await asyncio.gather(*crowd):
            assert_told_to_wait(answer)
        assert time.monotonic() - began < SOON
        assert (await reserve(client, other)).status_code == 303
    assert (await reserve(client, slot)).status_code == 303
    assert "a row stayed locked" in caplog.text
    await assert_ledger_holds()


@pytest.mark.usefixtures("only_postgres")
async def test_connections_that_are_ended_are_made_anew(
    client: httpx.AsyncClient, database_url: str
) -> None:
    slot = await make_slot(capacity=60)
    outside = await asyncpg.connect(outside_url(database_url))
    try:
        for _time in range(3):
            flood = [asyncio.create_task(reserve(client, slot)) for _number in range(6)]
            await asyncio.sleep(0.01)
            await outside.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            statuses = {answer.status_code for answer in await asyncio.gather(*flood)}
            assert statuses <= {303, 503}
        await until(303, lambda: reserve(client, slot))
    finally:
        await outside.close()
    await assert_ledger_holds()


@pytest.mark.usefixtures("only_postgres")
async def test_a_server_that_takes_nobody_or_only_readers(
    client: httpx.AsyncClient, database_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    slot = await make_slot()
    name = database_url.split("@/")[1].partition("?")[0]
    outside = await asyncpg.connect(outside_url(database_url, "postgres"))

    async def change(how: str) -> None:
        await outside.execute(f"ALTER DATABASE {name} {how}")
        await outside.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1", name
        )

    try:
        await change("ALLOW_CONNECTIONS false")
        for answer in (await reserve(client, slot), await client.get("/sites")):
            assert_told_to_wait(answer)
        assert (await client.get("/readyz")).status_code == 503
        await change("ALLOW_CONNECTIONS true")
        await change("SET default_transaction_read_only = on")
        await until(200, lambda: client.get("/sites"))
        assert_told_to_wait(await reserve(client, slot))
        assert "it can only be read" in caplog.text
        await change("RESET default_transaction_read_only")
        await until(303, lambda: reserve(client, slot))
    finally:
        await outside.close()


@pytest.mark.usefixtures("only_postgres")
async def test_a_statement_that_lasts_too_long_is_ended(app: Starlette) -> None:
    assert app
    began = time.monotonic()
    with pytest.raises(Unavailable) as raised:
        await get_connection("default").execute_query("SELECT pg_sleep(20)")
    assert raised.value.reason == "database: a statement took too long"
    assert time.monotonic() - began < SOON
    with pytest.raises(Unavailable):
        async with transaction():
            await get_connection("default").execute_query("SELECT pg_sleep(20)")
    assert await Slot.all().count() == 0


async def test_a_file_that_another_program_writes_can_be_read(
    client: httpx.AsyncClient, file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    slot = await make_slot()
    await client.get(f"/slots/{slot.id}/reserve")  # the form comes back: its template is compiled
    began = time.monotonic()
    with file_locked(file, "IMMEDIATE"):
        waiting = [asyncio.create_task(reserve(client, slot)) for _number in range(5)]
        await asyncio.sleep(0.1)
        assert (await client.get("/sites")).status_code == 200
        for answer in await asyncio.gather(*waiting):
            assert_told_to_wait(answer)
    assert time.monotonic() - began < SOON
    assert "the file is locked by another program" in caplog.text
    assert (await reserve(client, slot)).status_code == 303
    await assert_ledger_holds()


async def test_who_has_waited_already_waits_less_for_the_file(app: Starlette, file: Path) -> None:
    """And whoever comes next as long as usual."""
    assert app
    with file_locked(file, "IMMEDIATE"):
        took = []
        for seconds in (0.1, 0.0, 9.0):
            began = time.monotonic()
            with waiting_at_most(seconds), pytest.raises(Unavailable):
                async with transaction():
                    pass
            took.append(time.monotonic() - began)
    usual = (SHORT.connection + SHORT.lock) * FILE_SHARE
    assert max(took[:2]) < usual
    assert took[2] >= usual
    async with transaction():
        assert await Slot.all().count() == 0


async def test_a_transaction_makes_writers_wait_and_no_reader(
    client: httpx.AsyncClient, file: Path
) -> None:
    assert file
    slot = await make_slot()
    async with transaction():
        await Slot.filter(id=slot.id).update(capacity=3)
        began = time.monotonic()
        asked = await asyncio.gather(
            apart(client.get("/sites")),
            apart(client.get(f"/slots/{slot.id}/reserve")),
            apart(reserve(client, slot)),
        )
        assert [answer.status_code for answer in asked] == [200, 200, 503]
        assert time.monotonic() - began < SOON
    assert (await reserve(client, slot)).status_code == 303


async def test_a_full_disk_refuses_what_is_new_until_there_is_room(
    client: httpx.AsyncClient, file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    assert file
    slot = await make_slot(capacity=60)
    connection = get_connection("default")
    await connection.execute_query("PRAGMA max_page_count = 1")  # SQLite takes the present size
    refused = [await reserve(client, slot) for _number in range(30)][-1]
    assert_told_to_wait(refused)
    assert (await client.get("/sites")).status_code == 200
    assert "the disk is full" in caplog.text
    await connection.execute_query("PRAGMA max_page_count = 100000")
    assert (await reserve(client, slot)).status_code == 303
    await assert_ledger_holds()


async def test_a_file_that_can_only_be_read_is_read(client: httpx.AsyncClient, file: Path) -> None:
    assert file
    slot = await make_slot()
    await get_connection("default").execute_query("PRAGMA query_only = ON")
    assert (await client.get("/sites")).status_code == 200
    assert_told_to_wait(await reserve(client, slot))
    await get_connection("default").execute_query("PRAGMA query_only = OFF")
    assert (await reserve(client, slot)).status_code == 303


@pytest.mark.parametrize("is_replaced", [False, True])
async def test_nothing_is_acknowledged_in_a_file_that_has_been_taken_away(
    client: httpx.AsyncClient, file: Path, caplog: pytest.LogCaptureFixture, *, is_replaced: bool
) -> None:
    slot = await make_slot()
    away = file.with_suffix(".away")
    os.rename(file, away)
    if is_replaced:
        shutil.copy(away, file)
    assert_told_to_wait(await reserve(client, slot))
    assert (await client.get("/readyz")).status_code == 503
    assert "deleted or replaced" in caplog.text
    os.replace(away, file)
    assert (await reserve(client, slot)).status_code == 303
    assert await Reservation.all().count() == 1


async def test_a_file_taken_away_within_a_transaction_is_noticed(
    app: Starlette, file: Path
) -> None:
    assert app
    slot = await make_slot()

    async def write() -> None:
        async with transaction():
            await Slot.filter(id=slot.id).update(capacity=3)
            os.unlink(file)

    with pytest.raises(Unavailable):
        await write()


async def test_a_full_disk_beside_the_database_is_no_fault_of_ours(
    client: httpx.AsyncClient, app: Starlette, caplog: pytest.LogCaptureFixture
) -> None:
    async def no_room(_request: Any) -> Any:
        raise OSError(28, "No space left on device", "/somebody/s/photo.jpg")

    async def our_fault(_request: Any) -> Any:
        raise FileNotFoundError(2, "No such file", "/somebody/s/photo.jpg")

    app.router.add_route("/no-room", no_room)
    app.router.add_route("/our-fault", our_fault)
    with caplog.at_level(logging.ERROR):
        assert_told_to_wait(await client.get("/no-room"))
    assert "the disk is full" in caplog.text
    assert "photo" not in caplog.text
    with pytest.raises(FileNotFoundError):
        await client.get("/our-fault")


def apart(work: Any) -> asyncio.Task[httpx.Response]:
    """A task that is no part of the transaction in which it is started."""
    return asyncio.create_task(work, context=Context())
