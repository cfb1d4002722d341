"""A party as a row: its keys, and writing it with its recipient, once for each wish."""

import secrets
from collections.abc import Awaitable, Callable
from datetime import datetime

from tortoise.exceptions import IntegrityError
from tortoise.expressions import Q

from tour.contacts.finding import found_by
from tour.errors import NotFound, TourError
from tour.i18n import lazy as _
from tour.notifications import service as notifications
from tour.reservations.errors import KeyReused
from tour.reservations.models import Reservation
from tour.reservations.rules import Party
from tour.reservations.wishes import Wish

REFERENCE_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""31 letters and digits that are not taken for each other; 26 of them are 128 bits."""
REFERENCE_LENGTH = 26
DOOR_LETTERS = REFERENCE_LETTERS.upper()


async def once(wish: Wish, make: Callable[[], Awaitable[Reservation]]) -> Reservation:
    """What `make` makes of the wish, or what the same wish made before, or at the same moment: then
    `make` is refused, by its key or by what the first one took, and nothing of it is kept.

    Raises KeyReused when the key came with another wish: whoever guesses a key learns nothing.
    """
    try:
        return await make()
    except (TourError, IntegrityError):
        made = await Reservation.get_or_none(idempotency_key=wish.idempotency_key)
        if made is None:
            raise
    if made.request_digest != wish.digest:
        raise KeyReused(
            _("This form was sent before with other details. Please look at your reservations.")
        )
    return made


def party_row(wish: Wish, now: datetime) -> Reservation:
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
        again=wish.choice.again,
        split=wish.choice.split,
        network=wish.newcomer.network if wish.newcomer else "",
        lang=wish.lang,
        idempotency_key=wish.idempotency_key,
        request_digest=wish.digest,
        consented_at=now,
        created_at=now,
    )


async def write_party(wish: Wish, now: datetime) -> Reservation:
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


def contacts_of(party: Reservation | Party) -> list[tuple[str, str]]:
    """(column, value): by each of these a row is the same person's."""
    pairs = (("email_key", party.email_key), ("phone_key", party.phone_key))
    return [(column, value) for column, value in pairs if value]


def of_contact(party: Reservation | Party, prefix: str = "") -> Q:
    """Finds the rows of the same person; `prefix` leads to the reservation they belong to."""
    found = [Q(**{prefix + column: value}) for column, value in contacts_of(party)]
    return Q(*found, join_type="OR")


def new_reference() -> str:
    """128 random bits: the key to a reservation."""
    return _code(REFERENCE_LETTERS, REFERENCE_LENGTH)


def new_door_code() -> str:
    """Short enough to say at the door, such as K7M4-92QX; opens nothing by itself."""
    return f"{_code(DOOR_LETTERS, 4)}-{_code(DOOR_LETTERS, 4)}"


def _code(letters: str, length: int) -> str:
    return "".join(secrets.choice(letters) for _position in range(length))
