"""Letters of staff's to everybody of an audience: promised in a few statements, sent a minute
later, taken back within it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from tour.accounts.models import Account
from tour.audit.service import Actor, Subject
from tour.changes import edit
from tour.errors import BadInput, Conflict
from tour.i18n import lazy as _
from tour.notifications import service as notifications
from tour.notifications.message import Message
from tour.notifications.models import Recipient, Reminder
from tour.notifications.schedule import UNDO_FOR, live_at
from tour.notifications.service import Draft
from tour.notifications.states import ReminderStatus
from tour.staff.reservations import audiences
from tour.staff.reservations.audiences import Audience, Reader

TO_EVERYBODY = "letter.send"


@dataclass(frozen=True, slots=True)
class Letter:
    """Title and text by language; who reads none of them gets English, else the town's own."""

    titles: Mapping[str, str]
    texts: Mapping[str, str]
    town_language: str

    @property
    def written(self) -> list[str]:
        """The languages in which there is a text."""
        return [lang for lang, text in self.texts.items() if text]

    def in_language(self, lang: str) -> tuple[str, str]:
        wanted = (lang,) if lang.startswith("ja") else (lang, "en")
        for choice in (*wanted, self.town_language):
            if self.texts.get(choice):
                return self.titles.get(choice) or self.titles[self.town_language], self.texts[
                    choice
                ]
        return self.titles[self.town_language], self.texts[self.town_language]


def key_of(token: str) -> str:
    """Of the letter that one form sends, however often it is sent."""
    return f"letter:{token}"


async def send(
    to: Audience, letter: Letter, token: str, zone: ZoneInfo, *, actor: Actor, now: datetime
) -> None:
    """Promise the letter to each, once however often the form is sent. Raises BadInput where it is
    for nobody."""
    async with edit(actor, None, TO_EVERYBODY, now=now) as change:
        if actor.account_id is not None:
            # Two taps at once come one after the other: the second finds what the first wrote.
            await change.lock(Account, actor.account_id)
        if await _is_promised(token):
            change.nothing()
            return
        among = await audiences.sessions(to, zone, now=now)
        readers = await audiences.readers(to, among, now=now)
        if not readers:
            raise BadInput(NOBODY, {"who": NOBODY})
        await notifications.queue_each(await _drafts(readers, letter, token, now), now=now)
        first = await Reminder.filter(key=key_of(token)).order_by("id").first()
        change.subject = Subject("letter", first.id if first else 0)
        change.after = {
            "title": letter.titles[letter.town_language],
            "told": len(readers),
            "to": str(to.who),
            "event": to.event_id,
        }


NOBODY = _("Nobody gets this. Please choose somebody else.")


async def undo(token: str, *, actor: Actor, now: datetime) -> int:
    """Take back what has not left yet, all of it or nothing; returns how many. Raises Conflict when
    some of it is on its way."""
    async with edit(actor, None, "letter.undo", now=now) as change:
        letters = Reminder.filter(key=key_of(token)).exclude(status=ReminderStatus.CANCELLED)
        first = await letters.order_by("id").first()
        left = letters.exclude(status=ReminderStatus.WAITING, due_at__gt=now)
        if first is None or await left.exists():
            raise Conflict(_("It is on its way: it can be taken back for a minute only."))
        taken = await notifications.take_back(key_of(token))
        change.subject, change.after = Subject("letter", first.id), {"told": taken}
    return taken


async def may_undo(token: str, *, now: datetime) -> bool:
    """Whether nothing of it has left."""
    letters = Reminder.filter(key=key_of(token)).exclude(status=ReminderStatus.CANCELLED)
    left = letters.exclude(status=ReminderStatus.WAITING, due_at__gt=now)
    return await letters.exists() and not await left.exists()


async def _is_promised(token: str) -> bool:
    known = Reminder.filter(key=key_of(token)).exclude(status=ReminderStatus.CANCELLED)
    return await known.exists()


async def _drafts(
    readers: Mapping[int, Reader], letter: Letter, token: str, now: datetime
) -> list[tuple[int, Draft]]:
    return [
        (reader.id, _draft(reader, readers[reader.id], letter, token, now))
        for reader in await _recipients(readers.keys())
    ]


async def _recipients(ids: Collection[int]) -> list[Recipient]:
    return await Recipient.filter(id__in=list(ids)).order_by("id")


def _draft(
    recipient: Recipient, reader: Reader, letter: Letter, token: str, now: datetime
) -> Draft:
    """Of whom it concerns today it is told in quiet hours, too; others read it in the morning."""
    zone = ZoneInfo(recipient.timezone)
    concerns = reader.starts_at.astimezone(zone).date() if reader.starts_at else None
    due_at = max(live_at(concerns, zone, now=now), now + UNDO_FOR)
    title, text = letter.in_language(recipient.lang)
    ends_at = max(reader.ends_at, due_at + UNDO_FOR)
    return Draft(key_of(token), Message(title, text, reader.url), due_at, ends_at)
