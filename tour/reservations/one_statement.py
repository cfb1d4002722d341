"""Reserving one slot in one statement, on PostgreSQL: the hot path of an opening hour.

The row of a slot that everybody wants is locked for the length of one statement and its commit,
not for the eight round trips of a transaction. Each row depends on the one before it, and the
first on free seats: all are written or none (decision 0009).
"""

import json
import secrets
from collections.abc import Sequence
from datetime import datetime
from enum import Enum
from functools import cache

from tortoise.models import Model

from tour.db.plain import Row, fetch, is_postgres
from tour.notifications.message import actions_as_rows
from tour.notifications.models import Recipient, Reminder
from tour.notifications.service import Draft
from tour.programmes import service as programmes
from tour.reservations import holdings, reminders
from tour.reservations.errors import SlotFull
from tour.reservations.locks import LOCK_SPACE, contact_keys
from tour.reservations.models import Place, Reservation
from tour.reservations.parties import party_row
from tour.reservations.terms import Terms
from tour.reservations.wishes import Wish


def is_possible() -> bool:
    """SQLite has no statements that write several tables; there a transaction does the same."""
    return is_postgres()


async def write(wish: Wish, terms: Terms, now: datetime) -> Reservation:
    """Confirm a wish for one slot that fits its terms; with nothing written it raises what the
    contact holds already, else SlotFull."""
    [slot] = terms.slots
    reservation = party_row(wish, now)
    recipient = Recipient(
        token=secrets.token_urlsafe(24),
        lang=wish.lang,
        timezone=wish.timezone,
        email=wish.party.email,
        mail_box=wish.party.email_key,
        proved_at=now if wish.is_known else None,
        created_at=now,
    )
    place = Place(slot=slot, seats=wish.party.size, answers=wish.answers.get(slot.id, []))
    drafts = reminders.drafts(reservation, [slot], wish.timezone, now)
    rows = await fetch(
        _statement(),
        slot.id,
        wish.party.size,
        _as_json(_row(recipient)),
        _as_json(_row(reservation)),
        _as_json(_row(place)),
        _as_json([_row(_reminder(draft)) for draft in drafts]),
        [LOCK_SPACE, *contact_keys(wish.party)],
        wish.party.email_key,
        wish.party.phone_key,
        slot.starts_at,
        slot.ends_at,
        wish.choice.again,
        wish.choice.split,
    )
    if not rows:
        await holdings.check(wish.party, terms.slots, wish.choice)
        raise SlotFull(slot.id)
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


def _columns(model: type[Model], *, without: str = "") -> str:
    names = model._meta.fields_db_projection.values()
    return ", ".join(f'"{name}"' for name in sorted(names) if name not in ("id", without))


def _row(instance: Model) -> Row:
    """The instance as its columns."""
    fields = instance._meta.fields_db_projection
    return {column: getattr(instance, name, None) for name, column in fields.items()}


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


def _as_json(value: Row | Sequence[Row]) -> str:
    return json.dumps(value, default=_plain, ensure_ascii=False)


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Enum):
        return str(value.value)
    raise TypeError(f"{type(value).__name__} has no place in a row")
