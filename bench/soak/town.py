"""What the run is about: slots, draws with parties in them, processes, a post office, phones."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from tests.factories import make_programme, make_slot
from tests.notifications.push_service import PushService
from tests.post_office import PostOffice
from tests.postgres import start_server
from tests.reservations.factories import make_party, make_wish
from tests.reservations.processes import OwnProcess, WebProcess, WorkerProcess
from tour import db
from tour.clock import system_clock
from tour.notifications.push.keys import new_private_key
from tour.programmes.states import Allocation
from tour.reservations.draws import draws
from tour.reservations.models import Draw

SMALL, LARGE = 6, 400
SLOTS_OF_A_KIND = 6
PARTIES_OF_A_DRAW = 12
START_SECONDS = 300


@dataclass(slots=True)
class Town:
    """`web` and `workers` hold two each; of both, faults kill only the first."""

    url: str
    folder: Path
    minutes: float
    dice: random.Random
    office: PostOffice
    push: PushService
    web: list[WebProcess] = field(default_factory=list)
    workers: list[WorkerProcess] = field(default_factory=list)
    slot_ids: list[int] = field(default_factory=list)
    frozen: set[int] = field(default_factory=set)
    """Indices of web processes that cannot answer now."""

    @property
    def server_url(self) -> str:
        """As asyncpg takes it."""
        return self.url.replace("asyncpg://", "postgres://")

    @property
    def survivors(self) -> dict[str, OwnProcess]:
        """What lives from the beginning to the end: its memory is looked at."""
        return {"web": self.web[1], "worker": self.workers[1]}


@asynccontextmanager
async def town(folder: Path, minutes: float, seed: int) -> AsyncIterator[Town]:
    """Everything is running; stopped at the end, whatever happens."""
    async with AsyncExitStack() as stack:
        server = await asyncio.to_thread(start_server, folder / "pg")
        server.cleanup_mode = "stop"
        stack.callback(server.cleanup)
        server.psql("CREATE DATABASE soak;")
        url = f"asyncpg://postgres@/soak?host={folder / 'pg'}"
        office = PostOffice()
        await office.open()
        stack.push_async_callback(office.close)
        push = await stack.enter_async_context(PushService(folder / "tls"))
        made = Town(url, folder, minutes, random.Random(seed), office, push)
        await _fill(made)
        await _start(made, stack)
        yield made


async def _fill(town: Town) -> None:
    await db.migrate(town.url)
    async with db.opened(town.url):
        start = system_clock().replace(microsecond=0) + timedelta(days=3)
        for number in range(SLOTS_OF_A_KIND):
            for capacity in (SMALL, LARGE):
                slot = await make_slot(start + timedelta(hours=2 * number), capacity=capacity)
                town.slot_ids.append(slot.id)
        for number in range(4):
            await _draw(town, start, system_clock() + timedelta(minutes=town.minutes) * number / 4)


async def _draw(town: Town, start: object, closes_at: object) -> None:
    """One that is frozen and held while everything fails around it."""
    programme = await make_programme()
    slots = [
        await make_slot(
            start + timedelta(hours=hour),  # type: ignore[operator]
            programme=programme,
            capacity=8,
            allocation=Allocation.DRAW,
        )
        for hour in (1, 3)
    ]
    later = system_clock() + timedelta(hours=2)
    draw = await draws.open_draw([s.id for s in slots], event_id=None, entries_close_at=later)
    for _party in range(PARTIES_OF_A_DRAW):
        ranking = town.dice.sample(slots, 2)
        party = make_party(town.dice.randint(1, 3), phone="")
        await draws.enter(draw.id, make_wish(*ranking, party=party), now=system_clock())
    closing = {"entries_close_at": closes_at, "draws_at": closes_at + timedelta(seconds=20)}  # type: ignore[operator]
    await Draw.filter(id=draw.id).update(**closing)


async def answering(process: WebProcess) -> None:
    """Until it answers. Not by its pages, which the faults of the others may keep from it."""
    for _poll in range(START_SECONDS * 5):
        try:
            _reader, writer = await asyncio.open_connection("127.0.0.1", process.port)
        except OSError:
            await asyncio.sleep(0.2)
        else:
            writer.close()
            return
    raise AssertionError("a web process did not start")


async def _start(town: Town, stack: AsyncExitStack) -> None:
    variables = {
        "TOUR_WORKER": "external",
        "TOUR_SMTP_URL": f"smtp://127.0.0.1:{town.office.port}",
        "TOUR_PUSH_HOSTS": f"localhost:{town.push.port}",
        "TOUR_PUSH_CA": str(town.push.certificate.authority),
        "TOUR_VAPID_PRIVATE_KEY": new_private_key(),
        "TOUR_SECRET_KEY": "a secret of the soak",
    }
    for _number in range(2):
        town.web.append(WebProcess(town.url, town.folder, "tour.asgi:app", **variables))
        town.workers.append(WorkerProcess(town.url, town.folder, **variables))
    for process in (*town.web, *town.workers):
        process.start()
        stack.callback(process.stop)
        stack.callback(process.thaw)
    for process in town.web:
        await answering(process)
