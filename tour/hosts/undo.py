"""Taking the last tap back: the log knows what it was before."""

from collections.abc import Awaitable, Callable
from datetime import date

from starlette.requests import Request

from tour.accounts.guards import Tending
from tour.audit.models import AuditEntry
from tour.db import transaction
from tour.errors import Conflict, NotFound
from tour.hosts import queries
from tour.i18n import lazy as _
from tour.programmes import slot_editing
from tour.programmes.models import SlotStatus
from tour.reservations import arrivals
from tour.reservations.arrivals import Door
from tour.sites import day as days
from tour.sites.models import SiteDay
from tour.web import now, state


class ChangedSince(Conflict):
    """Somebody else has changed the same thing meanwhile: their change is not undone."""

    def __init__(self) -> None:
        super().__init__(_("This has been changed again meanwhile, so it was not undone."))


async def undo(request: Request, tending: Tending, entry_id: int) -> None:
    """Undo one tap of this account at this site, once; raises NotFound and ChangedSince.

    Undoing is a line in the log, too: an entry can be taken back while it is the last to touch
    its fields. The lock lets the second of two taps see the line of the first.
    """
    async with transaction():
        entry = await queries.own_entry_locked(entry_id, tending.site.id, tending.who.account.id)
        act = _ACTS.get(entry.action) if entry else None
        if entry is None or act is None or not entry.after:
            raise NotFound(_("There is nothing to undo."))
        if await queries.was_touched_again(entry):
            raise ChangedSince
        await act(request, tending, entry)


async def _day(request: Request, tending: Tending, entry: AuditEntry) -> None:
    stored = await SiteDay.get(id=entry.subject_id)
    if any(getattr(stored, name) != value for name, value in entry.after.items()):
        raise ChangedSince
    await days.change_day(
        tending.site.id, _date(stored), entry.before, actor=tending.actor, now=now(request)
    )


async def _walk_ins(request: Request, tending: Tending, entry: AuditEntry) -> None:
    stored = await SiteDay.get(id=entry.subject_id)
    if stored.walk_ins != entry.after["walk_ins"]:
        raise ChangedSince
    back = entry.before["walk_ins"] - entry.after["walk_ins"]
    await days.count_walk_ins(
        tending.site.id, _date(stored), back, actor=tending.actor, now=now(request)
    )


async def _capacity(request: Request, tending: Tending, entry: AuditEntry) -> None:
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


async def _status(request: Request, tending: Tending, entry: AuditEntry) -> None:
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


async def _arrival(request: Request, tending: Tending, entry: AuditEntry) -> None:
    door = Door(tending.site.id, state(request).town.timezone, tending.actor)
    await arrivals.take_back(entry.subject_id, door, now=now(request))


def _date(stored: SiteDay) -> date:
    return stored.on_date


_ACTS: dict[str, Callable[[Request, Tending, AuditEntry], Awaitable[None]]] = {
    "day.change": _day,
    "day.walk_ins": _walk_ins,
    "slot.capacity": _capacity,
    "slot.status": _status,
    "place.arrive": _arrival,
}
