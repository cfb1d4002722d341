"""Who has come: parties checked in at the door, by their code or by a tap."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from tortoise import fields
from tortoise.models import Model

from tour.audit.service import Actor, Subject
from tour.changes import Change, edit
from tour.changes.models import RecentEdit
from tour.errors import BadInput
from tour.i18n import lazy as _
from tour.notifications import service as notifications
from tour.programmes import service as programmes
from tour.programmes.models import Slot
from tour.programmes.states import SlotStatus
from tour.reservations.locks import lock_party
from tour.reservations.messages import reminders
from tour.reservations.models import STANDS_AGAIN, Place, Reservation
from tour.reservations.states import PlaceStatus
from tour.words.folding import fold

DOOR_CODE = re.compile(r"[A-Z2-9]{4}-?[A-Z2-9]{4}")
GONE = (PlaceStatus.RELEASED, PlaceStatus.CANCELLED)
ARRIVED = "place.arrive"


SAME_SCAN = timedelta(minutes=10)
"""Two scans of one code this near to each other are about one session: two phones at the door, or
one that sends again."""


class Arrival(Model):
    """A place whose party has come, or (`taken_back_at`) was taken for come by mistake."""

    id = fields.IntField(primary_key=True)
    place: fields.OneToOneRelation[Place] = fields.OneToOneField(
        "models.Place", related_name="arrival"
    )
    place_id: int
    arrived_at: datetime = fields.DatetimeField()
    people: int | None = fields.SmallIntField(null=True)
    """How many of them came, where the door has said; otherwise all."""
    taken_back_at: datetime | None = fields.DatetimeField(null=True)

    class Meta:
        table = "arrival"


class Outcome(StrEnum):
    ARRIVED = "arrived"
    ALREADY = "already"
    OTHER_DAY = "other_day"
    """The party comes on another day."""
    CANCELLED = "cancelled"
    RELEASED = "released"
    """It came late, and its seats have been given away."""
    UNKNOWN = "unknown"
    """No such code, or one for another place: the door is not told which."""


@dataclass(frozen=True, slots=True)
class CheckIn:
    """How a check-in ended; `place` comes with its slot, programme and reservation. `free` is how
    many seats its session has for a party that has none any more."""

    outcome: Outcome
    place: Place | None = None
    arrived_at: datetime | None = None
    entry: RecentEdit | None = None
    free: int = 0

    @property
    def can_be_let_in(self) -> bool:
        return self.place is not None and self.free >= seats_again(self.place)


@dataclass(frozen=True, slots=True)
class Door:
    """Where and when somebody checks parties in; `zone` is the town's."""

    site_id: int
    zone: ZoneInfo
    actor: Actor


async def check_in(code: str, door: Door, *, now: datetime) -> CheckIn:
    """Note that a party has come, by its door code, typed or scanned.

    One scan is about one session: the one that is on and has not been checked in, or else the
    nearest of the day. Sent twice, or scanned by two phones, the second answer is ALREADY with the
    first one's time. Whose seats were given away is told apart from who cancelled.
    """
    reservation = await _reservation(code)
    if reservation is None:
        return CheckIn(Outcome.UNKNOWN)
    chosen = Place.filter(reservation=reservation, slot__programme__site_id=door.site_id)
    places = await chosen.select_related("slot__programme", "reservation").order_by("id")
    if not places:
        return CheckIn(Outcome.UNKNOWN)
    had = [place for place in places if place.status in (PlaceStatus.CONFIRMED, *GONE)]
    today = [place for place in had if _is_now(place, door.zone, now)]
    coming = [place for place in today if place.status != PlaceStatus.CANCELLED]
    if not coming:
        return _not_today(places, today, now)
    arrived = await arrivals_of([place.id for place in coming])
    place = _meant(coming, arrived, now)
    if place.id in arrived:
        return CheckIn(Outcome.ALREADY, place, arrived[place.id])
    return await check_in_place(place, door, now=now)


def _not_today(places: Sequence[Place], today: Sequence[Place], now: datetime) -> CheckIn:
    """Nothing of it is held today: it comes on another day, or has cancelled."""
    held = [place for place in places if place.status == PlaceStatus.CONFIRMED]
    if held and not today:
        return CheckIn(Outcome.OTHER_DAY, held[0])
    place = min(today or places, key=lambda place: abs(place.slot.starts_at - now))
    return CheckIn(Outcome.CANCELLED, place, free=free_at_door(place.slot, now))


def _meant(places: Sequence[Place], arrived: Mapping[int, datetime], now: datetime) -> Place:
    """Which of a party's sessions of the day a scan is about."""
    just = [p for p in places if p.id in arrived and abs(arrived[p.id] - now) < SAME_SCAN]
    on = [p for p in places if p.id not in arrived and p.slot.starts_at <= now < p.slot.ends_at]
    return min(just or on or places, key=lambda place: abs(place.slot.starts_at - now))


async def check_in_place(place: Place, door: Door, *, now: datetime) -> CheckIn:
    """Note that the party of one place has come, without its code.

    A scan that an offline phone sends late counts from when it was made: who was there before
    the seats were given away is there.
    """
    async with edit(door.actor, _subject(place.id, door), ARRIVED, now=now) as change:
        slot = (await lock_party(place.reservation_id, place.slot_id))[place.slot_id]
        arrival = await Arrival.get_or_none(place_id=place.id)
        if arrival and arrival.taken_back_at is None:
            change.nothing()
            return CheckIn(Outcome.ALREADY, place, arrival.arrived_at)
        seated = await Place.get(id=place.id).select_related("reservation")
        if seated.status != PlaceStatus.CONFIRMED:
            if seated.cancelled_at is None or now >= seated.cancelled_at:
                change.nothing()
                outcome = Outcome(str(seated.status))
                return CheckIn(outcome, place, free=free_at_door(slot, now))
            await seat_again(seated, slot)
        await _arrive(change, place)
    return CheckIn(Outcome.ARRIVED, place, now, change.entry)


async def let_in(place_id: int, door: Door, *, now: datetime) -> CheckIn:
    """Seat a party that came after its seats were given away, or that had cancelled, while its
    session has free seats; otherwise answer as the scan did."""
    chosen = Place.filter(id=place_id, slot__programme__site_id=door.site_id, status__in=GONE)
    place = await chosen.select_related("slot__programme", "reservation").first()
    if place is None:
        return CheckIn(Outcome.UNKNOWN)
    async with edit(door.actor, _subject(place.id, door), ARRIVED, now=now) as change:
        slot = (await lock_party(place.reservation_id, place.slot_id))[place.slot_id]
        seated = await Place.get(id=place.id).select_related("reservation")
        if seated.status in GONE:
            is_on = slot.status != SlotStatus.CANCELLED and now < slot.ends_at
            if not is_on or not await seat_again(seated, slot):
                change.nothing()
                return CheckIn(Outcome(str(seated.status)), place, free=free_at_door(slot, now))
        arrival = await Arrival.get_or_none(place_id=place.id, taken_back_at=None)
        if arrival:
            change.nothing()
            return CheckIn(Outcome.ALREADY, place, arrival.arrived_at)
        await _arrive(change, place)
    return CheckIn(Outcome.ARRIVED, place, now, change.entry)


def seats_again(place: Place) -> int:
    """How many seats a place that ended takes when its party comes all the same: a party that gave
    it up may have changed its size since; one that was late comes as it was expected."""
    released = place.status == PlaceStatus.RELEASED
    return int(place.seats) if released else place.reservation.party_size


async def seat_again(place: Place, slot: Slot) -> bool:
    """Give a place its seats back, if they are free; its slot and the party (`lock_party`) are
    locked by the caller."""
    seats = seats_again(place)
    if not await programmes.seat_at_door(slot, seats):
        return False
    await Place.filter(id=place.id).update(seats=seats, **STANDS_AGAIN)
    return True


def free_at_door(slot: Slot, now: datetime) -> int:
    """Seats for who stands at the door: those kept for walk-ins, too, and after the cut-off."""
    if slot.status == SlotStatus.CANCELLED or slot.ends_at <= now:
        return 0
    return max(0, int(slot.capacity) - int(slot.seats_taken))


async def take_back(place_id: int, door: Door, *, now: datetime) -> None:
    """A party was checked in by mistake; its reminders are true again."""
    async with edit(door.actor, _subject(place_id, door), "place.leave", now=now) as change:
        here = Arrival.filter(
            place_id=place_id, place__slot__programme__site_id=door.site_id, taken_back_at=None
        )
        arrival = await here.select_related("place__reservation").first()
        if arrival is None:
            change.nothing()
            return
        await Arrival.filter(id=arrival.id).update(taken_back_at=now, people=None)
        party = arrival.place.reservation
        keys = reminders.until_arrival(arrival.place.slot_id)
        await notifications.promise_again(party.recipient_id, keys, now=now)
        change.before, change.after = {"arrived": True}, {"arrived": False}


async def count_people(place_id: int, people: int, door: Door, *, now: datetime) -> None:
    """Two of three came: how many of a party that is here; raises BadInput."""
    async with edit(door.actor, _subject(place_id, door), "place.count", now=now) as change:
        here = Arrival.filter(
            place_id=place_id, place__slot__programme__site_id=door.site_id, taken_back_at=None
        )
        arrival = await here.select_related("place").first()
        if arrival is None or not 1 <= people <= arrival.place.seats:
            message = _("This party is not on the list any more.")
            raise BadInput(message, {"people": message})
        await Arrival.filter(id=arrival.id).update(people=people)
        change.before = {"came": arrival.people or arrival.place.seats}
        change.after = {"came": people}


async def arrivals_of(place_ids: list[int]) -> dict[int, datetime]:
    """When the parties of these places came, by place; those who have not are left out."""
    found = Arrival.filter(place_id__in=place_ids, taken_back_at=None)
    return dict(await found.values_list("place_id", "arrived_at"))


async def _arrive(change: Change, place: Place) -> None:
    """Whoever is here needs no word to set out."""
    await _write(place.id, change.now)
    party = await Reservation.get(id=place.reservation_id)
    await notifications.cancel_keys(party.recipient_id, reminders.until_arrival(place.slot_id))
    change.before, change.after = {"arrived": False}, {"arrived": True}


def _subject(place_id: int, door: Door) -> Subject:
    return Subject("place", place_id, door.site_id)


async def _write(place_id: int, now: datetime) -> None:
    values = {"arrived_at": now, "people": None, "taken_back_at": None}
    await Arrival.update_or_create(values, place_id=place_id)


def day_bounds(day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The instants at which a local date begins and ends, in UTC: SQLite compares their texts."""
    begin = datetime.combine(day, time(), zone)
    end = datetime.combine(day + timedelta(days=1), time(), zone)
    return begin.astimezone(UTC), end.astimezone(UTC)


def _is_now(place: Place, zone: ZoneInfo, now: datetime) -> bool:
    """Of this local date, or under way since the evening before."""
    starts_at = place.slot.starts_at
    is_today = starts_at.astimezone(zone).date() == now.astimezone(zone).date()
    return is_today or starts_at <= now < place.slot.ends_at


async def _reservation(code: str) -> Reservation | None:
    """By a door code in any case and width, with any dash; tickets that were printed or kept before
    QR codes carried the door code alone show the address of their page."""
    text = code.strip()
    if "/" in text:
        reference = text.split("#")[0].split("?")[0].rstrip("/").rpartition("/")[2]
        return await Reservation.get_or_none(reference=reference[:40])
    plain = re.sub("[^0-9A-Z]", "", fold(text).upper())
    if not DOOR_CODE.fullmatch(plain):
        return None
    return await Reservation.get_or_none(door_code=f"{plain[:4]}-{plain[4:]}")
