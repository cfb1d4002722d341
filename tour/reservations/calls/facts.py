"""What is so at this moment, of all parties that somebody may have to ring: read in a few
statements, however many they are."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from tour.notifications.told import Told
from tour.programmes.models import Slot
from tour.reservations.door.arrivals import arrivals_of
from tour.reservations.models import CallOff, DrawEntry, Place, WaitlistEntry
from tour.reservations.states import PlaceStatus
from tour.sites.models import SiteDay
from tour.sites.states import DoorState

Row = Mapping[str, Any]
OF_PLACE = ("id", "reservation_id", "slot_id", "status", "reason")
OF_TURN = ("id", "reservation_id", "slot_id", "status", "seats", "offer_ends_at")
OF_ENTRY = ("id", "reservation_id", "draw_id", "status", "won_slot_id", "ranking")


@dataclass(frozen=True, slots=True)
class EventOff:
    """What a change of an event ended, and why in staff's words."""

    slots: frozenset[int] = frozenset()
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """Rows by the party they belong to; sessions by id, with programme and site."""

    now: datetime
    slots: dict[int, Slot] = field(default_factory=dict)
    places: dict[int, list[Row]] = field(default_factory=dict)
    turns: dict[int, list[Row]] = field(default_factory=dict)
    entries: dict[int, list[Row]] = field(default_factory=dict)
    arrived: frozenset[int] = frozenset()
    called_off: dict[int, EventOff] = field(default_factory=dict)
    closed_doors: frozenset[tuple[int, date]] = frozenset()

    def held(self, party_id: int) -> list[int]:
        """The sessions in which a party holds seats that are to come or under way, soonest first;
        not where it is already."""
        mine = [
            row["slot_id"]
            for row in self.places.get(party_id, ())
            if row["status"] == PlaceStatus.CONFIRMED and row["id"] not in self.arrived
        ]
        return self.coming(mine)

    def all_of(self, party_id: int) -> set[int]:
        """Every session that the party has, or had, to do with."""
        found = {row["slot_id"] for row in self.places.get(party_id, ())}
        found |= {row["slot_id"] for row in self.turns.get(party_id, ())}
        return found.union(*(row["ranking"] for row in self.entries.get(party_id, ())))

    def coming(self, slot_ids: Iterable[int]) -> list[int]:
        """Those of these that are not over, soonest first."""
        alive = [slot_id for slot_id in set(slot_ids) if self.slots[slot_id].ends_at > self.now]
        return sorted(alive, key=lambda slot_id: (self.slots[slot_id].starts_at, slot_id))


async def facts_of(party_ids: Sequence[int], messages: Iterable[Told], *, now: datetime) -> Facts:
    """About these parties, as far as these messages ask for it."""
    ids = list(party_ids)
    places = await _by_party(Place.filter(reservation_id__in=ids), OF_PLACE)
    turns = await _by_party(WaitlistEntry.filter(reservation_id__in=ids), OF_TURN)
    entries = await _by_party(DrawEntry.filter(reservation_id__in=ids), OF_ENTRY)
    slots = await _slots(places, turns, entries)
    return Facts(
        now=now,
        slots=slots,
        places=places,
        turns=turns,
        entries=entries,
        arrived=frozenset(await arrivals_of([r["id"] for rows in places.values() for r in rows])),
        called_off=await _called_off(messages),
        closed_doors=await _closed_doors({slot.programme.site.id for slot in slots.values()}),
    )


async def _by_party(rows: Any, columns: Collection[str]) -> dict[int, list[Row]]:
    found: dict[int, list[Row]] = defaultdict(list)
    for row in await rows.order_by("id").values(*columns):
        found[row["reservation_id"]].append(row)
    return dict(found)


async def _slots(*tables: Mapping[int, list[Row]]) -> dict[int, Slot]:
    ids: set[int] = set()
    for row in (row for table in tables for rows in table.values() for row in rows):
        ids |= {row["slot_id"]} if "slot_id" in row else set(row["ranking"])
    slots = await Slot.filter(id__in=list(ids)).select_related("programme__site") if ids else []
    return {slot.id: slot for slot in slots}


async def _called_off(messages: Iterable[Told]) -> dict[int, EventOff]:
    ids = {int(told.key.split(":")[1]) for told in messages if told.key.startswith("event-off:")}
    made = await CallOff.filter(id__in=list(ids)) if ids else []
    return {each.id: EventOff(frozenset(map(int, each.slots)), each.reason) for each in made}


async def _closed_doors(site_ids: Collection[int]) -> frozenset[tuple[int, date]]:
    if not site_ids:
        return frozenset()
    closed = SiteDay.filter(site_id__in=list(site_ids), state=DoorState.CLOSED)
    return frozenset([(row["site_id"], row["on_date"]) for row in await closed.values()])
