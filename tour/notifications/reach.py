"""How somebody is told of changes, and of what they asked to be reminded: for those who wait for
them, without an address.

A browser counts while its subscription is there (a push service that says it has gone deletes it).
A mail box counts until it refuses a letter for good, and again once it takes one.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum

from tour.db.plain import fetch, numbers
from tour.i18n import Text
from tour.i18n import lazy as _
from tour.notifications.models import Recipient
from tour.notifications.schedule import EVENING, Choice
from tour.words.ranges import clock

CHOICES: dict[Choice, Text] = {
    Choice.EVENING: _("The evening before, at %(time)s", time=clock(EVENING)),
    Choice.TWO_HOURS: _("Two hours before"),
    Choice.HALF_HOUR: _("Half an hour before"),
    Choice.LEAVE: _("When it is time to leave for the next place"),
}
"""What each reminder is called where it is chosen, and where hosts read of it."""
CAME_BACK = """EXISTS (
    SELECT 1 FROM reminder e JOIN delivery d ON d.reminder_id = e.id
    WHERE e.recipient_id = t.id AND d.service = 'mail' AND d.status = 'failed'
        AND d.problem LIKE 'mail refused: 5%'
        AND NOT EXISTS (
            SELECT 1 FROM reminder l JOIN delivery m ON m.reminder_id = l.id
            WHERE l.recipient_id = t.id AND m.service = 'mail' AND m.status = 'sent'
                AND m.finished_at > d.finished_at))"""
"""What stands for good in `mail.smtp_answers`; 4xx and a server that is away are no answer."""
WAY = f"""CASE
    WHEN t.stopped_at IS NOT NULL THEN 'stopped'
    WHEN EXISTS (SELECT 1 FROM push_subscription s WHERE s.recipient_id = t.id) THEN 'push'
    WHEN t.email = '' THEN 'none'
    WHEN t.mail_stopped_at IS NOT NULL THEN 'stopped'
    WHEN {CAME_BACK} THEN 'none'
    ELSE 'mail' END"""  # noqa: S608 - our own names
"""Of the recipient `t`, as `sending.fan_out` goes: to their browsers, else to their mail box."""
WAYS_OF = f"SELECT t.id, {WAY} AS way FROM recipient t WHERE t.id IN ({{ids}})"  # noqa: S608 - our own text


class Way(StrEnum):
    PUSH = "push"
    MAIL = "mail"
    STOPPED = "stopped"
    """They want no messages."""
    NONE = "none"
    """No browser, and no mail box that takes letters."""

    @property
    def is_told(self) -> bool:
        return self in (Way.PUSH, Way.MAIL)


WAYS: dict[Way, Text] = {
    Way.PUSH: _("By notifications on their phone"),
    Way.MAIL: _("By email"),
    Way.STOPPED: _("They have stopped all messages"),
    Way.NONE: _("No message reaches them"),
}


@dataclass(frozen=True, slots=True)
class Reach:
    """`choices`: of what they are reminded, soonest first, where anything reaches them."""

    way: Way
    choices: tuple[Choice, ...] = ()

    @property
    def is_told(self) -> bool:
        """Whether a change reaches them without a call."""
        return self.way.is_told

    @property
    def way_text(self) -> Text:
        return WAYS[self.way]

    @property
    def reminders(self) -> tuple[Text, ...]:
        return tuple(CHOICES[choice] for choice in self.choices)


async def reach_of(recipients: Iterable[Recipient]) -> dict[int, Reach]:
    """By id."""
    by_id = {reader.id: reader for reader in recipients}
    known = await ways(by_id)
    return {reader.id: _reach(reader, known[reader.id]) for reader in by_id.values()}


async def ways(recipient_ids: Collection[int]) -> dict[int, Way]:
    """By which way each of these is told at present, in one statement."""
    if not recipient_ids:
        return {}
    rows = await fetch(WAYS_OF.format(ids=numbers(recipient_ids)))
    return {int(row["id"]): Way(row["way"]) for row in rows}


def _reach(reader: Recipient, way: Way) -> Reach:
    asked = tuple(choice for choice in Choice if choice in reader.choices)
    return Reach(way, asked if way.is_told else ())
