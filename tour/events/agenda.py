"""Events and opening hours together: when a site's doors are really open."""

import asyncio
from datetime import date

from tour.changes import Kind, NewsReader
from tour.events import queries
from tour.events.entries import Agenda, EventEntry


class AgendaCache:
    """Hands out the agenda of a day, read again when events, courses or places changed. The news
    are those that the catalogue, which whoever needs an agenda has asked for, has just read."""

    def __init__(self, news: NewsReader) -> None:
        self._news = news
        self._agenda: Agenda | None = None
        self._key: tuple[int, date] | None = None
        self._reading = asyncio.Lock()

    async def current(self, today: date) -> Agenda:
        async with self._reading:
            key = self._news.last_of(Kind.EVENT, Kind.COURSE, Kind.PLACE), today
            if self._agenda is None or self._key != key:
                self._agenda = agenda(await queries.events_from(today))
                self._key = key
            return self._agenda


def agenda(events: list[EventEntry]) -> Agenda:
    """Join events by site and day; of two events on one day the sooner published map wins."""
    days: dict[int, dict[date, EventEntry]] = {}
    for event in events:
        for host in event.hosts:
            for day in event.dates:
                days.setdefault(host.site_id, {}).setdefault(day, event)
    return Agenda(tuple(events), days)
