"""When the sessions of an event can first be booked."""

from datetime import datetime

from tour.changes import Kind, Part
from tour.db.columns import ids_of
from tour.programmes.models import Slot


async def follow_event(
    part: Part, event_id: int, before: datetime | None, after: datetime | None
) -> int:
    """Move the slots that open with their event, in the change of the event; one that was set by
    hand stays. Returns how many slots moved."""
    if before == after:
        return 0
    following = Slot.filter(programme__event_id=event_id, booking_opens_at=before)
    ids = await ids_of(following)
    part.told(Kind.SESSION, ids)
    return await Slot.filter(id__in=ids).update(booking_opens_at=after)
