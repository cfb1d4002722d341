"""When the sessions of an event can first be booked."""

from datetime import datetime

from tour.programmes.models import Slot


async def follow_event(event_id: int, before: datetime | None, after: datetime | None) -> int:
    """Move the slots that open with their event; one that was set by hand stays.

    In the transaction that changes the event; returns how many slots moved.
    """
    following = Slot.filter(programme__event_id=event_id, booking_opens_at=before)
    ids = [int(i) for i in await following.values_list("id", flat=True)]  # type: ignore[call-overload]
    return await Slot.filter(id__in=ids).update(booking_opens_at=after)
