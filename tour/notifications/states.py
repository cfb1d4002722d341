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


class Standing(StrEnum):
    """What has become of a message, as far as its reader is concerned (see `told.standing`)."""

    ARRIVED = "arrived"
    LATER = "later"
    """It waits for its hour, such as the end of the quiet hours."""
    UNDER_WAY = "under-way"
    UNREACHED = "unreached"
    """Nothing tells them: somebody has to."""
    TOO_LATE = "too-late"
    TAKEN_BACK = "taken-back"


class CallState(StrEnum):
    """How ringing somebody went."""

    TOLD = "told"
    NO_ANSWER = "no-answer"
    DONE = "done"
    """They know it from elsewhere, or need not know it any more."""
