"""What a host says about the day as it happens: full, closed early, how long one waits."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from tortoise.expressions import F, Q

from tour.audit.models import AuditEntry
from tour.audit.service import Actor, Subject, note
from tour.db import transaction
from tour.errors import Conflict
from tour.i18n import lazy as _
from tour.sites.models import SiteDay
from tour.sites.service import catalogue_changed
from tour.sites.states import DoorState

MAX_WAITING = 240
MAX_DELAY = 120
FIELDS = ("state", "closed_minute", "waiting_minutes", "walk_ins", "walk_in_cap")


class NoMoreWalkIns(Conflict):
    """The cap for people without a reservation is reached."""

    def __init__(self) -> None:
        super().__init__(_("The limit for visitors without a reservation is reached."))


async def site_day(site_id: int, on_date: date) -> SiteDay:
    """The day as it stands; one that nobody has said anything about is open, and not stored."""
    found = await SiteDay.get_or_none(site_id=site_id, on_date=on_date)
    return found or SiteDay(site_id=site_id, on_date=on_date)


async def change_day(
    site_id: int, on_date: date, changes: Mapping[str, Any], *, actor: Actor, now: datetime
) -> AuditEntry:
    """Set some of FIELDS; shown to visitors at once. Returns the entry that can undo it."""
    async with transaction():
        day = await stored_day(site_id, on_date)
        return await write_day(
            day, changes, "day.change", changes, site_id=site_id, actor=actor, now=now
        )


async def write_day(
    day: SiteDay,
    changes: Mapping[str, Any],
    action: str,
    after: Mapping[str, Any],
    *,
    site_id: int,
    actor: Actor,
    now: datetime,
) -> AuditEntry:
    """As `change_day`, in the caller's transaction; `after` is what the log says of it."""
    before = {name: getattr(day, name) for name in changes}
    if changes:
        await SiteDay.filter(id=day.id).update(**changes)
    subject = Subject("day", day.id, site_id, day.on_date.isoformat())
    entry = await note(actor, action, subject, before=before, after=after, now=now)
    await catalogue_changed()
    return entry


async def count_walk_ins(
    site_id: int, on_date: date, people: int, *, actor: Actor, now: datetime
) -> AuditEntry:
    """Let people in without a reservation, or count them out again (negative).

    One UPDATE that checks and counts at once; raises NoMoreWalkIns, and then nobody was counted.
    """
    async with transaction():
        day = await stored_day(site_id, on_date)
        fits = Q(walk_in_cap=None) | Q(walk_in_cap__gte=F("walk_ins") + people)
        chosen = SiteDay.filter(fits, id=day.id, walk_ins__gte=-people)
        if not await chosen.update(walk_ins=F("walk_ins") + people):
            raise NoMoreWalkIns
        counted = await SiteDay.get(id=day.id)
        return await note(
            actor,
            "day.walk_ins",
            Subject("day", day.id, site_id, on_date.isoformat()),
            before={"walk_ins": counted.walk_ins - people},
            after={"walk_ins": counted.walk_ins},
            now=now,
        )


def door_changes(button: str, minute_now: int) -> dict[str, Any] | None:
    """What one of the day's buttons changes, or None for one that does not exist."""
    match button.split(":"):
        case ["open"]:
            return {"state": DoorState.OPEN, "closed_minute": None}
        case ["full"]:
            return {"state": DoorState.FULL, "closed_minute": None}
        case ["closed"]:
            return {"state": DoorState.CLOSED, "closed_minute": minute_now}
        case ["waiting", minutes] if minutes.isdecimal() and len(minutes) < 4:
            return {"waiting_minutes": min(int(minutes), MAX_WAITING)}
        case ["delay", minutes] if minutes.isdecimal() and len(minutes) < 4:
            return {"delay_minutes": min(int(minutes), MAX_DELAY)}
        case ["cap", ""]:
            return {"walk_in_cap": None}
        case ["cap", people] if people.isdecimal() and len(people) < 5:
            return {"walk_in_cap": int(people)}
    return None


async def stored_day(site_id: int, on_date: date) -> SiteDay:
    """The day as a row, made where nothing has been said about it yet."""
    day, _is_new = await SiteDay.get_or_create(site_id=site_id, on_date=on_date)
    return day
