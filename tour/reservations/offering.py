"""Telling one party of a queue that seats are held for it, and until when."""

from datetime import datetime
from zoneinfo import ZoneInfo

from tour.i18n import lazy as _
from tour.i18n import translate
from tour.notifications import queries as told
from tour.notifications import service as notifications
from tour.notifications.message import Action
from tour.notifications.service import Draft
from tour.programmes.models import Slot
from tour.reservations import offers, reminders
from tour.reservations.models import Reservation, WaitlistEntry
from tour.reservations.offers import Channel, Window
from tour.reservations.states import WaitlistStatus
from tour.web.templates import day_text


async def window_for(entry: WaitlistEntry, slot: Slot, now: datetime) -> Window | None:
    reservation = await Reservation.get(id=entry.reservation_id).select_related("recipient")
    reader = reservation.recipient
    channel = Channel.MAIL if reader.email else Channel.NONE
    if await notifications.has_browser(reader.id):
        channel = Channel.PUSH
    zone = ZoneInfo(reader.timezone)
    return offers.window(slot.starts_at, slot.booking_closes_at, zone, channel, now=now)


async def offer(entry: WaitlistEntry, slot: Slot, open_for: Window, now: datetime) -> None:
    """The time to answer runs from when the party is told: nobody is woken to lose an offer."""
    reservation = await Reservation.get(id=entry.reservation_id).select_related("recipient")
    zone, lang = ZoneInfo(reservation.recipient.timezone), reservation.lang
    await WaitlistEntry.filter(id=entry.id).update(
        status=WaitlistStatus.OFFERED, offer_ends_at=open_for.ends_at
    )
    until = open_for.ends_at.astimezone(zone)
    said = reminders.message(
        reservation,
        _("Seats have come free for you"),
        [
            reminders.line(slot, lang, zone, with_day=True),
            translate(
                "Please accept by %(time)s.",
                lang,
                time=f"{day_text(until.date(), lang)} {until:%H:%M}",
            ),
        ],
        Action(translate("See the offer", lang), f"/reservations/{reservation.reference}#offer"),
    )
    draft = Draft(key_of(entry), said, open_for.told_at, open_for.ends_at)
    await notifications.queue_all(reservation.recipient_id, [draft], now=now)


def key_of(entry: WaitlistEntry) -> str:
    """Ends with a colon, so that entry 1 is no prefix of entry 12."""
    return f"offer:{entry.id}:"


async def was_told_late(entry: WaitlistEntry, slot: Slot, now: datetime) -> bool:
    """Whether the message left so late, for want of a mail server or a worker, that there is still
    time to answer; the offer then lasts as long."""
    at = await told.told_at(entry.reservation.recipient_id, key_of(entry))
    fair = await window_for(entry, slot, at) if at else None
    if fair is None or fair.ends_at <= max(now, (entry.offer_ends_at or now) + offers.PROMPTLY):
        return False
    await WaitlistEntry.filter(id=entry.id).update(offer_ends_at=fair.ends_at)
    return True
