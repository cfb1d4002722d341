"""A party as a row: its keys, its digest, and writing it with its recipient."""

import hashlib
import json
import secrets
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime

from tortoise.exceptions import IntegrityError
from tortoise.queryset import QuerySet

from tour.contacts.finding import found_by
from tour.errors import BadInput, NotFound, TourError
from tour.i18n import lazy as _
from tour.notifications import service as notifications
from tour.programmes.models import Slot
from tour.programmes.queries import PUBLIC_SLOT, SLOT_FIELDS, slot_entry
from tour.reservations.errors import BookingRefused, KeyReused
from tour.reservations.models import Reservation
from tour.reservations.rules import Limits, Newcomer, Party, booking_problem, party_problem

REFERENCE_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""31 letters and digits that are not taken for each other; 26 of them are 128 bits."""
REFERENCE_LENGTH = 26
DOOR_LETTERS = REFERENCE_LETTERS.upper()


@dataclass(frozen=True, slots=True)
class Request:
    """One party's wish for one slot or for a whole itinerary of up to eight."""

    slot_ids: tuple[int, ...]
    party: Party
    lang: str
    timezone: str
    idempotency_key: str
    note: str = ""
    answers: dict[int, list[str]] = field(default_factory=dict)
    """By slot id, to the questions of its programme."""
    photos_allowed: bool | None = None
    again: bool = False
    """Though this contact has places at one of the slots already."""
    split: bool = False
    """Though this contact has, or asks for, two sessions at one time."""
    newcomer: Newcomer | None = None
    """Of a form from a device that has not proved this contact."""
    is_known: bool = False
    """Whether the device has."""

    asks: str = ""
    """What for, where it is not for seats: a turn in a queue, an entry in a draw."""

    @property
    def digest(self) -> str:
        """The same for the same wish: tells a repeated form from a foreign key, and from one that
        was sent to another address."""
        wish = {
            "slots": self.slot_ids,
            "party": asdict(self.party),
            "note": self.note,
            "answers": sorted(self.answers.items()),
            "photos": self.photos_allowed,
        }
        if self.asks:
            wish["asks"] = self.asks
        return hashlib.sha256(json.dumps(wish).encode()).hexdigest()


async def made_before(wish: Request) -> Reservation | None:
    """What the same form made already, or None.

    Raises KeyReused when the key came with another wish: whoever guesses a key learns nothing.
    """
    made = await Reservation.get_or_none(idempotency_key=wish.idempotency_key)
    if made and made.request_digest != wish.digest:
        raise KeyReused(
            _("This form was sent before with other details. Please look at your reservations.")
        )
    return made


async def public_slots(slot_ids: Iterable[int]) -> list[Slot]:
    """As `slots_with_programmes`, for a new reservation, turn or entry: raises NotFound when one
    is missing, of a paused programme or at a site that has withdrawn."""
    wanted = set(slot_ids)
    slots = await _with_programmes(Slot.filter(id__in=wanted, **PUBLIC_SLOT))
    if len(slots) != len(wanted) or not slots:
        raise NotFound(_("There is no such time. It may have been withdrawn."))
    return slots


async def once(wish: Request, make: Callable[[], Awaitable[Reservation]]) -> Reservation:
    """What `make` makes of the wish, or what the same form made before, or at the same moment: then
    `make` is refused, by its key or by what the first one took."""
    if made := await made_before(wish):
        return made
    try:
        return await make()
    except (TourError, IntegrityError):
        if made := await made_before(wish):
            return made
        raise


async def slots_with_programmes(slot_ids: Iterable[int]) -> list[Slot]:
    """The slots of what exists already, by id, each with its programme and site, public or not."""
    return await _with_programmes(Slot.filter(id__in=set(slot_ids)))


async def _with_programmes(slots: QuerySet[Slot]) -> list[Slot]:
    return await slots.order_by("id").select_related("programme__site")


def check_slot(slot: Slot, party: Party, now: datetime) -> None:
    """Raise BookingRefused when this party may not have this slot now, whatever its seats."""
    entry = slot_entry({name: getattr(slot, name) for name in SLOT_FIELDS})
    limits = limits_of(slot)
    problem = booking_problem(entry.availability(now), entry.booking_opens_at) or party_problem(
        party.adults, party.children, limits
    )
    if problem:
        raise BookingRefused(problem, slot.id)


def check_answers(slot: Slot, answers: Sequence[str]) -> None:
    """Raise BadInput, field by field, for questions that must be answered and are not."""
    missing = {
        f"answer-{slot.id}-{number}": _("Please answer this question.")
        for number, question in enumerate(slot.programme.questions)
        if question.get("required") and not (number < len(answers) and answers[number].strip())
    }
    if missing:
        raise BadInput(_("Some fields need correcting."), missing)


def limits_of(slot: Slot) -> Limits:
    programme = slot.programme
    return Limits(
        max_party=programme.max_party,
        capacity=slot.capacity - slot.seats_kept,
        needs_adult=programme.needs_adult,
        min_age=programme.min_age,
    )


def party_row(wish: Request, now: datetime) -> Reservation:
    """The party, not yet written, without its recipient."""
    party, code = wish.party, new_door_code()
    return Reservation(
        reference=new_reference(),
        door_code=code,
        name=party.name,
        kana=party.kana,
        email=party.email,
        phone=party.phone,
        email_key=party.email_key,
        phone_key=party.phone_key,
        found_by=found_by(party.name, party.kana, party.email, party.phone, code),
        adults=party.adults,
        children=party.children,
        note=wish.note,
        photos_allowed=wish.photos_allowed,
        again=wish.again,
        split=wish.split,
        network=wish.newcomer.network if wish.newcomer else "",
        lang=wish.lang,
        idempotency_key=wish.idempotency_key,
        request_digest=wish.digest,
        consented_at=now,
        created_at=now,
    )


async def write_party(wish: Request, now: datetime) -> Reservation:
    """Write the party and its recipient, in the caller's transaction."""
    reservation = party_row(wish, now)
    recipient = await notifications.new_recipient(
        lang=wish.lang,
        timezone=wish.timezone,
        email=wish.party.email,
        proved_at=now if wish.is_known else None,
    )
    reservation.recipient = recipient
    await reservation.save(force_create=True)
    return reservation


async def by_reference(reference: str) -> Reservation:
    """The party of a reference, or NotFound, which never tells how near a guess came."""
    reservation = await Reservation.get_or_none(reference=reference).select_related("recipient")
    if reservation is None:
        raise NotFound(_("There is no such reservation. Please check the link."))
    return reservation


def same_contact(reservation: Reservation | Party) -> list[dict[str, str]]:
    """Filters, one of which finds each row of the same person."""
    pairs = (("email_key", reservation.email_key), ("phone_key", reservation.phone_key))
    return [{name: value} for name, value in pairs if value]


def new_reference() -> str:
    """128 random bits: the key to a reservation."""
    return _code(REFERENCE_LETTERS, REFERENCE_LENGTH)


def new_door_code() -> str:
    """Short enough to say at the door, such as K7M4-92QX; opens nothing by itself."""
    return f"{_code(DOOR_LETTERS, 4)}-{_code(DOOR_LETTERS, 4)}"


def _code(letters: str, length: int) -> str:
    return "".join(secrets.choice(letters) for _position in range(length))
