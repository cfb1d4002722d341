"""What those are told whose sessions are called off together: parties, one message each of all that
it loses, and the hosts of the places. It leaves a minute later, and not if it is undone."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from tour.accounts.people import queries as accounts
from tour.i18n import lazy as _
from tour.i18n import translate
from tour.notifications import service as notifications
from tour.notifications.message import Message
from tour.notifications.models import Recipient
from tour.notifications.schedule import UNDO_FOR, live_at
from tour.notifications.service import Draft
from tour.programmes.models import Slot
from tour.reservations.draws import draws
from tour.reservations.messages import reminders
from tour.reservations.models import CallOff, DrawEntry, Place, Reservation, WaitlistEntry
from tour.reservations.states import EntryStatus, PlaceStatus
from tour.reservations.waitlist.queue import UNANSWERED

TOLD_FOR = timedelta(days=2)
EVENT_OFF = "event-off:"
"""Begins the key of the message to each party."""
SESSIONS_OFF = "sessions-off:"
"""Begins the key of the message to the hosts of each place."""
AT_HOST = "/host/{slug}"
Lost = Mapping[int, Collection[int]]
"""By party, the slots that it loses."""


@dataclass(frozen=True, slots=True)
class Told:
    """How many parties were told; the reminders that were taken back whole, and the parties whose
    own were made anew for what they still hold."""

    parties: int
    silenced: list[int]
    renewed: list[int]


async def who_loses(
    slot_ids: Collection[int], places: Iterable[Place], turns: Iterable[WaitlistEntry]
) -> Lost:
    """Who holds, waits for or hopes for one of these slots that are still alive."""
    lost: dict[int, set[int]] = defaultdict(set)
    for place in places:
        if place.status == PlaceStatus.CONFIRMED:
            lost[place.reservation_id].add(place.slot_id)
    for turn in turns:
        if turn.status in UNANSWERED:
            lost[turn.reservation_id].add(turn.slot_id)
    for entry in await draws.hoping_for(slot_ids):
        lost[entry.reservation_id] |= set(slot_ids).intersection(entry.ranking)
    return lost


async def tell(made: CallOff, slots: Sequence[Slot], lost: Lost, now: datetime) -> Told:
    """One message a party; its reminders of other sessions stay true. The slots come with programme
    and site."""
    by_id = {slot.id: slot for slot in slots}
    parties = await Reservation.filter(id__in=list(lost)).select_related("recipient")
    busy = await _busy_elsewhere([party.id for party in parties], by_id)
    silent = [party.recipient_id for party in parties if party.id not in busy]
    silenced = await notifications.cancel_each(silent)
    renewed = [party.id for party in parties if party.id in busy]
    await renew(renewed, now=now)
    drafts = []
    for party in parties:
        ended = reminders.in_order(by_id[slot_id] for slot_id in lost[party.id])
        drafts.append((party.recipient_id, _to_party(made, party, ended, now)))
    await notifications.queue_each([*drafts, *await _to_hosts(made, slots, now)], now=now)
    return Told(len(parties), silenced, renewed)


async def take_back(made: CallOff) -> None:
    for begins in (EVENT_OFF, SESSIONS_OFF):
        await notifications.take_back(_key(begins, made))


async def renew(party_ids: Sequence[int], *, now: datetime) -> None:
    """The reminders of what each of these holds now, in a few statements."""
    held: dict[int, list[Slot]] = defaultdict(list)
    places = Place.filter(reservation_id__in=list(party_ids), status=PlaceStatus.CONFIRMED)
    for place in await places.order_by("slot_id").select_related("slot__programme__site"):
        held[place.reservation_id].append(place.slot)
    parties = await Reservation.filter(id__in=list(party_ids)).select_related("recipient")
    await reminders.renew_each([(party, held[party.id]) for party in parties], now=now)


async def _busy_elsewhere(party_ids: Sequence[int], slots: Mapping[int, Slot]) -> set[int]:
    """Those that hold, await, wait for or hope for something that is not called off."""
    ids = list(party_ids)
    held = Place.filter(reservation_id__in=ids, status__in=_HELD)
    waiting = WaitlistEntry.filter(reservation_id__in=ids, status__in=UNANSWERED)
    busy = {place.reservation_id for place in await held}
    busy |= {turn.reservation_id for turn in await waiting}
    for entry in await DrawEntry.filter(reservation_id__in=ids, status=EntryStatus.ENTERED):
        if not set(entry.ranking) <= slots.keys():
            busy.add(entry.reservation_id)
    return busy


_HELD = (PlaceStatus.CONFIRMED, PlaceStatus.HELD, PlaceStatus.UNPROVED)


def _to_party(made: CallOff, party: Reservation, slots: Sequence[Slot], now: datetime) -> Draft:
    lang, zone = party.lang, reminders.zone_of(party)
    lines = [reminders.line(slot, lang, zone, with_day=True) for slot in slots]
    lines += [translate("The organiser has called this off. We are sorry.", lang)]
    said = reminders.message(
        party, _("Called off (by the organiser)"), [*lines, *made.reason.splitlines()]
    )
    return _draft(_key(EVENT_OFF, made), said, slots, zone, now)


async def _to_hosts(made: CallOff, slots: Sequence[Slot], now: datetime) -> list[tuple[int, Draft]]:
    """To everybody who tends one of the places, of the sessions there."""
    by_site: dict[int, list[Slot]] = defaultdict(list)
    for slot in slots:
        by_site[slot.programme.site.id].append(slot)
    found = []
    for site_id, ended in by_site.items():
        people = [member.recipient_id for member in await accounts.members_of(site_id)]
        for reader in await Recipient.filter(id__in=people):
            found.append((reader.id, _to_host(made, reader, ended, now)))
    return found


def _to_host(made: CallOff, reader: Recipient, slots: Sequence[Slot], now: datetime) -> Draft:
    lang, zone = reader.lang, ZoneInfo(reader.timezone)
    shown = reminders.in_order(slots)
    lines = [reminders.line(slot, lang, zone, with_day=True) for slot in shown]
    lines += [translate("The organiser tells everybody who had reserved.", lang)]
    title = translate("Sessions called off (by the organiser)", lang)
    path = AT_HOST.format(slug=shown[0].programme.site.slug)
    said = Message(title, "\n".join([*lines, *made.reason.splitlines()]), path)
    return _draft(_key(SESSIONS_OFF, made), said, shown, zone, now)


def _draft(key: str, said: Message, slots: Sequence[Slot], zone: ZoneInfo, now: datetime) -> Draft:
    concerns = slots[0].starts_at.astimezone(zone).date()
    due_at = max(live_at(concerns, zone, now=now), now + UNDO_FOR)
    return Draft(key, said, due_at, max(slots[-1].ends_at, now + TOLD_FOR))


def _key(begins: str, made: CallOff) -> str:
    """Ends with a colon, so that 1 is no prefix of 12."""
    return f"{begins}{made.id}:"
