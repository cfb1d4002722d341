"""A party as rows, with its recipient, its places and what it is promised: written in one statement
or, in the caller's transaction, one after the other.

One statement is the hot path of an opening hour, on PostgreSQL: the row of a slot that everybody
wants is locked for the length of it and its commit, not for the eight round trips of a transaction.
Each row depends on the one before it, and the first on free seats: all are written or none
(decision 0009).
"""

import json
import secrets
from collections.abc import Sequence
from datetime import datetime
from enum import Enum
from functools import cache

from tortoise.models import Model

from tour.contacts.finding import found_by
from tour.db.plain import Row, fetch, is_postgres
from tour.errors import NotFound
from tour.i18n import lazy as _
from tour.notifications.message import actions_as_rows
from tour.notifications.models import Recipient, Reminder
from tour.notifications.service import Draft
from tour.programmes import service as programmes
from tour.programmes.models import Slot
from tour.reservations import answers
from tour.reservations.locks import LOCK_SPACE, contact_keys
from tour.reservations.messages import reminders
from tour.reservations.models import Place, Reservation
from tour.reservations.states import PlaceStatus
from tour.reservations.wishes import Wish

REFERENCE_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""31 letters and digits that are not taken for each other; 26 of them are 128 bits."""
REFERENCE_LENGTH = 26
DOOR_LETTERS = REFERENCE_LETTERS.upper()


async def by_reference(reference: str) -> Reservation:
    """The party of a reference, or NotFound, which never tells how near a guess came."""
    reservation = await Reservation.get_or_none(reference=reference).select_related("recipient")
    if reservation is None:
        raise NotFound(_("There is no such reservation. Please check the link."))
    return reservation


def answers_kept(wish: Wish, slot: Slot) -> list[answers.Kept]:
    """What a wish answers to the questions of a slot with its programme, as they are asked now."""
    given = wish.answers.get(slot.id, [])
    return answers.kept(slot.programme.questions, given, wish.party.children)


def new_reference() -> str:
    """128 random bits: the key to a reservation."""
    return _code(REFERENCE_LETTERS, REFERENCE_LENGTH)


def new_door_code() -> str:
    """Short enough to say at the door, such as K7M4-92QX; opens nothing by itself."""
    return f"{_code(DOOR_LETTERS, 4)}-{_code(DOOR_LETTERS, 4)}"


async def write_party(wish: Wish, now: datetime) -> Reservation:
    """Write the party and its recipient, in the caller's transaction."""
    reservation, recipient = _party(wish, now), _recipient(wish, now)
    await recipient.save(force_create=True)
    reservation.recipient = recipient
    await reservation.save(force_create=True)
    return reservation


async def write_in_steps(
    wish: Wish, slots: Sequence[Slot], status: PlaceStatus, now: datetime
) -> Reservation:
    """As `write_party`, with its place in each slot, whose seats the caller has taken, and with the
    promise of every reminder where that is confirmed."""
    reservation = await write_party(wish, now)
    places = [_place(wish, slot) for slot in slots]
    for place in places:
        place.reservation, place.status = reservation, status
    await Place.bulk_create(places)
    if status == PlaceStatus.CONFIRMED:
        promised = reminders.drafts(reservation, slots, wish.timezone, now)
        told = [_reminder(draft) for draft in promised]
        for reminder in told:
            reminder.recipient = reservation.recipient
        await Reminder.bulk_create(told)
    return reservation


def can_write_at_once() -> bool:
    """SQLite has no statements that write several tables; there a transaction does the same."""
    return is_postgres()


async def write_at_once(wish: Wish, slot: Slot, now: datetime) -> Reservation | None:
    """Confirm a wish for one slot that fits its terms, taking its seats; None, and nothing written,
    where these are not free or the contact holds something at that time."""
    reservation = _party(wish, now)
    promised = reminders.drafts(reservation, [slot], wish.timezone, now)
    rows = await fetch(
        _statement(),
        slot.id,
        wish.party.size,
        _as_json(_row(_recipient(wish, now))),
        _as_json(_row(reservation)),
        _as_json(_row(_place(wish, slot))),
        _as_json([_row(_reminder(draft)) for draft in promised]),
        [LOCK_SPACE, *contact_keys(wish.party)],
        wish.party.email_key,
        wish.party.phone_key,
        slot.starts_at,
        slot.ends_at,
        wish.choice.again,
        wish.choice.split,
    )
    if not rows:
        return None
    reservation.id, reservation.recipient_id = rows[0]["id"], rows[0]["recipient_id"]
    return reservation


@cache
def _statement() -> str:
    recipient, party = _columns(Recipient), _columns(Reservation, without="recipient_id")
    place = _columns(Place, without="reservation_id")
    reminder = _columns(Reminder, without="recipient_id")
    # The names are those of our own models, never a visitor's text.
    return f"""
WITH contact AS (
    SELECT contact_is_free($7::int[], $8, $9, $1, $10, $11, $12, $13) AS is_free
),
taken AS ({programmes.TAKE_SEATS.format(only_if="(SELECT is_free FROM contact)")}),
told AS (
    INSERT INTO recipient ({recipient})
    SELECT {recipient}
    FROM taken, jsonb_populate_record(NULL::recipient, $3::jsonb)
    RETURNING id
),
party AS (
    INSERT INTO reservation (recipient_id, {party})
    SELECT told.id, {party}
    FROM told, jsonb_populate_record(NULL::reservation, $4::jsonb)
    RETURNING id, recipient_id
),
seated AS (
    INSERT INTO place (reservation_id, {place})
    SELECT party.id, {place}
    FROM party, jsonb_populate_record(NULL::place, $5::jsonb)
),
promised AS (
    INSERT INTO reminder (recipient_id, {reminder})
    SELECT party.recipient_id, {reminder}
    FROM party, jsonb_populate_recordset(NULL::reminder, $6::jsonb)
)
SELECT id, recipient_id FROM party
"""  # noqa: S608 - our own names


def _party(wish: Wish, now: datetime) -> Reservation:
    """Without its recipient."""
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


def _recipient(wish: Wish, now: datetime) -> Recipient:
    return Recipient(
        token=secrets.token_urlsafe(24),
        lang=wish.lang,
        timezone=wish.timezone,
        email=wish.party.email,
        mail_box=wish.party.email_key,
        proved_at=now if wish.is_known else None,
        created_at=now,
    )


def _place(wish: Wish, slot: Slot) -> Place:
    return Place(slot=slot, seats=wish.party.size, answers=answers_kept(wish, slot))


def _reminder(draft: Draft) -> Reminder:
    return Reminder(
        key=draft.key,
        title=draft.message.title,
        body=draft.message.body,
        url=draft.message.url,
        actions=actions_as_rows(draft.message.actions),
        due_at=draft.due_at,
        expires_at=draft.expires_at,
    )


def _columns(model: type[Model], *, without: str = "") -> str:
    names = model._meta.fields_db_projection.values()
    return ", ".join(f'"{name}"' for name in sorted(names) if name not in ("id", without))


def _row(instance: Model) -> Row:
    """The instance as its columns."""
    fields = instance._meta.fields_db_projection
    return {column: getattr(instance, name, None) for name, column in fields.items()}


def _as_json(value: Row | Sequence[Row]) -> str:
    return json.dumps(value, default=_plain, ensure_ascii=False)


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Enum):
        return str(value.value)
    raise TypeError(f"{type(value).__name__} has no place in a row")


def _code(letters: str, length: int) -> str:
    return "".join(secrets.choice(letters) for _position in range(length))
