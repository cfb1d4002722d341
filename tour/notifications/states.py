"""Where a message and each of its deliveries can stand. Pure."""

from enum import StrEnum


class ReminderStatus(StrEnum):
    WAITING = "waiting"
    """Not due yet."""
    SENDING = "sending"
    """Due, and handed to its deliveries."""
    SENT = "sent"
    """At least one service accepted it."""
    MUTED = "muted"
    """The recipient chose not to be told this."""
    UNREACHABLE = "unreachable"
    """Due, but the recipient has neither a subscribed browser nor a mail address."""
    HELD = "held"
    """Not mailed: nobody has shown yet that they read this mail box (`mail.boxes`)."""
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    FAILED = "failed"


class DeliveryStatus(StrEnum):
    WAITING = "waiting"
    TOGETHER = "together"
    """Said by another delivery, its `lead`, to the same browser or mail box."""
    SENT = "sent"
    GONE = "gone"
    """The browser had unsubscribed; its subscription is deleted."""
    FAILED = "failed"
    """Refused for good, or given up; `problem` says why."""
    EXPIRED = "expired"
    CANCELLED = "cancelled"
