"""Every coming slot and its programme as one short-lived copy, for pages that list them.

Seats change all the time during a rush. Lists read a copy at most a second old; the page of one
programme and the reservation itself always ask the database. What a host or staff changes is in it
at once: of sessions that the news name those alone are read again.
"""

import asyncio
import time
from collections.abc import Iterable, Mapping
from datetime import datetime

from tour.changes import EVERY, Kind, NewsReader
from tour.changes.reading import NOTHING_YET
from tour.programmes import queries
from tour.programmes.entries import Board, ProgrammeEntry, SlotEntry

ABOVE = (Kind.TOWN, Kind.PLACE, Kind.PROGRAMME)
"""What decides which sessions are shown at all."""


class BoardCache:
    """Hands out the board, read again after `seconds` or when programmes or places changed. The
    news are those that the catalogue, which whoever needs a board has asked for, has just read."""

    def __init__(self, news: NewsReader, seconds: float = 1.0) -> None:
        self._news = news
        self._seconds = seconds
        self._board: Board | None = None
        self._stands_at = NOTHING_YET
        self._read_at = 0.0
        self._reading = asyncio.Lock()

    async def current(self, now: datetime) -> Board:
        async with self._reading:
            number = self._news.number
            sessions = self._sessions_changed()
            is_old = time.monotonic() - self._read_at >= self._seconds
            if self._board is None or sessions is None or is_old:
                self._board = await _read(now)
                self._read_at = time.monotonic()
            elif sessions:
                self._board = await _renewed(self._board, sessions, now)
            self._stands_at = number
            return self._board

    def _sessions_changed(self) -> set[int] | None:
        """The slots to read again; None: all of them."""
        news = self._news.since(self._stands_at)
        if news is None or any(kind in ABOVE for kind, _row in news):
            return None
        sessions = {row for kind, row in news if kind == Kind.SESSION}
        return None if EVERY in sessions else sessions


async def _read(now: datetime) -> Board:
    programmes = {p.id: p for p in await queries.programmes()}
    return _board(programmes, await queries.coming_slots(since=now))


async def _renewed(before: Board, ids: set[int], now: datetime) -> Board:
    fresh = await queries.coming_slots(since=now, ids=ids)
    slots = [*(slot for slot in before.slots if slot.id not in ids), *fresh]
    return _board(before.programmes, sorted(slots, key=lambda slot: (slot.starts_at, slot.id)))


def _board(programmes: Mapping[int, ProgrammeEntry], coming: Iterable[SlotEntry]) -> Board:
    slots = [slot for slot in coming if slot.programme_id in programmes]
    by_site: dict[int, list[SlotEntry]] = {}
    for slot in slots:
        by_site.setdefault(programmes[slot.programme_id].site_id, []).append(slot)
    return Board(programmes, tuple(slots), {site: tuple(s) for site, s in by_site.items()})
