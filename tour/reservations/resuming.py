"""A paused programme or a withdrawn site is shown again: its queues come before newcomers."""

from datetime import datetime

from tour.audit.service import Actor
from tour.db import transaction
from tour.programmes import editing
from tour.programmes import service as programmes
from tour.programmes.models import Programme, Slot
from tour.reservations import waitlist
from tour.reservations.models import WaitlistEntry
from tour.reservations.states import WaitlistStatus
from tour.sites import publication


async def publish_programme(programme: Programme, *, actor: Actor, now: datetime) -> None:
    """Show it to visitors, and offer the seats that came free meanwhile, at one moment."""
    async with transaction():
        slots = await _lock_waited_for(slot__programme_id=programme.id)
        await editing.publish(programme, actor=actor, now=now)
        await _offer(slots, now)


async def publish_site(site_id: int, *, actor: Actor, now: datetime) -> None:
    """The same for all programmes of a site that are not paused themselves."""
    async with transaction():
        slots = await _lock_waited_for(slot__programme__site_id=site_id)
        await publication.publish_site(site_id, actor=actor, now=now)
        await _offer(slots, now)


async def _lock_waited_for(**of: int) -> list[Slot]:
    waiting = WaitlistEntry.filter(status=WaitlistStatus.WAITING, **of)
    return await programmes.lock_slots(
        [int(row["slot_id"]) for row in await waiting.values("slot_id")]
    )


async def _offer(slots: list[Slot], now: datetime) -> None:
    for slot in slots:
        await waitlist.promote(slot.id, now=now)
