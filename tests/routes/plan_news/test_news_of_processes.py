"""Of several web processes one tells the news of plans, and when it is killed another does."""

import asyncio
from collections.abc import Awaitable, Callable

import httpx
import pytest

from tests.conftest import NOON
from tests.reservations.processes import web_processes
from tests.routes.plan_news.test_readers import a_plan, asked, called_off, news
from tests.routes.plan_pages.test_pages import a_town
from tour.health.models import Lease

pytestmark = pytest.mark.slow
TOWN_CLOCK = {"TOUR_DEMO": "1", "TOUR_CLOCK": NOON.isoformat()}


async def until(true: Callable[[], Awaitable[bool]]) -> None:
    for _poll in range(1200):
        if await true():
            return
        await asyncio.sleep(0.05)
    raise AssertionError("never")


async def pid_of_the_one() -> int:
    row = await Lease.get_or_none(name="web")
    return int(row.holder.split(":")[-2]) if row else 0


async def test_what_one_process_told_another_does_not_tell_again(database, tmp_path) -> None:
    slots = await a_town()
    with web_processes(2, database, tmp_path, TOUR_WORKER="external", **TOWN_CLOCK) as processes:
        base = processes[0].base
        async with httpx.AsyncClient(base_url=base, headers={"Origin": base}) as client:
            assert (await asked(client, await a_plan(client, *slots))).status_code == 201
        first, second = slots
        await called_off(first)

        async def is_told(count: int) -> bool:
            return len(await news()) == count

        await until(lambda: is_told(1))
        one = await pid_of_the_one()
        [teller] = [process for process in processes if process.pid == one]
        teller.kill()
        await Lease.all().update(ends_at=0)  # as twenty seconds later
        await called_off(second)
        await until(lambda: is_told(2))
        assert await pid_of_the_one() not in (0, one)
    told = await news()
    assert [message.revision for message in told] == [1, 1]
    assert len({message.key for message in told}) == 2
