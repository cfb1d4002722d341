"""The slots of a rush, read once a second instead of once a form.

Only what changes slowly is taken from here: texts, limits, times. Whether the slot is open and has
seats is asked by the UPDATE that takes them, so that an old copy can refuse late, never oversell.
"""

import time
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

from tortoise.connection import get_connection

from tour.programmes.models import Slot
from tour.reservations import allowance
from tour.reservations.allowance import EventRules
from tour.reservations.parties import public_slots

SECONDS = 1.0
MOST = 1000


@dataclass(frozen=True, slots=True)
class HotSlot:
    """A slot with its programme and site, and the rules of its event."""

    slot: Slot
    rules: EventRules
    read_at: float


_known: WeakKeyDictionary[Any, dict[int, HotSlot]] = WeakKeyDictionary()
"""By database connection: a copy is never shown to another database."""


async def hot_slot(slot_id: int) -> HotSlot:
    """The slot as it was at most a second ago; raises NotFound."""
    known = _known.setdefault(get_connection("default"), {})
    hot, at = known.get(slot_id), time.monotonic()
    if hot is None or at - hot.read_at >= SECONDS:
        [slot] = await public_slots([slot_id])
        if len(known) >= MOST:
            known.clear()
        hot = known[slot_id] = HotSlot(slot, await allowance.rules_of([slot]), at)
    return hot
