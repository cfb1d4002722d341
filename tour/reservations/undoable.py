"""What was called off a moment ago, and can still be taken back."""

from datetime import datetime

from tortoise.queryset import QuerySet

from tour.notifications.schedule import UNDO_FOR
from tour.reservations.models import CallOff


def called_off_since(now: datetime) -> QuerySet[CallOff]:
    """The call-offs that can still be undone: of these nobody is told yet."""
    return CallOff.filter(undone_at=None, called_at__gt=now - UNDO_FOR)


async def undoable_slots(*, now: datetime) -> set[int]:
    """The sessions of whose end nobody is told yet, as it can still be taken back."""
    return {int(slot_id) for made in await called_off_since(now) for slot_id in made.slots}
