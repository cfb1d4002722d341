"""A delay that brings two sessions of one party to one time is told, with what can be done."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from starlette.applications import Starlette

from tests.conftest import NOON, TurnableClock
from tests.days import Party, PlayedDay, played
from tests.factories import make_programme, make_slot
from tests.reservations.factories import typed
from tests.reservations.ledger import assert_ledger_holds
from tour.programmes.models import Slot
from tour.reservations.rules import meetings


@dataclass(frozen=True)
class Session:
    starts_at: datetime
    ends_at: datetime
    delay_minutes: int = 0


def session(starts: int, ends: int, delay: int = 0) -> Session:
    """By minutes after noon as planned."""
    begins, over = (NOON + timedelta(minutes=m + delay) for m in (starts, ends))
    return Session(begins, over, delay)


@pytest.mark.parametrize(
    ("first", "second", "meet"),
    [
        (session(0, 60), session(60, 120), False),
        (session(0, 60, 15), session(60, 120), True),
        (session(0, 60, 15), session(75, 120), False),
        (session(0, 60, 16), session(75, 120), True),
        (session(0, 60, 15), session(60, 120, 15), False),
        (session(0, 60, 30), session(60, 120, 15), True),
        (session(0, 60, 15), session(30, 120), False),
        (session(0, 60, 90), session(60, 120), True),
    ],
)
def test_which_meet(first: Session, second: Session, meet: bool) -> None:
    assert meetings([second, first]) == ([(first, second)] if meet else [])


@pytest.fixture
async def day(app: Starlette, clock: TurnableClock) -> AsyncIterator[PlayedDay]:
    async with played(app, clock) as made:
        yield made
        await assert_ledger_holds()


async def both(day: PlayedDay) -> tuple[Slot, Slot, Party]:
    """14:00 here, 15:00 elsewhere, one party of two at both."""
    [here] = await day.session(day.at(14))
    there = await make_slot(day.at(15), programme=await make_programme(title="友禅を染める"))
    visitor = await day.visitor()
    data = {**typed(2), "slot": [str(here.id), str(there.id)]}
    answer = await visitor.post("/reserve", data=data)
    assert answer.status_code == 303, answer.text
    return here, there, Party(day, visitor, answer.headers["location"].rpartition("/")[2])


async def test_the_party_reads_it_in_the_message_and_on_the_ticket(day: PlayedDay) -> None:
    _here, _there, party = await both(day)
    await day.until(day.at(13, 30), step=timedelta(minutes=30))
    await party.hears()
    assert "重なります" not in await party.reads()
    await day.host.taps("door", do="delay:15")
    await day.work()
    [said] = [s for s in await party.hears() if s.key.startswith("delay:")]
    assert "終わりは15:15になり、次の体験と重なります：15:00 友禅を染める" in said.body
    assert "どちらかを取り消したりできます" in said.body
    ticket = await party.reads()
    assert "15:00に始まる「友禅を染める」と重なります" in ticket
    assert "10分遅れます" in ticket or "10分遅れ" in ticket


async def test_the_host_reads_it_too(day: PlayedDay) -> None:
    await both(day)
    await day.until(day.at(13, 30), step=timedelta(minutes=30))
    answer = await day.host.taps("door", do="delay:15")
    page = await day.host.browser.get(answer.headers["location"])
    assert "このうち1組は、終わる前に次の体験が始まります" in page.text


async def test_once_one_is_given_back_nothing_meets(day: PlayedDay) -> None:
    _here, there, party = await both(day)
    await day.until(day.at(12, 30), step=timedelta(minutes=30))
    await day.host.taps("door", do="delay:15")
    await party.taps(f"places/{there.id}/cancel")
    assert "重なります" not in await party.reads()


async def test_on_time_again_nothing_meets(day: PlayedDay) -> None:
    _here, _there, party = await both(day)
    await day.until(day.at(13, 30), step=timedelta(minutes=30))
    await day.host.taps("door", do="delay:15")
    await day.host.taps("door", do="delay:0")
    await day.work()
    [said] = [s for s in await party.hears() if s.key.startswith("delay:")]
    assert "重なります" not in said.body
    assert "重なります" not in await party.reads()
