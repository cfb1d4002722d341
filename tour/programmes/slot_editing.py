"""Changing one time of a programme: its seats, and whether it takes reservations."""

from datetime import datetime

from tortoise.expressions import F
from tortoise.queryset import QuerySet

from tour.audit.models import AuditEntry
from tour.audit.service import Actor, Subject, note
from tour.db import transaction
from tour.errors import Conflict, NotFound
from tour.i18n import lazy as _
from tour.programmes import service
from tour.programmes.models import Slot
from tour.programmes.states import SlotStatus
from tour.sites.service import catalogue_changed

MAX_CAPACITY = 500


class BelowReserved(Conflict):
    """Fewer seats were asked for than people have reserved."""

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
) -> AuditEntry:
    """Set the seats of a slot; raises BelowReserved. Returns the entry that can undo it.

    The UPDATE itself checks, so that a reservation made at the same moment is never undercut.
    """
    async with transaction():
        before = await Slot.get(id=slot.id)
        # Seats kept for people who walk in are part of the capacity, and taken by nobody else.
        chosen = Slot.filter(id=slot.id, seats_taken__lte=capacity - F("seats_kept"))
        if not 0 <= capacity <= MAX_CAPACITY or not await chosen.update(capacity=capacity):
            raise BelowReserved(before.seats_taken + before.seats_kept)
        return await _log_slot(actor, slot.id, site_id, "capacity", before.capacity, capacity, now)


async def add_seat(slot: Slot, *, site_id: int, actor: Actor, now: datetime) -> AuditEntry:
    """One seat more than there are at this moment, whoever else taps."""
    return await _step(
        Slot.filter(id=slot.id, capacity__lt=MAX_CAPACITY), slot, 1, site_id, actor, now
    )


async def take_seat_away(slot: Slot, *, site_id: int, actor: Actor, now: datetime) -> AuditEntry:
    """One seat fewer than there are at this moment; raises BelowReserved."""
    has_spare = Slot.filter(id=slot.id, seats_taken__lt=F("capacity") - F("seats_kept"))
    return await _step(has_spare, slot, -1, site_id, actor, now)


async def walk_in(
    slot: Slot, people: int, *, site_id: int, actor: Actor, now: datetime
) -> AuditEntry:
    """Let people without a reservation into a session, or out again (negative). They take seats
    kept for them first; raises NoSeatAtDoor where none is left."""
    async with transaction():
        [locked] = await service.lock_slots([slot.id])
        before = {"walk_ins": locked.walk_ins, "seats_kept": locked.seats_kept}
        if people > 0:
            if not await service.seat_at_door(locked, people):
                raise NoSeatAtDoor
        elif locked.walk_ins < -people:
            raise NoSeatAtDoor
        else:
            await service.give_back_seats(slot.id, -people)
        await Slot.filter(id=slot.id).update(walk_ins=locked.walk_ins + people)
        after = {"walk_ins": locked.walk_ins + people, "seats_kept": locked.seats_kept}
        subject = Subject("slot", slot.id, site_id)
        return await note(actor, "slot.walk_ins", subject, before=before, after=after, now=now)


async def release_absent(
    slot: Slot, wanted: bool, *, site_id: int, actor: Actor, now: datetime
) -> None:
    """Whether seats of those who do not come to this session are given away unasked."""
    async with transaction():
        before = (await Slot.get(id=slot.id)).releases_absent
        await Slot.filter(id=slot.id).update(releases_absent=wanted)
        subject = Subject("slot", slot.id, site_id)
        changed = {"before": {"releases_absent": before}, "after": {"releases_absent": wanted}}
        await note(actor, "slot.change", subject, **changed, now=now)


async def set_open(
    slot: Slot, status: SlotStatus, *, site_id: int, actor: Actor, now: datetime
) -> AuditEntry:
    """Close a slot to new reservations, or open it again. A cancelled one stays cancelled."""
    async with transaction():
        before = await Slot.get(id=slot.id)
        if (
            not await Slot.filter(id=slot.id)
            .exclude(status=SlotStatus.CANCELLED)
            .update(status=status)
        ):
            raise Conflict(_("This session has been cancelled."))
        return await _log_slot(
            actor, slot.id, site_id, "status", str(before.status), str(status), now
        )


async def slot_of_site(slot_id: int, site_id: int) -> Slot:
    """One of a site's slots with its programme; raises NotFound."""
    found = Slot.get_or_none(id=slot_id, programme__site_id=site_id)
    slot = await found.select_related("programme")
    if slot is None:
        raise NotFound(_("There is no such time. It may have been withdrawn."))
    return slot


async def _log_slot(
    actor: Actor,
    slot_id: int,
    site_id: int,
    field: str,
    before: object,
    after: object,
    now: datetime,
) -> AuditEntry:
    subject = Subject("slot", slot_id, site_id)
    values = {"before": {field: before}, "after": {field: after}}
    entry = await note(actor, f"slot.{field}", subject, **values, now=now)
    await catalogue_changed()
    return entry


async def _step(
    chosen: QuerySet[Slot], slot: Slot, by: int, site_id: int, actor: Actor, now: datetime
) -> AuditEntry:
    """Change the capacity of the slot if the chosen condition holds, by one UPDATE."""
    async with transaction():
        updated = await chosen.update(capacity=F("capacity") + by)
        after = await Slot.get(id=slot.id)
        if not updated:
            raise BelowReserved(after.seats_taken + after.seats_kept)
        return await _log_slot(
            actor, slot.id, site_id, "capacity", after.capacity - by, after.capacity, now
        )
