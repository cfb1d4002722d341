"""Which sessions of a plan, or of a proposal, can join the reservation that its party holds, and
what the page says of it before the tap."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from starlette.requests import Request

from tour.programmes.entries import ProgrammeEntry, SlotEntry
from tour.reservations.answers import must_answer
from tour.reservations.changes import joining
from tour.reservations.messages.receipts import party_text
from tour.reservations.models import Reservation
from tour.reservations.parties.known_devices import is_known
from tour.reservations.queries import PlaceEntry, ReservationEntry
from tour.reservations.rules import Stretch, change_problem, clash_with
from tour.reservations.service import MAX_SLOTS
from tour.reservations.states import PlaceStatus
from tour.routes.days.day import has_room
from tour.routes.days.edits import Stops
from tour.routes.days.giving_up import session_text
from tour.routes.days.planning import Desk, reservable_slots
from tour.routes.plans.itineraries import ItineraryEntry
from tour.web import now
from tour.words.prices import to_pay


@dataclass(frozen=True, slots=True)
class Holder:
    """A party of the plan that holds places; `is_own`: this browser made or opened it."""

    entry: ReservationEntry
    is_own: bool
    is_known: bool
    """Whether this device has proved its contact."""

    @property
    def party(self) -> Reservation:
        return self.entry.reservation

    @property
    def places(self) -> list[PlaceEntry]:
        return [p for p in self.entry.places if p.status == PlaceStatus.CONFIRMED]

    def holds(self, slot_ids: Collection[int]) -> list[PlaceEntry]:
        return [place for place in self.places if place.slot.id in slot_ids]


@dataclass(frozen=True, slots=True)
class Joins:
    """What one tap reserves as well, for whom, and what it gives back."""

    holder: Holder
    slots: tuple[SlotEntry, ...]
    sessions: tuple[str, ...]
    people: str
    name: str
    price_yen: int
    """For all of them, all people together."""
    gives_back: tuple[str, ...]
    stays: tuple[str, ...]
    """Not in the plan any more, and reserved still: another party's, or too late to give back."""
    give_back: str
    """The first of the two for the form."""
    asks: bool
    """Whether a host's question must be answered before."""

    @property
    def named(self) -> str:
        """The sessions for the form."""
        return csv(slot.id for slot in self.slots)


def holders_of(
    request: Request, entry: ItineraryEntry, own: Iterable[ReservationEntry]
) -> list[Holder]:
    """The parties whose reservation a session of the plan can join; none where it is only shown.
    `own`: what this browser has reserved."""
    if entry.edit_token is None:
        return []
    instant = now(request)
    references = {party.reservation.reference for party in own}
    return [
        Holder(
            party, party.reservation.reference in references, is_known(request, party.reservation)
        )
        for party in entry.reservations
        if party.reservation.erased_at is None
        if any(
            place.status == PlaceStatus.CONFIRMED and place.slot.ends_at > instant
            for place in party.places
        )
    ]


def csv(numbers: Iterable[int]) -> str:
    return ",".join(str(number) for number in numbers)


def holder_of(holders: Sequence[Holder], lost: Collection[int]) -> Holder | None:
    """Whose reservation grows: that which gives something up, else one's own, else the latest."""
    return max(holders, key=lambda h: (len(h.holds(lost)), h.is_own), default=None)


async def joins(
    desk: Desk, holders: Sequence[Holder], stops: Stops, lost: Sequence[SlotEntry], lang: str
) -> Joins | None:
    """None where there is nothing to reserve, no reservation that it could join, or where it is to
    be seen beforehand that it could not: then the form asks for what is needed."""
    holder = holder_of(holders, [slot.id for slot in lost])
    slots = tuple(reservable_slots(desk, stops))
    if holder is None or not slots:
        return None
    gone = _given_back(desk, holder, lost)
    if not _has_room(desk, holder, slots, gone) or await _wants_code(desk, holder, slots):
        return None
    stays = [slot for slot in lost if slot.id not in gone]
    party, size = holder.party, holder.party.party_size
    return Joins(
        holder=holder,
        slots=slots,
        sessions=tuple(session_text(desk, slot, lang) for slot in slots),
        people=party_text(party.adults, party.children, lang),
        name=party.name,
        price_yen=to_pay((_programme(desk, slot).price_yen, size) for slot in slots),
        gives_back=tuple(session_text(desk, slot, lang) for slot in lost if slot.id in gone),
        stays=tuple(session_text(desk, slot, lang) for slot in stays),
        give_back=csv(sorted(gone)),
        asks=any(_asks(_programme(desk, slot), party) for slot in slots),
    )


def _given_back(desk: Desk, holder: Holder, lost: Sequence[SlotEntry]) -> set[int]:
    """Its own, as long as it may."""
    ours = holder.holds([slot.id for slot in lost])
    now = desk.town.now
    return {p.slot.id for p in ours if not change_problem(p.slot.booking_closes_at, now=now)}


def _has_room(desk: Desk, holder: Holder, slots: Sequence[SlotEntry], gone: set[int]) -> bool:
    """Seats for the whole party, nothing else held at that time, and room in the reservation."""
    kept = [place.slot for place in holder.places if place.slot.id not in gone]
    wanted, held = map(_stretch, slots), map(_stretch, kept)
    fits = all(has_room(desk.town, slot, holder.party.party_size) for slot in slots)
    return fits and len(kept) + len(slots) <= MAX_SLOTS and not clash_with(wanted, held)


def _stretch(slot: SlotEntry) -> Stretch:
    return Stretch(slot.id, slot.starts_at, slot.ends_at)


async def _wants_code(desk: Desk, holder: Holder, slots: Sequence[SlotEntry]) -> bool:
    events = {event for slot in slots if (event := _programme(desk, slot).event_id) is not None}
    return await joining.is_code_asked(holder.party, events, is_known=holder.is_known)


def _asks(programme: ProgrammeEntry, party: Reservation) -> bool:
    """Whether it asks what this party has not said: then a form does, and nothing else."""
    about_pictures = programme.asks_photo_consent and party.photos_allowed is None
    return about_pictures or any(must_answer(q, party.children) for q in programme.questions)


def _programme(desk: Desk, slot: SlotEntry) -> ProgrammeEntry:
    return desk.town.board.programmes[slot.programme_id]
