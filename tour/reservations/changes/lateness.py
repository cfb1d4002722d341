"""A host who runs late: the times of the day move, and with them alarms, plans and expected ends.

`starts_at` stays the one truth of when a session begins; how far it has moved is kept beside it, so
that saying the same twice moves nothing, and "on time again" moves it back.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta
from types import MappingProxyType
from zoneinfo import ZoneInfo

from tour.audit.service import Actor
from tour.changes import Change, Kind, edit
from tour.changes.models import RecentEdit
from tour.i18n import lazy as _
from tour.i18n import translate
from tour.notifications import service as notifications
from tour.notifications.message import Action, Message
from tour.notifications.models import Recipient
from tour.notifications.sending.wording import Promised, Words
from tour.programmes import service as programmes
from tour.programmes.models import Slot
from tour.programmes.states import SlotStatus
from tour.reservations.changes import slots as slot_changes
from tour.reservations.door.arrivals import arrivals_of, day_bounds
from tour.reservations.held import changes
from tour.reservations.messages import reminders
from tour.reservations.models import Place, Reservation
from tour.reservations.parties.terms import slots_with_programmes
from tour.reservations.rules import meetings
from tour.reservations.states import PlaceStatus
from tour.sites.editing import day as days
from tour.sites.models import Site
from tour.words.ranges import clock

LATE = _("Runs %(n)s minutes late")
ON_TIME = _("On time again")
MEETS = _("It ends at %(time)s now, after this one of yours has begun: %(session)s")
WHAT_TO_DO = _(
    "On the page of your reservation you can say that you come later, or give one of the two back."
)
NO_PLANS: Mapping[int, str] = MappingProxyType({})


async def run_late(
    site: Site,
    zone: ZoneInfo,
    minutes: int,
    *,
    actor: Actor,
    now: datetime,
    plans: Mapping[int, str] = NO_PLANS,
) -> RecentEdit:
    """All sessions of today that are not over run so many minutes later than planned (0: on time).

    Each party that is still to come is told once, with its own new times, with what of its other
    sessions they meet, and with the page of its plan (`plans`, by reservation). Returns the entry
    that can undo it.
    """
    today = now.astimezone(zone).date()
    async with edit(actor, None, "day.delay", now=now) as change:
        day = await days.locked_day(change, site.id, today)
        moved = await _move(change, await _of_today(site.id, zone, now), minutes)
        told, meet = await _tell(site, moved, minutes, now, plans)
        changes = {"delay_minutes": minutes}
        counts = {"parties": told, "meet": meet}
        said = {name: count for name, count in counts.items() if count}
        await days.write_day(change, day, changes, changes | said)
    return change.entry


async def _of_today(site_id: int, zone: ZoneInfo, now: datetime) -> list[Slot]:
    begin, midnight = day_bounds(now.astimezone(zone).date(), zone)
    on = Slot.filter(
        programme__site_id=site_id, starts_at__gte=begin, starts_at__lt=midnight, ends_at__gt=now
    )
    locked = await programmes.lock_slots([slot.id for slot in await on.only("id")])
    return [slot for slot in locked if slot.status != SlotStatus.CANCELLED]


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


async def _tell(
    site: Site,
    moved: Mapping[int, timedelta],
    minutes: int,
    now: datetime,
    plans: Mapping[int, str],
) -> tuple[int, int]:
    """Tell each party that is still to come, and time its reminders anew; returns how many, and of
    how many the new times meet another session that they hold."""
    parties: dict[int, Reservation] = {}
    sessions: dict[int, list[Slot]] = {}
    for slot_id in moved:
        places = await slot_changes.seated_in(slot_id)
        here = await arrivals_of([place.id for place in places])
        slot = await Slot.get(id=slot_id).select_related("programme__site")
        for place in places:
            if place.id not in here:
                parties[place.reservation_id] = place.reservation
                sessions.setdefault(place.reservation_id, []).append(slot)
    for party in parties.values():
        await _renew(party, sessions[party.id], moved, now)
    meet = {party.id: await _met(party, moved) for party in parties.values()}
    by_recipient = {party.recipient_id: party for party in parties.values()}
    if by_recipient:
        last = max(slot.ends_at for slots in sessions.values() for slot in slots)
        await notifications.tell_now(
            by_recipient,
            f"delay:{site.id}:{now:%Y-%m-%d}",
            _composer(by_recipient, sessions, meet, minutes, plans),
            concerns=now.astimezone(reminders.zone_of(next(iter(parties.values())))).date(),
            expires_at=last,
            now=now,
        )
    return len(parties), sum(1 for met in meet.values() if met)


async def _met(party: Reservation, moved: Collection[int]) -> list[tuple[Slot, Slot]]:
    """Which of the party's sessions the new times of others meet, with the one that is late."""
    held = [place.slot_id for place in await changes.confirmed_places(party.id)]
    slots = await slots_with_programmes(held)
    return [(late, other) for late, other in meetings(slots) if late.id in moved]


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
    party, slots = left[0].reservation, [place.slot for place in left]
    meet = await _met(party, {slot.id for slot in slots})
    actions = promised.message.actions
    return Words(_message(party, slots, slots[0].delay_minutes, meet, actions))


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
    parties: Mapping[int, Reservation],
    sessions: Mapping[int, list[Slot]],
    meet: Mapping[int, list[tuple[Slot, Slot]]],
    minutes: int,
    plans: Mapping[int, str],
) -> Callable[[Recipient], Message]:
    def compose(reader: Recipient) -> Message:
        party = parties[reader.id]
        page = plans.get(party.id)
        actions = [Action(translate("Your plan", party.lang), page)] if page else []
        return _message(party, sessions[party.id], minutes, meet[party.id], actions)

    return compose


def _message(
    party: Reservation,
    slots: Sequence[Slot],
    minutes: int,
    meet: Sequence[tuple[Slot, Slot]],
    actions: Sequence[Action],
) -> Message:
    lang, zone = party.lang, reminders.zone_of(party)
    lines = [reminders.line(slot, lang, zone) for slot in reminders.in_order(slots)]
    lines.append(translate("The times above are the new ones.", lang))
    lines += _about_meeting(meet, lang, zone)
    title = LATE.filled(n=minutes) if minutes else ON_TIME
    return reminders.message(party, title, lines, *actions)


def _about_meeting(meet: Sequence[tuple[Slot, Slot]], lang: str, zone: ZoneInfo) -> list[str]:
    """What it means for the party, and what it can do."""
    if not meet:
        return []
    said = []
    for late, other in meet:
        until, session = late.ends_at.astimezone(zone), reminders.line(other, lang, zone)
        said.append(MEETS.filled(time=clock(until), session=session))
    return [text.in_language(lang) for text in (*said, WHAT_TO_DO)]
