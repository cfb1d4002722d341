"""What hosts and staff are told of a party, on every list, page and file of either."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from tour.i18n import NAMES, Text, current_language
from tour.i18n import lazy as _
from tour.notifications.reach import Reach, reach_of
from tour.reservations.answers import Answer, in_words, with_gaps
from tour.reservations.messages.receipts import people_at
from tour.reservations.models import Place, WaitlistEntry
from tour.reservations.states import PlaceStatus, WaitlistStatus
from tour.words.prices import to_pay

Kept = Place | WaitlistEntry
"""With its reservation and that one's recipient, its slot, programme and site."""
STATES: dict[PlaceStatus, Text] = {
    PlaceStatus.HELD: _("Waits for the code"),
    PlaceStatus.UNPROVED: _("Waits for the code"),
    PlaceStatus.CONFIRMED: _("Confirmed"),
    PlaceStatus.CANCELLED: _("Cancelled"),
    PlaceStatus.RELEASED: _("Did not come"),
}
TURNS: dict[WaitlistStatus, Text] = {
    WaitlistStatus.WAITING: _("Waiting list"),
    WaitlistStatus.OFFERED: _("Seats are offered"),
}
"""Those of a queue that still hope."""
PICTURES: dict[bool | None, Text | str] = {
    True: _("May be in photos"),
    False: _("No photos of them"),
    None: "",
}
WITH = ("reservation__recipient", "slot__programme__site")
"""What has to be read with a place or a turn to say all this."""


@dataclass(frozen=True, slots=True)
class PartyFacts:
    """Who comes to a session, what they have said, and how they are told of changes."""

    reservation_id: int
    door_code: str
    name: str
    kana: str
    adults: int
    children: int
    seats: int
    party_text: str
    """Of those who come to this session, who may be fewer than the party."""
    to_pay_yen: int
    """By all of them, at this session."""
    lang: str
    email: str
    phone: str
    note: str
    answers: tuple[Answer, ...]
    """In the order in which they were asked; without text where one is missing."""
    photos_allowed: bool | None
    """None where nobody asked."""
    reach: Reach

    @property
    def no_pictures(self) -> bool:
        return self.photos_allowed is False

    @property
    def pictures(self) -> str:
        return str(PICTURES[self.photos_allowed])

    @property
    def language_name(self) -> str:
        return NAMES.get(self.lang, self.lang)

    @property
    def to_ring(self) -> str:
        """The number of a party that no message reaches; empty for the others."""
        return "" if self.reach.is_told else self.phone

    def as_fields(self) -> dict[str, Any]:
        """For a row that says more of it."""
        return {field.name: getattr(self, field.name) for field in fields(PartyFacts)}


@dataclass(frozen=True, slots=True)
class ListedParty(PartyFacts):
    """One party at one session, held or hoped for."""

    slot_id: int
    starts_at: datetime
    session: str
    site: str
    state: str
    """In words."""
    is_expected: bool
    """Whether it holds its seats."""


def facts_of(kept: Kept, reach: Reach) -> PartyFacts:
    made = kept.reservation
    return PartyFacts(
        reservation_id=made.id,
        door_code=made.door_code,
        name=made.name,
        kana=made.kana,
        adults=made.adults,
        children=made.children,
        seats=kept.seats,
        party_text=people_at(kept.seats, made),
        to_pay_yen=to_pay([(kept.slot.programme.price_yen, kept.seats)]),
        lang=made.lang,
        email=made.email,
        phone=made.phone,
        note=made.note,
        answers=answers_of(kept),
        photos_allowed=made.photos_allowed,
        reach=reach,
    )


def answers_of(kept: Kept) -> tuple[Answer, ...]:
    """In the language of the page, where the host has written the questions in it. None of a party
    that was erased: nothing of it is missing."""
    made, lang = kept.reservation, current_language.get()
    asked = [] if made.erased_at else kept.slot.programme.questions
    return with_gaps(kept.answers, asked, made.children, lang)


def notes_of(kept: Kept) -> list[str]:
    """What the host must know of whoever stands at the door, a line each."""
    made = kept.reservation
    pictures = str(PICTURES[False]) if made.photos_allowed is False else ""
    return [line for line in (*map(in_words, answers_of(kept)), made.note, pictures) if line]


async def reaches_of(kept: Iterable[Kept]) -> dict[int, Reach]:
    """How each party is told, by the id of its recipient; one question for all."""
    return await reach_of([one.reservation.recipient for one in kept])


async def listed(kept: Sequence[Kept]) -> list[ListedParty]:
    """The rows of a list, in the order given."""
    reaches = await reaches_of(kept)
    return [_listed(one, reaches[one.reservation.recipient_id]) for one in kept]


def _listed(kept: Kept, reach: Reach) -> ListedParty:
    slot = kept.slot
    return ListedParty(
        **facts_of(kept, reach).as_fields(),
        slot_id=slot.id,
        starts_at=slot.starts_at,
        session=slot.programme.title,
        site=slot.programme.site.name,
        state=str(state_of(kept)),
        is_expected=kept.status == PlaceStatus.CONFIRMED,
    )


def state_of(kept: Kept) -> Text:
    if isinstance(kept, Place):
        return STATES[PlaceStatus(kept.status)]
    return TURNS[WaitlistStatus(kept.status)]
