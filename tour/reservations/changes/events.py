"""Which sessions a change ends: of an event that is withdrawn, loses days or places, and of a place
that is withdrawn. What has begun is left to those who are in it.

A session is its event's as long as its day is one of the event's and its place takes part. One that
was left to itself when that ended is its place's own.
"""

from collections.abc import Collection
from datetime import date, datetime
from zoneinfo import ZoneInfo

from tour.events.models import Event, Participation
from tour.events.states import ParticipationAnswer, ParticipationRole
from tour.programmes.models import Slot
from tour.programmes.states import SlotStatus


async def of_event(event: Event, *, now: datetime) -> list[Slot]:
    """What its withdrawal ends."""
    zone, held = ZoneInfo(event.timezone), event.days
    at = await _hosts(event.id)
    return [
        slot
        for slot in await _coming(now, programme__event_id=event.id)
        if slot.programme.site.id in at and slot.starts_at.astimezone(zone).date() in held
    ]


async def hit_by_days(event: Event, kept: Collection[date], *, now: datetime) -> list[Slot]:
    """Those on days that the event would not have any more. A day that it never had is not its."""
    zone = ZoneInfo(event.timezone)
    return [
        slot
        for slot in await of_event(event, now=now)
        if slot.starts_at.astimezone(zone).date() not in kept
    ]


async def hit_by_leaving(event: Event, kept: Collection[int], *, now: datetime) -> list[Slot]:
    """Those at places that take part, and would not any more; `kept` are the sites that stay."""
    return [slot for slot in await of_event(event, now=now) if slot.programme.site.id not in kept]


async def of_site(site_id: int, *, now: datetime) -> list[Slot]:
    """What the withdrawal of a place ends, in an event or not."""
    return await _coming(now, programme__site_id=site_id)


async def under_way(*, now: datetime, **where: int) -> int:
    """How many sessions go on right now, and stay."""
    begun = Slot.filter(starts_at__lte=now, ends_at__gt=now, **where)
    return await begun.exclude(status=SlotStatus.CANCELLED).count()


async def _coming(now: datetime, **where: int) -> list[Slot]:
    coming = Slot.filter(starts_at__gt=now, **where).exclude(status=SlotStatus.CANCELLED)
    return await coming.order_by("starts_at", "id").select_related("programme__site")


async def _hosts(event_id: int) -> set[int]:
    """The places that open their doors for it, or may still say that they do."""
    parts = Participation.filter(event_id=event_id, role=ParticipationRole.HOST)
    rows = await parts.exclude(answer=ParticipationAnswer.DECLINED).values("site_id")
    return {int(row["site_id"]) for row in rows}
