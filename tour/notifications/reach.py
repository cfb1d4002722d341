"""How somebody is told of changes, and of what they asked to be reminded: for those who wait for
them, without an address."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from tour.i18n import Text
from tour.i18n import lazy as _
from tour.notifications.models import PushSubscription, Recipient
from tour.notifications.schedule import Choice

CHOICES: dict[Choice, Text] = {
    Choice.EVENING: _("The evening before, at 18:00"),
    Choice.TWO_HOURS: _("Two hours before"),
    Choice.HALF_HOUR: _("Half an hour before"),
    Choice.LEAVE: _("When it is time to leave for the next place"),
}
"""What each reminder is called where it is chosen, and where hosts read of it."""
MOST_AT_ONCE = 5000
"""Ids in one statement; the databases take some 32,000 values."""


class Way(StrEnum):
    PUSH = "push"
    MAIL = "mail"
    STOPPED = "stopped"
    """They want no messages."""
    NONE = "none"


WAYS: dict[Way, Text] = {
    Way.PUSH: _("By notifications on their phone"),
    Way.MAIL: _("By e-mail"),
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
        return self.way in (Way.PUSH, Way.MAIL)

    @property
    def way_text(self) -> Text:
        return WAYS[self.way]

    @property
    def reminders(self) -> tuple[Text, ...]:
        return tuple(CHOICES[choice] for choice in self.choices)


async def reach_of(recipients: Iterable[Recipient]) -> dict[int, Reach]:
    """By id. As `sending.fan_out` goes: to their browsers, else to their mail box."""
    by_id = {reader.id: reader for reader in recipients}
    browsing: set[int] = set()
    ids = list(by_id)
    for start in range(0, len(ids), MOST_AT_ONCE):
        chosen = PushSubscription.filter(recipient_id__in=ids[start : start + MOST_AT_ONCE])
        browsing |= {row["recipient_id"] for row in await chosen.values("recipient_id")}
    return {reader.id: _reach(reader, reader.id in browsing) for reader in by_id.values()}


def _reach(reader: Recipient, has_browser: bool) -> Reach:
    way = _way(reader, has_browser)
    asked = tuple(choice for choice in Choice if choice in reader.choices)
    return Reach(way, asked if way in (Way.PUSH, Way.MAIL) else ())


def _way(reader: Recipient, has_browser: bool) -> Way:
    if reader.stopped_at:
        return Way.STOPPED
    if has_browser:
        return Way.PUSH
    if not reader.email:
        return Way.NONE
    return Way.STOPPED if reader.mail_stopped_at else Way.MAIL
