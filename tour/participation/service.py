"""Asking the people of places to take part in an event, through the outbox."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from tour.accounts.people import queries as accounts
from tour.accounts.tokens import new_token, token_hash
from tour.audit.service import Actor, Subject
from tour.changes import Part, edit
from tour.events import answers
from tour.events.answers import Question
from tour.events.editing import SUBJECT
from tour.events.models import Event, Participation
from tour.notifications import service as notifications
from tour.notifications.models import Recipient
from tour.notifications.schedule import UNDO_FOR, live_at
from tour.notifications.service import Draft
from tour.participation.letters import KEY, SOON, letter, soon_letter
from tour.seal import Seal

REMINDED_AT = time(10)
"""On the day before the date to answer by."""
SO_SOON = timedelta(hours=12)
"""A question that came so shortly before is not reminded of."""


async def ask_new(part: Part, event_id: int, question: Question, *, seal: Seal) -> int:
    """Write to the people of the places that were never written to; returns how many people."""
    rows = [row for row in await answers.unanswered(event_id) if row.asked_at is None]
    return await _ask(part, event_id, [(row, question) for row in rows], seal)


async def ask_again(
    event_id: int, question: Question, *, actor: Actor, seal: Seal, now: datetime
) -> int:
    """Write to the people of every place that has not answered; returns how many people.

    Each place gets a new link, which works without signing in; the one before stops working.
    """
    async with edit(actor, Subject(SUBJECT, event_id), "event.ask", now=now) as change:
        rows = await answers.unanswered(event_id)
        told = await _ask(change, event_id, [(row, question) for row in rows], seal)
        change.after = {"people": told}
    return told


async def ask_about_new_dates(part: Part, event_id: int, *, seal: Seal) -> int:
    """Write to those who were asked for other dates and have not answered for these, each with the
    word that was written to it, and no date to answer by that is over; returns how many people."""
    today = part.now.date()
    asked = [
        (row, Question(row.word, row.answer_by if _is_to_come(row.answer_by, today) else None))
        for row in await answers.unanswered(event_id)
        if row.asked_at or row.phoned_at or row.answered_for is not None
    ]
    return await _ask(part, event_id, asked, seal, after=UNDO_FOR)


def _is_to_come(day: date | None, today: date) -> bool:
    return day is not None and day > today


async def _ask(
    part: Part,
    event_id: int,
    rows: Sequence[tuple[Participation, Question]],
    seal: Seal,
    *,
    after: timedelta = timedelta(0),
) -> int:
    """A place whose people no letter reaches is not noted as written to: it is to be rung, and
    written to when somebody tends it."""
    told = 0
    event = await Event.get(id=event_id)
    for row, question in rows:
        row.word, row.answer_by = question.word, question.answer_by
        token = new_token()
        readers = await _readers(row.site.id)
        if readers:
            await _tell(event, row, readers, f"/taking-part/{token}", seal, part.now, after)
        await answers.write_asked(part, row, question, token_hash(token) if readers else None)
        told += len(readers)
    return told


async def _readers(site_id: int) -> list[Recipient]:
    people = [member.recipient_id for member in await accounts.members_of(site_id)]
    return await Recipient.filter(id__in=people, stopped_at=None)


async def _tell(
    event: Event,
    row: Participation,
    readers: Sequence[Recipient],
    path: str,
    seal: Seal,
    now: datetime,
    after: timedelta,
) -> None:
    """The link in it is a key, so the outbox keeps the letter sealed."""
    zone, suffix = ZoneInfo(event.timezone), f"{event.id}:{row.site.id}"
    ends = datetime.combine(event.ends_on, time.max, zone)
    promised = []
    for reader in readers:
        at = live_at(None, ZoneInfo(reader.timezone), now=now) + after
        said = letter(event, row, path, reader).sealed(seal)
        promised.append((reader.id, Draft(f"{KEY}{suffix}", said, at, ends)))
    await notifications.take_back(f"{SOON}{suffix}")
    if row.answer_by and (remind_at := _eve_of(row.answer_by, zone)) > now + SO_SOON:
        until = datetime.combine(row.answer_by, time.max, zone)
        for reader in readers:
            said = soon_letter(event, row, path, reader).sealed(seal)
            promised.append((reader.id, Draft(f"{SOON}{suffix}", said, remind_at, until)))
    await notifications.queue_each(promised, now=now)


def _eve_of(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day - timedelta(days=1), REMINDED_AT, zone)
