"""What the people of a place read when they are asked to take part in an event."""

from collections.abc import Callable
from datetime import datetime

from tour.events.answers import is_over
from tour.events.models import Event, Participation
from tour.events.states import ParticipationAnswer
from tour.events.views import days_text
from tour.i18n import localized, translate
from tour.notifications.message import Message
from tour.notifications.models import Recipient
from tour.notifications.sending.wording import MakeWords, Promised, Wording, Words
from tour.sites.opening.hours import clock_text
from tour.web.templates import day_text

KEY = "taking-part:"
SOON = "answer-by:"
"""Begins the key of the one reminder before the date to answer by."""
Letter = Callable[[Event, Participation, str, Recipient], Message]


def letter(event: Event, row: Participation, path: str, reader: Recipient) -> Message:
    """Which event, when, until when to answer, and that one tap is enough."""
    lang = reader.lang
    title = localized({"title": event.title}, "title", lang, event.translations)
    said = translate("Will you take part in %(event)s?", lang, event=title)
    changed = translate("The dates have changed, so we ask you once more.", lang)
    lines = [*([changed] if row.answered_for is not None else []), _body(event, row, lang)]
    return Message(said, "\n\n".join([*lines, *_asked(row, lang)]), path)


def soon_letter(event: Event, row: Participation, path: str, reader: Recipient) -> Message:
    """The same once more, a day before the date to answer by."""
    lang = reader.lang
    title = localized({"title": event.title}, "title", lang, event.translations)
    said = translate("Please answer: will you take part in %(event)s?", lang, event=title)
    return Message(said, "\n\n".join([_body(event, row, lang), *_asked(row, lang)]), path)


def _body(event: Event, row: Participation, lang: str) -> str:
    return translate(
        "%(days)s, %(opens)s to %(closes)s. Please say on this page whether %(site)s takes part."
        " You need not sign in.",
        lang,
        days=days_text(event, lang),
        opens=clock_text(event.opens_minute),
        closes=clock_text(event.closes_minute),
        site=localized({"name": row.site.name}, "name", lang, row.site.translations),
    )


def _asked(row: Participation, lang: str) -> list[str]:
    """What the asker has added."""
    by = row.answer_by
    until = translate("Please answer by %(day)s.", lang, day=day_text(by, lang)) if by else ""
    return [text for text in (row.word, until) if text]


def _as_it_leaves(compose: Letter) -> MakeWords:
    async def words(promised: Promised, now: datetime) -> Words | None:
        """The days and hours of the event as they are now. Nothing once the place has answered, or
        is asked no more."""
        _kind, event_id, site_id = promised.key.split(":")
        rows = Participation.filter(event_id=int(event_id), site_id=int(site_id))
        row = await rows.select_related("event", "site").first()
        if row is None or row.answer != ParticipationAnswer.INVITED or is_over(row.event, now):
            return None
        reader = await Recipient.get(id=promised.recipient_id)
        return Words(compose(row.event, row, promised.message.url, reader))

    return words


WORDING: Wording = {KEY: _as_it_leaves(letter), SOON: _as_it_leaves(soon_letter)}
