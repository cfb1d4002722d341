"""What falls due is done, although a piece of it fails or the database is started anew."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import asyncpg
import pytest

from tests.conftest import NOON, TurnableClock
from tests.factories import make_slot
from tests.postgres import PostgresServer
from tests.reservations.factories import make_wish
from tests.reservations.ledger import assert_ledger_holds
from tour.health.chores import going_round
from tour.notifications.mail.enclosing import nothing
from tour.notifications.sending.wording import AS_PROMISED
from tour.notifications.sending.worker import GENTLE
from tour.parts import WorkerParts
from tour.processes import chores
from tour.programmes.models import Slot
from tour.programmes.states import Allocation
from tour.reservations import service, worker
from tour.reservations.draws import draws
from tour.reservations.held import changes
from tour.reservations.models import Draw, WaitlistEntry
from tour.reservations.states import DrawStatus, WaitlistStatus
from tour.reservations.waitlist import queue
from tour.settings import Settings

ENOUGH_POLLS = 2000
WAITS_FOR_A_LOCK = """
SELECT pid FROM pg_stat_activity
WHERE datname = current_database() AND wait_event_type = 'Lock'
"""


@pytest.fixture
def parts(settings: Settings, clock: TurnableClock) -> WorkerParts:
    return WorkerParts(
        settings=settings, clock=clock, pace=GENTLE, enclose=nothing, wording=AS_PROMISED
    )


async def offered_slot() -> Slot:
    """A slot whose one seat is offered to a party, with another behind it."""
    slot = await make_slot(capacity=1)
    held = await service.reserve(make_wish(slot), now=NOON)
    await queue.join(make_wish(slot, party=None), now=NOON)
    await changes.cancel(held.reference, now=NOON)
    return slot


async def until(true: Callable[[], Awaitable[object]]) -> Any:
    """Ask again and again until it answers with something."""
    for _poll in range(ENOUGH_POLLS):
        if answer := await true():
            return answer
        await asyncio.sleep(0.01)
    raise AssertionError("it never came true")


async def is_expired() -> bool:
    return await WaitlistEntry.exists(status=WaitlistStatus.EXPIRED)


@pytest.mark.usefixtures("database")
async def test_a_draw_that_cannot_be_held_holds_up_nothing_else() -> None:
    await offered_slot()
    drawn = [await make_slot(allocation=Allocation.DRAW) for _number in range(2)]
    closes_at = NOON + timedelta(hours=1)
    held = [
        await draws.open_draw([slot.id], event_id=None, entries_close_at=closes_at)
        for slot in drawn
    ]
    await worker.run_due(closes_at)
    await Draw.filter(id=held[0].id).update(record={"no": "entries"})
    with pytest.raises(ExceptionGroup) as raised:
        await worker.run_due(NOON + timedelta(days=2))
    assert [type(fault) for fault in raised.value.exceptions] == [KeyError]
    statuses = [(await Draw.get(id=draw.id)).status for draw in held]
    assert statuses == [DrawStatus.FROZEN, DrawStatus.DRAWN]
    assert await WaitlistEntry.exists(status=WaitlistStatus.EXPIRED)


async def test_a_database_that_ends_every_connection_is_looked_at_again(
    clock: TurnableClock,
    database: str,
    parts: WorkerParts,
    postgres: PostgresServer | None,
) -> None:
    """As a restart of PostgreSQL does, in the middle of a transaction."""
    if postgres is None:
        pytest.skip("SQLite has no server")
    slot = await offered_slot()
    clock.turn(days=2)
    outside = await asyncpg.connect(database.replace("asyncpg://", "postgres://"))
    try:
        lock = outside.transaction()
        await lock.start()
        await outside.execute("SELECT 1 FROM slot WHERE id = $1 FOR UPDATE", slot.id)
        async with going_round([replace(chores.DUE, every=0.01)], parts) as rounds:
            waiting = await until(lambda: outside.fetchval(WAITS_FOR_A_LOCK))
            await outside.execute("SELECT pg_terminate_backend($1)", waiting)
            await lock.rollback()
            await until(is_expired)
            assert [one.problem() for one in rounds] == [""]
    finally:
        await outside.close()
    await assert_ledger_holds()


@pytest.mark.usefixtures("database")
async def test_a_clock_that_jumps_a_day_and_back_ends_nothing(
    monkeypatch: pytest.MonkeyPatch, clock: TurnableClock, parts: WorkerParts
) -> None:
    """What is to come stays to come, and what falls due afterwards is done as ever."""
    cycles: list[datetime] = []
    run_due = worker.run_due

    async def counted(now: datetime) -> int:
        cycles.append(now)
        return await run_due(now)

    monkeypatch.setattr(chores, "run_due", counted)
    await offered_slot()
    async with going_round([replace(chores.DUE, every=0.001)], parts):
        await until(lambda: _at_least(cycles, 1))
        clock.turn(days=1)
        seen = len(cycles)
        await until(lambda: _at_least(cycles, seen + 3))
        clock.turn(days=-1)
        await until(lambda: _at_least(cycles, seen + 6))
    assert not await is_expired()
    assert max(cycles) - min(cycles) < timedelta(hours=1)


async def _at_least(cycles: list[datetime], count: int) -> bool:
    return len(cycles) >= count
