"""What of a slot may be offered, and telling one party of its queue that seats are held for it.

The time to answer begins when the letter leaves, and its words are made then.
"""

from datetime import datetime
from zoneinfo import ZoneInfo

from tour.i18n import lazy as _
from tour.i18n import translate
from tour.notifications import recipients
from tour.notifications import service as notifications
from tour.notifications.message import Action, Message
from tour.notifications.sending.wording import Promised, Words
from tour.notifications.service import Draft
from tour.programmes.entries import SlotEntry
from tour.programmes.models import Slot
from tour.programmes.states import Allocation, SlotStatus
from tour.reservations.messages import reminders
from tour.reservations.models import Reservation, WaitlistEntry
from tour.reservations.states import WaitlistStatus
from tour.reservations.waitlist import offers
from tour.reservations.waitlist.offers import Channel, Window
from tour.web.templates import day_text
from tour.words.ranges import clock

STILL_A_YES = (WaitlistStatus.WAITING, WaitlistStatus.EXPIRED, WaitlistStatus.CLOSED)
"""What has not been declined: as long as seats are free, they may be taken."""


def may_be_offered(slot: Slot, now: datetime) -> bool:
    """No offer after the cut-off, none while seats are given by a draw or the slot is hidden."""
    return (
        slot.status == SlotStatus.OPEN
        and slot.programme.is_published
        and slot.programme.site.is_published
        and slot.allocation == Allocation.FIRST_COME
        and now < slot.booking_closes_at
    )


def held_minutes(starts_at: datetime, now: datetime) -> tuple[int, int]:
    """How long at least and at most seats will be held for who joins the queue now: the nearer the
    start, the shorter (`offers`)."""
    most = max(offers.offer_lasts(starts_at - now, channel) for channel in Channel)
    least = min(most, offers.SHORTEST)
    return int(least.total_seconds() // 60), int(most.total_seconds() // 60)


async def window_for(entry: WaitlistEntry, slot: Slot, now: datetime) -> Window | None:
    """When the party can be told and until when it may answer; None where that is too late."""
    reservation = await Reservation.get(id=entry.reservation_id).select_related("recipient")
    reader = reservation.recipient
    channel = Channel.MAIL if reader.email else Channel.NONE
    if await recipients.has_browser(reader.id):
        channel = Channel.PUSH
    zone = ZoneInfo(reader.timezone)
    return offers.window(slot.starts_at, slot.booking_closes_at, zone, channel, now=now)


async def offer(entry: WaitlistEntry, slot: Slot, open_for: Window, now: datetime) -> None:
    """The time to answer runs from when the party is told: nobody is woken to lose an offer."""
    reservation = await Reservation.get(id=entry.reservation_id).select_related("recipient")
    await WaitlistEntry.filter(id=entry.id).update(
        status=WaitlistStatus.OFFERED, offer_ends_at=open_for.ends_at
    )
    said = _message(reservation, slot, open_for.ends_at)
    draft = Draft(key_of(entry), said, open_for.told_at, open_for.ends_at)
    await notifications.queue_all(reservation.recipient_id, [draft], now=now)


def key_of(entry: WaitlistEntry) -> str:
    """Ends with a colon, so that entry 1 is no prefix of entry 12."""
    return f"offer:{entry.id}:"


def is_open(entry: WaitlistEntry, now: datetime) -> bool:
    ends_at = entry.offer_ends_at
    return entry.status == WaitlistStatus.OFFERED and ends_at is not None and now < ends_at


def takes_a_yes(status: WaitlistStatus, slot: Slot | SlotEntry, now: datetime) -> bool:
    """Whether a party that is offered nothing at present may still say yes, if seats are free."""
    return (
        status in STILL_A_YES
        and slot.status == SlotStatus.OPEN
        and slot.allocation == Allocation.FIRST_COME
        and now < min(slot.starts_at + offers.LAST_YES, slot.ends_at)
    )


async def words(promised: Promised, now: datetime) -> Words | None:
    """The offer as it leaves. Told late, for want of a mail server or a worker, it lasts as if it
    had been made now; the page says the same."""
    held = WaitlistEntry.filter(id=int(promised.subject), status=WaitlistStatus.OFFERED)
    entry = await held.select_related("reservation__recipient", "slot__programme__site").first()
    if entry is None or entry.offer_ends_at is None:
        return None
    ends_at = entry.offer_ends_at
    fair = await window_for(entry, entry.slot, now)
    is_late = fair is not None and fair.ends_at > ends_at + offers.PROMPTLY
    if fair and is_late and not await promised.was_told():
        ends_at = fair.ends_at
        await held.update(offer_ends_at=ends_at)
    return Words(_message(entry.reservation, entry.slot, ends_at), ends_at)


def _message(reservation: Reservation, slot: Slot, ends_at: datetime) -> Message:
    zone, lang = reminders.zone_of(reservation), reservation.lang
    until = ends_at.astimezone(zone)
    by = f"{day_text(until.date(), lang)} {clock(until)}"
    return reminders.message(
        reservation,
        _("Seats have come free for you"),
        [
            reminders.line(slot, lang, zone, with_day=True),
            translate("Please reserve them by %(time)s.", lang, time=by),
        ],
        Action(translate("See the offer", lang), f"/reservations/{reservation.reference}#offer"),
    )
