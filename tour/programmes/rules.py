"""What can be booked when. Pure: no database, clock or request."""

from datetime import datetime, timedelta
from enum import StrEnum

from tour.programmes.states import Allocation, SlotStatus

BOOKING_CLOSES_BEFORE = timedelta(minutes=30)
"""Hosts print their list half an hour before the start; a slot may say otherwise."""
GRACE = timedelta(minutes=10)
"""A party may come this late and still find its seats, whatever the host says."""
FEW_SEATS = 3


class Availability(StrEnum):
    """What a visitor can do with a slot now."""

    OPEN = "open"
    FEW = "few"
    FULL = "full"
    DRAW = "draw"
    SOON = "soon"
    CLOSED = "closed"
    CANCELLED = "cancelled"


RESERVABLE = (Availability.OPEN, Availability.FEW)


class Way(StrEnum):
    """How one gets seats at a time; `templates/programmes/_ways.html` has a button for each."""

    RESERVE = "reserve"
    QUEUE = "queue"
    DRAW = "draw"
    NOTHING = "nothing"


WAYS = {
    **dict.fromkeys(RESERVABLE, Way.RESERVE),
    Availability.FULL: Way.QUEUE,
    Availability.DRAW: Way.DRAW,
}


def way_of(availability: Availability) -> Way:
    """The one answer to "what can I do about it?" of a time in a list."""
    return WAYS.get(availability, Way.NOTHING)


def seats_left(capacity: int, kept: int, taken: int) -> int:
    """What a slot can still give out: its seats without those kept for people who walk in."""
    return max(0, capacity - kept - taken)


def most_together(max_party: int, capacity: int, kept: int, left: int, can_reserve: bool) -> int:
    """The largest party that a slot can have now: by its host's limit, by its seats, and where it
    can be reserved by those that are left. Who queues or enters a draw may be as many as fit."""
    most = min(max_party, capacity - kept)
    return min(most, left) if can_reserve else most


def availability(
    *,
    status: SlotStatus,
    allocation: Allocation,
    seats_left: int,
    booking_opens_at: datetime | None,
    booking_closes_at: datetime,
    now: datetime,
) -> Availability:
    """The one answer to "can I book this?", for lists, pages, plans and the API."""
    if status == SlotStatus.CANCELLED:
        return Availability.CANCELLED
    if status == SlotStatus.CLOSED or now >= booking_closes_at:
        return Availability.CLOSED
    if booking_opens_at and now < booking_opens_at:
        return Availability.SOON
    if allocation == Allocation.DRAW:
        return Availability.DRAW
    if seats_left <= 0:
        return Availability.FULL
    return Availability.FEW if seats_left <= FEW_SEATS else Availability.OPEN
