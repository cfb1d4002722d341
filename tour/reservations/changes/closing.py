"""A door that closes earlier than planned: those still to come are told, nobody new reserves, and
opening it again tells them again."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from tortoise.queryset import QuerySet

from tour.audit.service import Actor
from tour.changes import Change, Kind, edit
from tour.changes.models import RecentEdit
from tour.i18n import Text
from tour.i18n import lazy as _
from tour.programmes import service as programmes
from tour.programmes.models import Slot
from tour.programmes.states import SlotStatus
from tour.reservations.changes import slots
from tour.reservations.door.arrivals import day_bounds
from tour.sites.editing import day as days
from tour.sites.models import Site, SiteDay
from tour.sites.states import DoorState

CLOSED, CHANGED = "day.close", "day.change"


def _still_to_come(site_id: int, zone: ZoneInfo, now: datetime) -> QuerySet[Slot]:
    """Sessions of today that have not begun; what was called off is over."""
    _begin, midnight = day_bounds(now.astimezone(zone).date(), zone)
    soon = Slot.filter(programme__site_id=site_id, starts_at__gt=now, starts_at__lt=midnight)
    return soon.exclude(status=SlotStatus.CANCELLED).order_by("starts_at", "id")


async def still_to_come(site_id: int, zone: ZoneInfo, *, now: datetime) -> list[Slot]:
    """Those of them that closing early would concern, with their programmes."""
    return await _still_to_come(site_id, zone, now).select_related("programme")


async def close_early(
    site: Site, zone: ZoneInfo, changes: Mapping[str, Any], *, actor: Actor, now: datetime
) -> RecentEdit:
    """Close the door for today: its sessions still to come take no more reservations, and their
    parties are told that their seats stay. Returns the entry that can undo it."""
    async with edit(actor, None, CHANGED, now=now) as change:
        day = await days.locked_day(change, site.id, now.astimezone(zone).date())
        if day.state == DoorState.CLOSED:
            await days.write_day(change, day, {}, {})
        else:
            change.action = CLOSED
            after = await _stop(change, day, zone)
            await days.write_day(change, day, changes, {**changes, **after})
    return change.entry


async def _stop(change: Change, day: SiteDay, zone: ZoneInfo) -> dict[str, Any]:
    """End the booking of what is still to come, and tell; returns what the log says of it."""
    site_id: int = day.site_id
    soon = [slot.id for slot in await _still_to_come(site_id, zone, change.now)]
    locked = await programmes.lock_slots(soon)
    stopped = [slot.id for slot in locked if slot.status == SlotStatus.OPEN]
    seated = [slot.id for slot in locked if slot.status != SlotStatus.CANCELLED]
    await Slot.filter(id__in=stopped).update(status=SlotStatus.CLOSED)
    await SiteDay.filter(id=day.id).update(stopped_slots=stopped)
    words = _("Closes early today, your seats stay: %(session)s")
    change.told(Kind.SESSION, stopped)
    told = await _tell(seated, words, change.now)
    return {"closed_slots": stopped, "parties": told}


async def open_door(
    site: Site, zone: ZoneInfo, changes: Mapping[str, Any], *, actor: Actor, now: datetime
) -> RecentEdit:
    """Open the door, or say that it is full; after an early closing the sessions that it stopped
    take reservations again, and their parties hear that all is as planned."""
    async with edit(actor, None, CHANGED, now=now) as change:
        day = await days.locked_day(change, site.id, now.astimezone(zone).date())
        was_closed = day.state == DoorState.CLOSED
        told = {"parties": await _take_back(change, day, site.id, zone)} if was_closed else {}
        await days.write_day(change, day, changes, {**changes, **told})
    return change.entry


async def _take_back(change: Change, day: SiteDay, site_id: int, zone: ZoneInfo) -> int:
    """Open what the last closing stopped, and is still stopped; returns how many parties heard."""
    stopped = list(day.stopped_slots)
    await SiteDay.filter(id=day.id).update(stopped_slots=[])
    await programmes.lock_slots(stopped)
    closed = Slot.filter(id__in=stopped, status=SlotStatus.CLOSED)
    await closed.update(status=SlotStatus.OPEN)
    change.told(Kind.SESSION, stopped)
    soon = await _still_to_come(site_id, zone, change.now).values("id")
    words = _("Open as planned after all: %(session)s")
    return await _tell([row["id"] for row in soon], words, change.now)


async def _tell(slot_ids: list[int], words: Text, now: datetime) -> int:
    return sum([await slots.tell_of_door(slot_id, words, now=now) for slot_id in slot_ids])
