"""Which kinds of messages somebody says by telephone where nothing else reaches the party. Pure."""

from enum import StrEnum


class Rung(StrEnum):
    """By the first part of a message's key."""

    CALLED_OFF = "cancelled"
    EVENT_OFF = "event-off"
    LATE = "delay"
    DOOR = "door"
    NEWS = "news"
    LETTER = "letter"
    STAFF = "staff"
    OFFER = "offer"
    DRAW = "draw"
    FREE_NOW = "free-now"
    RELEASED = "released"


NOT_RUNG = frozenset(
    {
        # What somebody asked for just now, or did themselves: they sit before the page.
        *("asked", "mail", "test", "receipt", "given-up"),
        # Reminders of what the party knows already.
        *("evening", "two-hours", "half-hour", "leave"),
        # The host's list asks about the absent party itself, with its number.
        "coming",
        # Many reservations at once from a program, with numbers that may be anybody's.
        "burst",
        # To readers of a plan and to people with an account; they left no number.
        *("shared", "invitation", "taking-part", "review", "sessions-off"),
        *("published", "answer-by"),
    }
)
"""All other kinds; a test asks whoever brings a new kind to decide."""
