"""One table of chores that all its readers tell alike; what one process is to do, one does."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Sized
from contextlib import nullcontext
from dataclasses import dataclass
from time import monotonic, time

import httpx
import pytest
from starlette.applications import Starlette

from tests.conftest import TurnableClock
from tour.clock import Clock
from tour.health import chores as mechanism
from tour.health.chores import Chore, Round, Where, each_time, going_round
from tour.health.lease import LASTS_SECONDS, Lease
from tour.health.models import Lease as LeaseRow
from tour.processes.chores import CHORES, WEB_CHORES, WORKER_CHORES
from tour.settings import ROOT

ROW = re.compile(r"^\| `([a-z-]+)` \| (\d+) \| `([a-z-]+)` \| [^|]+ \| [^|]+ \|$", re.MULTILINE)


def test_the_manual_lists_the_same_table() -> None:
    told = ROW.findall((ROOT / "docs/chores.md").read_text("utf-8"))
    assert told == [(c.name, f"{c.every:g}", c.where) for c in CHORES]


async def test_so_do_readyz_and_metrics(client: httpx.AsyncClient) -> None:
    listed = (await client.get("/readyz")).json()["chores"]
    assert [(name, c["every_seconds"], c["where"]) for name, c in listed.items()] == [
        (c.name, c.every, c.where) for c in CHORES
    ]
    lines = (await client.get("/metrics")).text.splitlines()
    for chore in CHORES:
        labels = f'chore="{chore.name}",where="{chore.where}"'
        assert f"tour_chore_every_seconds{{{labels}}} {chore.every:g}" in lines
        for name in ("done", "failed"):
            start = f'tour_chore_{name}_total{{chore="{chore.name}"}} '
            assert [line for line in lines if line.startswith(start)]


def test_each_is_somebodys_and_has_a_name_of_its_own() -> None:
    assert [c for c in CHORES if c.where is Where.WORKER] == list(WORKER_CHORES)
    assert [c for c in CHORES if c.where is not Where.WORKER] == list(WEB_CHORES)
    assert len({chore.name for chore in CHORES}) == len(CHORES)


async def test_a_process_with_an_external_worker_does_the_chores_of_the_web(
    app: Starlette,
) -> None:
    assert [r.chore for r in app.state.parts.rounds] == list(WEB_CHORES)


@dataclass
class Process:
    """As much of a process's parts as these chores need."""

    name: str
    clock: Clock


async def until(true: Callable[[], Awaitable[bool]]) -> None:
    for _poll in range(1000):
        if await true():
            return
        await asyncio.sleep(0.005)
    raise AssertionError("never")


async def test_one_that_fails_is_counted_and_tried_again(clock: TurnableClock) -> None:
    tries: list[int] = []

    async def fails_twice(_parts: object, _now: object) -> None:
        tries.append(1)
        if len(tries) < 3:
            raise ValueError("Hanako")

    chore = Chore("sweep", 0.001, Where.WORKER, each_time(fails_twice))
    async with going_round([chore], Process("only", clock)) as [one]:
        await until(lambda: _at_least(tries, 3))
    assert one.failed == 2
    assert one.done == len(tries) - 2


async def _at_least(tries: Sized, count: int) -> bool:
    return len(tries) >= count


class TestSilence:
    """What hangs, or fails again and again, is said; what is somebody else's is not."""

    async def act(self) -> None: ...

    def going(self, where: Where = Where.WORKER, *, ours: bool = True) -> Round:
        chore = Chore("sweep", 60.0, where, lambda _parts: nullcontext(self.act))
        return Round(chore, self.act, lambda: ours)

    async def test_is_said_after_a_while(self) -> None:
        one = self.going()
        await one.once()
        assert one.problem() == ""
        one.heard_at = monotonic() - 60 - mechanism.SLACK_SECONDS - 1
        assert one.problem() == "sweep has not been done for 11 minutes"
        await one.once()
        assert one.problem() == ""

    async def test_is_no_fault_of_one_without_the_lease(self) -> None:
        one = self.going(Where.ONE_WEB, ours=False)
        one.heard_at = 0.0
        assert await one.once() is None
        assert (one.done, one.problem()) == (0, "")

    async def test_is_awaited_of_one_that_rests_for_long(self) -> None:
        one = self.going()
        one.rests, one.heard_at = 86_400.0, monotonic() - 3600
        assert one.problem() == ""


@pytest.mark.usefixtures("database")
class TestLease:
    async def test_one_has_it_and_keeps_it(self) -> None:
        first, second = Lease(), Lease()
        assert await first.take()
        assert not await second.take()
        assert await first.take()
        assert (first.is_ours(), second.is_ours()) == (True, False)

    async def test_of_many_at_once_one_gets_it(self) -> None:
        assert sum(await asyncio.gather(*(Lease().take() for _process in range(20)))) == 1

    async def test_who_goes_gives_it_back_at_once(self) -> None:
        first, second = Lease(), Lease()
        await first.take()
        await second.give_back()
        assert not await second.take()
        await first.give_back()
        assert not first.is_ours()
        assert await second.take()

    async def test_what_has_ended_is_taken_by_another_and_not_renewed(self) -> None:
        dead, heir = Lease(), Lease()
        await dead.take()
        row = await LeaseRow.get()
        await LeaseRow.all().update(ends_at=row.ends_at - LASTS_SECONDS)
        assert await heir.take()
        assert not await dead.take()
        assert not dead.is_ours()

    async def test_its_time_is_that_of_the_database(self) -> None:
        await Lease().take()
        left = (await LeaseRow.get()).ends_at - time()
        assert 0 < left <= LASTS_SECONDS + 1


async def test_only_who_has_the_lease_does_what_one_is_to_do(
    database: str,  # noqa: ARG001
    clock: TurnableClock,
) -> None:
    done: list[str] = []

    async def tell(parts: Process, _now: object) -> None:
        done.append(parts.name)

    chore = Chore("news", 0.001, Where.ONE_WEB, each_time(tell))
    mine, yours = Lease(), Lease()
    await mine.take()
    async with (
        going_round([chore], Process("first", clock), mine.is_ours),
        going_round([chore], Process("second", clock), yours.is_ours),
    ):
        await until(lambda: _at_least(done, 5))
        await mine.give_back()
        await yours.take()
        seen = len(done)
        await until(lambda: _at_least(done, seen + 5))
    assert set(done[:seen]) == {"first"}
    assert set(done[seen + 1 :]) == {"second"}
