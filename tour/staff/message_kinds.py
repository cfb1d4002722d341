"""What kinds of messages are called in the console, by the first part of their key."""

from collections.abc import Mapping

from tour.i18n import Text
from tour.i18n import lazy as _

KINDS: Mapping[str, Text] = {
    "evening": _("Reminder of the evening before"),
    "two-hours": _("Reminder two hours before"),
    "half-hour": _("Reminder half an hour before"),
    "leave": _("Time to leave"),
    "receipt": _("Confirmation"),
    "cancelled": _("Called off"),
    "event-off": _("Called off"),
    "delay": _("Running late"),
    "door": _("News of the door"),
    "letter": _("Message of the organiser"),
    "staff": _("Change by the organiser"),
    "offer": _("Offer from the waiting list"),
    "draw": _("Result of the draw"),
    "released": _("Seats given to others"),
    "coming": _("Question whether they come"),
    "given-up": _("Cancelled by themselves"),
    "invitation": _("Invitation"),
    "taking-part": _("Question whether to take part"),
    "review": _("Returned to the host"),
    "asked": _("Link to sign in"),
    "mail": _("Code by email"),
    "test": _("Test message"),
}
"""What is not here is a message or news."""
OTHER = _("News")
