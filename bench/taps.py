"""What a tap of a host costs the next page of everybody: `python -m bench.taps [PLACES]`.

A town of so many places (3,000) with two sessions each, in SQLite. After each tap the CPU time is
taken that the copies of one process need until they are right again: catalogue, agenda, board and
the walks between all places. Last, what reading everything costs, as after a start.
"""

import asyncio
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

from tour import db
from tour.audit.service import Actor
from tour.changes import EVERY, Kind, NewsReader, tell
from tour.events.queries import AgendaCache
from tour.programmes import slot_editing
from tour.programmes.board import BoardCache
from tour.programmes.models import Programme, Slot
from tour.routes.paths import Profile
from tour.routes.walks.approaches import approach_finder
from tour.routes.walks.site_matrix import SiteMatrix
from tour.routes.walks.walks import Walks
from tour.sites.catalogue import CatalogueCache
from tour.sites.editing import day as days
from tour.sites.models import OpeningHours, Site, Station
from tour.sites.states import DoorState, PointQuality, SiteKind

NOW = datetime(2026, 12, 1, 3, tzinfo=UTC)
BY_HOST = {"actor": Actor(None, "host"), "now": NOW}
TAPS = 20


async def fill(places: int) -> None:
    for number in range(8):
        await Station.create(id=f"s{number}", name=f"駅{number}", lat=35.7 + number / 50, lon=139.7)
    await Site.bulk_create(
        [
            Site(
                slug=f"place-{n}",
                kind=SiteKind.CRAFT,
                name=f"工房{n}",
                name_kana=f"こうぼう{n}",
                description="木版画の摺りを見学できます。" * 5,
                lat=35.7 + n % 60 / 600,
                lon=139.7 + n // 60 / 600,
                point_quality=PointQuality.ENTRANCE,
            )
            for n in range(places)
        ],
        batch_size=500,
    )
    hours = [(i, day) for i in range(1, places + 1) for day in range(5)]
    await OpeningHours.bulk_create(
        [
            OpeningHours(site_id=i, weekday=d, opens_minute=600, closes_minute=1000)
            for i, d in hours
        ],
        batch_size=1000,
    )
    await Programme.bulk_create(
        [
            Programme(slug=f"p{n}", site_id=n, title="体験", minutes=60)
            for n in range(1, places + 1)
        ],
        batch_size=500,
    )
    starts = [NOW + timedelta(days=1), NOW + timedelta(days=2)]
    await Slot.bulk_create(
        [
            Slot(
                programme_id=n,
                starts_at=start,
                ends_at=start + timedelta(hours=1),
                capacity=8,
                booking_closes_at=start,
            )
            for n in range(1, places + 1)
            for start in starts
        ],
        batch_size=1000,
    )


class Process:
    """The copies that one web process keeps."""

    def __init__(self) -> None:
        walks, news = Walks(None), NewsReader()
        self.catalogue = CatalogueCache(approach_finder(walks), news)
        self.agenda, self.board = AgendaCache(news), BoardCache(news, seconds=3600)
        self.matrix = SiteMatrix(walks)

    async def page(self) -> None:
        catalogue = await self.catalogue.current()
        await self.agenda.current(NOW.date())
        await self.board.current(NOW)
        await self.matrix.distances(catalogue, (), Profile.WALK)


async def cost(process: Process, tap: Callable[[], Awaitable[object]], times: int) -> float:
    """Milliseconds of CPU that the page after a tap needs, the middle one."""
    took = []
    for _tap in range(times):
        await tap()
        began = time.process_time()
        await process.page()
        took.append(time.process_time() - began)
    return 1000 * sorted(took)[times // 2]


async def measure(places: int) -> None:
    process = Process()
    slot = await Slot.get(id=1)
    await process.page()
    nothing = await cost(process, lambda: asyncio.sleep(0), TAPS)
    seat = await cost(process, lambda: slot_editing.add_seat(slot, site_id=1, **BY_HOST), TAPS)
    waits = iter(range(1, 1000))

    async def door() -> None:
        state = {"state": DoorState.FULL, "waiting_minutes": next(waits)}
        await days.change_day(1, NOW.date(), state, **BY_HOST)

    opened = await cost(process, door, TAPS)
    whole = await cost(process, lambda: tell(Kind.TOWN, EVERY, now=NOW), 3)
    print(f"{places} places: nothing {nothing:.1f} ms, one seat more {seat:.1f} ms, ", end="")
    print(f"a door {opened:.1f} ms, everything {whole:.0f} ms")


async def main() -> None:
    places = int(sys.argv[1]) if len(sys.argv) > 1 else 3000
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite://{folder}/town.sqlite3?synchronous=OFF"
        await db.migrate(url)
        async with db.opened(url):
            await fill(places)
            await measure(places)


if __name__ == "__main__":
    asyncio.run(main())
