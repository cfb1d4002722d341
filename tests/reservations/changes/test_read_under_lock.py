"""What waited for a row looks at it once it has it: somebody else may have changed it meanwhile."""

import asyncio
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from datetime import timedelta
from zoneinfo import ZoneInfo

import asyncpg
import pytest

from tests.factories import DAY_AHEAD, make_programme, make_slot
from tests.postgres import PostgresServer, until_waiting
from tests.reservations.factories import make_party, make_wish
from tests.reservations.ledger import assert_ledger_holds
from tour.audit.service import Actor
from tour.programmes.models import Slot
from tour.programmes.states import SlotStatus
from tour.reservations import service
from tour.reservations.changes import closing, joining
from tour.reservations.changes.lateness import run_late
from tour.reservations.models import Place
from tour.sites.models import Site
from tour.sites.states import DoorState

pytestmark = pytest.mark.usefixtures("database")

HOST = Actor(None, "host")
TOKYO = ZoneInfo("Asia/Tokyo")
MORNING = DAY_AHEAD - timedelta(hours=2)
"""Of the day of the sessions."""


@pytest.fixture
def outside(database: str, postgres: PostgresServer | None) -> str:
    """Where somebody else writes."""
    if postgres is None:
        pytest.skip("SQLite has one writer")
    return database.replace("asyncpg://", "postgres://")


@asynccontextmanager
async def written_meanwhile(
    address: str, sql: str, *values: object, verb: Awaitable[object]
) -> AsyncIterator[None]:
    """Somebody has written that and not yet committed when the verb begins: it waits, and goes on
    once they have."""
    other = await asyncpg.connect(address)
    try:
        async with other.transaction():
            await other.execute(sql, *values)
            waiting = asyncio.ensure_future(verb)
            await until_waiting(other)
        await waiting
        yield
    finally:
        await other.close()


CALLED_OFF = "UPDATE slot SET status = 'cancelled', seats_taken = 0 WHERE id = $1"


async def session() -> tuple[Slot, Site]:
    programme = await make_programme()
    site = await Site.get(id=programme.site_id)
    return await make_slot(DAY_AHEAD, programme=programme), site


async def test_a_session_called_off_meanwhile_is_not_closed(outside: str) -> None:
    slot, site = await session()
    closes = closing.close_early(site, TOKYO, {"state": DoorState.CLOSED}, actor=HOST, now=MORNING)
    async with written_meanwhile(outside, CALLED_OFF, slot.id, verb=closes):
        assert (await Slot.get(id=slot.id)).status == SlotStatus.CANCELLED
    opens = {"state": DoorState.OPEN}
    await closing.open_door(site, TOKYO, opens, actor=HOST, now=MORNING)
    assert (await Slot.get(id=slot.id)).status == SlotStatus.CANCELLED


async def test_a_session_called_off_meanwhile_is_not_moved(outside: str) -> None:
    slot, site = await session()
    late = run_late(site, TOKYO, 20, actor=HOST, now=MORNING)
    async with written_meanwhile(outside, CALLED_OFF, slot.id, verb=late):
        assert (await Slot.get(id=slot.id)).starts_at == slot.starts_at


async def test_a_party_that_grew_meanwhile_joins_as_the_people_it_is(outside: str) -> None:
    programme = await make_programme()
    held = await make_slot(DAY_AHEAD, programme=programme)
    wanted = await make_slot(DAY_AHEAD + timedelta(hours=2), programme=programme)
    party = await service.reserve(make_wish(held, party=make_party(1)), now=MORNING)
    grown = """
        WITH people AS (UPDATE reservation SET adults = 3 WHERE id = $1),
        seats AS (UPDATE place SET seats = 3 WHERE reservation_id = $1)
        UPDATE slot SET seats_taken = 3 WHERE id = $2
    """
    joins = joining.join(party.reference, joining.Joining((wanted.id,)), now=MORNING)
    async with written_meanwhile(outside, grown, party.id, held.id, verb=joins):
        assert [place.seats for place in await Place.all()] == [3, 3]
    await assert_ledger_holds()
