"""What a mail carries for the reader's calendar (RFC 6047). Nothing here knows what it is about:
who opens the worker hands in the function that writes it."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A whole iCalendar object about one thing, and what is to be done with it."""

    method: str
    text: str


@dataclass(frozen=True, slots=True)
class Cover:
    """What stands on a letter before it is written; `name` is the same for every try."""

    sender: str
    sender_name: str
    to: str
    name: str
    now: datetime


Enclose = Callable[[Sequence[int], Cover], Awaitable[tuple[Enclosure, ...]]]
"""What a letter about these reminders encloses, by their ids."""


async def nothing(_reminder_ids: Sequence[int], _cover: Cover) -> tuple[Enclosure, ...]:
    return ()


def enclose_in(mail: EmailMessage, enclosures: Sequence[Enclosure]) -> None:
    """The first as another form of the letter, which Gmail, Outlook and iPhones act on; they take
    one a letter, and one may speak of one thing only (RFC 5546, 3.2.2), so others are files."""
    for number, enclosure in enumerate(enclosures, start=1):
        params = {"method": enclosure.method}
        text = enclosure.text.replace("\r\n", "\n")
        if number == 1:
            mail.add_alternative(text, subtype="calendar", params=params)
        else:
            name = f"session-{number}.ics"
            mail.add_attachment(text, subtype="calendar", params=params, filename=name)
