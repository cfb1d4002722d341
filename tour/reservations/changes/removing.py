"""Throwing a session away, which nobody may have anything of."""

from datetime import datetime

from tour.audit.service import Actor
from tour.db import transaction
from tour.errors import Conflict
from tour.i18n import lazy as _
from tour.programmes import editing
from tour.programmes import service as programmes
from tour.programmes.models import Programme, Slot
from tour.programmes.states import SlotStatus
from tour.reservations.changes.impact import impact_of


async def remove_programme(programme: Programme, *, actor: Actor, now: datetime) -> None:
    """Put it into the bin; refused (Conflict) while somebody has a seat at a coming time, waits for
    one or hopes for one in a draw: nobody would tell them."""
    coming = Slot.filter(programme_id=programme.id, ends_at__gt=now)
    coming = coming.exclude(status=SlotStatus.CANCELLED).order_by("id")
    async with transaction():
        slots = await coming.select_related("programme__site")
        await programmes.lock_slots([slot.id for slot in slots])
        if not (await impact_of(slots)).concerns_nobody:
            raise Conflict(
                _("People have reserved this. Call those times off first, so that they are told.")
            )
        await editing.remove_programme(programme, actor=actor, now=now)
