"""`readyz` says when something is silent: workers, draws, the disk, the file."""

import asyncio
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette

from tests.conftest import NOON, TurnableClock, make_settings
from tests.factories import make_slot
from tests.parts import exchange
from tests.reservations.factories import make_wish
from tests.reservations.processes import WorkerProcess
from tour import db
from tour.app import create_app
from tour.clock import system_clock
from tour.health import checks
from tour.health.beating import beat, living
from tour.health.checks import Asked, Check, problems
from tour.health.models import Heartbeat
from tour.processes.chores import CHORES
from tour.programmes.states import Allocation
from tour.reservations import service
from tour.reservations.draws import draws, results
from tour.reservations.held import changes
from tour.reservations.models import WaitlistEntry
from tour.reservations.waitlist import queue

HOUR = timedelta(hours=1)


async def problems_told(client: httpx.AsyncClient) -> dict[str, str]:
    answer = await client.get("/readyz")
    told: dict[str, str] = answer.json().get("problems", {})
    assert answer.status_code == (503 if told else 200)
    return told


async def test_no_sign_of_life_of_a_worker_is_said_once_it_had_time_to_start(
    client: httpx.AsyncClient, app: Starlette
) -> None:
    assert await problems_told(client) == {}
    exchange(app, started_at=app.state.parts.started_at - HOUR)
    assert "tour worker" in (await problems_told(client))["worker"]
    await beat("here:1", system_clock())
    assert await problems_told(client) == {}
    await Heartbeat.all().update(beaten_at=system_clock() - HOUR)
    assert list(await problems_told(client)) == ["worker"]


async def until_seen() -> None:
    for _poll in range(3000):
        if await living():
            return
        await asyncio.sleep(0.02)
    raise AssertionError("no sign of life")


@pytest.mark.usefixtures("database")
async def test_a_sign_of_life_from_the_future_is_none() -> None:
    await beat("here:1", system_clock())
    assert await living() == 1
    await Heartbeat.all().update(beaten_at=system_clock() + HOUR)
    assert await living() == 0
    await beat("here:1", system_clock())
    assert await living() == 1


@pytest.mark.usefixtures("database")
async def test_who_ended_without_a_word_is_forgotten_after_a_day() -> None:
    for name in ("gone", "just gone"):
        await beat(name, system_clock())
    await Heartbeat.filter(process="gone").update(beaten_at=system_clock() - 25 * HOUR)
    await beat("here", system_clock())
    left = await Heartbeat.all().order_by("process").values_list("process", flat=True)
    assert list(left) == ["here", "just gone"]


async def test_a_web_process_that_works_inline_gives_signs_of_life(
    database_url: str, clock: TurnableClock, tmp_path: Path
) -> None:
    app = create_app(make_settings(database_url, tmp_path, TOUR_WORKER="inline"), clock=clock)
    async with app.router.lifespan_context(app):
        await until_seen()
        assert [one.chore for one in app.state.parts.rounds] == list(CHORES)
    async with db.opened(database_url):
        assert await living() == 0


@pytest.mark.slow
async def test_a_worker_of_its_own_is_seen_and_missed(database: str, tmp_path: Path) -> None:
    worker = WorkerProcess(database, tmp_path)
    worker.start()
    try:
        await until_seen()
    finally:
        worker.kill()
    await Heartbeat.all().update(beaten_at=system_clock() - HOUR)
    assert await living() == 0


async def test_a_draw_that_nobody_freezes_or_holds_is_said(
    client: httpx.AsyncClient, clock: TurnableClock
) -> None:
    slot = await make_slot(allocation=Allocation.DRAW)
    closes_at = NOON + timedelta(days=1)
    draw = await draws.open_draw([slot.id], event_id=None, entries_close_at=closes_at)
    clock.turn_to(closes_at + timedelta(minutes=4))
    assert await problems_told(client) == {}
    clock.turn(hours=4)
    assert (await problems_told(client))["draws"] == "1 draws are overdue, the first by 244 minutes"
    await results.freeze(draw.id, now=clock())
    assert (await problems_told(client))["draws"] == "1 draws are overdue, the first by 184 minutes"
    await results.hold(draw.id, now=clock())
    assert await problems_told(client) == {}


async def test_offers_that_nobody_ends_are_said(
    client: httpx.AsyncClient, clock: TurnableClock
) -> None:
    slot = await make_slot(capacity=1)
    first = await service.reserve(make_wish(slot), now=NOON)
    await queue.join(make_wish(slot), now=NOON)
    await changes.cancel(first.reference, now=NOON)
    entry = await WaitlistEntry.get()
    assert entry.offer_ends_at
    clock.turn_to(entry.offer_ends_at + HOUR)
    assert list(await problems_told(client)) == ["offers"]
    await queue.expire_offer(entry.id, slot.id, now=clock())
    assert await problems_told(client) == {}


async def test_a_disk_that_is_nearly_full_is_said(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checks, "LEAST_FREE_BYTES", 1 << 60)
    assert "MB of the disk are free" in (await problems_told(client))["disk"]


async def test_a_check_that_fails_hides_no_other(settings, clock: TurnableClock) -> None:
    async def fails(_asked: Asked) -> str:
        raise KeyError("Hanako")

    async def tells(_asked: Asked) -> str:
        return "it is late"

    found = await problems([Check("a", fails), Check("b", tells)], Asked(settings, clock()))
    assert found == {"a": "this cannot be told: KeyError", "b": "it is late"}


async def test_monitors_can_count_what_is_well(client: httpx.AsyncClient, app: Starlette) -> None:
    exchange(app, started_at=app.state.parts.started_at - HOUR)
    lines = (await client.get("/metrics")).text.splitlines()
    assert 'tour_check_ok{check="worker"} 0' in lines
    assert 'tour_check_ok{check="draws"} 1' in lines
