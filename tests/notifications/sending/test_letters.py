"""Letters and a mail server in trouble: each that still matters arrives, once.

A real SMTP server, told to misbehave; the clock is turned, nobody waits.
"""

import asyncio
import logging
from datetime import timedelta

import pytest

from tests.conftest import make_settings
from tests.post_office import CUT
from tour.db import transaction
from tour.health.checks import Asked, problems
from tour.notifications import queries, recipients, service
from tour.notifications.message import Message
from tour.notifications.models import Circuit, Delivery, Reminder
from tour.notifications.overdue import CHECKS
from tour.notifications.sending import outbox
from tour.notifications.sending.fan_out import fan_out
from tour.notifications.sending.worker import FULL, open_worker

NEWS = Message("お知らせ", "10:00 木版を摺る", "/reservations/abc")


@pytest.fixture
def settings(database_url, tmp_path, post_office):
    _office, port = post_office
    return make_settings(database_url, tmp_path, TOUR_SMTP_URL=f"smtp://127.0.0.1:{port}")


@pytest.fixture
async def worker(database: str, settings, clock):  # noqa: ARG001 - opened for the worker
    async with open_worker(settings, clock, FULL) as one:
        yield one


@pytest.fixture
def write(database: str, clock):  # noqa: ARG001 - opened for the rows
    """A letter to somebody new; its reminder's id."""

    async def write(key: str = "receipt", *, hours: float = 48, to: str = "") -> int:
        number = await Reminder.all().count()
        recipient = await recipients.new_recipient(
            lang="ja", timezone="Asia/Tokyo", email=to or f"v{number}@example.org"
        )
        ends = clock() + timedelta(hours=hours)
        reminder = await service.queue(
            recipient.id, key, NEWS, due_at=clock(), expires_at=ends, now=clock()
        )
        return int(reminder.id)

    return write


async def turn(worker, clock, *, minutes: float, step: float = 1.0) -> None:
    """Let time pass; the worker looks once a `step` of minutes."""
    for _step in range(int(minutes / step)):
        clock.turn(minutes=step)
        await worker.run_once()


async def statuses() -> set[str]:
    return {str(reminder.status) for reminder in await Reminder.all()}


async def test_smtp_away_for_an_hour_loses_nothing(worker, write, office, clock) -> None:
    """It comes back, and every letter that still matters arrives, once."""
    await office.close()
    for _letter in range(20):
        await write()
    pointless = await write("offer:1:", hours=0.5)
    await worker.run_once()
    await turn(worker, clock, minutes=30)
    late = await write()
    await turn(worker, clock, minutes=30)
    assert office.copies == {}
    await office.open()
    await turn(worker, clock, minutes=3)
    assert len(office.mails) == 21
    assert set(office.copies.values()) == {1}
    assert (await Reminder.get(id=pointless)).status == "expired"
    assert (await Reminder.get(id=late)).status == "sent"


async def test_a_server_away_is_asked_with_patience_and_said_in_the_log(
    worker, write, office, clock, caplog
) -> None:
    office.greeting = "554 no service today"
    for _letter in range(50):
        await write()
    with caplog.at_level(logging.INFO, logger="tour.notifications"):
        await worker.run_once()
        first = office.connections
        await turn(worker, clock, minutes=60)
        assert first <= 10, "those that were under way"
        assert 25 < office.connections < 65, "one try every two minutes, not one a letter"
        assert "takes no messages: the mail server turns us away: 554" in caplog.text
        office.greeting = "220 ready"
        await turn(worker, clock, minutes=3)
        assert "takes messages again" in caplog.text
    assert set(office.copies.values()) == {1}
    assert len(office.mails) == 50


@pytest.mark.parametrize(
    ("what", "answer"),
    [
        ("greeting", "554 no"),
        ("greeting", "421 too many"),
        ("sender_answer", "530 sign in first"),
        ("sender_answer", "550 5.7.1 not from you"),
        ("sender_answer", "452 4.3.1 no space"),
    ],
)
async def test_the_servers_trouble_is_not_the_readers(
    worker, write, office, clock, what, answer
) -> None:
    for _letter in range(8):
        await write()
    kept = getattr(office, what)
    setattr(office, what, answer)
    await worker.run_once()
    await turn(worker, clock, minutes=4)
    setattr(office, what, kept)
    await turn(worker, clock, minutes=4)
    assert len(office.mails) == 8
    assert await statuses() == {"sent"}


@pytest.mark.parametrize(
    "answer", ["552 quota", "452 4.2.2 quota", "550 5.4.5 daily limit", "554 5.7.1 blocked"]
)
async def test_a_quota_at_the_content_is_the_servers(worker, write, office, clock, answer) -> None:
    office.content_answers = [answer] * 6
    for _letter in range(6):
        await write()
    await worker.run_once()
    await turn(worker, clock, minutes=15)
    assert len(office.mails) == 6
    assert await statuses() == {"sent"}


@pytest.mark.parametrize("answer", ["550 no such user", "553 5.1.3 bad address", "556 5.2.1 no"])
async def test_a_refused_reader_is_told_to_staff_at_once(worker, write, office, answer) -> None:
    office.answers = [answer]
    for _letter in range(2):
        await write()
    await worker.run_once()
    assert await statuses() == {"failed", "sent"}
    assert await Circuit.filter(failing_since__not_isnull=True).count() == 0


async def test_content_that_is_refused_while_others_pass_is_given_up(
    worker, write, office, clock
) -> None:
    office.disliked = "spam@example.org"
    refused = await write(to=office.disliked)
    for _minute in range(60):
        await write()
        await worker.run_once()
        clock.turn(minutes=1)
    assert (await Reminder.get(id=refused)).status == "failed"
    assert (await Delivery.get(reminder_id=refused)).problem == "mail refused: 550"
    assert len(office.mails) == 60


async def test_a_greylisted_letter_holds_up_nobody(worker, write, office, clock) -> None:
    office.answers = ["450 4.7.1 come again"] * 30
    for _letter in range(30):
        await write()
    await worker.run_once()
    office.answers = []
    await turn(worker, clock, minutes=1, step=0.25)
    assert len(office.mails) == 30


async def test_a_confirmation_waits_for_its_session_through_two_days_of_standstill(
    worker, write, office, clock
) -> None:
    await office.close()
    await write(hours=24 * 9)
    await worker.run_once()
    await turn(worker, clock, minutes=60 * 48, step=30)
    await office.open()
    await turn(worker, clock, minutes=20)
    assert len(office.mails) == 1


async def test_cut_after_the_final_dot_is_sent_again_late_and_not_for_ever(
    worker, write, office, clock
) -> None:
    """Whether it arrived cannot be known: once more after two minutes, once more after twenty."""
    office.content_answers = [CUT] * 99
    await write()
    await worker.run_once()
    await turn(worker, clock, minutes=1, step=0.25)
    assert len(office.mails) == 1
    await turn(worker, clock, minutes=120)
    assert len(office.mails) == 3
    assert len(office.copies) == 1, "one Message-ID, so mail programs show it once"
    assert await statuses() == {"sent"}


async def test_a_crash_of_the_server_doubles_only_what_it_had(worker, write, office, clock) -> None:
    office.content_answers = [CUT] * 5
    for _letter in range(60):
        await write()
    await worker.run_once()
    await turn(worker, clock, minutes=30)
    assert len(office.copies) == 60
    assert len(office.mails) - 60 <= 5
    assert await statuses() == {"sent"}


async def test_many_letters_go_over_few_connections(worker, write, office) -> None:
    for _letter in range(60):
        await write()
    await worker.run_once()
    assert len(office.mails) == 60
    assert office.connections <= 5
    await write()
    await worker.run_once()
    assert office.connections <= 5, "the connections are kept for what comes later"


async def test_a_kept_connection_that_the_server_closed_costs_no_letter(
    worker, write, office
) -> None:
    await write()
    await worker.run_once()
    await office.close()
    await office.open()
    await write()
    await worker.run_once()
    assert len(office.mails) == 2


async def test_a_call_off_leaves_before_the_evenings_reminders(worker, write, office) -> None:
    for _letter in range(80):
        await write("evening:2026-12-02")
    await write("cancelled:7", to="called@off.example")
    await worker.run_once()
    order = [str(mail["To"]) for mail in office.mails]
    assert order.index("called@off.example") < 5


async def test_what_is_called_off_overtakes_what_is_under_way(worker, write, office) -> None:
    office.seconds = 0.02
    for _letter in range(80):
        await write("evening:2026-12-02")
    running = asyncio.create_task(worker.run_once())
    await office.arrived(10)
    await write("cancelled:7", to="called@off.example")
    await running
    order = [str(mail["To"]) for mail in office.mails]
    assert order.index("called@off.example") < 40


async def test_an_address_that_no_server_takes_holds_up_nobody(worker, write, office) -> None:
    for address in ("a:b;@b.cc", "a b@example.org", "<x", "山田@例え.jp"):
        await write(to=address)
    await write()
    await worker.run_once()
    assert [str(mail["To"]) for mail in office.mails][-1] == "v4@example.org"
    assert await Delivery.filter(status="waiting").count() == 0


async def test_a_slow_server_is_waited_for(write, office, clock, settings) -> None:
    """A second worker does not take what the first has in hand, however long it takes."""
    office.seconds = 1.5
    for _letter in range(5):
        await write()
    async with (
        open_worker(settings, clock, FULL) as first,
        open_worker(settings, clock, FULL) as second,
    ):
        first._renewed_at = float("-inf")
        running = asyncio.create_task(first.run_once())
        await office.arrived(5)
        clock.turn(seconds=50)
        await first._renew_claims(clock())
        clock.turn(seconds=50)
        await second.run_once()
        await running
    assert set(office.copies.values()) == {1}
    assert len(office.mails) == 5


async def test_what_could_not_be_renewed_in_time_is_let_go(worker, write, office, clock) -> None:
    """A worker that was stopped for long finds that another may have its letters."""
    await write()
    async with transaction():
        await fan_out(clock(), 10)
        jobs = await worker._claim(clock())
    worker._lanes["mail"].add(jobs[0])
    worker._ours_until[jobs[0].id] = float("-inf")
    worker._start_all()
    await asyncio.wait(worker._tasks)
    assert office.mails == []
    clock.turn(seconds=61)
    await worker.run_once()
    assert len(office.mails) == 1


async def test_since_when_no_mail_leaves(worker, write, office, clock) -> None:
    await write()
    await worker.run_once()
    assert await queries.mail_stands_since(clock()) is None
    await office.close()
    clock.turn(minutes=10)
    fell = clock()
    await write()
    await worker.run_once()
    assert await queries.mail_stands_since(clock()) is None, "a flicker is no news"
    assert await queries.mail_stands_since(clock(), at_least=timedelta()) == fell
    await turn(worker, clock, minutes=5)
    assert await queries.mail_stands_since(clock()) == fell
    await office.open()
    await turn(worker, clock, minutes=3)
    assert await queries.mail_stands_since(clock()) is None


async def test_letters_that_nobody_comes_for_stand_as_well(worker, write, clock) -> None:
    await write()
    async with transaction():
        await fan_out(clock(), 10)
    due = clock()
    clock.turn(minutes=6)
    assert await queries.mail_stands_since(clock()) == due
    await worker.run_once()
    assert await queries.mail_stands_since(clock()) is None


async def test_when_somebody_was_told(worker, write, office, clock) -> None:
    reminder = await Reminder.get(id=await write("offer:1:"))
    assert await queries.told_at(reminder.recipient_id, "offer:1:") is None
    await office.close()
    await worker.run_once()
    assert await queries.told_at(reminder.recipient_id, "offer:1:") is None
    await office.open()
    await turn(worker, clock, minutes=2)
    told = await queries.told_at(reminder.recipient_id, "offer:1:")
    assert told is not None
    assert reminder.due_at < told <= clock()


async def test_claims_of_a_service_away_are_made_one_at_a_time(write, clock) -> None:
    """However many workers look, one letter tries whether the server is back."""
    for _letter in range(10):
        await write()
    async with transaction():
        await fan_out(clock(), 20)
    await Circuit.create(service="mail", failing_since=clock(), retry_at=clock(), tries=3)

    async def reach() -> int:
        async with transaction():
            return len(await outbox.claim(clock(), 10, {}, default_room=10))

    assert sum(await asyncio.gather(*(reach() for _worker in range(6)))) == 1


async def test_readyz_says_since_when(worker, write, office, clock, settings) -> None:
    await office.close()
    await write()
    await worker.run_once()
    clock.turn(minutes=3)
    found = await problems(CHECKS, Asked(settings, clock()))
    assert found == {"mail": "no mail has left since 2026-12-01 03:00 UTC"}
