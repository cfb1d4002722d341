"""Who comes to a site on one day, as its host reads it with wet hands."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from tour.i18n import NAMES, translate
from tour.programmes.models import Slot, SlotStatus
from tour.reservations.arrivals import arrivals_of, day_bounds
from tour.reservations.models import Place, PlaceStatus, WaitlistEntry, WaitlistStatus
from tour.reservations.views import party_text

LATE_AFTER = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class PartyRow:
    """One party of a slot; `language` only where it is not the town's."""

    place_id: int
    door_code: str
    name: str
    party_text: str
    seats: int
    language: str
    phone: str
    note: str
    answers: tuple[tuple[str, str], ...]
    """(question, answer) in the town's language, of those that were answered."""
    photos_allowed: bool | None
    arrived_at: datetime | None


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
    parties: tuple[PartyRow, ...]


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


async def day_at(
    site_id: int, on_date: date, *, zone: ZoneInfo, town_lang: str, now: datetime
) -> Day:
    """Everything about one date; what was cancelled without parties is left out."""
    begin, end = day_bounds(on_date, zone)
    chosen = Slot.filter(programme__site_id=site_id, starts_at__gte=begin, starts_at__lt=end)
    slots = await chosen.order_by("starts_at", "id").select_related("programme")
    held = Place.filter(slot_id__in=[slot.id for slot in slots], status=PlaceStatus.CONFIRMED)
    places = await held.order_by("id").select_related("reservation")
    arrived = await arrivals_of([place.id for place in places])
    parties: dict[int, list[PartyRow]] = {slot.id: [] for slot in slots}
    questions = {slot.id: [str(q["text"]) for q in slot.programme.questions] for slot in slots}
    for place in places:
        row = _party(place, questions[place.slot_id], arrived.get(place.id), town_lang)
        parties[place.slot_id].append(row)
    queued = await _waiting([slot.id for slot in slots])
    next_id = _next_slot_id(slots, now)
    rows = [
        _slot(slot, tuple(parties[slot.id]), queued[slot.id], slot.id == next_id, now)
        for slot in slots
    ]
    return Day(on_date, tuple(rows))


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


async def _waiting(slot_ids: list[int]) -> Counter[int]:
    """Parties in the queue, by slot."""
    queue = WaitlistEntry.filter(slot_id__in=slot_ids, status=WaitlistStatus.WAITING)
    return Counter([entry.slot_id for entry in await queue.only("id", "slot_id")])


def _slot(
    slot: Slot, parties: tuple[PartyRow, ...], waiting: int, is_next: bool, now: datetime
) -> SlotRow:
    return SlotRow(
        id=slot.id,
        programme_id=slot.programme.id,
        title=slot.programme.title,
        starts_at=slot.starts_at,
        ends_at=slot.ends_at,
        capacity=slot.capacity,
        seats_taken=slot.seats_taken,
        arrived_seats=sum(party.seats for party in parties if party.arrived_at),
        status=SlotStatus(slot.status),
        is_over=slot.ends_at <= now,
        is_next=is_next,
        minutes_until=max(0, int((slot.starts_at - now).total_seconds() // 60)),
        waiting=waiting,
        parties=parties,
    )


def _party(
    place: Place, questions: list[str], arrived_at: datetime | None, town_lang: str
) -> PartyRow:
    made = place.reservation
    is_foreign = made.lang != town_lang
    return PartyRow(
        place_id=place.id,
        door_code=made.door_code,
        name=made.name,
        party_text=party_text(made.adults, made.children),
        seats=place.seats,
        language=NAMES.get(made.lang, made.lang) if is_foreign else "",
        phone=made.phone,
        note=made.note,
        answers=tuple((q, a) for q, a in zip(questions, place.answers, strict=False) if a),
        photos_allowed=made.photos_allowed,
        arrived_at=arrived_at,
    )


def until_text(minutes: int) -> str:
    """あと2時間10分; only minutes below an hour."""
    hours, rest = divmod(minutes, 60)
    if hours:
        return translate("in %(h)s h %(n)s min", h=hours, n=rest)
    return translate("in %(n)s min", n=rest)
