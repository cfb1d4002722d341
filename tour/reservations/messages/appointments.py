"""A party's sessions as its calendars know them, and which of them the next mail carries.

An entry's `sequence` rises when anything that it shows has changed, whoever changed it: the place,
its slot, the programme and the site each count their own changes (`tour.db.revised`). So no writer
has to think of calendars, and reading writes nothing.
"""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import NAMESPACE_URL, uuid5

from tour.db.revised import Revised
from tour.geo import Point
from tour.i18n import bracketed, localized, translate, translate_plural
from tour.notifications.mail.enclosing import Cover, Enclose, Enclosure
from tour.notifications.models import Reminder
from tour.programmes.models import Programme
from tour.reservations.messages import reminders
from tour.reservations.messages.calendar import Appointment, Letterhead, scheduling
from tour.reservations.models import CalendarEntry, Place, Reservation
from tour.reservations.states import PlaceStatus
from tour.sites.models import Site

IN_CALENDARS = (PlaceStatus.CONFIRMED, PlaceStatus.CANCELLED, PlaceStatus.RELEASED)
"""What is held for a code is in no calendar yet."""
NAMESPACE = uuid5(NAMESPACE_URL, "open-factory-tour:party:session")


def uid_of(reference: str, slot_id: int) -> str:
    """For ever the same, whatever the app's address is (RFC 7986, 5.3); tells nobody the key."""
    return str(uuid5(NAMESPACE, f"{hashlib.sha256(reference.encode()).hexdigest()}:{slot_id}"))


@dataclass(frozen=True, slots=True)
class Noted:
    """A place with its slot, programme and site, all of one instant, and what mails told of it."""

    place: Place
    told: CalendarEntry | None

    @property
    def sequence(self) -> int:
        """RFC 5545, 3.8.7.4. A sum of numbers that only rise: no clock, and no order in which
        changes become true, makes it stand still or fall."""
        return sum(int(row.revision) for row in self._rows)

    def changed_at(self, now: datetime) -> datetime:
        """Of the last change (RFC 5545, 3.8.7.3), and never later than it is told."""
        instants = [row.revised_at for row in self._rows if row.revised_at]
        return min(max([self.place.reservation.created_at, *instants]), now)

    @property
    def _rows(self) -> tuple[Revised, ...]:
        slot = self.place.slot
        return self.place, slot, slot.programme, slot.programme.site

    @property
    def is_cancelled(self) -> bool:
        return self.place.status != PlaceStatus.CONFIRMED


@dataclass(frozen=True, slots=True)
class Mark:
    """By what calendars know a session that a party holds."""

    uid: str
    sequence: int
    changed_at: datetime
    ends_at: datetime


async def noted(reservation: Reservation) -> list[Noted]:
    """The party's places that calendars know, soonest first."""
    mine = Place.filter(reservation_id=reservation.id, status__in=IN_CALENDARS)
    soonest = mine.order_by("slot__starts_at", "id")
    places = await soonest.select_related("slot__programme__site", "reservation")
    told = await CalendarEntry.filter(place_id__in=[place.id for place in places])
    by_place = {entry.place_id: entry for entry in told}
    return [Noted(place, by_place.get(place.id)) for place in places]


async def appointments(
    reservation: Reservation, *, base_url: str, now: datetime
) -> list[Appointment]:
    """All that is in calendars of a reservation, in the order of the sessions."""
    return [_appointment(reservation, one, base_url, now) for one in await noted(reservation)]


async def marks(references: Collection[str], *, now: datetime) -> dict[int, Mark]:
    """Of the sessions that these parties hold, by slot id, for another file that has them, too."""
    found: dict[int, Mark] = {}
    for party in await Reservation.filter(reference__in=list(references)).order_by("id"):
        for one in await noted(party):
            if not one.is_cancelled:
                slot = one.place.slot
                uid = uid_of(party.reference, slot.id)
                mark = Mark(uid, one.sequence, one.changed_at(now), slot.ends_at)
                found.setdefault(slot.id, mark)
    return found


def encloser(base_url: str) -> Enclose:
    """What a mail about these reminders carries for the reader's calendar: every session that it
    has not been told of as it is now. The confirmation, asked for again, carries all."""

    async def enclose(reminder_ids: Sequence[int], cover: Cover) -> tuple[Enclosure, ...]:
        rows = await Reminder.filter(id__in=list(reminder_ids)).values("recipient_id", "key")
        again = {row["recipient_id"] for row in rows if row["key"] == reminders.RECEIPT}
        carried = []
        for party in await Reservation.filter(recipient_id__in={r["recipient_id"] for r in rows}):
            for one in await noted(party):
                if _is_news(one, cover, is_asked_for=party.recipient_id in again):
                    carried.append(await _carry(party, one, base_url, cover))
        return tuple(carried)

    return enclose


def _is_news(one: Noted, cover: Cover, *, is_asked_for: bool) -> bool:
    told = one.told
    if one.place.slot.ends_at <= cover.now:
        return False
    if told is None or told.mailed_sequence is None:
        return not one.is_cancelled
    is_same_mail = told.mailed_in == cover.name
    is_told = told.mailed_sequence >= one.sequence and not is_same_mail
    return not is_told or (is_asked_for and not one.is_cancelled)


async def _carry(party: Reservation, one: Noted, base_url: str, cover: Cover) -> Enclosure:
    values = {"mailed_sequence": one.sequence, "mailed_in": cover.name}
    await CalendarEntry.update_or_create(values, place_id=one.place.id)
    head = Letterhead(cover.sender, cover.sender_name, cover.to)
    method, text = scheduling(_appointment(party, one, base_url, cover.now), head, now=cover.now)
    return Enclosure(method.value, text)


def _appointment(reservation: Reservation, one: Noted, base_url: str, now: datetime) -> Appointment:
    slot, lang = one.place.slot, str(reservation.lang)
    site, programme = slot.programme.site, slot.programme
    name = _text(site, "name", lang)
    people = translate_plural("%(num)d person", "%(num)d people", one.place.seats, lang)
    code = translate("Reservation number %(code)s", lang, code=reservation.door_code)
    lines = [
        str(one.place.reason),
        people,
        code,
        _text(site, "access_note", lang),
        _text(programme, "bring", lang),
    ]
    lat, lon = site.entrance_lat or site.lat, site.entrance_lon or site.lon
    return Appointment(
        uid=uid_of(reservation.reference, slot.id),
        sequence=one.sequence,
        changed_at=one.changed_at(now),
        starts_at=slot.starts_at,
        ends_at=slot.ends_at,
        title=reminders.title_of(slot, lang) + bracketed(name, lang),
        place=f"{name} {_text(site, 'address', lang)}".strip(),
        point=Point(lat=lat, lon=lon) if lat is not None and lon is not None else None,
        description="\n".join(line for line in lines if line),
        url=base_url + reminders.PAGE.format(reference=reservation.reference),
        is_cancelled=one.is_cancelled,
    )


def _text(row: Site | Programme, name: str, lang: str) -> str:
    own = {name: getattr(row, name)}
    return localized(own, name, lang, row.translations)
