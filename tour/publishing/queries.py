"""Which map of an event is shown, and which were before."""

import asyncio
from dataclasses import dataclass, replace
from datetime import datetime

from tour.errors import NotFound
from tour.events import queries as events
from tour.events.entries import EventEntry, ParticipantEntry
from tour.events.models import Participation
from tour.events.states import ParticipationRole
from tour.i18n import lazy as _
from tour.publishing.collect import Sources, as_of_now, collect
from tour.publishing.models import MapVersion
from tour.publishing.published_map import PublishedMap, from_json
from tour.routes.courses import queries as routes


@dataclass(frozen=True, slots=True)
class VersionEntry:
    """One line of the history; `ended_at` is None for the version that is shown."""

    number: int
    published_at: datetime
    published_by: str
    ended_at: datetime | None
    places: int


async def published_map(slug: str, sources: Sources) -> PublishedMap:
    """The map that visitors see: the published version, or the live event where none ever was.

    NotFound when there is no such event, or when its map has been withdrawn.
    """
    entry = await events.event(slug)
    kept = await MapVersion.get_or_none(event_id=entry.id, ended_at=None)
    if kept:
        return await asyncio.to_thread(as_of_now, _read(kept, entry), entry, sources)
    if await MapVersion.filter(event_id=entry.id).exists():
        raise NotFound(_("The map of this event is not published at the moment."))
    return await live_map(entry, sources)


async def live_map(event: EventEntry, sources: Sources) -> PublishedMap:
    courses = await routes.courses()
    return await asyncio.to_thread(collect, event, courses, sources)


async def event(slug: str) -> EventEntry:
    """A published event with the numbered places of its published map, for the event's own pages;
    NotFound where there is none.

    A place that takes no part any more, or has not agreed to other dates, is gone at once: nobody
    shall stand before a closed door.
    """
    entry = await events.event(slug)
    kept = await MapVersion.get_or_none(event_id=entry.id, ended_at=None)
    if kept is None:
        return entry
    days = {part.site_id: part.days for part in entry.participants}
    places = tuple(
        ParticipantEntry(
            place["site_id"],
            place["number"],
            ParticipationRole(place["role"]),
            days.get(place["site_id"]),
        )
        for place in kept.content["places"]
        if not entry.has_left(place["site_id"])
    )
    return replace(entry, participants=places)


async def version_map(event: EventEntry, number: int) -> PublishedMap:
    """One version as it was published, or NotFound."""
    row = await MapVersion.get_or_none(event_id=event.id, number=number)
    if row is None:
        raise NotFound(_("There is no such version of this map."))
    return _read(row, event)


@dataclass(frozen=True, slots=True)
class MapShown:
    """The version of an event's map that is shown now, and may hang somewhere."""

    event: str
    number: int


async def shown_maps(**where: int) -> list[MapShown]:
    """Those of the events that `where` describes."""
    rows = MapVersion.filter(ended_at=None, **where).order_by("event_id")
    return [MapShown(row.event.title, row.number) for row in await rows.select_related("event")]


async def renumbered(event_id: int) -> int:
    """How many places have another number by now than on the map that is shown: its readers, and
    lists that follow the event itself, would be at odds until it is published anew."""
    kept = await MapVersion.get_or_none(event_id=event_id, ended_at=None)
    if kept is None:
        return 0
    printed = {place["site_id"]: place["number"] for place in kept.content["places"]}
    present = await Participation.filter(event_id=event_id).values("site_id", "number")
    return sum(printed.get(row["site_id"], row["number"]) != row["number"] for row in present)


async def versions(event_id: int) -> list[VersionEntry]:
    """Every version of an event's map, the newest first."""
    return [
        VersionEntry(
            number=row.number,
            published_at=row.published_at,
            published_by=row.published_by,
            ended_at=row.ended_at,
            places=len(row.content["places"]),
        )
        for row in await MapVersion.filter(event_id=event_id).order_by("-number")
    ]


def _read(row: MapVersion, event: EventEntry) -> PublishedMap:
    day = row.published_at.astimezone(event.zone).date()
    return from_json(row.content, version=row.number, published_on=day)
