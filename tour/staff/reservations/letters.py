"""Messages to everybody who holds seats in a slot, or in any coming slot of an event."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from tour.audit.service import Actor, Subject
from tour.changes import edit
from tour.notifications import service as notifications
from tour.notifications.message import Message
from tour.notifications.models import Recipient, Reminder
from tour.programmes.states import SlotStatus
from tour.reservations.models import Place
from tour.reservations.states import PlaceStatus


@dataclass(frozen=True, slots=True)
class Audience:
    """Everybody of one slot, or of an event; exactly one of the two is given."""

    event_id: int | None = None
    slot_id: int | None = None


@dataclass(frozen=True, slots=True)
class Letter:
    """Title and text by language; who reads none of them gets English, else the town's own."""

    titles: Mapping[str, str]
    texts: Mapping[str, str]
    town_language: str

    def in_language(self, lang: str) -> tuple[str, str]:
        wanted = (lang,) if lang.startswith("ja") else (lang, "en")
        for choice in (*wanted, self.town_language):
            if self.texts.get(choice):
                return self.titles.get(choice) or self.titles[self.town_language], self.texts[
                    choice
                ]
        return self.titles[self.town_language], self.texts[self.town_language]


async def readers(to: Audience, *, now: datetime) -> dict[int, str]:
    """{recipient: the reference of their reservation}, of those who still have a visit to come."""
    held = Place.filter(
        status=PlaceStatus.CONFIRMED,
        slot__status=SlotStatus.OPEN,
        slot__ends_at__gt=now,
        **_place_filter(to),
    )
    rows = await held.values_list("reservation__recipient_id", "reservation__reference")
    return {int(recipient): str(reference) for recipient, reference in rows}


async def send(to: Audience, letter: Letter, token: str, *, actor: Actor, now: datetime) -> int:
    """Queue the letter for each; returns for how many. The same `token` twice sends once."""
    key = f"letter:{token}"
    subject = Subject("slot" if to.slot_id else "event", to.slot_id or to.event_id or 0)
    async with edit(actor, subject, f"{subject.kind}.letter", now=now) as change:
        references = await readers(to, now=now)
        if await Reminder.filter(key=key).exists():
            change.nothing()
            return len(references)

        def compose(reader: Recipient) -> Message:
            title, text = letter.in_language(str(reader.lang))
            return Message(title, text, f"/reservations/{references[reader.id]}")

        told = await notifications.tell_now(
            references,
            key,
            compose,
            concerns=await _day(to),
            expires_at=await _last_end(to, now),
            now=now,
        )
        change.after = {"title": letter.titles[letter.town_language], "told": told}
    return told


def _place_filter(to: Audience) -> dict[str, Any]:
    if to.slot_id is not None:
        return {"slot_id": to.slot_id}
    return {"slot__programme__event_id": to.event_id}


async def _last_end(to: Audience, now: datetime) -> datetime:
    """A letter matters until the last of these visits is over."""
    held = Place.filter(**_place_filter(to), status=PlaceStatus.CONFIRMED)
    last = await held.order_by("-slot__ends_at").first().select_related("slot")
    return max(last.slot.ends_at, now) if last else now


async def _day(to: Audience) -> Any:
    """The local date of the visit: what concerns today may be told in quiet hours too."""
    first = (
        await Place.filter(**_place_filter(to), status=PlaceStatus.CONFIRMED)
        .order_by("slot__starts_at")
        .first()
        .select_related("slot", "reservation__recipient")
    )
    if first is None:
        return None
    zone = ZoneInfo(str(first.reservation.recipient.timezone))
    return first.slot.starts_at.astimezone(zone).date()
