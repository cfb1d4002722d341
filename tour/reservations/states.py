"""Where a place, a turn in a queue, a draw and an entry of it can stand. Pure."""

from enum import StrEnum


class PlaceStatus(StrEnum):
    HELD = "held"
    """Its seats are taken; the code sent to its contact must come back in time."""
    UNPROVED = "unproved"
    """Its seats are taken when the code comes back, if they are still there."""
    CONFIRMED = "confirmed"
    CANCELLED = "cancelled"
    RELEASED = "released"
    """Nobody came in time, so the host gave the seats to others; see `absences`."""


class EndedBy(StrEnum):
    """Who ended a place that is held no more."""

    NOBODY = ""
    """It is held."""
    PARTY = "party"
    HOST = "host"
    STAFF = "staff"
    EVENT = "event"
    """What staff did with the whole event: withdrawn, shortened, a place taken out."""
    NOBODY_CAME = "nobody-came"
    CODE = "code"
    """The one that was mailed did not come back."""


class Asked(StrEnum):
    """What a party asked for, that waits for the code of its contact."""

    RESERVATION = "reservation"
    QUEUE = "queue"
    DRAW = "draw"


class WaitlistStatus(StrEnum):
    UNPROVED = "unproved"
    """Not in the queue before the code sent to its contact has come back."""
    WAITING = "waiting"
    OFFERED = "offered"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    EXPIRED = "expired"
    LEFT = "left"
    CLOSED = "closed"
    """The session began, or was called off, before a seat came free."""


class DrawStatus(StrEnum):
    OPEN = "open"
    FROZEN = "frozen"
    """Entries are closed and their list is public; the seed is not yet."""
    DRAWN = "drawn"


class EntryStatus(StrEnum):
    UNPROVED = "unproved"
    """Not in the draw before the code sent to its contact has come back."""
    ENTERED = "entered"
    LEFT = "left"
    WON = "won"
    LOST = "lost"
