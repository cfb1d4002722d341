"""A reservation as its page shows it: each part knows its stage, and the words for it."""

from dataclasses import dataclass
from datetime import datetime

from tour.i18n import Text
from tour.i18n import lazy as _
from tour.programmes.views import ProgrammeView, SlotCard
from tour.reservations.answers import Answer
from tour.reservations.queries import CheckEntry
from tour.reservations.rules import meetings
from tour.reservations.standing.badges import Badge
from tour.reservations.standing.stages import (
    BADGES,
    CHANCE_HEADS,
    CODE_BUTTONS,
    CODE_HEADS,
    HEADS,
    SENTENCES,
    STILL_ON,
    TAKES_A_YES,
    TURN_HEADS,
    Chance,
    Screen,
    Stage,
    Turn,
)
from tour.reservations.states import Asked


@dataclass(frozen=True, slots=True)
class SlotView:
    """A slot with its programme and place."""

    slot: SlotCard
    programme: ProgrammeView
    way: tuple[tuple[str, str], ...]
    """(heading, text): what the place says about the way to its door, and to know before."""
    is_paused: bool
    """Nothing of it is given out at present: its programme is paused or its site withdrawn."""


@dataclass(frozen=True, slots=True)
class PlaceView:
    slot: SlotCard
    programme: ProgrammeView
    way: tuple[tuple[str, str], ...]
    seats: int
    party_text: str
    price_text: str
    """What those who come to it pay."""
    is_held: bool
    is_unproved: bool
    """Its seats are taken only when the code comes back."""
    is_cancelled: bool
    can_cancel: bool
    released_at: datetime | None
    """When the host gave its seats away; it did not cancel."""
    late_minutes: int | None
    """What the party said: how late it comes."""
    arrived_at: datetime | None
    kept_until: datetime
    """Until when its seats wait for it, whatever the host says."""
    can_say: bool
    """Whether it can tell the host that it is late, or after all cannot come."""

    @property
    def can_give_up(self) -> bool:
        """The cut-off is over, and the host would still like to know."""
        return self.can_say and not self.can_cancel

    stage: Stage
    reason: str
    others: tuple[SlotCard, ...]
    """Other times of a session that was ended by no wish of the party."""
    answers: tuple[Answer, ...] = ()
    """What it told the host, to the questions as they were put."""
    is_public: bool = True
    """Whether its session has a page that anybody may open."""

    @property
    def has_come(self) -> bool:
        """Whether it is over and, as far as anybody knows, the party was there."""
        return self.stage == Stage.CAME

    @property
    def is_still_on(self) -> bool:
        return self.stage in STILL_ON

    @property
    def badge(self) -> Text:
        return BADGES[self.stage]

    @property
    def has_badge(self) -> bool:
        """Of what is to come, and nobody has come for yet, its page says nothing more."""
        return self.stage != Stage.COMING or self.arrived_at is not None

    @property
    def waits_until(self) -> datetime | None:
        """Until when its seats are kept for a party that has not come yet."""
        waits = self.is_still_on and not (self.is_held or self.is_unproved or self.arrived_at)
        return self.kept_until if waits else None

    @property
    def sentence(self) -> Text | None:
        return SENTENCES.get(self.stage)


@dataclass(frozen=True, slots=True)
class QueueView:
    slot: SlotCard
    turn: Turn
    ahead: int
    offer_ends_at: datetime | None
    is_paused: bool
    answers: tuple[Answer, ...] = ()

    @property
    def head(self) -> Text:
        return TURN_HEADS[self.turn]

    @property
    def is_offered(self) -> bool:
        return self.turn == Turn.OFFERED

    @property
    def is_open(self) -> bool:
        """Whether a yes takes seats."""
        return self.turn in TAKES_A_YES


@dataclass(frozen=True, slots=True)
class DrawnView:
    draw_id: int
    receipt: str
    chance: Chance
    draws_at: datetime
    slots: tuple[SlotCard, ...]

    @property
    def head(self) -> Text:
        return CHANCE_HEADS[self.chance]

    @property
    def is_open(self) -> bool:
        """Whether it is still to be held, and can be left."""
        return self.chance == Chance.ENTERED


@dataclass(frozen=True, slots=True)
class ReservationView:
    """`first` is the slot by which a list names it."""

    reference: str
    door_code: str
    name: str
    kana: str
    note: str
    photos_allowed: bool | None
    adults: int
    children: int
    party_text: str
    mail_hint: str
    """Where its mails go, as its page may show it: h…@example.jp; empty without an address."""
    screen: Screen
    places: tuple[PlaceView, ...]
    queues: tuple[QueueView, ...]
    draw: DrawnView | None
    first: SlotCard
    check: CheckEntry | None
    email: str
    """Shown only while a code is on its way there, so that a slip of the finger is seen."""
    stage: Stage | None
    """What all of it is called by; None without a place."""
    badge: Badge
    """What a list says of it, also after it was erased."""

    @property
    def has_email(self) -> bool:
        return bool(self.mail_hint)

    @property
    def has_to_come(self) -> bool:
        """Whether it holds a session before which it can be reminded."""
        return any(place.is_still_on for place in self.places)

    @property
    def has_keepsake(self) -> bool:
        """Whether it was at a session that is over."""
        return any(place.has_come for place in self.places)

    @property
    def next_at(self) -> datetime:
        """When the next begins that is still on; where none is, when that begins by which a list
        names it."""
        on = (place.slot.starts_at for place in self.places if place.is_still_on)
        return min(on, default=self.first.starts_at)

    @property
    def ended_badge(self) -> Text:
        """What its page says of it: one word for all, where all its places share it."""
        return self.places[0].badge if self.sentence else _("Ended")

    @property
    def head(self) -> Text | None:
        return HEADS.get(self.stage) if self.stage else None

    @property
    def sentence(self) -> Text | None:
        """Where all its places share one: each says its own otherwise."""
        stages = {place.stage for place in self.places}
        return SENTENCES.get(stages.pop()) if len(stages) == 1 else None

    @property
    def is_let_in(self) -> bool:
        """Whether its number still opens the door, though its seats were given to others."""
        return self.stage == Stage.RELEASED

    @property
    def can_say(self) -> bool:
        """Whether it can still tell a host that it is late, or cannot come."""
        return any(place.can_say for place in self.places)

    @property
    def meetings(self) -> list[tuple[SlotCard, SlotCard]]:
        """A session that a delay makes end after the next has begun, and that next one."""
        return meetings(place.slot for place in self.places if place.is_still_on)

    @property
    def titles(self) -> str:
        """The sessions that are still on."""
        return "・".join(p.slot.programme_title for p in self.places if p.is_still_on)

    @property
    def turns(self) -> tuple[QueueView, ...]:
        """In queues, of those whose contact is proved."""
        return tuple(queue for queue in self.queues if queue.turn != Turn.UNPROVED)

    @property
    def asked(self) -> Asked:
        """What waits for the code of its contact."""
        if self.draw:
            return Asked.DRAW
        return Asked.QUEUE if self.queues and not self.places else Asked.RESERVATION

    @property
    def code_head(self) -> Text:
        return CODE_HEADS[self.asked]

    @property
    def code_button(self) -> Text:
        return CODE_BUTTONS[self.asked]

    @property
    def asked_slots(self) -> tuple[SlotCard, ...]:
        """What it asked for beside places, which have their ticket: of a draw the best first."""
        return self.draw.slots if self.draw else tuple(queue.slot for queue in self.queues)

    @property
    def is_ended(self) -> bool:
        return self.screen == Screen.ENDED

    @property
    def holds_seats(self) -> bool:
        """Whether seats wait for the code of its contact."""
        return bool(self.places) and not self.is_code_first

    @property
    def is_code_first(self) -> bool:
        """Whether its seats are taken only when the code comes back."""
        return bool(self.places) and self.places[0].is_unproved

    @property
    def open_places(self) -> tuple[PlaceView, ...]:
        """What can still be given back or changed."""
        return tuple(place for place in self.places if place.can_cancel)

    @property
    def closed_places(self) -> tuple[PlaceView, ...]:
        """What is held, and past its cut-off."""
        return tuple(
            p
            for p in self.places
            if not (p.can_cancel or p.is_cancelled or p.is_held or p.is_unproved)
        )
