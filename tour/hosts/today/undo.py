"""Taking the last tap back: the log knows what it was before."""

from collections.abc import Awaitable, Callable
from datetime import date
from typing import Any

from starlette.requests import Request

from tour.accounts.guards import Tending
from tour.changes import together
from tour.changes.models import RecentEdit
from tour.errors import Conflict, NotFound
from tour.hosts import queries
from tour.i18n import lazy as _
from tour.i18n import translate, translate_plural
from tour.programmes import slot_editing
from tour.programmes.states import SlotStatus
from tour.reservations.changes import closing, lateness
from tour.reservations.door import absences, arrivals
from tour.reservations.door.arrivals import Door
from tour.routes.plan_news.news import pages_of_parties_at
from tour.sites.editing import day as days
from tour.sites.models import SiteDay
from tour.sites.states import DoorState
from tour.web import now, parts_of


class ChangedSince(Conflict):
    """Somebody else has changed the same thing meanwhile: their change is not undone."""

    def __init__(self) -> None:
        super().__init__(_("This has been changed again meanwhile, so it was not undone."))


async def undo(request: Request, tending: Tending, entry_id: int) -> None:
    """Undo one tap of this account at this site, once; raises NotFound and ChangedSince.

    Undoing is a line in the log, too: an entry can be taken back while it is the last to touch
    its fields. The lock lets the second of two taps see the line of the first.
    """
    async with together(now=now(request)):
        entry = await queries.own_entry_locked(entry_id, tending.site.id, tending.who.account.id)
        act = _ACTS.get(entry.action) if entry else None
        if entry is None or act is None or not entry.after:
            raise NotFound(_("There is nothing to undo."))
        if await queries.was_touched_again(entry):
            raise ChangedSince
        await act(request, tending, entry)


async def _day(request: Request, tending: Tending, entry: RecentEdit) -> None:
    """An early closing reached people, and so does its end."""
    stored = await SiteDay.get(id=entry.subject_id)
    names = [name for name in entry.after if name in days.FIELDS]
    if any(getattr(stored, name) != entry.after[name] for name in names):
        raise ChangedSince
    changes = {name: entry.before[name] for name in names}
    common: dict[str, Any] = {"actor": tending.actor, "now": now(request)}
    zone = parts_of(request).town.timezone
    if DoorState.CLOSED not in (changes.get("state"), entry.after.get("state")):
        await days.change_day(tending.site.id, stored.on_date, changes, **common)
    elif changes["state"] == DoorState.CLOSED:
        await closing.close_early(tending.site, zone, changes, **common)
    else:
        await closing.open_door(tending.site, zone, changes, **common)


async def _delay(request: Request, tending: Tending, entry: RecentEdit) -> None:
    stored = await SiteDay.get(id=entry.subject_id)
    if stored.delay_minutes != entry.after["delay_minutes"]:
        raise ChangedSince
    before, zone = entry.before["delay_minutes"], parts_of(request).town.timezone
    plans = await pages_of_parties_at(tending.site.id, stored.on_date)
    await lateness.run_late(
        tending.site, zone, before, actor=tending.actor, now=now(request), plans=plans
    )


async def _release(request: Request, tending: Tending, entry: RecentEdit) -> None:
    await absences.give_back(entry, actor=tending.actor, now=now(request))


async def _slot_walk_ins(request: Request, tending: Tending, entry: RecentEdit) -> None:
    slot = await slot_editing.slot_of_site(entry.subject_id, tending.site.id)
    if slot.walk_ins != entry.after["walk_ins"]:
        raise ChangedSince
    back = entry.before["walk_ins"] - entry.after["walk_ins"]
    await slot_editing.walk_in(
        slot, back, site_id=tending.site.id, actor=tending.actor, now=now(request)
    )


async def _walk_ins(request: Request, tending: Tending, entry: RecentEdit) -> None:
    stored = await SiteDay.get(id=entry.subject_id)
    if stored.walk_ins != entry.after["walk_ins"]:
        raise ChangedSince
    back = entry.before["walk_ins"] - entry.after["walk_ins"]
    await days.count_walk_ins(
        tending.site.id, _date(stored), back, actor=tending.actor, now=now(request)
    )


async def _capacity(request: Request, tending: Tending, entry: RecentEdit) -> None:
    slot = await slot_editing.slot_of_site(entry.subject_id, tending.site.id)
    if slot.capacity != entry.after["capacity"]:
        raise ChangedSince
    await slot_editing.change_capacity(
        slot,
        entry.before["capacity"],
        site_id=tending.site.id,
        actor=tending.actor,
        now=now(request),
    )


async def _status(request: Request, tending: Tending, entry: RecentEdit) -> None:
    slot = await slot_editing.slot_of_site(entry.subject_id, tending.site.id)
    if slot.status != entry.after["status"]:
        raise ChangedSince
    await slot_editing.set_open(
        slot,
        SlotStatus(entry.before["status"]),
        site_id=tending.site.id,
        actor=tending.actor,
        now=now(request),
    )


async def _arrival(request: Request, tending: Tending, entry: RecentEdit) -> None:
    door = Door(tending.site.id, parts_of(request).town.timezone, tending.actor)
    await arrivals.take_back(entry.subject_id, door, now=now(request))


def _date(stored: SiteDay) -> date:
    return stored.on_date


_ACTS: dict[str, Callable[[Request, Tending, RecentEdit], Awaitable[None]]] = {
    "day.change": _day,
    "day.close": _day,
    "day.delay": _delay,
    "day.walk_ins": _walk_ins,
    "slot.capacity": _capacity,
    "slot.status": _status,
    "slot.release": _release,
    "slot.walk_ins": _slot_walk_ins,
    "place.arrive": _arrival,
}


def in_words(entry: RecentEdit) -> str:
    """What a tap has done."""
    after = entry.after
    said = {
        "day.walk_ins": translate("Without reservation: %(n)s", n=after.get("walk_ins", "")),
        "slot.capacity": translate("Seats: %(n)s", n=after.get("capacity", "")),
        "place.arrive": translate("Checked in"),
        "slot.walk_ins": translate("Without reservation: %(n)s", n=after.get("walk_ins", "")),
        "slot.release": translate("%(n)s seats are free now.", n=after.get("released", "")),
        "day.close": translate("Closed for today."),
        "day.delay": translate("%(n)s minutes late.", n=after.get("delay_minutes", ""))
        + _meeting(after.get("meet", 0)),
    }
    return said.get(entry.action) or translate("Saved. Visitors see it now.")


def _meeting(parties: int) -> str:
    """What the new times mean for those who go on to another place."""
    if not parties:
        return ""
    said = translate_plural(
        "%(num)d party holds another session that begins before yours ends now; it was told, and"
        " may leave early or give one back.",
        "%(num)d parties hold another session that begins before yours ends now; they were told,"
        " and may leave early or give one back.",
        parties,
    )
    return f" {said}"
