"""Transactions survive what requests do to them: cancellations, nesting, other processes."""

import asyncio
import random
import subprocess
import sys
from contextlib import suppress

import pytest
from tortoise.exceptions import IntegrityError
from tortoise.expressions import F

from tests.factories import make_slot
from tour.db import transaction
from tour.db.shield import finish
from tour.programmes.models import Slot
from tour.settings import ROOT
from tour.sites.models import Station

pytestmark = pytest.mark.usefixtures("database")

CANCELLED = 600
PATIENCE_SECONDS = 60


async def write(slot_id: int) -> None:
    async with transaction():
        await Slot.filter(id=slot_id).update(seats_kept=F("seats_kept") + 1)
        await Slot.get(id=slot_id)


async def test_six_hundred_cancelled_requests_leave_the_database_usable() -> None:
    """Cancelled at every point where a request can be: while it waits, enters, works, leaves."""
    slot = await make_slot(capacity=2000)
    chance = random.Random(7)
    for _round in range(CANCELLED // 20):
        tasks = [asyncio.create_task(write(slot.id)) for _number in range(20)]
        for task in tasks:
            for _step in range(chance.randrange(12)):
                await asyncio.sleep(0)
            task.cancel()
        async with asyncio.timeout(PATIENCE_SECONDS):
            await asyncio.gather(*tasks, return_exceptions=True)
    async with asyncio.timeout(PATIENCE_SECONDS):
        await asyncio.gather(*(write(slot.id) for _number in range(30)))
    await slot.refresh_from_db()
    assert 30 <= slot.seats_kept <= 30 + CANCELLED


async def test_cancellations_on_the_way_in_free_their_place_at_once() -> None:
    """One step further each time, so that BEGIN and COMMIT are each met at every step of theirs."""
    slot = await make_slot(capacity=2000)
    for steps in range(60):
        task = asyncio.create_task(write(slot.id))
        for _step in range(steps):
            await asyncio.sleep(0)
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        async with asyncio.timeout(PATIENCE_SECONDS):
            await write(slot.id)


async def test_many_rows_written_by_themselves_are_a_transaction_that_a_cancellation_ends() -> None:
    """Tortoise rolls back for an Exception, which a cancellation is none: the transaction stayed
    open, and nothing that anybody wrote by themselves from then on was kept."""
    stations = iter(range(100_000))

    async def write_many() -> None:
        ids = [f"s{next(stations)}" for _number in range(9)]
        rows = [Station(id=key, name="王子", lat=35.7, lon=139.7) for key in ids]
        await Station.bulk_create(rows)

    for steps in range(60):
        task = asyncio.create_task(write_many())
        for _step in range(steps):
            await asyncio.sleep(0)
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        async with asyncio.timeout(PATIENCE_SECONDS):
            await write_many()
    assert (await Station.all().count()) % 9 == 0


async def test_a_cancelled_transaction_keeps_nothing() -> None:
    slot = await make_slot()
    inside = asyncio.Event()

    async def half_way() -> None:
        async with transaction():
            await Slot.filter(id=slot.id).update(capacity=1)
            inside.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(half_way())
    await inside.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await slot.refresh_from_db()
    assert slot.capacity == 8


async def test_a_fault_inside_keeps_nothing_and_goes_on() -> None:
    slot = await make_slot()

    async def failing() -> None:
        async with transaction():
            await Slot.filter(id=slot.id).update(capacity=1)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await failing()
    await write(slot.id)
    await slot.refresh_from_db()
    assert (slot.capacity, slot.seats_kept) == (8, 1)


async def test_an_inner_transaction_can_fail_alone() -> None:
    """A savepoint: PostgreSQL would refuse everything after the error, SQLite would keep half."""
    slot = await make_slot()

    async def failing() -> None:
        async with transaction():
            await Slot.filter(id=slot.id).update(seats_kept=3)
            await Slot.filter(id=slot.id).update(seats_taken=-1)

    async with transaction():
        await Slot.filter(id=slot.id).update(seats_kept=2)
        with pytest.raises(IntegrityError):
            await failing()
        await Slot.filter(id=slot.id).update(capacity=9)
    await slot.refresh_from_db()
    assert (slot.seats_kept, slot.capacity) == (2, 9)


async def test_an_outer_transaction_takes_the_inner_one_back_with_it() -> None:
    slot = await make_slot()

    async def failing() -> None:
        async with transaction():
            async with transaction():
                await Slot.filter(id=slot.id).update(seats_kept=3)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await failing()
    await slot.refresh_from_db()
    assert slot.seats_kept == 0


async def test_others_read_the_old_until_it_is_committed(database: str) -> None:
    slot = await make_slot()
    async with transaction():
        await Slot.filter(id=slot.id).update(capacity=1)
        assert await _read_elsewhere(database, slot.id) == "8"
    assert await _read_elsewhere(database, slot.id) == "1"


WRITER = """
import asyncio, sys
from tour import db
from tour.db import transaction
from tour.programmes.models import Slot

async def main(url, slot_id, times):
    async with db.opened(url):
        for _number in range(times):
            async with transaction():
                slot = await Slot.get(id=slot_id)
                await Slot.filter(id=slot_id).update(seats_kept=slot.seats_kept + 1)

asyncio.run(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
"""


async def test_processes_that_read_and_write_at_once_are_never_told_it_is_locked(
    database: str,
) -> None:
    slot = await make_slot(capacity=5000)
    times = 150
    writers = [
        await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", WRITER, database, str(slot.id), str(times)),
            cwd=ROOT,
            stderr=subprocess.PIPE,
        )
        for _number in range(3)
    ]
    async with asyncio.timeout(60):
        said = await asyncio.gather(*(writer.communicate() for writer in writers))
    assert [error.decode()[-500:] for _out, error in said] == [""] * 3
    await slot.refresh_from_db()
    if database.startswith("sqlite"):
        # BEGIN IMMEDIATE: who reads inside a transaction reads what nobody else is changing.
        assert slot.seats_kept == 3 * times


READER = """
import asyncio, sys
from tour import db
from tour.programmes.models import Slot

async def main(url, slot_id):
    async with db.opened(url):
        print((await Slot.get(id=slot_id)).capacity)

asyncio.run(main(sys.argv[1], int(sys.argv[2])))
"""


async def _read_elsewhere(url: str, slot_id: int) -> str:
    reader = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", READER, url, str(slot_id)), cwd=ROOT, stdout=subprocess.PIPE
    )
    async with asyncio.timeout(PATIENCE_SECONDS):
        out, _error = await reader.communicate()
    return out.decode().strip()


class TestFinish:
    async def test_work_is_finished_before_a_cancellation_goes_on(self) -> None:
        gate, done = asyncio.Event(), []

        async def work() -> None:
            await gate.wait()
            done.append(True)

        task = asyncio.create_task(finish(work()))
        for _step in range(3):
            await asyncio.sleep(0)
            task.cancel()
        gate.set()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert done == [True]

    async def test_the_works_own_error_comes_first(self) -> None:
        gate = asyncio.Event()

        async def work() -> None:
            await gate.wait()
            raise ZeroDivisionError

        task = asyncio.create_task(finish(work()))
        await asyncio.sleep(0)
        task.cancel()
        await asyncio.sleep(0)
        gate.set()
        with pytest.raises(ZeroDivisionError):
            await task

    async def test_work_that_was_cancelled_itself_is_cancelled(self) -> None:
        async def work() -> None:
            raise asyncio.CancelledError

        with pytest.raises(asyncio.CancelledError):
            await finish(work())


async def test_a_query_that_is_cancelled_leaves_the_connection_in_order() -> None:
    async def count() -> int:
        return await Station.all().count()

    for steps in range(30):
        task = asyncio.create_task(count())
        for _step in range(steps):
            await asyncio.sleep(0)
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        async with asyncio.timeout(PATIENCE_SECONDS):
            assert await count() == 0
