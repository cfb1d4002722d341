"""What is done about plans beside the pages: telling news of them, and forgetting old ones.

In the web process, because the times of a plan need the streets. Any number may do it at once.
"""

import asyncio
import logging
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

from starlette.datastructures import State
from tortoise.exceptions import BaseORMException

from tour.programmes.purging import purge_programmes
from tour.routes.models import Itinerary
from tour.routes.plan_news import tell_news
from tour.sites.revision import current_revision

log = logging.getLogger("tour.routes")

KEPT = timedelta(days=30)
"""After its day a plan is of use to nobody; it may say where somebody lives."""

LOOK_SECONDS, SWEEP_SECONDS = 5.0, 3600.0
BATCH = 500


async def sweep(now: datetime) -> int:
    """Erase plans whose day is long over, and sessions removed for good; how many of both."""
    erased = 0
    over = Itinerary.filter(on_date__lt=(now - KEPT).date())
    while ids := await over.order_by("id").limit(BATCH).values_list("id", flat=True):
        await Itinerary.filter(id__in=list(ids)).delete()
        erased += len(ids)
    return erased + await purge_programmes(now=now)


@asynccontextmanager
async def keeping_plans(parts: State) -> AsyncIterator[None]:
    """Look after plans for as long as the block lasts."""
    stop = asyncio.Event()
    task = asyncio.create_task(_run(parts, stop))
    try:
        yield
    finally:
        stop.set()
        await task


async def _run(parts: State, stop: asyncio.Event) -> None:
    seen, swept_at = -1, time.monotonic()
    while not await _stopped(stop):
        try:
            revision = await current_revision()
            if revision != seen:
                await tell_news(parts, now=parts.clock())
                seen = revision
            if time.monotonic() - swept_at >= SWEEP_SECONDS:
                await sweep(parts.clock())
                swept_at = time.monotonic()
        except (BaseORMException, OSError) as exc:
            # Only the kind: a database's message may show values.
            log.error("plans are not looked after: %s", type(exc).__name__)


async def _stopped(stop: asyncio.Event) -> bool:
    try:
        await asyncio.wait_for(stop.wait(), LOOK_SECONDS)
    except TimeoutError:
        return False
    return True
