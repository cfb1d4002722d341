"""Asking the people of places to take part in an event, through the outbox."""

from collections.abc import Sequence
from datetime import datetime, time
from zoneinfo import ZoneInfo

from tour.accounts.people import queries as accounts
from tour.accounts.tokens import new_token, token_hash
from tour.audit.service import Actor, Subject
from tour.changes import Part, edit
from tour.events import answers
from tour.events.editing import SUBJECT
from tour.events.models import Event, Participation
from tour.events.states import ParticipationAnswer
from tour.events.views import days_text
from tour.i18n import localized, translate
from tour.notifications import service as notifications
from tour.notifications.message import Message
from tour.notifications.models import Recipient
from tour.notifications.sending.wording import Promised, Words
from tour.seal import Seal
from tour.sites.opening.hours import clock_text

KEY = "taking-part:"


async def ask_new(part: Part, event_id: int, *, seal: Seal) -> int:
    """Write to the people of the places that were never written to; returns how many people."""
    rows = await answers.unanswered(event_id)
    return await _ask(part, event_id, [row for row in rows if row.asked_at is None], seal)


async def ask_again(event_id: int, *, actor: Actor, seal: Seal, now: datetime) -> int:
    """Write to the people of every place that has not answered; returns how many people.

    Each place gets a new link, which works without signing in; the one before stops working.
    """
    async with edit(actor, Subject(SUBJECT, event_id), "event.ask", now=now) as change:
        told = await _ask(change, event_id, await answers.unanswered(event_id), seal)
        change.after = {"people": told}
    return told


async def _ask(part: Part, event_id: int, rows: Sequence[Participation], seal: Seal) -> int:
    """A place that nobody tends yet is not noted as asked: it is written to when somebody does."""
    told = 0
    event = await Event.get(id=event_id)
    for row in rows:
        token = new_token()
        people = [member.recipient_id for member in await accounts.members_of(row.site.id)]
        if people:
            told += await _tell(event, row, people, f"/taking-part/{token}", seal, part.now)
            await answers.write_asked(part, row, token_hash(token))
    return told


async def _tell(
    event: Event, row: Participation, people: list[int], path: str, seal: Seal, now: datetime
) -> int:
    """The link in it is a key, so the outbox keeps the letter sealed."""
    ends = datetime.combine(event.ends_on, time.max, ZoneInfo(event.timezone))
    return await notifications.tell_now(
        people,
        f"{KEY}{event.id}:{row.site.id}",
        lambda reader: letter(event, row, path, reader).sealed(seal),
        concerns=None,
        expires_at=ends,
        now=now,
    )


async def words(promised: Promised, now: datetime) -> Words | None:
    """The letter as it leaves: the days and hours of the event as they are now. Nothing once the
    place has answered, or is asked no more."""
    _kind, event_id, site_id = promised.key.split(":")
    rows = Participation.filter(event_id=int(event_id), site_id=int(site_id))
    row = await rows.select_related("event", "site").first()
    if row is None or row.answer != ParticipationAnswer.INVITED or answers.is_over(row.event, now):
        return None
    reader = await Recipient.get(id=promised.recipient_id)
    return Words(letter(row.event, row, promised.message.url, reader))


def letter(event: Event, row: Participation, path: str, reader: Recipient) -> Message:
    """What a host reads: which event, when, and that one tap is enough."""
    lang = reader.lang
    title = localized({"title": event.title}, "title", lang, event.translations)
    site = localized({"name": row.site.name}, "name", lang, row.site.translations)
    body = translate(
        "%(days)s, %(opens)s to %(closes)s. Please say on this page whether %(site)s takes part."
        " You need not sign in.",
        lang,
        days=days_text(event, lang),
        opens=clock_text(event.opens_minute),
        closes=clock_text(event.closes_minute),
        site=site,
    )
    return Message(translate("Will you take part in %(event)s?", lang, event=title), body, path)
