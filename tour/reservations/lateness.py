"""A host who runs late: the times of the day move, and with them alarms, plans and expected ends.

`starts_at` stays the one truth of when a session begins; how far it has moved is kept beside it, so
that saying the same twice moves nothing, and "on time again" moves it back.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from tour.audit.models import AuditEntry
from tour.audit.service import Actor
from tour.changes import Change, Kind, edit
from tour.i18n import Text, translate
from tour.i18n import lazy as _
from tour.notifications import service as notifications
from tour.notifications.message import Message
from tour.notifications.models import Recipient
from tour.notifications.wording import Promised, Words
from tour.programmes import service as programmes
from tour.programmes.models import Slot
from tour.programmes.states import SlotStatus
from tour.reservations import changes, reminders, slot_changes
from tour.reservations.arrivals import arrivals_of, day_bounds
from tour.reservations.models import Place, Reservation
from tour.reservations.states import PlaceStatus
from tour.sites import day as days
from tour.sites.models import Site

LATE = _("Runs %(n)s minutes late")
ON_TIME = _("On time again")


async def run_late(
    site: Site, zone: ZoneInfo, minutes: int, *, actor: Actor, now: datetime
) -> AuditEntry:
    """All sessions of today that are not over run so many minutes later than planned (0: on time).

    Each party that is still to come is told once, with its own new times. Returns the entry that
    can undo it.
    """
    today = now.astimezone(zone).date()
    async with edit(actor, None, "day.delay", now=now) as change:
        day = await days.locked_day(change, site.id, today)
        moved = await _move(change, await _of_today(site.id, zone, now), minutes)
        told = await _tell(site, moved, minutes, now)
        changes = {"delay_minutes": minutes}
        await days.write_day(change, day, changes, changes | ({"parties": told} if told else {}))
    return change.entry


async def _of_today(site_id: int, zone: ZoneInfo, now: datetime) -> list[Slot]:
    begin, midnight = day_bounds(now.astimezone(zone).date(), zone)
    on = Slot.filter(
        programme__site_id=site_id, starts_at__gte=begin, starts_at__lt=midnight, ends_at__gt=now
    ).exclude(status=SlotStatus.CANCELLED)
    return await programmes.lock_slots([slot.id for slot in await on.only("id")])


async def _move(change: Change, slots: list[Slot], minutes: int) -> dict[int, timedelta]:
    """Move the slots; returns by how much each was moved, those that stayed left out.

    The last goes first when times move on, and the first when they move back: two times of one
    programme are never the same. One that has begun in earnest only ends later.
    """
    wanted = [(slot, timedelta(minutes=minutes - slot.delay_minutes)) for slot in slots]
    moved = {slot.id: by for slot, by in wanted if by}
    goes_on = any(by > timedelta() for _slot, by in wanted)
    wanted.sort(key=lambda pair: pair[0].starts_at, reverse=goes_on)
    for slot, by in wanted:
        if not by:
            continue
        values = {"ends_at": slot.ends_at + by, "delay_minutes": minutes}
        if slot.starts_at + by > change.now or slot.starts_at > change.now:
            values["starts_at"] = slot.starts_at + by
            values["booking_closes_at"] = slot.booking_closes_at + by
        await Slot.filter(id=slot.id).update(**values)
    change.told(Kind.SESSION, moved)
    return moved


async def _tell(site: Site, moved: Mapping[int, timedelta], minutes: int, now: datetime) -> int:
    """Tell each party that is still to come, and time its reminders anew; returns how many."""
    parties: dict[int, Reservation] = {}
    sessions: dict[int, list[Slot]] = {}
    for slot_id in moved:
        places = await slot_changes.confirmed_places(slot_id)
        here = await arrivals_of([place.id for place in places])
        slot = await Slot.get(id=slot_id).select_related("programme__site")
        for place in places:
            if place.id not in here:
                parties[place.reservation_id] = place.reservation
                sessions.setdefault(place.reservation_id, []).append(slot)
    for party in parties.values():
        await _renew(party, sessions[party.id], moved, now)
    by_recipient = {party.recipient_id: party for party in parties.values()}
    if by_recipient:
        last = max(slot.ends_at for slots in sessions.values() for slot in slots)
        await notifications.tell_now(
            by_recipient,
            f"delay:{site.id}:{now:%Y-%m-%d}",
            _composer(by_recipient, sessions, minutes),
            concerns=now.astimezone(reminders.zone_of(next(iter(parties.values())))).date(),
            expires_at=last,
            now=now,
        )
    return len(parties)


async def words(promised: Promised, now: datetime) -> Words | None:
    """The new times as they are when this leaves, of what the party still holds and has not come
    to; nothing when that is nothing."""
    site_id = int(promised.subject)
    held = Place.filter(
        slot__programme__site_id=site_id,
        slot__ends_at__gt=now,
        reservation__recipient_id=promised.recipient_id,
        status=PlaceStatus.CONFIRMED,
    )
    places = await held.select_related("reservation__recipient", "slot__programme__site")
    here = await arrivals_of([place.id for place in places])
    left = [place for place in places if place.id not in here and _is_today(place, now)]
    if not left:
        return None
    slots = [place.slot for place in left]
    return Words(_message(left[0].reservation, slots, slots[0].delay_minutes))


def _is_today(place: Place, now: datetime) -> bool:
    zone = reminders.zone_of(place.reservation)
    return place.slot.starts_at.astimezone(zone).date() == now.astimezone(zone).date()


async def _renew(
    party: Reservation, moved: list[Slot], by: Mapping[int, timedelta], now: datetime
) -> None:
    """Every reminder by the new times; "time to leave" keeps its walk."""
    places = await changes.confirmed_places(party.id)
    arrived = await arrivals_of([place.id for place in places])
    left = [place.slot_id for place in places if place.id not in arrived]
    slots = await Slot.filter(id__in=left).order_by("id").select_related("programme__site")
    await reminders.renew(party, slots, now=now)
    for slot in moved:
        await reminders.move_leaving(party, slot, by[slot.id], now=now)


def _composer(
    parties: Mapping[int, Reservation], sessions: Mapping[int, list[Slot]], minutes: int
) -> Callable[[Recipient], Message]:
    def compose(reader: Recipient) -> Message:
        party = parties[reader.id]
        return _message(party, sessions[party.id], minutes)

    return compose


def _message(party: Reservation, slots: Sequence[Slot], minutes: int) -> Message:
    own = reminders.in_order(slots)
    lines = [reminders.line(slot, party.lang, reminders.zone_of(party)) for slot in own]
    lines.append(translate("The times above are the new ones.", party.lang))
    title = Text(LATE.message, {"n": minutes}) if minutes else ON_TIME
    return reminders.message(party, title, lines)
