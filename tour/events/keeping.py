"""Pictures that were taken away, deleted for good after 30 days: looked after once an hour.

In the web process, because the files lie where the pages are served. Several may do it at once.
"""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path

from tortoise.exceptions import BaseORMException

from tour.clock import Clock
from tour.events import covers
from tour.sites import photos

log = logging.getLogger("tour.pictures")

PAUSE_SECONDS = 3600.0


async def sweep(var: Path, *, now: datetime) -> int:
    """Delete what can no longer be brought back; how many pictures."""
    gone = await photos.purge(var / "photos", now=now)
    return gone + await covers.keep_only_wanted(covers.folder_in(var), now=now)


@asynccontextmanager
async def keeping_pictures(var: Path, clock: Clock) -> AsyncIterator[None]:
    """Sweep every hour, for as long as the block lasts."""
    stop = asyncio.Event()
    task = asyncio.create_task(_run(var, clock, stop))
    try:
        yield
    finally:
        stop.set()
        await task


async def _run(var: Path, clock: Clock, stop: asyncio.Event) -> None:
    while not await _stopped(stop):
        try:
            await sweep(var, now=clock())
        except (BaseORMException, OSError) as exc:
            log.error("old pictures stay: %s", type(exc).__name__)


async def _stopped(stop: asyncio.Event) -> bool:
    try:
        await asyncio.wait_for(stop.wait(), PAUSE_SECONDS)
    except TimeoutError:
        return False
    return True
