"""Offers and a mail server that is away: no time runs while nobody can be told."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from tests.conftest import NOON, TurnableClock, make_settings
from tests.factories import make_slot
from tests.reservations.factories import make_wish
from tests.reservations.ledger import assert_ledger_holds
from tour.notifications.sending.worker import FULL, Worker, open_worker
from tour.pages.wording import WORDING
from tour.programmes.models import Slot
from tour.reservations import service, worker
from tour.reservations.held import changes
from tour.reservations.models import WaitlistEntry
from tour.reservations.states import WaitlistStatus
from tour.reservations.waitlist import queue
from tour.reservations.waitlist.offers import PROMPTLY


@pytest.fixture
async def sender(
    database: str, tmp_path, post_office, clock: TurnableClock
) -> AsyncIterator[Worker]:
    _office, port = post_office
    settings = make_settings(database, tmp_path, TOUR_SMTP_URL=f"smtp://127.0.0.1:{port}")
    async with open_worker(settings, clock, FULL, wording=WORDING) as one:
        yield one


async def turn(sender: Worker, clock: TurnableClock, minutes: int) -> None:
    """A minute at a time, as the workers of both kinds would see it."""
    for minute in range(minutes):
        clock.turn(minutes=1)
        if minute % 2:
            await worker.run_due(clock())
        await sender.run_once()
        await worker.run_due(clock())


async def queue_of_two(clock: TurnableClock) -> tuple[Slot, str, list[str]]:
    """A slot of one seat in five hours, who holds it, and two parties that wait for it."""
    slot = await make_slot(NOON + timedelta(hours=5), capacity=1)
    holder = (await service.reserve(make_wish(slot), now=clock())).reference
    waiting = [(await queue.join(make_wish(slot), now=clock())).reference for _n in range(2)]
    return slot, holder, waiting


async def turns(slot: Slot) -> list[WaitlistEntry]:
    return await WaitlistEntry.filter(slot_id=slot.id).order_by("id")


async def test_an_hour_without_mail_passes_no_offer_on(sender, office, clock) -> None:
    slot, holder, waiting = await queue_of_two(clock)
    await office.close()
    await changes.cancel(holder, now=clock())
    await turn(sender, clock, 150)
    first, second = await turns(slot)
    assert (first.status, second.status) == (WaitlistStatus.OFFERED, WaitlistStatus.WAITING)
    await office.open()
    await turn(sender, clock, 4)
    offers = [mail for mail in office.mails if "席が空きました" in str(mail["Subject"])]
    told_by = clock()
    assert len(offers) == 1
    await turn(sender, clock, 13)
    assert (await turns(slot))[0].status == WaitlistStatus.OFFERED
    await queue.accept(waiting[0], slot.id, now=clock())
    assert (await turns(slot))[0].status == WaitlistStatus.ACCEPTED
    assert clock() - told_by >= timedelta(minutes=13)
    await assert_ledger_holds()


async def test_told_late_the_time_to_answer_begins_with_the_telling(sender, office, clock) -> None:
    """The server came back a minute before the offer would have ended."""
    slot, holder, _waiting = await queue_of_two(clock)
    await turn(sender, clock, 1)
    await office.close()
    await changes.cancel(holder, now=clock())
    ends_at = (await turns(slot))[0].offer_ends_at
    assert ends_at is not None
    before = int((ends_at - clock()).total_seconds() // 60) - 4
    await turn(sender, clock, before)
    await office.open()
    await turn(sender, clock, 3)
    told_by = clock()
    await turn(sender, clock, 10)
    first = (await turns(slot))[0]
    assert first.status == WaitlistStatus.OFFERED
    assert first.offer_ends_at is not None
    assert first.offer_ends_at >= told_by + timedelta(minutes=25)


async def test_told_in_time_and_unanswered_it_goes_to_the_next(sender, clock) -> None:
    slot, holder, _waiting = await queue_of_two(clock)
    await changes.cancel(holder, now=clock())
    ends_at = (await turns(slot))[0].offer_ends_at
    assert ends_at is not None
    minutes = int((ends_at - clock() + PROMPTLY).total_seconds() // 60) + 1
    await turn(sender, clock, minutes)
    first, second = await turns(slot)
    assert (first.status, second.status) == (WaitlistStatus.EXPIRED, WaitlistStatus.OFFERED)
