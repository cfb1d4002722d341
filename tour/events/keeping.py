"""Pictures that were taken away, deleted for good after 30 days: looked after once an hour.

In the web process, because the files lie where the pages are served. Several may do it at once.
"""

import logging
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from pathlib import Path

from tour.clock import Clock
from tour.events import covers
from tour.repeating import Loop, repeating
from tour.sites import photos

log = logging.getLogger("tour.pictures")

PAUSE_SECONDS = 3600.0


async def sweep(var: Path, *, now: datetime) -> int:
    """Delete what can no longer be brought back; how many pictures."""
    gone = await photos.purge(var / "photos", now=now)
    return gone + await covers.keep_only_wanted(covers.folder_in(var), now=now)


def keeping_pictures(var: Path, clock: Clock) -> AbstractAsyncContextManager[Loop]:
    """Sweep every hour, for as long as the block lasts."""
    return repeating(lambda: sweep(var, now=clock()), PAUSE_SECONDS, log, first_after=PAUSE_SECONDS)
