"""How a place takes part in an event. Pure."""

from enum import StrEnum


class ParticipationRole(StrEnum):
    HOST = "host"
    """Opens its doors as part of the event."""
    NEARBY = "nearby"
    """Worth a look on the way; it does not take part itself."""


class ParticipationAnswer(StrEnum):
    INVITED = "invited"
    """Asked, and not answered yet."""
    ACCEPTED = "accepted"
    DECLINED = "declined"
