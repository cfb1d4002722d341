"""How the times of a session are given out, and what their host decided. Pure."""

from enum import StrEnum

POOLS = ("children", "residents")
"""Groups for which a draw can keep seats."""


class Allocation(StrEnum):
    FIRST_COME = "first_come"
    DRAW = "draw"


class SlotStatus(StrEnum):
    """What the host decided. Whether an open slot is full follows from its seats."""

    OPEN = "open"
    CLOSED = "closed"
    CANCELLED = "cancelled"
