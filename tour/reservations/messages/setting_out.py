"""Telling a party when to leave for its sessions, by a way that somebody else knows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import parse_qs, urlsplit

from tour.i18n import lazy as _
from tour.i18n import translate
from tour.notifications import service as notifications
from tour.notifications.message import Action
from tour.notifications.models import Reminder
from tour.notifications.schedule import SPARE, Choice, Due, Visit, setting_out
from tour.notifications.service import Draft
from tour.notifications.states import ReminderStatus
from tour.programmes.models import Slot
from tour.reservations.messages import reminders
from tour.reservations.models import Reservation

PREFIX = f"{Choice.LEAVE}:"
UNTOLD = (ReminderStatus.WAITING, ReminderStatus.CANCELLED, ReminderStatus.EXPIRED)


@dataclass(frozen=True, slots=True)
class Way:
    """The walk to a session: how long, from where (in the party's language), and its page."""

    walk: timedelta
    origin: str
    url: str


@dataclass(frozen=True, slots=True)
class Told:
    """What a party is, or was, told: when to leave, and the start of the walk as the page of walks
    takes it (a station's id, a place's slug or a point; empty where the message names none)."""

    leaves_at: datetime
    start: str


async def told(recipient_id: int, slot_id: int) -> Told | None:
    """None where nothing was promised of this slot, or it was taken back."""
    key = f"{PREFIX}{slot_id}"
    said = (await notifications.promised_under(recipient_id, key)).get(key)
    if said is None or said.status == ReminderStatus.CANCELLED:
        return None
    starts = [parse_qs(urlsplit(action["url"]).query).get("from") for action in said.actions]
    return Told(said.due_at, next((start[0] for start in starts if start), ""))


async def promise(
    reservation: Reservation, slots: Sequence[Slot], ways: Mapping[int, Way], *, now: datetime
) -> None:
    """Say when to leave for each of these slots (by id, the way there), and take back what was
    said of others. Needs a transaction, the recipient, and slots with programme and site.

    Where one should be on the way already, it is said at once: but once, and not to those who were
    told in time. What stands as it is stays untouched, so that this may be called at any change.
    """
    visits = [Visit(slot.id, slot.starts_at, ways[slot.id].walk) for slot in slots]
    by_id = {slot.id: slot for slot in slots}
    before = await notifications.promised_under(reservation.recipient_id, PREFIX)
    wanted = [
        _draft(reservation, due, by_id[due.visits[0].id], ways[due.visits[0].id], now)
        for due in setting_out(visits, now=now)
    ]
    keys = [draft.key for draft in wanted]
    await notifications.cancel(reservation.recipient_id, PREFIX, but=keys)
    new = [draft for draft in wanted if _is_news(draft, before.get(draft.key), now)]
    await notifications.queue_all(reservation.recipient_id, new, now=now)


def _is_news(draft: Draft, told: Reminder | None, now: datetime) -> bool:
    if told is None:
        return True
    same = (told.due_at, told.body) == (draft.due_at, draft.message.body)
    if told.status not in UNTOLD:
        # It may have been said minutes before its time, along with another.
        return draft.due_at > now and not same
    return told.status != ReminderStatus.WAITING or not same


def _draft(reservation: Reservation, due: Due, slot: Slot, way: Way, now: datetime) -> Draft:
    lang, page = reservation.lang, reminders.PAGE.format(reference=reservation.reference)
    is_late = slot.starts_at - way.walk - SPARE < now
    minutes = int(way.walk.total_seconds() // 60)
    lines = [
        reminders.line(slot, lang, reminders.zone_of(reservation)),
        translate("From %(place)s: %(n)s min on foot", lang, place=way.origin, n=minutes),
        reminders.GRACE_RULE.in_language(lang),
    ]
    said = reminders.message(
        reservation,
        _("Please leave now") if is_late else reminders.TITLES[Choice.LEAVE],
        lines,
        Action(translate("Show the way", lang), way.url),
        Action(translate("Late, or can't come", lang), f"{page}/late"),
        Action(translate("Show QR code", lang), f"{page}#qr"),
    )
    return Draft(due.key, said, due.due_at, due.expires_at)
