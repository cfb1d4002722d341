"""Where a party stands, chosen here alone: page, mails, API and calendar say the same.

Pure: what happened to it, who ended it, what the clock says. Of each place, each turn in a queue,
its chance in a draw, and of all together: `Screen`, by which its page is chosen.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from tour.i18n import Text
from tour.i18n import lazy as _
from tour.reservations.states import Asked, EndedBy, EntryStatus, PlaceStatus, WaitlistStatus


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
    Stage.TAKEN_BACK: _("The organiser cancelled this reservation"),
    Stage.RELEASED: _("Your seats were given to others"),
    Stage.GIVEN_BACK: _("This reservation is cancelled"),
    Stage.LAPSED: _("The code did not come in time"),
}
SENTENCES: dict[Stage, Text] = {
    Stage.CAME: _("This session is over."),
    Stage.MISSED: _("You were not checked in at this session. We hope to see you another time."),
    Stage.CALLED_OFF: _("The host has called this session off. We are sorry."),
    Stage.EVENT_ENDED: _("The organiser has called this session off. We are sorry."),
    Stage.TAKEN_BACK: _("The organiser has cancelled this session for you."),
    Stage.RELEASED: _(
        "You had not been checked in ten minutes after the start. If you still come: you are "
        "let in while seats are free. Show your reservation number when you arrive."
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


class Screen(StrEnum):
    """What the page of a reservation is about; `templates/reservations/screen` has one for each."""

    ERASED = "erased"
    COMING = "coming"
    """With its QR code."""
    CODE = "code"
    """The code sent to its contact is waited for."""
    LAPSED = "lapsed"
    """It did not come in time, and nothing was reserved."""
    OVER = "over"
    ENDED = "ended"
    """Places that are held no more, and nothing else."""
    HOPING = "hoping"
    """Something may still come of it: an offer, a queue, a draw."""
    NOTHING = "nothing"
    """Nothing came of it, and there was never a place."""


CODE_HEADS: dict[Asked, Text] = {
    Asked.RESERVATION: _("Your reservation is not complete yet"),
    Asked.QUEUE: _("You are not on the waiting list yet"),
    Asked.DRAW: _("Your entry in the draw is not complete yet"),
}
CODE_BUTTONS: dict[Asked, Text] = {
    Asked.RESERVATION: _("Confirm"),
    Asked.QUEUE: _("Join the waiting list"),
    Asked.DRAW: _("Confirm the entry"),
}
NOT_YET = frozenset({Screen.CODE, Screen.HOPING})
"""Nothing is reserved, and something may come of it."""
STILL_OPEN = frozenset({Screen.COMING, Screen.CODE, Screen.OVER, Screen.HOPING})
"""Where what a button has just done is worth a sentence."""


def screen_of(
    whole: Stage | None,
    *,
    has_check: bool,
    is_check_open: bool,
    is_confirmed: bool,
    is_open: bool,
) -> Screen:
    """`whole`: the stage of all places together. `has_check`: of a party whose code has not come
    back; `is_check_open`: while it may. `is_open`: something may still come of it without a place.
    """
    if whole in (Stage.COMING, Stage.UNDER_WAY):
        return Screen.COMING
    if is_check_open:
        return Screen.CODE
    if is_confirmed:
        return Screen.OVER
    if is_open:
        return Screen.HOPING
    if has_check:
        return Screen.LAPSED
    return Screen.ENDED if whole else Screen.NOTHING


class Turn(StrEnum):
    """Where a turn in a queue stands; `templates/reservations/turn` has what is to be done."""

    UNPROVED = "unproved"
    OFFERED = "offered"
    FREE = "free"
    """It waits, and seats are free that nobody holds for it: a yes takes them."""
    FREE_AGAIN = "free-again"
    """The same after an offer that was not answered in time."""
    FREE_LATE = "free-late"
    """The same after its queue was closed."""
    WAITING = "waiting"
    ACCEPTED = "accepted"
    LEFT = "left"
    CALLED_OFF = "called-off"
    NONE_CAME_FREE = "none-came-free"
    EXPIRED = "expired"


TURN_HEADS: dict[Turn, Text] = {
    Turn.OFFERED: _("Seats are held for you"),
    Turn.FREE: _("Seats are free: you can still take them"),
    Turn.FREE_AGAIN: _("Seats are free: you can still take them"),
    Turn.FREE_LATE: _("Seats are free: you can still take them"),
    Turn.WAITING: _("On the waiting list"),
    Turn.ACCEPTED: _("You reserved the held seats"),
    Turn.LEFT: _("You left the waiting list"),
    Turn.CALLED_OFF: _("This session has been called off"),
    Turn.NONE_CAME_FREE: _("No seats came free"),
    Turn.EXPIRED: _("The offer has ended"),
}
TURNS = {
    WaitlistStatus.UNPROVED: Turn.UNPROVED,
    WaitlistStatus.WAITING: Turn.WAITING,
    WaitlistStatus.OFFERED: Turn.OFFERED,
    WaitlistStatus.ACCEPTED: Turn.ACCEPTED,
    WaitlistStatus.DECLINED: Turn.LEFT,
    WaitlistStatus.LEFT: Turn.LEFT,
    WaitlistStatus.EXPIRED: Turn.EXPIRED,
    WaitlistStatus.CLOSED: Turn.NONE_CAME_FREE,
}


TAKES_A_YES = frozenset({Turn.OFFERED, Turn.FREE, Turn.FREE_AGAIN, Turn.FREE_LATE})
FREE = {
    WaitlistStatus.WAITING: Turn.FREE,
    WaitlistStatus.EXPIRED: Turn.FREE_AGAIN,
    WaitlistStatus.CLOSED: Turn.FREE_LATE,
}


def turn_of(status: WaitlistStatus, *, may_accept: bool, is_called_off: bool) -> Turn:
    """`may_accept`: a yes takes free seats; `is_called_off`: its session does not take place."""
    if may_accept and status in FREE:
        return FREE[status]
    if status == WaitlistStatus.CLOSED and is_called_off:
        return Turn.CALLED_OFF
    return TURNS[status]


class Chance(StrEnum):
    """Where an entry in a draw stands."""

    CALLED_OFF = "called-off"
    ENTERED = "entered"
    WON = "won"
    LOST = "lost"
    """It waits for seats that come free."""
    OUT = "out"
    """The same, and it waits for none any more."""
    LEFT = "left"


CHANCE_HEADS: dict[Chance, Text] = {
    Chance.CALLED_OFF: _("This session has been called off"),
    Chance.ENTERED: _("You are in the draw"),
    Chance.WON: _("You won seats in the draw"),
    Chance.LOST: _("No seats in the draw; you are on the waiting lists"),
    Chance.OUT: _("No seats in the draw"),
    Chance.LEFT: _("You left the draw"),
}
CHANCES = {
    EntryStatus.ENTERED: Chance.ENTERED,
    EntryStatus.WON: Chance.WON,
    EntryStatus.LOST: Chance.LOST,
}


def chance_of(status: EntryStatus, *, is_called_off: bool, waits: bool = False) -> Chance:
    """`is_called_off`: none of its choices will take place. Who left has left all the same.
    `waits`: whether a turn of it in a queue is still open."""
    if status == EntryStatus.LOST and not (waits or is_called_off):
        return Chance.OUT
    if is_called_off and status != EntryStatus.LEFT:
        return Chance.CALLED_OFF
    return CHANCES.get(status, Chance.LEFT)
