"""A worker shows that it lives: `readyz` of the web processes looks for it.

The sign is given by a loop beside the others of its process. It ends with the process, and stands
still when that is frozen, cannot reach the database or is kept busy by one thing; what one loop
alone leaves undone is seen by what is overdue (see `checks`).
"""

import os
import secrets
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta

from tour.clock import system_clock
from tour.errors import Unavailable
from tour.health.models import Heartbeat
from tour.repeating import Act

EVERY_SECONDS = 10.0
ALIVE_FOR = timedelta(seconds=60)
AHEAD = timedelta(seconds=60)
"""What was written by a clock that was ahead of ours says nothing."""
KEPT_FOR = timedelta(days=1)


def process_name() -> str:
    """Host, process id and something drawn: another one each time that it is asked."""
    return f"{socket.gethostname()[:40]}:{os.getpid()}:{secrets.token_hex(4)}"


@asynccontextmanager
async def beating() -> AsyncIterator[Act]:
    """A sign of life each time; the last one is taken back at the end."""
    process, started_at = process_name(), system_clock()
    yield lambda: beat(process, started_at)
    with suppress(Unavailable):
        await Heartbeat.filter(process=process).delete()


async def beat(process: str, started_at: datetime) -> None:
    """One sign of life; forgets processes that ended without a word long ago."""
    now = system_clock()
    if not await Heartbeat.filter(process=process).update(beaten_at=now):
        await Heartbeat.create(process=process, started_at=started_at, beaten_at=now)
        await Heartbeat.filter(beaten_at__lt=now - KEPT_FOR).delete()


async def living() -> int:
    """How many processes do the work beside the pages."""
    now = system_clock()
    seen = Heartbeat.filter(beaten_at__gt=now - ALIVE_FOR, beaten_at__lt=now + AHEAD)
    return await seen.count()
