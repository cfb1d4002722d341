"""The days of an event: those on which it is held, and those that were called off. Each verb is one
transaction with its line in the log, and moves the event's version."""

from collections.abc import Iterable
from datetime import date, datetime
from zoneinfo import ZoneInfo

from tour.audit.service import Actor, Subject
from tour.changes import Change, edit
from tour.errors import BadInput, Conflict
from tour.events.editing import SUBJECT, stand_anew
from tour.events.models import Event
from tour.events.said import days_from
from tour.i18n import lazy as _
from tour.sites.editing.page import Version


async def call_off_day(event_id: int, day: date, *, actor: Actor, now: datetime) -> None:
    """Hold it on this day no more; twice is the same as once. Raises BadInput for a day that it
    does not have, Conflict for its only one and for one that is over."""
    async with edit(actor, Subject(SUBJECT, event_id), "event.day_off", now=now) as change:
        event = await change.lock(Event, event_id)
        if day not in days_from(event.starts_on, event.ends_on):
            raise BadInput(_("The event has no such day."), {})
        if day in event.called_off:
            change.nothing()
            return
        if day < now.astimezone(ZoneInfo(event.timezone)).date():
            raise Conflict(_("This day is over."))
        if event.days == (day,):
            raise Conflict(_("This is its only day: withdraw the event."))
        off = as_stored({*event.called_off, day})
        change.before, change.after = {"days_off": event.days_off}, {"days_off": off}
        await _write(change, event, off)


async def hold_day(event_id: int, day: date, *, actor: Actor, now: datetime) -> None:
    """Hold it on a day again that was called off. Its sessions stay called off."""
    async with edit(actor, Subject(SUBJECT, event_id), "event.day_on", now=now) as change:
        event = await change.lock(Event, event_id)
        if day not in event.called_off:
            change.nothing()
            return
        off = as_stored(event.called_off - {day})
        change.before, change.after = {"days_off": event.days_off}, {"days_off": off}
        await _write(change, event, off)


def as_stored(days: Iterable[date]) -> list[str]:
    return [day.isoformat() for day in sorted(days)]


async def _write(change: Change, event: Event, off: list[str]) -> None:
    moved = Version(event.updated_at, 0).next_after(change.now)
    await Event.filter(id=event.id).update(days_off=off, updated_at=moved)
    await stand_anew(change, event.id)
