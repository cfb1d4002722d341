"""Every coming slot and its programme as one short-lived copy, for pages that list them.

Seats change all the time during a rush. Lists read a copy at most a second old; the page of one
programme and the reservation itself always ask the database.
"""

import asyncio
import time
from datetime import datetime

from tour.programmes import queries
from tour.programmes.entries import Board, SlotEntry


class BoardCache:
    """Hands out the board, read again after `seconds` or when the catalogue changed."""

    def __init__(self, seconds: float = 1.0) -> None:
        self._seconds = seconds
        self._board: Board | None = None
        self._revision = -1
        self._read_at = 0.0
        self._reading = asyncio.Lock()

    async def current(self, now: datetime, revision: int) -> Board:
        async with self._reading:
            age = time.monotonic() - self._read_at
            if self._board is None or revision != self._revision or age >= self._seconds:
                self._board = await _read(now)
                self._revision, self._read_at = revision, time.monotonic()
            return self._board


async def _read(now: datetime) -> Board:
    programmes = {p.id: p for p in await queries.programmes()}
    slots = [s for s in await queries.coming_slots(since=now) if s.programme_id in programmes]
    by_site: dict[int, list[SlotEntry]] = {}
    for slot in slots:
        by_site.setdefault(programmes[slot.programme_id].site_id, []).append(slot)
    return Board(programmes, tuple(slots), {site: tuple(s) for site, s in by_site.items()})
