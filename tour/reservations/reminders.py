"""What a party is told of its sessions, written with their cause in one transaction."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from tour.i18n import Text, localized, translate
from tour.i18n import lazy as _
from tour.notifications import service as notifications
from tour.notifications.message import Action, Message
from tour.notifications.schedule import Choice, Due, Visit, due_reminders
from tour.notifications.service import Draft
from tour.programmes.models import Slot
from tour.reservations.models import Reservation

PAGE = "/reservations/{reference}"
TITLES = {
    Choice.EVENING: _("Tomorrow's session"),
    Choice.TWO_HOURS: _("Your session begins in about two hours"),
    Choice.HALF_HOUR: _("Your session begins in half an hour"),
    Choice.LEAVE: _("Time to leave"),
}
RECEIPT = "receipt"
RECEIPT_LASTS = timedelta(days=2)


async def queue(reservation: Reservation, slots: Sequence[Slot], *, now: datetime) -> None:
    """Promise every reminder of these slots, which come with programme and site."""
    zone = reservation.recipient.timezone
    wanted = drafts(reservation, slots, zone, now)
    await notifications.queue_all(reservation.recipient_id, wanted, now=now)


async def renew(reservation: Reservation, slots: Sequence[Slot], *, now: datetime) -> None:
    """The same after a change: what is no longer true is taken back, the rest promised anew."""
    for choice in Choice:
        await notifications.cancel(reservation.recipient_id, f"{choice}:")
    wanted = _of_visits(reservation, slots, zone_of(reservation), now)
    await notifications.queue_all(reservation.recipient_id, wanted, now=now)


async def send_receipt(reservation: Reservation, slots: Sequence[Slot], *, now: datetime) -> None:
    """Tell the party its reservation (again), now."""
    draft = _receipt(reservation, slots, zone_of(reservation), now)
    await notifications.queue_all(reservation.recipient_id, [draft], now=now)


def drafts(
    reservation: Reservation, slots: Sequence[Slot], timezone: str, now: datetime
) -> list[Draft]:
    """The receipt by mail, if there is an address, and every reminder still to come."""
    zone = ZoneInfo(timezone)
    receipt = [_receipt(reservation, slots, zone, now)] if reservation.email else []
    return receipt + _of_visits(reservation, slots, zone, now)


def zone_of(reservation: Reservation) -> ZoneInfo:
    """The zone of a party that came with its recipient."""
    return ZoneInfo(reservation.recipient.timezone)


def title_of(slot: Slot, lang: str) -> str:
    programme = slot.programme
    return localized({"title": programme.title}, "title", lang, programme.translations)


def line(slot: Slot, lang: str, zone: ZoneInfo, *, with_day: bool = False) -> str:
    """10:30 木版を摺る (見本 木版工房), after the date if asked."""
    site = slot.programme.site
    name = localized({"name": site.name}, "name", lang, site.translations)
    start = slot.starts_at.astimezone(zone)
    day = f"{start:%Y-%m-%d} " if with_day else ""
    return f"{day}{start:%H:%M} {title_of(slot, lang)} ({name})"


def message(
    reservation: Reservation, title: Text, lines: Sequence[str], *actions: Action
) -> Message:
    """A message that opens the reservation's page."""
    page = PAGE.format(reference=reservation.reference)
    title_text = title.in_language(reservation.lang)
    return Message(title=title_text, body="\n".join(lines), url=page, actions=actions)


def _of_visits(
    reservation: Reservation, slots: Sequence[Slot], zone: ZoneInfo, now: datetime
) -> list[Draft]:
    visits = [Visit(slot.id, slot.starts_at) for slot in slots]
    by_id = {slot.id: slot for slot in slots}
    return [
        Draft(due.key, _reminder(reservation, due, by_id, zone), due.due_at, due.expires_at)
        for due in due_reminders(visits, zone, now=now)
    ]


def _reminder(
    reservation: Reservation, due: Due, slots: dict[int, Slot], zone: ZoneInfo
) -> Message:
    lang = reservation.lang
    lines = [line(slots[visit.id], lang, zone) for visit in due.visits]
    page = PAGE.format(reference=reservation.reference)
    return message(
        reservation,
        TITLES[due.choice],
        lines,
        Action(translate("Show QR code", lang), f"{page}#qr"),
        Action(translate("We can't come", lang), f"{page}#cancel"),
    )


def _receipt(
    reservation: Reservation, slots: Sequence[Slot], zone: ZoneInfo, now: datetime
) -> Draft:
    lines = [line(slot, reservation.lang, zone, with_day=True) for slot in slots]
    said = message(reservation, _("Your reservation is confirmed"), lines)
    return Draft(RECEIPT, said, now, now + RECEIPT_LASTS)
