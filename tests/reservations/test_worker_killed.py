"""The worker is killed in the middle of its work, again and again: each thing is done once."""

import asyncio
import random
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.factories import DAY_AHEAD, make_event, make_programme, make_slot
from tests.postgres import PostgresServer
from tests.reservations.factories import make_party, make_wish
from tests.reservations.ledger import assert_ledger_holds, assert_no_seat_is_idle
from tests.reservations.processes import WorkerProcess
from tour.programmes.models import BookingRules, Slot
from tour.programmes.states import Allocation
from tour.reservations import service
from tour.reservations.draws import draws, lottery
from tour.reservations.held import changes
from tour.reservations.models import ContactCheck, Draw, Place, WaitlistEntry
from tour.reservations.states import DrawStatus, WaitlistStatus
from tour.reservations.waitlist import queue

pytestmark = pytest.mark.slow

SLOTS = 30
ENTRIES = 20
KILLS = 4
NOW = datetime.now(UTC).replace(microsecond=0)
"""Real processes run by the real clock."""
BEFORE = NOW - timedelta(days=2)
ENOUGH_POLLS = 3000
"""Of a fiftieth of a second: a minute."""


async def make_work() -> Draw:
    """Offers that ran out with somebody waiting behind, seats held for codes that never came, and a
    draw that is due."""
    event = await make_event(day=DAY_AHEAD.date())
    await BookingRules.create(event=event, checks_contact=True)
    checked = await make_programme(event=event)
    programme = await make_programme()
    for number in range(SLOTS):
        start = NOW + timedelta(days=2, hours=number)
        slot = await make_slot(start, programme=programme, capacity=1)
        held = await service.reserve(make_wish(slot, party=make_party(phone="")), now=BEFORE)
        for _party in range(2):
            await queue.join(make_wish(slot, party=make_party(phone="")), now=BEFORE)
        await changes.cancel(held.reference, now=BEFORE)
        other = await make_slot(start, programme=checked, capacity=2)
        await service.reserve(make_wish(other, party=make_party(phone="")), now=BEFORE)
    drawn = [
        await make_slot(NOW + timedelta(days=3, hours=hour), capacity=4, allocation=Allocation.DRAW)
        for hour in range(2)
    ]
    closes_at = BEFORE + timedelta(hours=1)
    draw = await draws.open_draw([s.id for s in drawn], event_id=None, entries_close_at=closes_at)
    for _party in range(ENTRIES):
        await draws.enter(draw.id, make_wish(*drawn, party=make_party(phone="")), now=BEFORE)
    return draw


async def done() -> int:
    """How much of the work is done."""
    expired = await WaitlistEntry.filter(status=WaitlistStatus.EXPIRED).count()
    lapsed = await ContactCheck.exclude(ended_at=None).count()
    return expired + lapsed + await Draw.filter(status=DrawStatus.DRAWN).count()


ALL = 2 * SLOTS + 1


async def until(least: int) -> None:
    """Wait until so much is done."""
    for _poll in range(ENOUGH_POLLS):
        if await done() >= least:
            return
        await asyncio.sleep(0.02)
    raise AssertionError(f"only {await done()} of {least} things were done in time")


async def test_a_killed_worker_leaves_nothing_half_done(
    database: str, postgres: PostgresServer | None, tmp_path: Path
) -> None:
    draw = await make_work()
    dice = random.Random(11)
    workers = [WorkerProcess(database, tmp_path) for _number in range(2 if postgres else 1)]
    with ExitStack() as stack:
        for worker in workers:
            worker.start()
            stack.callback(worker.kill)
        for least in sorted(dice.sample(range(ALL // 2), KILLS)):
            await until(least)
            await asyncio.sleep(dice.uniform(0, 0.05))
            victim = dice.choice(workers)
            victim.kill()
            await assert_ledger_holds()
            victim.start()
        await until(ALL)
    await assert_ledger_holds()
    slot_ids = [int(slot.id) for slot in await Slot.all()]
    await assert_no_seat_is_idle(slot_ids, NOW)
    offered = WaitlistEntry.filter(status=WaitlistStatus.OFFERED, seats=1)
    assert await offered.exclude(reservation__draw_entry__id__not_isnull=True).count() == SLOTS
    held = await Draw.get(id=draw.id)
    assert lottery.verify(held.record) == []
    won = {slot for _receipt, slot in held.record["result"] if slot}
    assert await Place.filter(slot_id__in=won, status="confirmed").count() == 8
