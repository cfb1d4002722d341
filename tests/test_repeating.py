"""What is done again and again goes on, whatever happens to one of the times."""

import asyncio
import logging

import asyncpg
import pytest

from tour.errors import NotFound
from tour.i18n import lazy
from tour.repeating import repeated, repeating

LOG = logging.getLogger("tour.test")
PATIENCE = 60
FAULTS = [
    NotFound(lazy("a refusal nobody asked for")),
    KeyError("Hanako"),
    asyncpg.ConnectionDoesNotExistError("Hanako"),
    asyncpg.AdminShutdownError("Hanako"),
    asyncpg.CannotConnectNowError("Hanako"),
    asyncpg.DeadlockDetectedError("Hanako"),
    ExceptionGroup("Hanako", [KeyError("Hanako"), OSError("Hanako"), KeyError("Hanako")]),
]


async def test_no_fault_ends_it(caplog: pytest.LogCaptureFixture) -> None:
    faults, done = list(FAULTS), asyncio.Event()

    async def act() -> None:
        if faults:
            raise faults.pop(0)
        done.set()

    async with repeating(act, 0.0, LOG) as loop:
        await asyncio.wait_for(done.wait(), PATIENCE)
        assert not loop.done()
    assert loop.done()
    assert [record.getMessage().partition(": ")[2] for record in caplog.records] == [
        "NotFound",
        "KeyError",
        "ConnectionDoesNotExistError",
        "AdminShutdownError",
        "CannotConnectNowError",
        "DeadlockDetectedError",
        "KeyError, OSError",
    ]
    assert "Hanako" not in caplog.text


async def test_it_stops_when_told_and_not_before_its_time() -> None:
    stop, times = asyncio.Event(), 0

    async def act() -> float:
        nonlocal times
        times += 1
        if times == 3:
            stop.set()
        return 0.0

    await asyncio.wait_for(repeated(act, 3600.0, stop, LOG), PATIENCE)
    assert times == 3
    await asyncio.wait_for(repeated(act, 0.0, stop, LOG, first_after=3600.0), PATIENCE)
    assert times == 3
