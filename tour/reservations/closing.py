"""A door that closes earlier than planned: those still to come are told, nobody new reserves, and
opening it again tells them again."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from tortoise.queryset import QuerySet

from tour.audit.models import AuditEntry
from tour.audit.service import Actor
from tour.db import transaction
from tour.i18n import Text
from tour.i18n import lazy as _
from tour.programmes import service as programmes
from tour.programmes.models import Slot
from tour.programmes.states import SlotStatus
from tour.reservations import slot_changes
from tour.reservations.arrivals import day_bounds
from tour.sites import day as days
from tour.sites.models import Site, SiteDay
from tour.sites.states import DoorState

CLOSED = "day.close"


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
) -> AuditEntry:
    """Close the door for today: its sessions still to come take no more reservations, and their
    parties are told that their seats stay. Returns the entry that can undo it."""
    async with transaction():
        day = await days.stored_day(site.id, now.astimezone(zone).date())
        if day.state == DoorState.CLOSED:
            return await days.write_day(
                day, {}, "day.change", {}, site_id=site.id, actor=actor, now=now
            )
        soon = await _still_to_come(site.id, zone, now).values("id", "status")
        stopped = [row["id"] for row in soon if row["status"] == SlotStatus.OPEN]
        await programmes.lock_slots(stopped)
        await Slot.filter(id__in=stopped).update(status=SlotStatus.CLOSED)
        words = _("Closes early today, your seats stay: %(session)s")
        told = await _tell([row["id"] for row in soon], words, now)
        after = {**changes, "closed_slots": stopped, "parties": told}
        return await days.write_day(
            day, changes, CLOSED, after, site_id=site.id, actor=actor, now=now
        )


async def open_door(
    site: Site, zone: ZoneInfo, changes: Mapping[str, Any], *, actor: Actor, now: datetime
) -> AuditEntry:
    """Open the door, or say that it is full; after an early closing the sessions that it stopped
    take reservations again, and their parties hear that all is as planned."""
    async with transaction():
        day = await days.stored_day(site.id, now.astimezone(zone).date())
        if day.state != DoorState.CLOSED:
            return await days.write_day(
                day, changes, "day.change", changes, site_id=site.id, actor=actor, now=now
            )
        told = await _take_back(day, site.id, zone, now)
        after = {**changes, "parties": told}
        return await days.write_day(
            day, changes, "day.change", after, site_id=site.id, actor=actor, now=now
        )


async def _take_back(day: SiteDay, site_id: int, zone: ZoneInfo, now: datetime) -> int:
    """Open what the last closing stopped, and is still stopped; returns how many parties heard."""
    closings = AuditEntry.filter(action=CLOSED, subject="day", subject_id=day.id)
    last = await closings.order_by("-id").first()
    stopped = list(last.after.get("closed_slots") or []) if last else []
    await programmes.lock_slots(stopped)
    closed = Slot.filter(id__in=stopped, status=SlotStatus.CLOSED)
    await closed.update(status=SlotStatus.OPEN)
    soon = await _still_to_come(site_id, zone, now).values("id")
    words = _("Open as planned after all: %(session)s")
    return await _tell([row["id"] for row in soon], words, now)


async def _tell(slot_ids: list[int], words: Text, now: datetime) -> int:
    return sum([await slot_changes.tell_of_door(slot_id, words, now=now) for slot_id in slot_ids])
