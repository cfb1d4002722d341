"""Publishing an event's map, and taking it back."""

from datetime import datetime

from tour.audit.service import Actor, Subject
from tour.changes import edit
from tour.errors import Conflict
from tour.events import queries as events
from tour.events.models import Event
from tour.i18n import lazy as _
from tour.publishing.collect import Sources
from tour.publishing.models import MapVersion
from tour.publishing.published_map import PublishedMap, as_json
from tour.publishing.queries import live_map


async def preview(event_id: int, sources: Sources) -> PublishedMap:
    """The map as it would be published now, of a draft too; NotFound without the event."""
    return await live_map(await events.event_by_id(event_id), sources)


async def publish(event_id: int, sources: Sources, *, actor: Actor, now: datetime) -> int:
    """Keep the map as it stands as the version that is shown; its number.

    Visitors see it when the event itself is published. Of two people who publish at once both
    get a version; the later one is shown.
    """
    content = as_json(await preview(event_id, sources))
    async with edit(actor, Subject("event", event_id), "event.map_publish", now=now) as change:
        await change.lock(Event, event_id)  # those who publish it wait for each other here
        await MapVersion.filter(event_id=event_id, ended_at=None).update(ended_at=now)
        newest = await MapVersion.filter(event_id=event_id).order_by("-number").first()
        made = await MapVersion.create(
            event_id=event_id,
            number=newest.number + 1 if newest else 1,
            published_at=now,
            published_by=actor.name,
            content=content,
        )
        change.after = {"map_version": made.number}
    return made.number


async def unpublish(event_id: int, *, actor: Actor, now: datetime) -> None:
    """Show no map of this event until one is published again; Conflict when none is shown."""
    async with edit(actor, Subject("event", event_id), "event.map_withdraw", now=now) as change:
        await change.lock(Event, event_id)
        change.before, change.after = {"map": True}, {"map": False}
        shown = MapVersion.filter(event_id=event_id, ended_at=None)
        if not await shown.update(ended_at=now):
            raise Conflict(_("No version of this map is published."))
