"""Staff see a burst, take it back, and give it back where they were wrong."""

from collections.abc import AsyncIterator
from dataclasses import replace

import httpx
import pytest
from starlette.applications import Starlette

from tests.accounts.signing import browser, make_account, sign_in_as
from tests.compiled import COMPILED
from tests.conftest import TurnableClock
from tests.factories import DAY_AHEAD, make_event, make_programme, make_slot
from tests.reservations.crowds import from_address
from tests.reservations.factories import typed
from tests.reservations.ledger import assert_ledger_holds
from tour.accounts.roles import Role
from tour.app import create_app
from tour.changes.models import RecentEdit
from tour.notifications.models import Reminder
from tour.programmes.models import Slot
from tour.reservations.held import bursts
from tour.reservations.models import ContactCheck, Place, WaitlistEntry
from tour.reservations.states import PlaceStatus, WaitlistStatus
from tour.settings import Settings

PATH = "/staff/reservations/bursts"


@pytest.fixture
async def app(settings: Settings, clock: TurnableClock) -> AsyncIterator[Starlette]:
    application = create_app(replace(settings, rush=20), clock=clock)
    application.state.parts.templates.bytecode_cache = COMPILED
    async with application.router.lifespan_context(application):
        yield application


@pytest.fixture
async def staff(app: Starlette) -> AsyncIterator[httpx.AsyncClient]:
    async with browser(app) as desk:
        await sign_in_as(desk, await make_account("staff@example.org", Role.STAFF))
        yield desk


async def burst(app: Starlette, slot: Slot, parties: int = 6, **values: str) -> None:
    async with from_address(app, "203.0.113.9") as program:
        for _number in range(parties):
            answer = await program.post(f"/slots/{slot.id}/reserve", data=typed(**values))
            assert answer.status_code == 303


async def test_a_burst_is_seen_taken_back_and_given_back(
    app: Starlette, staff: httpx.AsyncClient, clock: TurnableClock
) -> None:
    slot = await make_slot(capacity=8)
    await burst(app, slot)
    async with from_address(app, "192.0.2.1") as neighbour:
        await neighbour.post(f"/slots/{slot.id}/reserve", data=typed())
        await neighbour.post(f"/slots/{slot.id}/queue", data=typed(2, email="w@example.org"))
    [seen] = await bursts.found(now=clock())
    assert (seen.parties, seen.people, seen.phones) == (6, 6, 0)
    page = await staff.get(PATH)
    assert "203.0.113" not in page.text
    assert page.text.count("北 花子") == 6
    assert (await staff.post(PATH, data={"network": seen.network})).status_code == 303
    assert await Place.filter(status=PlaceStatus.CONFIRMED).count() == 1, "the neighbour's"
    waiting = await WaitlistEntry.get()
    assert waiting.status == WaitlistStatus.OFFERED, "their seats are offered on"
    assert await bursts.found(now=clock()) == []
    told = await Reminder.filter(key__startswith="burst:")
    assert len(told) == 6
    entry = await RecentEdit.get(action="burst.clear")
    assert entry.after["parties"] == 6
    await assert_ledger_holds()

    assert str(entry.id) in (await staff.get(PATH)).text
    assert (await staff.post(f"{PATH}/{entry.id}/restore")).status_code == 303
    assert await Place.filter(status=PlaceStatus.CONFIRMED).count() == 6, "two seats are offered"
    assert (await staff.post(f"{PATH}/{entry.id}/restore")).status_code == 404, "once"
    await assert_ledger_holds()


async def test_a_network_that_shows_people_is_no_burst(
    app: Starlette, clock: TurnableClock
) -> None:
    event = await make_event(day=DAY_AHEAD.date())
    slot = await make_slot(
        programme=await make_programme(event=event), booking_opens_at=clock(), capacity=20
    )
    async with from_address(app, "203.0.113.9") as school:
        for _pupil in range(6):
            made = await school.post(f"/slots/{slot.id}/reserve", data=typed())
            path = made.headers["location"]
            check = await ContactCheck.get(reservation__reference=path.rpartition("/")[2])
            assert (await school.post(f"{path}/code", data={"code": check.code})).is_redirect
    assert await bursts.found(now=clock()) == []


async def test_turns_of_a_burst_go_and_come_back_in_their_order(
    app: Starlette, staff: httpx.AsyncClient, clock: TurnableClock
) -> None:
    slot = await make_slot(capacity=1)
    async with from_address(app, "192.0.2.1") as neighbour:
        await neighbour.post(f"/slots/{slot.id}/reserve", data=typed())
    async with from_address(app, "203.0.113.9") as program:
        for number in range(5):
            form = typed(email="", phone=f"0901111000{number}")
            assert (await program.post(f"/slots/{slot.id}/queue", data=form)).status_code == 303
    [seen] = await bursts.found(now=clock())
    assert seen.phones == 5
    await staff.post(PATH, data={"network": seen.network})
    assert await WaitlistEntry.filter(status=WaitlistStatus.LEFT).count() == 5
    entry = await RecentEdit.get(action="burst.clear")
    await staff.post(f"{PATH}/{entry.id}/restore")
    assert await WaitlistEntry.filter(status=WaitlistStatus.WAITING).count() == 5
    assert (await staff.post(PATH, data={"network": "nobody"})).status_code == 404
