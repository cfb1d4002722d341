"""The fault table: what each fault of a push service means for the phone, the service and staff.

Every line runs the whole chain: outbox, worker, encryption, TLS, a strict push service.
"""

import asyncio
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest

from tests.notifications.conftest import queue_now
from tests.notifications.push.test_endpoints import Rebound
from tests.notifications.push_service import Step
from tour.db import plain, transaction
from tour.notifications import queries, recipients
from tour.notifications.answers import Outcome, Verdict
from tour.notifications.mail.letters import open_mailer
from tour.notifications.models import PushSubscription, Reminder
from tour.notifications.push.endpoints import EndpointPolicy
from tour.notifications.push.sender import open_sender
from tour.notifications.sending import outbox, results
from tour.notifications.sending.fan_out import fan_out
from tour.notifications.sending.worker import Worker
from tour.seal import Seal

CYCLES = 30


@dataclass(frozen=True, slots=True)
class Fault:
    """What the service does, and what follows. The reader has a mail address as well."""

    name: str
    steps: list[Step] = field(default_factory=list)
    shown: int = 1
    received: int = 1
    tries: int | range = 1
    delivery: str = "sent"
    problem: str = ""
    mails: int = 0
    keeps_subscription: bool = True


TABLE = [
    Fault("201"),
    Fault("404", [Step(404)], 0, 0, 1, "gone", "404 unsubscribed", 1, False),
    Fault("410", [Step(410)], 0, 0, 1, "gone", "410 unsubscribed", 1, False),
    Fault("403", [Step(403)], 0, 0, 1, "failed", "403 refused our VAPID key or subject", 1),
    Fault("401", [Step(401)], 0, 0, 1, "failed", "401 refused our VAPID key or subject", 1),
    Fault("400", [Step(400)], 0, 0, 1, "failed", "400 refused", 1),
    Fault("413 once", [Step(413)], tries=2),
    Fault("413 always", [Step(413)] * 9, 0, 0, 2, "failed", "413 too large", 1),
    Fault("429 with seconds", [Step(429, retry_after=40)], tries=2),
    Fault("429 with a date", [Step(429, retry_after=40, as_date=True)], tries=2),
    Fault("429 without", [Step(429)], tries=2),
    Fault("500", [Step(500)], tries=2),
    Fault("500 thrice", [Step(500)] * 3, tries=4),
    Fault("500 always", [Step(500)] * 99, 0, 0, range(5, 10), "failed", "500 try later", 1),
    Fault("503", [Step(503, retry_after=5)], tries=2),
    Fault("hang", [Step(action="hang")], tries=2),
    Fault("reset", [Step(action="reset")], tries=2),
    Fault("lost answer", [Step(action="lost")], received=2, tries=2),
    Fault(
        "redirect",
        [Step(307, location="https://localhost/elsewhere")],
        0,
        0,
        1,
        "failed",
        "307 redirect, not followed",
        1,
    ),
    Fault("dripping body", [Step(action="drip")]),
    Fault("dripping headers", [Step(action="creep")], tries=2),
]


@pytest.mark.parametrize("fault", TABLE, ids=lambda fault: fault.name)
async def test_fault(fault, worker, make_visitor, clock, settings) -> None:
    visitor = await make_visitor()
    visitor.phone.steps = list(fault.steps)
    reminder_id = await queue_now(visitor.recipient, clock)

    for _cycle in range(CYCLES):
        await worker.run_once()
        clock.turn(seconds=30)

    phone = visitor.phone
    assert len(phone.shown) == fault.shown
    assert len(phone.received) == fault.received
    assert {received.topic for received in phone.received} <= {f"reminder-{reminder_id}"}
    assert phone.tries in ([fault.tries] if isinstance(fault.tries, int) else fault.tries)
    assert phone.refusals == []
    push_line = min(await queries.deliveries(), key=lambda line: line.id)
    assert (push_line.status, push_line.problem) == (fault.delivery, fault.problem)
    assert len(_mails(settings.var)) == fault.mails
    assert await PushSubscription.exists() == fault.keeps_subscription
    assert (await Reminder.get(id=reminder_id)).status == "sent"


def _mails(var: Path) -> list[Path]:
    return list((var / "mail").glob("*.eml"))


@pytest.mark.parametrize(
    ("endpoint", "problem"),
    [
        ("https://fcm.googleapis.com/fcm/send/abcdef", "the push service's address is not public"),
        ("https://127.0.0.1/push/abcdef", "not a known push service"),
        ("https://[::1]/push/abcdef", "not a known push service"),
        ("https://192.168.1.1/push/abcdef", "not a known push service"),
        ("https://169.254.169.254/latest/meta-data", "not a known push service"),
        ("https://localhost/push/abcdef", "not a known push service"),
    ],
)
async def test_our_own_network_is_not_called(
    make_visitor, clock, settings, push, endpoint, problem
) -> None:
    """Rows from before a policy, and a name that has moved to this machine: no connection, the
    reason for staff, and the reader is told by mail."""
    visitor = await make_visitor()
    await PushSubscription.all().update(endpoint=endpoint, service="fcm.googleapis.com")
    await queue_now(visitor.recipient, clock)
    async with open_sender(settings, names=Rebound(push.port)) as sender:
        mailer = open_mailer(settings, clock)
        worker = Worker(sender, mailer, clock, base_url=settings.base_url, seal=Seal("x"))
        await worker.run_once()
    assert push.connections == 0
    line = min(await queries.deliveries(), key=lambda line: line.id)
    assert (line.status, line.problem, line.attempts) == ("failed", problem, 1)
    assert len(_mails(settings.var)) == 1


async def test_retry_after_is_obeyed_to_the_second(worker, make_visitor, clock) -> None:
    visitor = await make_visitor(email="")
    visitor.phone.steps = [Step(429, retry_after=600)]
    await queue_now(visitor.recipient, clock)
    await worker.run_once()
    clock.turn(seconds=599)
    await worker.run_once()
    assert visitor.phone.tries == 1
    clock.turn(seconds=200)
    await worker.run_once()
    assert len(visitor.phone.shown) == 1


async def test_ttl_is_the_time_left_at_each_try(worker, make_visitor, clock) -> None:
    visitor = await make_visitor()
    visitor.phone.steps = [Step(action="lost")]
    await queue_now(visitor.recipient, clock, minutes=30)
    await worker.run_once()
    clock.turn(minutes=10)
    await worker.run_once()
    assert [received.ttl for received in visitor.phone.received] == [1800, 1200]


async def test_one_device_that_is_throttled_does_not_stop_the_others(
    worker, make_visitor, clock
) -> None:
    visitors = [await make_visitor() for _visitor in range(3)]
    visitors[0].phone.steps = [Step(429, retry_after=1000)]
    for visitor in visitors:
        await queue_now(visitor.recipient, clock)
    await worker.run_once()
    assert [len(visitor.phone.shown) for visitor in visitors] == [0, 1, 1]


async def test_a_throttling_service_is_left_alone_for_all(worker, make_visitor, clock) -> None:
    visitors = [await make_visitor(email="") for _visitor in range(3)]
    for visitor in visitors[:2]:
        visitor.phone.steps = [Step(429, retry_after=600)]
        await queue_now(visitor.recipient, clock)
    await worker.run_once()
    await queue_now(visitors[2].recipient, clock)
    clock.turn(seconds=1)
    await worker.run_once()
    assert [visitor.phone.tries for visitor in visitors] == [1, 1, 0]
    clock.turn(minutes=20)
    await worker.run_once()
    assert [len(visitor.phone.shown) for visitor in visitors] == [1, 1, 1]


async def test_a_reminder_that_is_too_late_is_not_sent(worker, make_visitor, clock) -> None:
    visitor = await make_visitor()
    reminder_id = await queue_now(visitor.recipient, clock, minutes=5)
    clock.turn(minutes=5)
    await worker.run_once()
    assert visitor.phone.tries == 0
    assert (await Reminder.get(id=reminder_id)).status == "expired"


async def test_it_expires_between_two_tries(worker, make_visitor, clock, settings) -> None:
    """There is no time for a second push, so the mail goes at once."""
    visitor = await make_visitor()
    visitor.phone.steps = [Step(503, retry_after=900)]
    await queue_now(visitor.recipient, clock, minutes=10)
    await worker.run_once()
    assert visitor.phone.tries == 1
    assert len(_mails(settings.var)) == 1


async def test_without_push_a_mail_goes(worker, make_visitor, clock, settings) -> None:
    visitor = await make_visitor()
    await PushSubscription.all().delete()
    await queue_now(visitor.recipient, clock)
    await worker.run_once()
    [line] = await queries.deliveries()
    assert (line.service, line.status) == ("mail", "sent")
    assert len(_mails(settings.var)) == 1


async def test_without_push_and_mail_staff_see_that_nobody_was_reached(
    worker, make_visitor, clock
) -> None:
    visitor = await make_visitor(email="")
    await PushSubscription.all().delete()
    reminder_id = await queue_now(visitor.recipient, clock)
    await worker.run_once()
    assert (await Reminder.get(id=reminder_id)).status == "unreachable"


async def test_push_that_fails_for_good_without_mail_is_a_dead_letter(
    worker, make_visitor, clock
) -> None:
    visitor = await make_visitor(email="")
    visitor.phone.steps = [Step(403)]
    reminder_id = await queue_now(visitor.recipient, clock)
    await worker.run_once()
    assert (await Reminder.get(id=reminder_id)).status == "failed"
    [line] = await queries.deliveries(problems_only=True)
    assert line.problem == "403 refused our VAPID key or subject"


async def test_the_clock_jumps_ahead_past_the_end(worker, make_visitor, clock) -> None:
    visitor = await make_visitor()
    visitor.phone.steps = [Step(500)]
    reminder_id = await queue_now(visitor.recipient, clock)
    await worker.run_once()
    clock.turn(days=1)
    await worker.run_once()
    assert visitor.phone.tries == 1
    assert (await Reminder.get(id=reminder_id)).status == "expired"


async def test_the_clock_is_set_back_while_a_retry_waits(worker, make_visitor, clock) -> None:
    """It does not wait for yesterday's clock to come round again."""
    visitor = await make_visitor(email="")
    visitor.phone.steps = [Step(429, retry_after=300)]
    await queue_now(visitor.recipient, clock)
    await worker.run_once()
    clock.turn(hours=-5)
    await worker.run_once()
    assert len(visitor.phone.shown) == 1


async def test_a_clock_that_was_a_day_ahead_for_a_while_has_ended_nothing(
    worker, make_visitor, clock
) -> None:
    """Neither what waited for its next try, nor what had not been handed to anybody yet."""
    tried, untried = await make_visitor(email=""), await make_visitor(email="")
    tried.phone.steps = [Step(500)]
    await queue_now(tried.recipient, clock)
    await worker.run_once()
    await queue_now(untried.recipient, clock)
    clock.turn(days=1)
    await worker.run_once()
    assert {r.status for r in await Reminder.all()} == {"expired"}
    clock.turn(days=-1)
    await worker.run_once()
    assert [len(visitor.phone.shown) for visitor in (tried, untried)] == [1, 1]
    assert {r.status for r in await Reminder.all()} == {"sent"}


async def test_a_service_away_beyond_a_messages_life_is_told_by_mail_in_time(
    worker, make_visitor, clock, settings
) -> None:
    """Nobody waits for a service that will not be asked again before the message is pointless,
    those least who have never been tried; who has no mail box is told when it is back."""
    visitors = [await make_visitor() for _visitor in range(12)]
    lonely = await make_visitor(email="")
    for visitor in (*visitors, lonely):
        visitor.phone.steps = [Step(429, retry_after=3000)]
        await queue_now(visitor.recipient, clock, hours=2)
    await worker.run_once()
    clock.turn(seconds=1)
    await worker.run_once()
    assert len(_mails(settings.var)) == 1, "one mail box is told once"
    assert await Reminder.filter(status="sent").count() == 12
    lonely.phone.steps = []
    clock.turn(minutes=70)
    await worker.run_once()
    assert len(lonely.phone.shown) == 1


async def test_a_service_that_does_not_answer_at_all_leaves_nobody_untold(
    worker, make_visitor, clock, settings
) -> None:
    visitors = [await make_visitor(email=f"v{number}@example.org") for number in range(30)]
    for visitor in visitors:
        visitor.phone.steps = [Step(action="reset")] * 99
        await queue_now(visitor.recipient, clock, hours=2)
    for _minute in range(12):
        await worker.run_once()
        clock.turn(seconds=30)
    assert len(_mails(settings.var)) == 30
    assert await Reminder.filter(status="sent").count() == 30
    assert sum(visitor.phone.tries for visitor in visitors) < 60, "it was left alone"


async def test_two_workers_that_end_the_last_two_tries_at_once(
    worker, make_visitor, push, clock, settings
) -> None:
    """Neither sees what the other has not committed; still one of them sends the mail."""
    visitor = await make_visitor()
    other = push.phone()
    policy = EndpointPolicy.parse(settings.push_hosts)
    await recipients.subscribe(visitor.recipient.id, other.subscription(), policy, now=clock())
    await queue_now(visitor.recipient, clock)
    async with transaction():
        await fan_out(clock(), 10)
        jobs = await outbox.claim(clock(), 10, {}, default_room=10)
    assert len(jobs) == 2
    barrier = asyncio.Barrier(2)

    async def end(job) -> None:
        refused = Outcome(Verdict.FAILED, "400 refused")
        if plain.is_postgres():
            async with transaction():
                await results._record_problem(job, refused, clock())
                await barrier.wait()
                await results._finish_reminders({job.reminder_id}, clock())
        else:  # there, transactions stand in a queue
            async with transaction():
                await results.record([(job, refused)], clock())

    await asyncio.gather(*(end(job) for job in jobs))
    await worker.run_once()
    assert len(_mails(settings.var)) == 1
    assert (await Reminder.get()).status == "sent"


async def test_the_clock_is_set_back_after_sending(worker, make_visitor, clock) -> None:
    visitor = await make_visitor()
    await queue_now(visitor.recipient, clock)
    await worker.run_once()
    clock.turn(hours=-5)
    await worker.run_once()
    clock.turn(hours=5)
    await worker.run_once()
    assert visitor.phone.tries == 1


async def test_queue_numbers(worker, make_visitor, clock) -> None:
    visitor = await make_visitor()
    visitor.phone.steps = [Step(500)]
    await queue_now(visitor.recipient, clock)
    clock.turn(minutes=1)
    before = await queries.queue_state(clock())
    assert (before.waiting, before.oldest) == (1, timedelta(minutes=1))
    await worker.run_once()
    assert (await queries.queue_state(clock())).waiting == 1
    clock.turn(minutes=1)
    await worker.run_once()
    assert (await queries.queue_state(clock())).waiting == 0
    [count] = await queries.by_service(clock() - timedelta(days=1))
    assert (count.sent, count.waiting) == (1, 0)
