"""The rows of a host's day, told what they are: sessions, their parties, the door.

`templates/host/` has a block for each value: `_slot_taps.html`, `_party_stages.html`,
`_draw_lines.html`; they decide nothing.
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Self

from tour.i18n import Text, translate
from tour.i18n import lazy as _
from tour.reservations.lists.parties import PartyFacts
from tour.reservations.models import Draw
from tour.reservations.states import DrawStatus, PlaceStatus
from tour.sites.models import SiteDay
from tour.sites.states import DoorState

MOST_DAYS = 8
"""Dates to choose from above the list."""


class SlotStage(StrEnum):
    CALLED_OFF = "called-off"
    OVER = "over"
    NOW = "now"
    SOON = "soon"
    """Later today."""
    ANOTHER_DAY = "another-day"


class SlotTaps(StrEnum):
    """What its host can do about a session from the list."""

    NOTHING = "nothing"
    SEATS = "seats"
    DOOR = "door"
    """Its seats, and who stands at the door without any."""


class PartyStage(StrEnum):
    EXPECTED = "expected"
    HERE = "here"
    PARTLY_HERE = "partly_here"
    GIVEN_AWAY = "given_away"
    """Its seats, when it had not come."""
    GAVE_UP = "gave_up"


class DrawLine(StrEnum):
    COMING = "coming"
    DRAWN = "drawn"


SAID: dict[SlotStage, Text] = {
    SlotStage.CALLED_OFF: _("Called off"),
    SlotStage.OVER: _("Over"),
    SlotStage.NOW: _("Now"),
}
TAPS: dict[SlotStage, SlotTaps] = {
    SlotStage.CALLED_OFF: SlotTaps.NOTHING,
    SlotStage.OVER: SlotTaps.NOTHING,
    SlotStage.NOW: SlotTaps.DOOR,
    SlotStage.SOON: SlotTaps.DOOR,
    SlotStage.ANOTHER_DAY: SlotTaps.SEATS,
}
DOORS: dict[DoorState, Text] = {
    DoorState.OPEN: _("Letting people in"),
    DoorState.FULL: _("Full now"),
    DoorState.CLOSED: _("Closed early"),
}


def slot_stage(
    *, is_cancelled: bool, is_over: bool, is_today: bool, minutes_until: int
) -> SlotStage:
    """The one answer to "what is with this session?" of the day's list."""
    if is_cancelled:
        return SlotStage.CALLED_OFF
    if is_over:
        return SlotStage.OVER
    if not is_today:
        return SlotStage.ANOTHER_DAY
    return SlotStage.SOON if minutes_until else SlotStage.NOW


def slot_said(stage: SlotStage, minutes_until: int) -> str:
    """Of a session beside its title; empty for what is ahead on another day."""
    if stage == SlotStage.SOON:
        return until_text(minutes_until)
    return str(SAID.get(stage, ""))


def until_text(minutes: int) -> str:
    """あと2時間10分; only minutes below an hour."""
    hours, rest = divmod(minutes, 60)
    if hours:
        return translate("in %(h)s h %(n)s min", h=hours, n=rest)
    return translate("in %(n)s min", n=rest)


def party_stage(status: PlaceStatus, *, came: int, seats: int) -> PartyStage:
    """Where a party of the list stands; `came`: how many of it are here."""
    if status == PlaceStatus.RELEASED:
        return PartyStage.GIVEN_AWAY
    if status != PlaceStatus.CONFIRMED:
        return PartyStage.GAVE_UP
    if not came:
        return PartyStage.EXPECTED
    return PartyStage.HERE if came >= seats else PartyStage.PARTLY_HERE


def party_says(late_minutes: int | None) -> str:
    """What a party said itself on the day; empty where it said nothing."""
    if late_minutes is None:
        return ""
    if late_minutes:
        return translate("Says: %(n)s minutes late", n=late_minutes)
    return translate("Says: on the way")


def draw_line(status: DrawStatus) -> DrawLine:
    return DrawLine.DRAWN if status == DrawStatus.DRAWN else DrawLine.COMING


def other_days(dates: list[date], shown: date) -> list[tuple[date, bool]]:
    """(date, whether it is the one shown) to choose from; none where there is no choice."""
    return [(day, day == shown) for day in dates[:MOST_DAYS]] if len(dates) > 1 else []


@dataclass(frozen=True, slots=True)
class PartyRow(PartyFacts):
    """One party of a slot; `language` only where it is not the town's. `gone_at`: when its seats
    were given away or back; `may_return`: whether it can be let in all the same."""

    place_id: int
    language: str
    arrived_at: datetime | None
    came: int
    """How many of it are here."""
    late_minutes: int | None
    """What it said itself; 0: it is on its way."""
    says: str
    """That in words."""
    stage: PartyStage
    gone_at: datetime | None
    may_return: bool

    @property
    def counts(self) -> list[tuple[int, bool]]:
        """(people, whether so many are here) to correct it by, where it is more than one."""
        numbers = range(1, self.seats + 1) if self.seats > 1 else ()
        return [(people, people == self.came) for people in numbers]

    @property
    def is_expected(self) -> bool:
        """Whether it holds its seats."""
        return self.stage not in (PartyStage.GIVEN_AWAY, PartyStage.GAVE_UP)


@dataclass(frozen=True, slots=True)
class SlotRow:
    id: int
    programme_id: int
    title: str
    starts_at: datetime
    ends_at: datetime
    capacity: int
    seats_taken: int
    arrived_seats: int
    stage: SlotStage
    said: str
    """Of its stage, in words."""
    is_closed: bool
    """Takes no more reservations."""
    is_over: bool
    is_open: bool
    """Unfolded on the page."""
    waiting: int
    waited: int
    """Parties whose turn in the queue ended without seats."""
    parties: tuple[PartyRow, ...]
    gone: tuple[PartyRow, ...]
    """Those that gave their seats back lately, or lost them."""
    absent: tuple[PartyRow, ...]
    """Those about whom the host is asked, once their grace is over."""
    free: int
    """Seats for people at the door."""
    walk_ins: int
    releases_absent: bool
    delay_minutes: int
    draw: Draw | None
    """The draw that gives its seats, or gave them."""
    draw_line: DrawLine | None

    @property
    def taps(self) -> SlotTaps:
        return TAPS[self.stage]

    @property
    def waits_for_parties(self) -> bool:
        """Whether nobody has reserved what takes place."""
        return not self.parties and self.stage != SlotStage.CALLED_OFF

    @property
    def has_seats_to_take(self) -> bool:
        """Whether it can have a seat fewer."""
        return self.capacity > self.seats_taken

    @property
    def freed_seats(self) -> int:
        return sum(party.seats for party in self.gone)


@dataclass(frozen=True, slots=True)
class Day:
    """A site's day: its slots with their parties, the soonest first."""

    on_date: date
    slots: tuple[SlotRow, ...]

    @property
    def sessions(self) -> int:
        """Those that take place."""
        return sum(slot.stage != SlotStage.CALLED_OFF for slot in self.slots)

    @property
    def expected(self) -> int:
        return sum(slot.seats_taken for slot in self.slots)

    @property
    def arrived(self) -> int:
        return sum(slot.arrived_seats for slot in self.slots)

    @property
    def freed(self) -> int:
        return sum(slot.freed_seats for slot in self.slots)

    @property
    def absent(self) -> int:
        """Parties about whom the host is asked."""
        return sum(len(slot.absent) for slot in self.slots)


@dataclass(frozen=True, slots=True)
class DoorView:
    """How it stands at the door, as its buttons show it; choices are (value, ..., is it so now)."""

    states: tuple[tuple[str, Text, bool], ...]
    waits: tuple[tuple[int, bool], ...]
    delays: tuple[tuple[int, bool], ...]
    waiting_minutes: int
    delay_minutes: int
    walk_ins: int
    walk_ins_said: str
    lets_no_more_in: bool
    """The limit for people without a reservation is reached."""
    is_unfolded: bool

    @classmethod
    def of(
        cls,
        day: SiteDay,
        waits: tuple[int, ...],
        delays: tuple[int, ...],
        *,
        is_refused: bool = False,
    ) -> Self:
        cap = day.walk_in_cap
        return cls(
            states=tuple((str(s), label, day.state == s) for s, label in DOORS.items()),
            waits=tuple((minutes, minutes == day.waiting_minutes) for minutes in waits),
            delays=tuple((minutes, minutes == day.delay_minutes) for minutes in delays),
            waiting_minutes=day.waiting_minutes,
            delay_minutes=day.delay_minutes,
            walk_ins=day.walk_ins,
            walk_ins_said=_walk_ins(day.walk_ins, cap),
            lets_no_more_in=cap is not None and day.walk_ins >= cap,
            is_unfolded=bool(day.waiting_minutes or day.delay_minutes or is_refused),
        )


def _walk_ins(people: int, cap: int | None) -> str:
    if cap is None:
        return translate("People without a reservation")
    return translate("Without reservation: %(n)s of %(cap)s", n=people, cap=cap)
