"""What a party is told of its sessions, written with their cause in one transaction."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from types import MappingProxyType
from zoneinfo import ZoneInfo

from tour.i18n import Text, bracketed, localized, translate
from tour.i18n import lazy as _
from tour.notifications import service as notifications
from tour.notifications.mail import boxes
from tour.notifications.message import MADE_AS_IT_LEAVES, Action, Message
from tour.notifications.schedule import SPARE, Choice, Due, Visit, due_reminders
from tour.notifications.service import Draft
from tour.programmes.models import Slot
from tour.reservations.models import Reservation
from tour.reservations.rules import GRACE
from tour.web.templates import day_text
from tour.words.ranges import clock, from_to

PAGE = "/reservations/{reference}"
WAY = "/sites/{slug}#way"
TITLES = {
    Choice.EVENING: _("Tomorrow's session"),
    Choice.TWO_HOURS: _("Your session begins at %(time)s"),
    Choice.HALF_HOUR: _("Your session begins at %(time)s"),
    Choice.LEAVE: _("Time to leave"),
}
"""True whenever they are read: a message waits for the end of the quiet hours, or for a network."""
GRACE_RULE = _(
    "Please come within %(n)s minutes of the start: after that your seats may go to others. "
    "Tell us with one tap if you are late.",
    n=int(GRACE.total_seconds() // 60),
)
GIVEN_UP = boxes.GIVEN_UP
"""Begins the key of what confirms a party's own cancelling."""
RECEIPT = boxes.RECEIPT
CONFIRMED = _("Your reservation is confirmed")
HOLDS_NOW = _("This is your reservation now:")
"""Behind it all that the party holds, before it what has changed."""
AN_HOUR = timedelta(hours=1)
RECEIPT_PAUSE = timedelta(minutes=3)


def last_end(slots: Iterable[Slot], now: datetime) -> datetime:
    """Until when it matters to know of these sessions: to the end of the last, however long no mail
    could leave."""
    return max([*(slot.ends_at for slot in slots), now + AN_HOUR])


async def queue(reservation: Reservation, slots: Sequence[Slot], *, now: datetime) -> None:
    """Promise every reminder of these slots, which come with programme and site."""
    zone = reservation.recipient.timezone
    wanted = drafts(reservation, slots, zone, now)
    await notifications.queue_all(reservation.recipient_id, wanted, now=now)


async def renew(reservation: Reservation, slots: Sequence[Slot], *, now: datetime) -> None:
    """The same after a change: what is no longer true is taken back, the rest promised anew."""
    for choice in set(Choice) - {Choice.LEAVE}:
        await notifications.cancel(reservation.recipient_id, f"{choice}:")
    # The walks to what is left are as they were.
    kept = [f"{Choice.LEAVE}:{slot.id}" for slot in slots]
    await notifications.cancel(reservation.recipient_id, f"{Choice.LEAVE}:", but=kept)
    wanted = _of_visits(reservation, slots, zone_of(reservation), now)
    await notifications.queue_all(reservation.recipient_id, wanted, now=now)


async def renew_each(
    parties: Sequence[tuple[Reservation, Sequence[Slot]]], *, now: datetime
) -> None:
    """As `renew`, for many parties and what each still holds, in a few statements."""
    walks: defaultdict[int, set[str]] = defaultdict(set)
    for party, slots in parties:
        walks[party.recipient_id] |= {f"{Choice.LEAVE}:{slot.id}" for slot in slots}
    kinds = {str(choice) for choice in Choice}
    await notifications.cancel_where(
        walks.keys(),
        lambda reader, key: key.partition(":")[0] in kinds and key not in walks[reader],
    )
    wanted = [
        (party.recipient_id, draft)
        for party, slots in parties
        for draft in _of_visits(party, slots, zone_of(party), now)
    ]
    await notifications.queue_each(wanted, now=now)


def until_arrival(slot_id: int) -> tuple[str, ...]:
    """The keys of what nobody needs who is at this session already."""
    return (f"{Choice.HALF_HOUR}:{slot_id}", f"{Choice.LEAVE}:{slot_id}", coming_key(slot_id))


def coming_key(slot_id: int) -> str:
    """Of the question whether a party that is not there yet still comes."""
    return f"coming:{slot_id}"


async def still_coming(reservation: Reservation, slot: Slot, until: datetime) -> Message:
    """Asks a party that is not there; `reservation` comes with its recipient."""
    shown, lang = await _with_site(slot), reservation.lang
    zone = zone_of(reservation)
    page = PAGE.format(reference=reservation.reference)
    kept = _("Your seats are kept until %(time)s.", time=clock(until.astimezone(zone)))
    return message(
        reservation,
        _("Are you still coming?"),
        [line(shown, lang, zone), kept.in_language(lang)],
        Action(translate("We are on our way", lang), f"{page}/late"),
        Action(translate("We can't come", lang), f"{page}/cannot-come"),
    )


async def about_slot(reservation: Reservation, slot: Slot, title: Text, words: Text) -> Message:
    """A few words about one session of a party that comes with its recipient."""
    shown, lang = await _with_site(slot), reservation.lang
    lines = [line(shown, lang, zone_of(reservation)), words.in_language(lang)]
    return message(reservation, title, lines)


async def _with_site(slot: Slot) -> Slot:
    return await Slot.get(id=slot.id).select_related("programme__site")


async def tell_given_up(reservation: Reservation, slots: Sequence[Slot], *, now: datetime) -> None:
    """The party's own word is confirmed: which sessions, with programme and site, it gave back."""
    if not slots:
        return
    zone, lang = zone_of(reservation), reservation.lang
    lines = [line(slot, lang, zone, with_day=True) for slot in in_order(slots)]
    title = _("Cancelled, as you asked")
    key = f"{GIVEN_UP}{'-'.join(str(slot.id) for slot in slots)}:"
    said = message(reservation, title, lines)
    draft = Draft(key[:80], said, now, last_end(slots, now))
    await notifications.queue_all(reservation.recipient_id, [draft], now=now)


async def move_leaving(
    reservation: Reservation, slot: Slot, by: timedelta, *, now: datetime
) -> None:
    """The session begins later (earlier, if negative): so does the way there, if it was told."""
    due_at = await notifications.promised(reservation.recipient_id, f"{Choice.LEAVE}:{slot.id}")
    if due_at is None:
        return
    walk = slot.starts_at - by - SPARE - due_at
    wanted = _of_visits(reservation, [slot], zone_of(reservation), now, {slot.id: walk})
    leaving = [draft for draft in wanted if draft.key.startswith(f"{Choice.LEAVE}:")]
    await notifications.queue_all(reservation.recipient_id, leaving, now=now)


async def receipt_is_new(reservation: Reservation, *, now: datetime) -> bool:
    """Whether it was told its reservation a moment ago; nobody's mailbox is filled by a button."""
    told_at = await notifications.due_at(reservation.recipient_id, RECEIPT)
    return told_at is not None and told_at <= now < told_at + RECEIPT_PAUSE


async def send_receipt(reservation: Reservation, slots: Sequence[Slot], *, now: datetime) -> None:
    """Tell the party its reservation (again), now."""
    draft = _receipt(slots, now)
    await notifications.queue_all(reservation.recipient_id, [draft], now=now)


async def tell_joined(
    reservation: Reservation,
    slots: Sequence[Slot],
    *,
    added: Sequence[Slot],
    given_back: Sequence[Slot],
    now: datetime,
) -> None:
    """The confirmation of all that the party holds now, with what has changed at its head."""
    zone, lang = zone_of(reservation), reservation.lang
    lines = [line(slot, lang, zone, with_day=True, with_end=True) for slot in in_order(added)]
    if given_back:
        gone = [line(slot, lang, zone, with_day=True) for slot in in_order(given_back)]
        lines += ["", translate("Given back:", lang), *gone]
    lines += ["", HOLDS_NOW.in_language(lang)]
    said = message(reservation, _("Added to your reservation"), lines)
    draft = _receipt(slots, now, said)
    await notifications.queue_all(reservation.recipient_id, [draft], now=now)


def drafts(
    reservation: Reservation, slots: Sequence[Slot], timezone: str, now: datetime
) -> list[Draft]:
    """The receipt by mail, if there is an address, and every reminder still to come."""
    receipt = [_receipt(slots, now)] if reservation.email else []
    return receipt + _of_visits(reservation, slots, ZoneInfo(timezone), now)


def zone_of(reservation: Reservation) -> ZoneInfo:
    """The zone of a party that came with its recipient."""
    return ZoneInfo(reservation.recipient.timezone)


def title_of(slot: Slot, lang: str) -> str:
    programme = slot.programme
    return localized({"title": programme.title}, "title", lang, programme.translations)


def in_order(slots: Iterable[Slot]) -> list[Slot]:
    """As the day goes."""
    return sorted(slots, key=lambda slot: (slot.starts_at, slot.id))


def line(
    slot: Slot, lang: str, zone: ZoneInfo, *, with_day: bool = False, with_end: bool = False
) -> str:
    """10:30 木版を摺る（見本 木版工房）, after the day with its weekday, 10:30～11:30, if asked."""
    site = slot.programme.site
    name = localized({"name": site.name}, "name", lang, site.translations)
    start = slot.starts_at.astimezone(zone)
    day = f"{day_text(start.date(), lang)} " if with_day else ""
    end = clock(slot.ends_at.astimezone(zone)) if with_end else clock(start)
    when = from_to(clock(start), end, lang)
    return f"{day}{when} {title_of(slot, lang)}{bracketed(name, lang)}"


def message(
    reservation: Reservation, title: Text, lines: Sequence[str], *actions: Action
) -> Message:
    """A message that opens the reservation's page."""
    page = PAGE.format(reference=reservation.reference)
    title_text = title.in_language(reservation.lang)
    return Message(title=title_text, body="\n".join(lines), url=page, actions=actions)


def _of_visits(
    reservation: Reservation,
    slots: Sequence[Slot],
    zone: ZoneInfo,
    now: datetime,
    walks: Mapping[int, timedelta] = MappingProxyType({}),
) -> list[Draft]:
    visits = [Visit(slot.id, slot.starts_at, walks.get(slot.id)) for slot in slots]
    by_id = {slot.id: slot for slot in slots}
    return [
        Draft(due.key, _reminder(reservation, due, by_id, zone), due.due_at, due.expires_at)
        for due in due_reminders(visits, zone, now=now)
    ]


def _reminder(
    reservation: Reservation, due: Due, slots: dict[int, Slot], zone: ZoneInfo
) -> Message:
    """Phones show two buttons. The page that a tap opens begins with the QR code, so that button
    comes last."""
    lang = reservation.lang
    lines = [line(slots[visit.id], lang, zone) for visit in due.visits]
    first = due.visits[0]
    if due.choice == Choice.LEAVE and first.walk is not None:
        lines.append(_on_foot(first.walk, lang))
    if due.choice != Choice.EVENING:
        lines.append(GRACE_RULE.in_language(lang))
    page = PAGE.format(reference=reservation.reference)
    way = WAY.format(slug=slots[first.id].programme.site.slug)
    is_near = due.choice in (Choice.HALF_HOUR, Choice.LEAVE)
    answer = _("Late, or can't come") if is_near else _("We can't come")
    begins = clock(first.starts_at.astimezone(zone))
    return message(
        reservation,
        TITLES[due.choice].filled(time=begins),
        lines,
        Action(translate("Show the way", lang), way),
        Action(answer.in_language(lang), f"{page}/{'late' if is_near else 'cannot-come'}"),
        Action(translate("Show QR code", lang), f"{page}#qr"),
    )


def _on_foot(walk: timedelta, lang: str) -> str:
    minutes = _("On foot: %(n)s min", n=int(walk.total_seconds() // 60))
    return minutes.in_language(lang)


def _receipt(slots: Iterable[Slot], now: datetime, news: Message = MADE_AS_IT_LEAVES) -> Draft:
    """What it says beside the news is made as it leaves (`receipts`)."""
    return Draft(RECEIPT, news, now, last_end(slots, now))
