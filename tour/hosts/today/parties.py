"""Who comes to a site on one day, as its host reads it with wet hands."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from tour.i18n import NAMES, translate
from tour.programmes.models import Slot
from tour.programmes.states import SlotStatus
from tour.reservations.door.absences import is_asked
from tour.reservations.door.arrivals import Arrival, day_bounds, free_at_door, seats_again
from tour.reservations.models import Draw, DrawSlot, Place, WaitlistEntry
from tour.reservations.standing.views import people_at
from tour.reservations.states import PlaceStatus, WaitlistStatus

FREED_WITHIN = timedelta(hours=24)
"""Before the start: what became free by then is news to a host who has read the list."""
CLOSED = WaitlistStatus.CLOSED
ON_THE_LIST = (PlaceStatus.CONFIRMED, PlaceStatus.RELEASED, PlaceStatus.CANCELLED)


@dataclass(frozen=True, slots=True)
class PartyRow:
    """One party of a slot; `language` only where it is not the town's. `gone_at`: when its seats
    were released or cancelled, which `status` says; `seats_again`: how many it takes if it is let
    in all the same."""

    place_id: int
    door_code: str
    name: str
    kana: str
    party_text: str
    seats: int
    language: str
    phone: str
    note: str
    answers: tuple[tuple[str, str], ...]
    """(question, answer) in the town's language, of those that were answered."""
    photos_allowed: bool | None
    arrived_at: datetime | None
    came: int
    """How many of it are here."""
    late_minutes: int | None
    """What it said itself; 0: it is on its way."""
    status: PlaceStatus
    gone_at: datetime | None
    seats_again: int


@dataclass(frozen=True, slots=True)
class SlotRow:
    id: int
    programme_id: int
    title: str
    starts_at: datetime
    ends_at: datetime
    capacity: int
    seats_taken: int
    arrived_seats: int
    status: SlotStatus
    is_over: bool
    is_next: bool
    minutes_until: int
    waiting: int
    waited: int
    """Parties whose turn in the queue ended without seats."""
    parties: tuple[PartyRow, ...]
    gone: tuple[PartyRow, ...]
    """Those that gave their seats back lately, or lost them."""
    absent: tuple[PartyRow, ...]
    """Those about whom the host is asked, once their grace is over."""
    free: int
    """Seats for people at the door."""
    walk_ins: int
    releases_absent: bool
    delay_minutes: int
    draw: Draw | None
    """The draw that gives its seats, or gave them."""

    @property
    def freed_seats(self) -> int:
        return sum(party.seats for party in self.gone)


@dataclass(frozen=True, slots=True)
class Day:
    """A site's day: its slots with their parties, the soonest first."""

    on_date: date
    slots: tuple[SlotRow, ...]

    @property
    def expected(self) -> int:
        return sum(slot.seats_taken for slot in self.slots)

    @property
    def arrived(self) -> int:
        return sum(slot.arrived_seats for slot in self.slots)

    @property
    def freed(self) -> int:
        return sum(slot.freed_seats for slot in self.slots)

    @property
    def absent(self) -> int:
        """Parties about whom the host is asked."""
        return sum(len(slot.absent) for slot in self.slots)


async def day_at(
    site_id: int, on_date: date, *, zone: ZoneInfo, town_lang: str, now: datetime
) -> Day:
    """Everything about one date; what was cancelled without parties is left out."""
    begin, end = day_bounds(on_date, zone)
    chosen = Slot.filter(programme__site_id=site_id, starts_at__gte=begin, starts_at__lt=end)
    slots = await chosen.order_by("starts_at", "id").select_related("programme")
    ids = [slot.id for slot in slots]
    parties = await _parties(slots, town_lang)
    queued, in_vain = await _queued(ids, WaitlistStatus.WAITING), await _queued(ids, CLOSED)
    draws = await _draws(ids)
    next_id = _next_slot_id(slots, now)
    rows = [
        _slot(
            slot,
            parties[slot.id],
            queues=(queued[slot.id], in_vain[slot.id]),
            draw=draws.get(slot.id),
            is_next=slot.id == next_id,
            now=now,
        )
        for slot in slots
    ]
    return Day(on_date, tuple(rows))


async def absent_parties(site_id: int, *, zone: ZoneInfo, town_lang: str, now: datetime) -> int:
    """How many parties the host is asked about at this moment."""
    today = now.astimezone(zone).date()
    return (await day_at(site_id, today, zone=zone, town_lang=town_lang, now=now)).absent


async def days_with_slots(site_id: int, *, zone: ZoneInfo, now: datetime) -> list[date]:
    """The coming dates on which something starts, today always among them."""
    today = now.astimezone(zone).date()
    begin, _end = day_bounds(today, zone)
    coming = Slot.filter(programme__site_id=site_id, starts_at__gte=begin)
    slots = await coming.exclude(status=SlotStatus.CANCELLED).only("starts_at")
    return sorted({today, *(slot.starts_at.astimezone(zone).date() for slot in slots)})


def _next_slot_id(slots: list[Slot], now: datetime) -> int | None:
    """The one that is on, or comes next: it stands open on the page."""
    alive = [s for s in slots if s.status != SlotStatus.CANCELLED and s.ends_at > now]
    return alive[0].id if alive else None


async def _parties(slots: Sequence[Slot], town_lang: str) -> dict[int, list[PartyRow]]:
    """By slot, in the order they reserved: those expected, and those that gave up lately."""
    listed = Place.filter(slot_id__in=[slot.id for slot in slots], status__in=ON_THE_LIST)
    places = await listed.order_by("id").select_related("reservation")
    arrived = await _arrivals(places)
    found: dict[int, list[PartyRow]] = {slot.id: [] for slot in slots}
    by_id = {slot.id: slot for slot in slots}
    for place in places:
        slot = by_id[place.slot_id]
        if place.status != PlaceStatus.CANCELLED or _is_news(place, slot):
            questions = [str(question["text"]) for question in slot.programme.questions]
            row = _party(place, questions, arrived.get(place.id), town_lang)
            found[slot.id].append(row)
    return found


def _is_news(place: Place, slot: Slot) -> bool:
    return place.cancelled_at is not None and place.cancelled_at > slot.starts_at - FREED_WITHIN


async def _arrivals(places: Iterable[Place]) -> dict[int, Arrival]:
    here = Arrival.filter(place_id__in=[place.id for place in places], taken_back_at=None)
    return {arrival.place_id: arrival for arrival in await here}


async def _queued(slot_ids: list[int], status: WaitlistStatus) -> Counter[int]:
    """Parties in the queue, by slot."""
    queue = WaitlistEntry.filter(slot_id__in=slot_ids, status=status)
    return Counter([entry.slot_id for entry in await queue.only("id", "slot_id")])


async def _draws(slot_ids: list[int]) -> dict[int, Draw]:
    drawn = DrawSlot.filter(slot_id__in=slot_ids).select_related("draw")
    return {of_slot.slot_id: of_slot.draw for of_slot in await drawn}


def _slot(
    slot: Slot,
    listed: Sequence[PartyRow],
    *,
    queues: tuple[int, int],
    draw: Draw | None,
    is_next: bool,
    now: datetime,
) -> SlotRow:
    parties = tuple(party for party in listed if party.status == PlaceStatus.CONFIRMED)
    late = [p for p in parties if p.arrived_at is None] if is_asked(slot, now) else []
    return SlotRow(
        id=slot.id,
        programme_id=slot.programme.id,
        title=slot.programme.title,
        starts_at=slot.starts_at,
        ends_at=slot.ends_at,
        capacity=slot.capacity,
        seats_taken=slot.seats_taken,
        arrived_seats=sum(party.came for party in listed) + slot.walk_ins,
        status=SlotStatus(slot.status),
        is_over=slot.ends_at <= now,
        is_next=is_next,
        minutes_until=max(0, int((slot.starts_at - now).total_seconds() // 60)),
        waiting=queues[0],
        waited=queues[1],
        parties=parties,
        gone=tuple(party for party in listed if party.status != PlaceStatus.CONFIRMED),
        absent=tuple(late),
        free=free_at_door(slot, now),
        walk_ins=slot.walk_ins,
        releases_absent=slot.releases_absent,
        delay_minutes=slot.delay_minutes,
        draw=draw,
    )


def _party(place: Place, questions: list[str], arrival: Arrival | None, town_lang: str) -> PartyRow:
    made = place.reservation
    is_foreign = made.lang != town_lang
    return PartyRow(
        place_id=place.id,
        door_code=made.door_code,
        name=made.name,
        kana=made.kana,
        party_text=people_at(place.seats, made),
        seats=place.seats,
        language=NAMES.get(made.lang, made.lang) if is_foreign else "",
        phone=made.phone,
        note=made.note,
        answers=tuple((q, a) for q, a in zip(questions, place.answers, strict=False) if a),
        photos_allowed=made.photos_allowed,
        arrived_at=arrival.arrived_at if arrival else None,
        came=(arrival.people or place.seats) if arrival else 0,
        late_minutes=place.late_minutes,
        status=PlaceStatus(place.status),
        gone_at=place.cancelled_at,
        seats_again=seats_again(place),
    )


def until_text(minutes: int) -> str:
    """あと2時間10分; only minutes below an hour."""
    hours, rest = divmod(minutes, 60)
    if hours:
        return translate("in %(h)s h %(n)s min", h=hours, n=rest)
    return translate("in %(n)s min", n=rest)
