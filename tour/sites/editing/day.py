"""What a host says about the day as it happens: full, closed early, how long one waits."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from tortoise.expressions import F, Q

from tour.audit.service import Actor, Subject
from tour.changes import Change, edit
from tour.changes.models import RecentEdit
from tour.errors import Conflict
from tour.i18n import lazy as _
from tour.sites.models import SiteDay
from tour.sites.states import DoorState
from tour.words.typed import number_in

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
) -> RecentEdit:
    """Set some of FIELDS; shown to visitors at once. Returns the entry that can undo it."""
    async with edit(actor, None, "day.change", now=now) as change:
        day = await locked_day(change, site_id, on_date)
        await write_day(change, day, changes, changes)
    return change.entry


async def write_day(
    change: Change, day: SiteDay, changes: Mapping[str, Any], after: Mapping[str, Any]
) -> None:
    """As `change_day`, for a day that the change has locked; `after` is what the log says of it."""
    change.before, change.after = {name: getattr(day, name) for name in changes}, after
    if changes:
        await SiteDay.filter(id=day.id).update(**changes)


async def count_walk_ins(
    site_id: int, on_date: date, people: int, *, actor: Actor, now: datetime
) -> RecentEdit:
    """Let people in without a reservation, or count them out again (negative).

    One UPDATE that checks and counts at once; raises NoMoreWalkIns, and then nobody was counted.
    """
    async with edit(actor, None, "day.walk_ins", now=now) as change:
        day = await locked_day(change, site_id, on_date)
        fits = Q(walk_in_cap=None) | Q(walk_in_cap__gte=F("walk_ins") + people)
        chosen = SiteDay.filter(fits, id=day.id, walk_ins__gte=-people)
        if not await chosen.update(walk_ins=F("walk_ins") + people):
            raise NoMoreWalkIns
        change.before = {"walk_ins": day.walk_ins}
        change.after = {"walk_ins": day.walk_ins + people}
    return change.entry


def door_changes(button: str, minute_now: int) -> dict[str, Any] | None:
    """What one of the day's buttons changes, or None for one that does not exist."""
    match button.split(":"):
        case ["open"]:
            return {"state": DoorState.OPEN, "closed_minute": None}
        case ["full"]:
            return {"state": DoorState.FULL, "closed_minute": None}
        case ["closed"]:
            return {"state": DoorState.CLOSED, "closed_minute": minute_now}
        case ["waiting", text] if (minutes := number_in(text, 3)) is not None:
            return {"waiting_minutes": min(minutes, MAX_WAITING)}
        case ["delay", text] if (minutes := number_in(text, 3)) is not None:
            return {"delay_minutes": min(minutes, MAX_DELAY)}
        case ["cap", ""]:
            return {"walk_in_cap": None}
        case ["cap", text] if (people := number_in(text, 4)) is not None:
            return {"walk_in_cap": people}
    return None


async def locked_day(change: Change, site_id: int, on_date: date) -> SiteDay:
    """The day as a row, made where nothing has been said about it yet; the change is about it."""
    found, _is_new = await SiteDay.get_or_create(site_id=site_id, on_date=on_date)
    day = await change.lock(SiteDay, found.id)
    change.subject = Subject("day", day.id, site_id, on_date.isoformat())
    return day
