"""Workers as processes: killed at any moment, several at once, stopped politely."""

import asyncio
import os
import random
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from contextvars import Context
from datetime import datetime, timedelta

import pytest

from tests.notifications.conftest import queue_now
from tests.thorough import times
from tour.db import transaction
from tour.health.chores import going_round
from tour.notifications import recipients
from tour.notifications.mail.enclosing import nothing
from tour.notifications.models import Delivery, PushSubscription, Reminder
from tour.notifications.push.endpoints import EndpointPolicy
from tour.notifications.sending import fan_out as fan_out_module
from tour.notifications.sending import outbox
from tour.notifications.sending.fan_out import fan_out
from tour.notifications.sending.wording import AS_PROMISED
from tour.notifications.sending.worker import GENTLE
from tour.notifications.states import DeliveryStatus, ReminderStatus
from tour.parts import WorkerParts
from tour.processes import chores
from tour.settings import ROOT, Settings

WORKER = (
    "import os; from tour.settings import Settings; from tour.processes.worker import work;"
    "work(Settings.from_environ(os.environ))"
)
"""What `tour worker` does, without the rest of the command line, which takes a second to load."""
KILLS = times(4, 10)
MESSAGES = 150
PATIENCE = 60


@asynccontextmanager
async def worker_process(settings: Settings, at: datetime) -> AsyncIterator[Process]:
    """A worker whose clock starts at `at`; it is dead when the block ends."""
    environ = os.environ | {
        "TOUR_DATABASE_URL": settings.database_url,
        "TOUR_VAR": str(settings.var),
        "TOUR_PUSH_HOSTS": ",".join(settings.push_hosts),
        "TOUR_PUSH_CA": settings.push_ca,
        "TOUR_VAPID_SUBJECT": settings.vapid_subject,
        "TOUR_DEMO": "1",
        "TOUR_CLOCK": at.isoformat(),
        "TOUR_SMTP_URL": settings.smtp_url,
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", WORKER, cwd=ROOT, env=environ, stdout=PIPE, stderr=PIPE
    )
    try:
        assert process.stdout
        await asyncio.wait_for(process.stdout.readline(), PATIENCE)
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def arrive(push, number: int) -> None:
    await asyncio.wait_for(push.arrived(number), PATIENCE)


@pytest.mark.slow
async def test_killed_at_random_moments(worker, make_visitor, push, clock, settings) -> None:
    """Every phone shows its reminder, once; only what was in hand at a kill was sent again."""
    moments = random.Random(6)
    visitors = [await make_visitor() for _visitor in range(MESSAGES)]
    for visitor in visitors:
        await queue_now(visitor.recipient, clock, days=1)
    for _kill in range(KILLS):
        async with worker_process(settings, clock()) as process:
            open_ones = await Delivery.filter(status=DeliveryStatus.WAITING).count()
            left = open_ones or await Reminder.filter(status=ReminderStatus.WAITING).count()
            if left:
                await arrive(push, push.arrivals + moments.randint(1, min(left, 30)))
            process.send_signal(signal.SIGKILL)
            await process.wait()
        clock.turn(minutes=2)
    await worker.run_once()

    assert push.arrivals > MESSAGES, "no kill came between a try and its record"
    assert [len(visitor.phone.shown) for visitor in visitors] == [1] * MESSAGES
    assert await Delivery.filter(status=DeliveryStatus.SENT).count() == MESSAGES
    assert await Reminder.filter(status=ReminderStatus.SENT).count() == MESSAGES


@pytest.mark.slow
async def test_two_workers_send_each_reminder_once(make_visitor, push, clock, settings) -> None:
    visitors = [await make_visitor() for _visitor in range(MESSAGES)]
    for visitor in visitors:
        await queue_now(visitor.recipient, clock)
    async with worker_process(settings, clock()), worker_process(settings, clock()):
        await arrive(push, MESSAGES)
    assert [visitor.phone.tries for visitor in visitors] == [1] * MESSAGES


@pytest.mark.parametrize("step", ["fan out", "claim"])
async def test_nothing_is_taken_twice_when_many_reach_for_it(make_visitor, clock, step) -> None:
    """Without SKIP LOCKED on PostgreSQL this hands the same rows to several."""
    for _visitor in range(40):
        await queue_now((await make_visitor()).recipient, clock)
    if step == "claim":
        async with transaction():
            await fan_out(clock(), 100)

    async def reach() -> list[int]:
        async with transaction():
            await fan_out(clock(), 10)
            return [job.id for job in await outbox.claim(clock(), 10, {}, default_room=100)]

    taken = [job for jobs in await asyncio.gather(*(reach() for _n in range(8))) for job in jobs]
    assert len(taken) == len(set(taken))
    assert await Delivery.all().count() == 40


@pytest.mark.slow
async def test_a_worker_that_is_stopped_records_what_it_sent(
    make_visitor, push, clock, settings
) -> None:
    visitor = await make_visitor()
    await queue_now(visitor.recipient, clock)
    async with worker_process(settings, clock()) as process:
        await arrive(push, 1)
        process.send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(process.wait(), PATIENCE) == 0
    assert (await Delivery.get()).status == DeliveryStatus.SENT


async def test_the_worker_beside_the_pages(
    database: str,  # noqa: ARG001 - opened for the worker
    make_visitor,
    push,
    clock,
    settings,
) -> None:
    visitor = await make_visitor()
    await queue_now(visitor.recipient, clock)
    parts = WorkerParts(
        settings=settings, clock=clock, pace=GENTLE, enclose=nothing, wording=AS_PROMISED
    )
    async with going_round([chores.MESSAGES], parts):
        await arrive(push, 1)
    assert len(visitor.phone.shown) == 1
    assert (await Delivery.get()).status == DeliveryStatus.SENT


async def test_a_fault_of_ours_costs_one_try_only(worker, make_visitor, clock) -> None:
    """An unreadable row must neither stop the worker nor hold up the others."""
    visitors = [await make_visitor(), await make_visitor()]
    spoilt = await queue_now(visitors[0].recipient, clock)
    await queue_now(visitors[1].recipient, clock)
    await Reminder.filter(id=spoilt).update(actions=[{"no": "title"}])
    await worker.run_once()
    assert [len(visitor.phone.shown) for visitor in visitors] == [0, 1]
    row = await Delivery.get(reminder_id=spoilt)
    assert (row.status, row.problem) == (DeliveryStatus.WAITING, "fault: TypeError")
    assert row.next_attempt_at > clock()
    assert row.next_attempt_at < clock() + timedelta(minutes=1)


async def test_who_subscribes_while_a_letter_is_being_addressed_is_told(
    make_visitor, clock, settings, worker, monkeypatch, postgres
) -> None:
    """Between the look for browsers and the look for mail boxes: seen by neither."""
    if postgres is None:
        pytest.skip("SQLite has one writer")
    visitor = await make_visitor()
    await PushSubscription.all().delete()
    await queue_now(visitor.recipient, clock)
    policy = EndpointPolicy.parse(settings.push_hosts)
    fetch, late = fan_out_module.fetch, [True]

    async def fetch_slowly(statement: str, *values: object) -> object:
        found = await fetch(statement, *values)
        if "JOIN push_subscription s ON s.recipient_id" in statement and late:
            late.clear()
            asked = recipients.subscribe(
                visitor.recipient.id, visitor.phone.subscription(), policy, now=clock()
            )
            await asyncio.create_task(asked, context=Context())
        return found

    monkeypatch.setattr(fan_out_module, "fetch", fetch_slowly)
    await worker.run_once()
    assert not late
    assert (await Reminder.get()).status == ReminderStatus.SENT
    assert len(visitor.phone.shown) == 1
