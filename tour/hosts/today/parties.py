"""Who comes to a site on one day, as its host reads it with wet hands."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from tour.hosts.today.rows import (
    Day,
    PartyRow,
    SlotRow,
    draw_line,
    party_says,
    party_stage,
    slot_said,
    slot_stage,
)
from tour.programmes.models import Slot
from tour.programmes.states import SlotStatus
from tour.reservations.door.absences import is_asked
from tour.reservations.door.arrivals import Arrival, day_bounds, free_at_door, seats_again
from tour.reservations.lists.parties import WITH, PartyFacts, facts_of, reaches_of
from tour.reservations.models import Draw, DrawSlot, Place, WaitlistEntry
from tour.reservations.states import PlaceStatus, WaitlistStatus

FREED_WITHIN = timedelta(hours=24)
"""Before the start: what became free by then is news to a host who has read the list."""
CLOSED = WaitlistStatus.CLOSED
ON_THE_LIST = (PlaceStatus.CONFIRMED, PlaceStatus.RELEASED, PlaceStatus.CANCELLED)


async def day_at(
    site_id: int, on_date: date, *, zone: ZoneInfo, town_lang: str, now: datetime
) -> Day:
    """Everything about one date; what was cancelled without parties is left out."""
    begin, end = day_bounds(on_date, zone)
    chosen = Slot.filter(programme__site_id=site_id, starts_at__gte=begin, starts_at__lt=end)
    slots = await chosen.order_by("starts_at", "id").select_related("programme")
    ids = [slot.id for slot in slots]
    is_today = on_date == now.astimezone(zone).date()
    parties = await _parties(slots, town_lang, now if is_today else None)
    queued, in_vain = await _queued(ids, WaitlistStatus.WAITING), await _queued(ids, CLOSED)
    draws = await _draws(ids)
    next_id = _next_slot_id(slots, now)
    rows = [
        _slot(
            slot,
            parties[slot.id],
            queues=(queued[slot.id], in_vain[slot.id]),
            draw=draws.get(slot.id),
            is_open=slot.id == next_id or len(slots) == 1,
            is_today=is_today,
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


async def _parties(
    slots: Sequence[Slot], town_lang: str, at_door: datetime | None
) -> dict[int, list[PartyRow]]:
    """By slot, in the order they reserved: those expected, and those that gave up lately;
    `at_door`: the instant at which some are let in again, None on another day."""
    listed = Place.filter(slot_id__in=[slot.id for slot in slots], status__in=ON_THE_LIST)
    places = await listed.order_by("id").select_related(*WITH)
    arrived, reaches = await _arrivals(places), await reaches_of(places)
    found: dict[int, list[PartyRow]] = {slot.id: [] for slot in slots}
    by_id = {slot.id: slot for slot in slots}
    for place in places:
        slot = by_id[place.slot_id]
        if place.status != PlaceStatus.CANCELLED or _is_news(place, slot):
            free = free_at_door(slot, at_door) if at_door else 0
            facts = facts_of(place, reaches[place.reservation.recipient_id])
            found[slot.id].append(_party(place, facts, arrived.get(place.id), town_lang, free))
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
    is_open: bool,
    is_today: bool,
    now: datetime,
) -> SlotRow:
    parties = tuple(party for party in listed if party.is_expected)
    is_late = is_today and is_asked(slot, now)
    late = [p for p in parties if p.arrived_at is None] if is_late else []
    minutes_until = max(0, int((slot.starts_at - now).total_seconds() // 60))
    stage = slot_stage(
        is_cancelled=slot.status == SlotStatus.CANCELLED,
        is_over=slot.ends_at <= now,
        is_today=is_today,
        minutes_until=minutes_until,
    )
    return SlotRow(
        id=slot.id,
        programme_id=slot.programme.id,
        title=slot.programme.title,
        starts_at=slot.starts_at,
        ends_at=slot.ends_at,
        capacity=slot.capacity,
        seats_taken=slot.seats_taken,
        arrived_seats=sum(party.came for party in listed) + slot.walk_ins,
        stage=stage,
        said=slot_said(stage, minutes_until),
        is_closed=slot.status == SlotStatus.CLOSED,
        is_over=slot.ends_at <= now,
        is_open=is_open,
        waiting=queues[0],
        waited=queues[1],
        parties=parties,
        gone=tuple(party for party in listed if not party.is_expected),
        absent=tuple(late),
        free=free_at_door(slot, now),
        walk_ins=slot.walk_ins,
        releases_absent=slot.releases_absent,
        delay_minutes=slot.delay_minutes,
        draw=draw,
        draw_line=draw_line(draw.status) if draw else None,
    )


def _party(
    place: Place, facts: PartyFacts, arrival: Arrival | None, town_lang: str, free: int
) -> PartyRow:
    """`free`: seats at the door for a party that comes all the same."""
    came = (arrival.people or place.seats) if arrival else 0
    return PartyRow(
        **facts.as_fields(),
        place_id=place.id,
        language=facts.language_name if facts.lang != town_lang else "",
        arrived_at=arrival.arrived_at if arrival else None,
        came=came,
        late_minutes=place.late_minutes,
        says=party_says(place.late_minutes),
        stage=party_stage(PlaceStatus(place.status), came=came, seats=place.seats),
        gone_at=place.cancelled_at,
        may_return=arrival is None and free >= seats_again(place),
    )
