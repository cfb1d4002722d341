"""Changing one time of a programme: its seats, and whether it takes reservations."""

from datetime import datetime

from tour.audit.service import Actor, Subject
from tour.changes import Change, edit
from tour.changes.models import RecentEdit
from tour.errors import Conflict, NotFound
from tour.i18n import lazy as _
from tour.programmes import service
from tour.programmes.models import Slot
from tour.programmes.states import SlotStatus

MAX_CAPACITY = 500
CAPACITY = "slot.capacity"


class BelowReserved(Conflict):
    """Fewer seats were asked for than people have reserved."""

    field = "capacity"

    def __init__(self, taken: int) -> None:
        super().__init__(
            _("%(n)s seats are reserved here. There can be more seats, not fewer.", n=taken)
        )


class NoSeatAtDoor(Conflict):
    """Nobody more can be let in, or nobody was."""

    def __init__(self) -> None:
        super().__init__(_("There are not enough free seats any more."))


async def change_capacity(
    slot: Slot, capacity: int, *, site_id: int, actor: Actor, now: datetime
) -> None:
    """Set the seats of a slot; raises BelowReserved.

    The slot is locked, so that a reservation made at the same moment is never undercut.
    """
    async with edit(actor, None, CAPACITY, now=now) as change:
        await _set_capacity(change, await _locked(change, slot, site_id), capacity)


async def add_seat(slot: Slot, *, site_id: int, actor: Actor, now: datetime) -> RecentEdit:
    """One seat more than there are at this moment, whoever else taps."""
    return await _step(slot, 1, site_id, actor, now)


async def take_seat_away(slot: Slot, *, site_id: int, actor: Actor, now: datetime) -> RecentEdit:
    """One seat fewer than there are at this moment; raises BelowReserved."""
    return await _step(slot, -1, site_id, actor, now)


async def walk_in(
    slot: Slot, people: int, *, site_id: int, actor: Actor, now: datetime
) -> RecentEdit:
    """Let people without a reservation into a session, or out again (negative). They take seats
    kept for them first; raises NoSeatAtDoor where none is left."""
    async with edit(actor, None, "slot.walk_ins", now=now) as change:
        locked = await _locked(change, slot, site_id)
        change.before = {"walk_ins": locked.walk_ins, "seats_kept": locked.seats_kept}
        if people > 0:
            if not await service.seat_at_door(locked, people):
                raise NoSeatAtDoor
        elif locked.walk_ins < -people:
            raise NoSeatAtDoor
        else:
            await service.give_back_seats(slot.id, -people)
        await Slot.filter(id=slot.id).update(walk_ins=locked.walk_ins + people)
        change.after = {"walk_ins": locked.walk_ins + people, "seats_kept": locked.seats_kept}
    return change.entry


async def release_absent(
    slot: Slot, wanted: bool, *, site_id: int, actor: Actor, now: datetime
) -> None:
    """Whether seats of those who do not come to this session are given away unasked."""
    async with edit(actor, None, "slot.change", now=now) as change:
        locked = await _locked(change, slot, site_id)
        change.before = {"releases_absent": locked.releases_absent}
        change.after = {"releases_absent": wanted}
        await Slot.filter(id=slot.id).update(releases_absent=wanted)


async def set_open(
    slot: Slot, status: SlotStatus, *, site_id: int, actor: Actor, now: datetime
) -> RecentEdit:
    """Close a slot to new reservations, or open it again. A cancelled one stays cancelled."""
    async with edit(actor, None, "slot.status", now=now) as change:
        locked = await _locked(change, slot, site_id)
        if locked.status == SlotStatus.CANCELLED:
            raise Conflict(_("This session has been called off."))
        change.before, change.after = {"status": str(locked.status)}, {"status": str(status)}
        await Slot.filter(id=slot.id).update(status=status)
    return change.entry


async def slot_of_site(slot_id: int, site_id: int) -> Slot:
    """One of a site's slots with its programme and site; raises NotFound."""
    found = Slot.get_or_none(id=slot_id, programme__site_id=site_id)
    slot = await found.select_related("programme__site")
    if slot is None:
        raise NotFound(_("There is no such time. It may have been withdrawn."))
    return slot


async def _locked(change: Change, slot: Slot, site_id: int) -> Slot:
    """The site's slot as it is now; the change is about it."""
    change.subject = Subject("slot", slot.id, site_id)
    return await change.lock(Slot, slot.id, programme__site_id=site_id)


async def _step(slot: Slot, by: int, site_id: int, actor: Actor, now: datetime) -> RecentEdit:
    """So many seats more or fewer than there are at this moment, whoever else taps."""
    async with edit(actor, None, CAPACITY, now=now) as change:
        locked = await _locked(change, slot, site_id)
        await _set_capacity(change, locked, locked.capacity + by)
    return change.entry


async def _set_capacity(change: Change, locked: Slot, capacity: int) -> None:
    """Seats kept for people who walk in are part of the capacity, and taken by nobody else."""
    if not locked.seats_taken + locked.seats_kept <= capacity <= MAX_CAPACITY:
        raise BelowReserved(locked.seats_taken + locked.seats_kept)
    change.before, change.after = {"capacity": locked.capacity}, {"capacity": capacity}
    change.only_if_different()
    await Slot.filter(id=locked.id).update(capacity=capacity)
