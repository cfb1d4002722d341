"""Events and opening hours together: when a site's doors are really open."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from tour.events import queries
from tour.events.queries import EventEntry
from tour.sites.catalogue import SiteEntry
from tour.sites.hours import DayException, Hours


@dataclass(frozen=True, slots=True)
class Agenda:
    """Coming events, soonest first, and the days on which each site opens for one."""

    events: tuple[EventEntry, ...]
    event_days: Mapping[int, Mapping[date, EventEntry]]

    def event(self, slug: str) -> EventEntry | None:
        return next((event for event in self.events if event.slug == slug), None)

    def hours_of(self, site: SiteEntry) -> Hours:
        """The site's hours; on a day it hosts an event, the event's, unless it said otherwise."""
        days = self.event_days.get(site.id)
        if not days:
            return site.hours
        opened = {day: DayException((event.span,)) for day, event in days.items()}
        return replace(site.hours, exceptions={**opened, **site.hours.exceptions})


class AgendaCache:
    """Hands out the agenda of a day, read again when the catalogue's revision has moved."""

    def __init__(self) -> None:
        self._agenda: Agenda | None = None
        self._key: tuple[int, date] | None = None
        self._reading = asyncio.Lock()

    async def current(self, revision: int, today: date) -> Agenda:
        async with self._reading:
            if self._agenda is None or self._key != (revision, today):
                self._agenda = agenda(await queries.events_from(today))
                self._key = (revision, today)
            return self._agenda


def agenda(events: list[EventEntry]) -> Agenda:
    """Join events by site and day; of two events on one day the sooner published map wins."""
    days: dict[int, dict[date, EventEntry]] = {}
    for event in events:
        for host in event.hosts:
            for day in event.dates:
                days.setdefault(host.site_id, {}).setdefault(day, event)
    return Agenda(tuple(events), days)
