"""What a party is told before its sessions, written with the reservation in one transaction."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from tour.i18n import lazy as _
from tour.i18n import localized, translate
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


async def queue(
    reservation: Reservation,
    recipient_id: int,
    slots: Sequence[Slot],
    zone: ZoneInfo,
    now: datetime,
) -> None:
    """Promise every reminder of these slots; `slots` come with programme and site."""
    visits = [Visit(slot.id, slot.starts_at) for slot in slots]
    by_id = {slot.id: slot for slot in slots}
    drafts = [
        Draft(due.key, _message(reservation, due, by_id, zone), due.due_at, due.expires_at)
        for due in due_reminders(visits, zone, now=now)
    ]
    await notifications.queue_all(recipient_id, drafts, now=now)


def _message(reservation: Reservation, due: Due, slots: dict[int, Slot], zone: ZoneInfo) -> Message:
    lang = str(reservation.lang)
    lines = [_line(slots[visit.id], lang, zone) for visit in due.visits]
    page = PAGE.format(reference=reservation.reference)
    return Message(
        title=TITLES[due.choice].in_language(lang),
        body="\n".join(lines),
        url=page,
        actions=(
            Action(translate("Show QR code", lang), f"{page}#qr"),
            Action(translate("We can't come", lang), f"{page}#cancel"),
        ),
    )


def _line(slot: Slot, lang: str, zone: ZoneInfo) -> str:
    """10:30 木版を摺る (見本 木版工房)."""
    programme = slot.programme
    title = localized({"title": programme.title}, "title", lang, programme.translations)
    site = localized({"name": programme.site.name}, "name", lang, programme.site.translations)
    start = slot.starts_at.astimezone(zone)
    return f"{start:%H:%M} {title} ({site})"
