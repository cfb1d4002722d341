"""Parties that have not come: the host is asked, and only then seats go to people at the door.

No seat is given away by a side effect. Either the host says so, reading names, words and
telephones, or chose for this session that it happens unasked; and never from a party that was
ticked, whose tick was taken back, that is known to a phone without a network, or that has said it
is on its way and still has time.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from tortoise.expressions import Q
from tortoise.queryset import QuerySet

from tour.audit.service import Actor, Subject
from tour.changes import Change, edit
from tour.changes.models import RecentEdit
from tour.db import transaction
from tour.errors import Conflict
from tour.i18n import Text
from tour.i18n import lazy as _
from tour.notifications import service as notifications
from tour.notifications.sending.wording import Promised, Words
from tour.notifications.service import Draft
from tour.programmes import service as programmes
from tour.programmes.models import Slot
from tour.programmes.states import SlotStatus
from tour.reservations.door.arrivals import Arrival, arrivals_of, seat_again
from tour.reservations.door.phones import has_silent_phone
from tour.reservations.held import changes
from tour.reservations.messages import reminders
from tour.reservations.models import Place, Reservation
from tour.reservations.rules import GRACE
from tour.reservations.states import PlaceStatus
from tour.reservations.waitlist import calling

LOOKS_BACK = timedelta(hours=12)
APP = Actor(None, "app")
RELEASED = "slot.release"
GIVEN_AWAY = (
    _("Your seats have been given to others"),
    _("If you still come: you are let in while seats are free."),
)
YOURS_AGAIN = (_("Your seats are yours again"), _("Come as soon as you can."))


@dataclass(frozen=True, slots=True)
class Asked:
    """One tap: these places, as they stood on the page that was `shown_at` an instant."""

    slot_id: int
    site_id: int
    place_ids: Collection[int]
    shown_at: datetime


def is_asked(slot: Slot, now: datetime) -> bool:
    """Whether the host may give away seats of those who have not come to this session."""
    begun = slot.starts_at + GRACE <= now < slot.ends_at
    return begun and slot.status != SlotStatus.CANCELLED


def kept_until(place: Place, slot: Slot) -> datetime:
    """When a rule, and no person, may give a place away: after the grace, and as much later as
    the party said that it comes."""
    return slot.starts_at + timedelta(minutes=place.late_minutes or 0) + GRACE


async def give_away(asked: Asked, *, actor: Actor, now: datetime) -> RecentEdit | None:
    """The host's answer: the seats of these parties go to others; each is told, and let in all the
    same while seats are free. Returns the entry that can undo it, or None when nobody was left.

    Whoever was ticked, unticked or said something since the page was shown keeps its seats.
    """
    subject = Subject("slot", asked.slot_id, asked.site_id)
    async with edit(actor, subject, RELEASED, now=now) as change:
        [slot] = await programmes.lock_slots([asked.slot_id])
        if not is_asked(slot, now):
            raise Conflict(_("Seats can be given away from ten minutes after the start."))
        chosen = Place.filter(
            id__in=list(asked.place_ids),
            slot_id=slot.id,
            slot__programme__site_id=asked.site_id,
            status=PlaceStatus.CONFIRMED,
        )
        known = await _arrivals(asked.place_ids)
        held = await chosen.order_by("id")
        left = [place for place in held if _is_as_shown(place, known, asked.shown_at)]
        await _release(change, slot, left)
    return change.entry if left else None


def _is_as_shown(place: Place, known: dict[int, Arrival], shown_at: datetime) -> bool:
    arrival = known.get(place.id)
    if place.said_at and place.said_at > shown_at:
        return False
    if arrival is None:
        return True
    return arrival.taken_back_at is not None and arrival.taken_back_at <= shown_at


async def ask_parties(asked: Asked, *, now: datetime) -> int:
    """Ask these parties whether they come, each once; returns how many were asked now."""
    async with transaction():
        [slot] = await programmes.lock_slots([asked.slot_id])
        chosen = Place.filter(
            id__in=list(asked.place_ids),
            slot_id=slot.id,
            slot__programme__site_id=asked.site_id,
            status=PlaceStatus.CONFIRMED,
        )
        here = await arrivals_of([place.id for place in await chosen])
        return await _ask(slot, [p for p in await chosen if p.id not in here], now)


async def give_back(entry: RecentEdit, *, actor: Actor, now: datetime) -> None:
    """Undo `give_away`: all the places that one answer released, or none; raises Conflict when
    their seats are somebody else's by now."""
    subject = Subject("slot", entry.subject_id, entry.site_id)
    async with edit(actor, subject, RELEASED, now=now) as change:
        [slot] = await programmes.lock_slots([entry.subject_id])
        gone = Place.filter(id__in=entry.after["places"], status=PlaceStatus.RELEASED)
        places = await gone.order_by("id")
        for place in places:
            if not await seat_again(place, slot):
                raise Conflict(_("These seats have been given to others meanwhile."))
        await _tell(slot, places, *YOURS_AGAIN, now)
        change.before, change.after = entry.after, {"places": [], "released": 0}


async def begun_slots(*, now: datetime) -> list[int]:
    """The slots under way whose hosts chose, as their event lets them, that seats of those who do
    not come are given away unasked."""
    return [slot.id for slot in await _chosen(now).order_by("id").only("id")]


async def ask_absent(*, now: datetime) -> int:
    """Ask the parties of such a session, once it has begun without them, whether they come, and
    say until when their seats are kept; returns how many were asked."""
    asked = 0
    for slot in await _chosen(now).filter(starts_at__gt=now - GRACE).order_by("id"):
        places = await _absent(slot.id)
        asked += await _ask(slot, [place for place in places if place.said_at is None], now)
    return asked


async def release_by_rule(slot_id: int, *, now: datetime) -> int:
    """Give away what the host chose to have given away unasked; returns how many seats.

    Only at a door that ticks its list, and of which no phone has fallen silent.
    """
    async with edit(APP, None, RELEASED, now=now) as change:
        [slot] = await programmes.lock_slots([slot_id])
        await slot.fetch_related("programme__site")
        site_id = int(slot.programme.site.id)
        change.subject = Subject("slot", slot_id, site_id)
        ticks = await Arrival.exists(place__slot_id=slot_id, taken_back_at=None)
        if not ticks or await has_silent_phone(site_id, now=now):
            change.nothing()
            return 0
        held = await Place.filter(slot_id=slot_id, status=PlaceStatus.CONFIRMED).order_by("id")
        known = await _arrivals([place.id for place in held])
        due = [p for p in held if p.id not in known and kept_until(p, slot) <= now]
        return await _release(change, slot, due)


def _chosen(now: datetime) -> QuerySet[Slot]:
    under_way = Slot.filter(
        starts_at__lte=now,
        starts_at__gt=now - LOOKS_BACK,
        ends_at__gt=now,
        seats_taken__gt=0,
        releases_absent=True,
    ).exclude(status=SlotStatus.CANCELLED)
    allowed = Q(programme__event_id=None) | Q(programme__event__booking_rules__releases_absent=True)
    return under_way.filter(allowed)


async def _absent(slot_id: int) -> list[Place]:
    held = await Place.filter(slot_id=slot_id, status=PlaceStatus.CONFIRMED).order_by("id")
    known = await _arrivals([place.id for place in held])
    return [place for place in held if place.id not in known]


async def _arrivals(place_ids: Collection[int]) -> dict[int, Arrival]:
    """Every arrival of these places, those taken back as well."""
    return {found.place_id: found for found in await Arrival.filter(place_id__in=list(place_ids))}


async def _release(change: Change, slot: Slot, places: Sequence[Place]) -> int:
    """Returns how many seats that are."""
    if not places:
        change.nothing()
        return 0
    for place in places:
        await changes.release(place, PlaceStatus.RELEASED, change.now)
    await _tell(slot, places, *GIVEN_AWAY, change.now)
    await calling.call_who_waited(slot.id, now=change.now)
    released = sum(int(place.seats) for place in places)
    change.after = {"places": [place.id for place in places], "released": released}
    return released


async def _ask(slot: Slot, places: Iterable[Place], now: datetime) -> int:
    """Each is asked once."""
    asked = 0
    for place in places:
        party = await Reservation.get(id=place.reservation_id).select_related("recipient")
        key = reminders.coming_key(slot.id)
        if await notifications.due_at(party.recipient_id, key) is None:
            said = await reminders.still_coming(party, slot, kept_until(place, slot))
            draft = Draft(key, said, now, slot.ends_at)
            await notifications.queue_all(party.recipient_id, [draft], now=now)
            asked += 1
    return asked


async def coming_words(promised: Promised, now: datetime) -> Words | None:
    """The question as it leaves: until when the seats are kept by then. Nothing when that is over,
    when the party is there, or when it holds none."""
    held = Place.filter(
        slot_id=int(promised.subject),
        reservation__recipient_id=promised.recipient_id,
        status=PlaceStatus.CONFIRMED,
    )
    place = await held.select_related("slot", "reservation__recipient").first()
    if place is None or await arrivals_of([place.id]):
        return None
    until = kept_until(place, place.slot)
    said = await reminders.still_coming(place.reservation, place.slot, until)
    return Words(said) if now < until else None


async def released_words(promised: Promised, now: datetime) -> Words | None:  # noqa: ARG001 - of all kinds
    """Of seats given away: whether they still are, or are the party's again. Nothing to a party
    that has been let in."""
    places = Place.filter(id=int(promised.subject))
    place = await places.select_related("slot", "reservation__recipient").first()
    if place is None or await arrivals_of([place.id]):
        return None
    told = {PlaceStatus.RELEASED: GIVEN_AWAY, PlaceStatus.CONFIRMED: YOURS_AGAIN}.get(place.status)
    return Words(await reminders.about_slot(place.reservation, place.slot, *told)) if told else None


async def _tell(
    slot: Slot, places: Iterable[Place], title: Text, words: Text, now: datetime
) -> None:
    for place in places:
        party = await Reservation.get(id=place.reservation_id).select_related("recipient")
        said = await reminders.about_slot(party, slot, title, words)
        draft = Draft(f"released:{place.id}:", said, now, slot.ends_at)
        await notifications.queue_all(party.recipient_id, [draft], now=now)
