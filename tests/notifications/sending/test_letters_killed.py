"""Two workers that send letters, both killed again and again: every letter arrives."""

import asyncio
import random
import signal
from datetime import timedelta

import pytest

from tests.conftest import make_settings
from tests.notifications.sending.test_worker import PATIENCE, worker_process
from tour.notifications import recipients, service
from tour.notifications.message import Message
from tour.notifications.models import Delivery, Reminder
from tour.notifications.states import DeliveryStatus, ReminderStatus

LETTERS = 200
KILLS = 12
MOST_DOUBLES = 2 * KILLS
"""One a kill is to be expected: the letter whose last line was sent and whose answer was not yet
recorded, on each connection. What was only claimed is not doubled."""
NEWS = Message("お知らせ", "10:00 木版を摺る", "/reservations/abc")


@pytest.mark.slow
async def test_killed_at_random_moments(database: str, tmp_path, post_office, clock) -> None:
    office, port = post_office
    office.seconds = 0.02
    settings = make_settings(database, tmp_path, TOUR_SMTP_URL=f"smtp://127.0.0.1:{port}")
    for number in range(LETTERS):
        reader = await recipients.new_recipient(
            lang="ja", timezone="Asia/Tokyo", email=f"v{number}@example.org"
        )
        ends = clock() + timedelta(days=2)
        await service.queue(
            reader.id, "receipt", NEWS, due_at=clock(), expires_at=ends, now=clock()
        )
    moments = random.Random(7)
    for pair in range(KILLS // 2):
        at = clock() + timedelta(minutes=2 * pair)
        office.attends.clear()
        async with worker_process(settings, at) as one, worker_process(settings, at) as other:
            office.attends.set()
            for victim in (one, other):
                wanted = len(office.mails) + moments.randint(1, LETTERS // KILLS - 2)
                await asyncio.wait_for(office.arrived(wanted), PATIENCE)
                await asyncio.sleep(moments.random() * 0.1)  # else each is at the worst moment
                victim.send_signal(signal.SIGKILL)
                await victim.wait()
    at = clock() + timedelta(minutes=2 * KILLS)
    async with worker_process(settings, at), asyncio.timeout(PATIENCE):
        await office.arrived(len(office.mails) + await _unsent())
        while await _unsent():  # noqa: ASYNC110 - another process writes them down
            await asyncio.sleep(0.05)

    doubles = len(office.mails) - LETTERS
    print(f"{doubles} letters doubled by {KILLS} kills")
    assert doubles <= MOST_DOUBLES
    assert await Reminder.filter(status=ReminderStatus.SENT).count() == LETTERS


async def _unsent() -> int:
    return await Delivery.exclude(status=DeliveryStatus.SENT).count()
