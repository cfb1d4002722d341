"""Words made when they leave: a letter that waited for its mail server says what is true then.

Nothing here knows what a message is about: who opens the worker hands in a function for each kind
whose words name a time, a number or a state that may be another by then. What has no such function
is true whenever it is read, or is replaced by whoever changes what it says (`service.queue`).
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType

from tour.notifications import queries
from tour.notifications.message import Message, Part, actions_as_rows
from tour.notifications.models import Reminder
from tour.notifications.sending.outbox import Job


@dataclass(frozen=True, slots=True)
class Promised:
    """A message that is about to leave, as it was written; sealed, if it was (`Message.sealed`)."""

    recipient_id: int
    key: str
    message: Message

    @property
    def subject(self) -> str:
        """What stands behind the first part of its key: "12" of "offer:12:"."""
        return self.key.split(":")[1]

    async def was_told(self) -> bool:
        """Whether somebody may have read it already, by another browser or another try."""
        return await queries.told_at(self.recipient_id, self.key) is not None


@dataclass(frozen=True, slots=True)
class Words:
    """What is said; and until when it now matters, where that is later than was promised."""

    message: Message
    expires_at: datetime | None = None


MakeWords = Callable[[Promised, datetime], Awaitable[Words | None]]
"""The words of one message that leaves now; None where there is nothing left to say."""
Wording = Mapping[str, MakeWords]
"""By how keys begin; no beginning begins another."""
AS_PROMISED: Wording = MappingProxyType({})


async def made_now(job: Job, wording: Wording, now: datetime) -> tuple[Part, ...]:
    """What a job says now: its parts but those that are no longer so, perhaps none."""
    made = [await _made(part, wording, now) for part in job.parts]
    return tuple(part for part in made if part)


async def latest_ends(reminder_ids: Sequence[int]) -> dict[int, datetime]:
    """Until when these matter, as far as words that left meanwhile have made it later."""
    rows = await Reminder.filter(id__in=list(reminder_ids)).values("id", "expires_at")
    return {int(row["id"]): row["expires_at"] for row in rows}


async def _made(part: Part, wording: Wording, now: datetime) -> Part | None:
    make = next((make for begin, make in wording.items() if part.key.startswith(begin)), None)
    reminder = await Reminder.get(id=part.reminder_id) if make else None
    if make is None or reminder is None:
        return part
    promised = Promised(reminder.recipient_id, part.key, part.message)
    words = await make(promised, now)
    if words is None:
        return None
    if words.expires_at and words.expires_at > reminder.expires_at:
        later = Reminder.filter(id=reminder.id, revision=part.revision)
        await later.update(expires_at=words.expires_at)
    said = words.message
    actions = actions_as_rows(said.actions)
    return replace(part, title=said.title, body=said.body, url=said.url, actions=actions)
