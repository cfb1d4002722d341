"""A page that gets one lock after the other, each just in time, is answered soon all the same."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta

import asyncpg
import httpx
import pytest
from starlette.applications import Starlette
from tortoise.connection import get_connection

from tests.accounts.signing import browser, make_account, sign_in_as
from tests.conftest import NOON, TurnableClock
from tests.factories import make_slot
from tests.reservations.factories import make_wish, typed
from tests.reservations.ledger import assert_ledger_holds
from tour import app as whole_app
from tour.accounts.roles import Role
from tour.errors import Unavailable
from tour.patience import WORK, Patience, waiting_at_most
from tour.programmes.models import Slot
from tour.reservations import service
from tour.reservations.draws import draws
from tour.reservations.held import changes
from tour.reservations.locks import LOCK_SPACE, contact_keys
from tour.reservations.models import Place, Reservation
from tour.reservations.waitlist import queue
from tour.web.gate import middleware

WAITS = 0.8
"""What a page may wait in all here: a third of what it may in earnest."""
EACH = 0.4
"""How long each lock is held after the one before: less than a statement waits for it."""
SOON = 2 * WAITS
"""On a busy machine, too."""


@pytest.fixture(autouse=True)
def only_postgres(postgres: object, monkeypatch: pytest.MonkeyPatch) -> None:
    if postgres is None:
        pytest.skip("SQLite has one lock")
    patience = Patience(connection=0.5, lock=0.6, statement=0.7)
    monkeypatch.setattr(whole_app, "PAGES", patience)
    monkeypatch.setattr(middleware, "PAGE_WAITS", WAITS)


@asynccontextmanager
async def held_in_turn(url: str, locks: Iterable[str]) -> AsyncIterator[None]:
    """Takes all of these locks, and lets one after the other go, each `EACH` after the last."""
    async with AsyncExitStack() as stack:
        for number, lock in enumerate(locks, start=1):
            outside = await asyncpg.connect(url.replace("asyncpg://", "postgres://"))
            stack.push_async_callback(outside.close)
            await outside.execute("BEGIN")
            await outside.execute(lock)
            stack.callback(asyncio.create_task(_let_go(outside, number * EACH)).cancel)
        yield


async def _let_go(outside: asyncpg.Connection, seconds: float) -> None:
    await asyncio.sleep(seconds)
    await outside.execute("ROLLBACK")


def of_slots(*slots: Slot) -> list[str]:
    return [f"SELECT 1 FROM slot WHERE id = {slot.id} FOR UPDATE" for slot in slots]  # noqa: S608


def of_contact(party: Reservation) -> list[str]:
    keys = contact_keys(party)
    return [f"SELECT pg_advisory_xact_lock({LOCK_SPACE}, {key})" for key in keys]


async def assert_answered_soon(
    client: httpx.AsyncClient, url: str, locks: Iterable[str], ask: httpx.Request
) -> None:
    """Refused, as it would take longer, or done; nothing is half done."""
    async with held_in_turn(url, locks):
        began = time.monotonic()
        answer = await client.send(ask)
        took = time.monotonic() - began
    assert answer.status_code in (200, 201, 303, 409, 503), answer.status_code
    assert took < SOON, f"{answer.status_code} after {took:.2f} s"
    assert took > EACH, "it had to wait"
    await assert_ledger_holds()


async def sleep_often(times: int, seconds: float) -> None:
    for _time in range(times):
        await get_connection("default").execute_query(f"SELECT pg_sleep({seconds})")


async def test_statements_share_what_a_page_may_wait(app: Starlette) -> None:
    assert app
    began = time.monotonic()
    with waiting_at_most(WAITS), pytest.raises(Unavailable) as raised:
        await sleep_often(8, EACH)
    assert "kept a page" in raised.value.reason
    assert WAITS <= time.monotonic() - began < SOON
    assert await Slot.all().count() == 0, "its connection is well again"


async def test_work_is_not_waiting(app: Starlette) -> None:
    assert app
    with waiting_at_most(WAITS):
        await sleep_often(100, WORK / 2)


async def three_slots() -> list[Slot]:
    starts = [NOON + timedelta(days=7, hours=2 * number) for number in range(3)]
    return [await make_slot(at, capacity=4) for at in starts]


@pytest.mark.parametrize("way", ["form", "api"])
async def test_reserving(client: httpx.AsyncClient, database_url: str, way: str) -> None:
    slots = await three_slots()
    known = await service.reserve(make_wish(await make_slot()), now=NOON)
    contact = {"email": known.email, "phone": known.phone}
    if way == "form":
        path = f"/slots/{slots[0].id}/reserve"
        ask = client.build_request("POST", path, data=typed(**contact))
    else:
        person = {"name": "北 花子", "kana": "キタ ハナコ", **contact}
        body = {
            "slots": [slot.id for slot in slots],
            "party": {"adults": 1, "children": 0},
            "contact": person,
            "consent": True,
        }
        key = {"Idempotency-Key": "a" * 20}
        ask = client.build_request("POST", "/api/v1/reservations", json=body, headers=key)
    locks = [*of_contact(known), *of_slots(*slots)]
    await assert_answered_soon(client, database_url, locks, ask)


@pytest.mark.parametrize("way", ["form", "api"])
@pytest.mark.parametrize("verb", ["change", "cancel"])
async def test_changing_and_giving_up(
    client: httpx.AsyncClient, database_url: str, verb: str, way: str
) -> None:
    slots = await three_slots()
    made = await service.reserve(make_wish(*slots), now=NOON)
    page, two = f"/reservations/{made.reference}", {"adults": 2, "children": 0}
    asks = {
        ("change", "form"): ("POST", f"{page}/change", {"data": typed(adults=2)}),
        ("change", "api"): ("PATCH", f"/api/v1{page}", {"json": {"party": two}}),
        ("cancel", "form"): ("POST", f"{page}/cancel", {}),
        ("cancel", "api"): ("DELETE", f"/api/v1{page}", {}),
    }
    method, path, content = asks[verb, way]
    ask = client.build_request(method, path, **content)
    await assert_answered_soon(client, database_url, of_slots(*slots), ask)


@pytest.mark.parametrize("way", ["form", "api"])
async def test_accepting(client: httpx.AsyncClient, database_url: str, way: str) -> None:
    slot = await make_slot(capacity=1)
    holder = await service.reserve(make_wish(slot), now=NOON)
    made = await queue.join(make_wish(slot), now=NOON)
    await changes.cancel(holder.reference, now=NOON)
    page = f"/reservations/{made.reference}"
    form, api = f"{page}/queues/{slot.id}/accept", f"/api/v1{page}/waitlist/{slot.id}/accept"
    ask = client.build_request("POST", form if way == "form" else api)
    locks = [*of_contact(made), *of_slots(slot)]
    await assert_answered_soon(client, database_url, locks, ask)


async def test_waiting_and_entering_a_draw(client: httpx.AsyncClient, database_url: str) -> None:
    slot = await make_slot(capacity=1)
    await service.reserve(make_wish(slot), now=NOON)
    drawn = await make_slot(NOON + timedelta(days=9), allocation="draw")
    until = NOON + timedelta(days=1)
    draw = await draws.open_draw([drawn.id], event_id=None, entries_close_at=until)
    known = await service.reserve(make_wish(await make_slot()), now=NOON)
    contact = {"email": known.email, "phone": known.phone}
    join = client.build_request("POST", f"/slots/{slot.id}/queue", data=typed(**contact))
    locks = [*of_contact(known), *of_slots(slot)]
    await assert_answered_soon(client, database_url, locks, join)
    form = typed(**contact, **{"choice-1": str(drawn.id)})
    enter = client.build_request("POST", f"/draws/{draw.id}/enter", data=form)
    row = f"SELECT 1 FROM draw WHERE id = {draw.id} FOR UPDATE"  # noqa: S608
    await assert_answered_soon(client, database_url, [*of_contact(known), row], enter)


async def test_letting_in(app: Starlette, database_url: str, clock: TurnableClock) -> None:
    slot = await make_slot()
    made = await service.reserve(make_wish(slot), now=NOON)
    clock.turn_to(slot.starts_at)
    site = (await Slot.get(id=slot.id).select_related("programme__site")).programme.site
    place = await Place.get(reservation_id=made.id)
    async with browser(app) as host:
        await sign_in_as(host, await make_account("host@example.org", Role.HOST, site))
        arrive = f"/host/{site.slug}/places/{place.id}/arrive"
        lock = f"SELECT 1 FROM place WHERE id = {place.id} FOR UPDATE"  # noqa: S608
        ask = host.build_request("POST", arrive)
        await assert_answered_soon(host, database_url, [*of_slots(slot), lock], ask)
