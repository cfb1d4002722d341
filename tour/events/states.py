"""How a place takes part in an event, and how far its days are. Pure."""

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


class EventStage(StrEnum):
    """How far the days of an event are; `templates/events/stage` has one for each."""

    COMING = "coming"
    UNDER_WAY = "under-way"
    """From its first day to its last."""
    OVER = "over"
