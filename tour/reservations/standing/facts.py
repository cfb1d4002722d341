"""Where a reservation stands, place by place: the facts gathered, for `stages` to judge."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from tour.programmes import queries as programmes
from tour.programmes.entries import SlotEntry
from tour.reservations.door.arrivals import Arrival
from tour.reservations.messages.receipts import that_fit
from tour.reservations.queries import PlaceEntry, ReservationEntry
from tour.reservations.standing.stages import Facts, Stage, stage_of, stage_of_all
from tour.reservations.states import PlaceStatus


@dataclass(frozen=True, slots=True)
class Standing:
    """The stage of each place, by its id, and of all together; None without a place."""

    of_place: Mapping[int, Stage]
    whole: Stage | None


async def standing_of(entry: ReservationEntry, now: datetime) -> Standing:
    over = [p for p in entry.places if p.status == PlaceStatus.CONFIRMED and p.slot.ends_at <= now]
    listed = await _with_list(place.slot.id for place in over if place.arrived_at is None)
    stages = {p.id: stage_of(_facts(p, p.slot.id in listed), now) for p in entry.places}
    return Standing(stages, stage_of_all(stages.values()))


async def other_times(slot: SlotEntry, seats: int, *, now: datetime) -> list[SlotEntry]:
    """The next times of the same session that a party of this size could book now."""
    return that_fit(await programmes.coming_times(slot.programme_id, now=now), seats)


def _facts(place: PlaceEntry, has_list: bool) -> Facts:
    slot, has_arrived = place.slot, place.arrived_at is not None
    return Facts(place.status, place.ended_by, slot.starts_at, slot.ends_at, has_arrived, has_list)


async def _with_list(slot_ids: Iterable[int]) -> set[int]:
    """The slots at whose door anybody was checked in."""
    ids = list(slot_ids)
    if not ids:
        return set()
    found = Arrival.filter(place__slot_id__in=ids, taken_back_at=None).distinct()
    return {row["place__slot_id"] for row in await found.values("place__slot_id")}
