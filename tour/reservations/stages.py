"""Where one place of a party stands, chosen here alone: page, mails, API and calendar say the same.

Pure: what happened to it, who ended it, what the clock says.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from tour.i18n import Text
from tour.i18n import lazy as _
from tour.reservations.states import EndedBy, PlaceStatus


class Stage(StrEnum):
    UNDER_WAY = "under-way"
    COMING = "coming"
    HELD = "held"
    UNPROVED = "unproved"
    """Waits for the code of its contact without holding a seat."""
    CAME = "came"
    MISSED = "missed"
    CALLED_OFF = "called-off"
    """By its host."""
    EVENT_ENDED = "event-ended"
    """The organiser withdrew or shortened the event, or took the place out of it."""
    TAKEN_BACK = "taken-back"
    """Staff cancelled it for this party."""
    RELEASED = "released"
    """Nobody had come, so the seats were given to others."""
    GIVEN_BACK = "given-back"
    """By the party."""
    LAPSED = "lapsed"
    """The code of its contact did not come in time."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What happened to a place. `has_list`: whether its door has checked anybody in at that time;
    where it has not, nobody can tell who came."""

    status: PlaceStatus
    ended_by: EndedBy
    starts_at: datetime
    ends_at: datetime
    has_arrived: bool = False
    has_list: bool = False


ENDED = {
    EndedBy.HOST: Stage.CALLED_OFF,
    EndedBy.EVENT: Stage.EVENT_ENDED,
    EndedBy.STAFF: Stage.TAKEN_BACK,
    EndedBy.NOBODY_CAME: Stage.RELEASED,
    EndedBy.PARTY: Stage.GIVEN_BACK,
    EndedBy.CODE: Stage.LAPSED,
}
WAITING = {PlaceStatus.HELD: Stage.HELD, PlaceStatus.UNPROVED: Stage.UNPROVED}
STILL_ON = frozenset({Stage.HELD, Stage.UNPROVED, Stage.COMING, Stage.UNDER_WAY})
BY_OTHERS = frozenset({Stage.CALLED_OFF, Stage.EVENT_ENDED, Stage.TAKEN_BACK, Stage.RELEASED})
"""Ended by no wish of the party: it is offered other times."""

BADGES: dict[Stage, Text] = {
    Stage.HELD: _("Held"),
    Stage.UNPROVED: _("Waits for the code"),
    Stage.COMING: _("Confirmed"),
    Stage.UNDER_WAY: _("Now"),
    Stage.CAME: _("Over"),
    Stage.MISSED: _("Over"),
    Stage.CALLED_OFF: _("Called off"),
    Stage.EVENT_ENDED: _("Called off"),
    Stage.TAKEN_BACK: _("Cancelled"),
    Stage.RELEASED: _("Given to others"),
    Stage.GIVEN_BACK: _("Cancelled"),
    Stage.LAPSED: _("Ended"),
}
HEADS: dict[Stage, Text] = {
    Stage.COMING: _("Your reservation is confirmed"),
    Stage.UNDER_WAY: _("Your reservation is confirmed"),
    Stage.CAME: _("Thank you for coming"),
    Stage.MISSED: _("We missed you"),
    Stage.CALLED_OFF: _("This session has been called off"),
    Stage.EVENT_ENDED: _("This session has been called off"),
    Stage.TAKEN_BACK: _("The staff cancelled this reservation"),
    Stage.RELEASED: _("Your seats were given to others"),
    Stage.GIVEN_BACK: _("This reservation is cancelled"),
    Stage.LAPSED: _("The code did not come in time"),
}
SENTENCES: dict[Stage, Text] = {
    Stage.CAME: _("This session is over."),
    Stage.MISSED: _("You were not checked in at this session. We hope to see you another time."),
    Stage.CALLED_OFF: _("The host has called this session off. We are sorry."),
    Stage.EVENT_ENDED: _("The organiser has called this session off. We are sorry."),
    Stage.TAKEN_BACK: _("The staff have cancelled this session for you."),
    Stage.RELEASED: _(
        "You had not been checked in ten minutes after the start. If you still come: you are let in"
        " while seats are free. Show your number at the door."
    ),
    Stage.GIVEN_BACK: _("The seats are free for others again. Thank you for telling us."),
    Stage.LAPSED: _("The time for the code is over, or it was wrong too often."),
}


def stage_of(facts: Facts, now: datetime) -> Stage:
    """The one answer to "what became of this?"."""
    if facts.status in WAITING:
        return WAITING[facts.status]
    if facts.status == PlaceStatus.RELEASED:
        return Stage.RELEASED if now < facts.ends_at else Stage.MISSED
    if facts.status != PlaceStatus.CONFIRMED:
        return ENDED.get(facts.ended_by, Stage.GIVEN_BACK)
    if now < facts.starts_at:
        return Stage.COMING
    if now < facts.ends_at:
        return Stage.UNDER_WAY
    return Stage.MISSED if facts.has_list and not facts.has_arrived else Stage.CAME


def stage_of_all(stages: Iterable[Stage]) -> Stage | None:
    """What a whole reservation is called by: what is still on before what is over, and that before
    what was ended, first by others, as `Stage` lists them; None without a place."""
    return min(stages, key=list(Stage).index, default=None)
