"""From the parts of the app to what a plan is read against and answered from."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from starlette.datastructures import State

from tour.geo import Bounds
from tour.programmes.entries import SlotEntry
from tour.routes import itineraries
from tour.routes.day import DayWish, TownDay
from tour.routes.edits import Stops
from tour.routes.itineraries import ItineraryEntry
from tour.routes.plan_forms import PlanContext, kept_wish
from tour.routes.planning import Desk
from tour.routes.proposals import Findings


@dataclass(frozen=True, slots=True)
class Desks:
    """The town at one instant, and a desk for each plan that is asked about."""

    parts: State
    context: PlanContext
    now: datetime

    async def town_day(self, day: date) -> TownDay:
        board = await self.parts.caches.board.current(self.now)
        zone = self.parts.town.timezone
        return TownDay(self.context.catalogue, self.context.agenda, board, day, zone, self.now)

    async def desk(
        self, wish: DayWish, stops: Stops = (), findings: Findings | None = None
    ) -> Desk:
        """Where a plan with these stops is worked on; its slots are read afresh."""
        town = await self.town_day(wish.day)
        others = findings.alternatives if findings else ()
        mended = findings.mended if findings else ()
        shown = (*stops, *mended, *(s for o in others for s in o.stops))
        planned = {stop.slot_id for stop in shown if stop.slot_id}
        slots = {slot.id: slot for slot in town.board.slots}
        off_board = wish.reserved - slots.keys()
        slots |= await itineraries.slots(planned | off_board)
        town = replace(town, held=await _by_site(off_board, slots))
        return Desk(town, wish, slots, self.parts.site_matrix)

    async def desk_of(
        self, entry: ItineraryEntry, also_reserved: frozenset[int] = frozenset()
    ) -> Desk:
        reserved = frozenset(entry.reserved) | also_reserved
        wish = kept_wish(entry.wish, entry.day, self.context, reserved)
        both = (*entry.stops, *(entry.before or ()))
        return await self.desk(wish, both, Findings.from_json(entry.findings))


async def _by_site(
    slot_ids: frozenset[int], slots: Mapping[int, SlotEntry]
) -> Mapping[int, tuple[SlotEntry, ...]]:
    """Reserved sessions that the board does not show, because they are paused, by their sites."""
    found: dict[int, tuple[SlotEntry, ...]] = {}
    for slot_id, site_id in (await itineraries.sites_of_slots(slot_ids)).items():
        found[site_id] = (*found.get(site_id, ()), slots[slot_id])
    return found


async def desks_at(parts: State, now: datetime) -> Desks:
    local = now.astimezone(parts.town.timezone)
    catalogue = await parts.caches.catalogue.current()
    agenda = await parts.caches.agenda.current(local.date())
    west, south, east, north = parts.town.bounds
    bounds = Bounds(south=south, west=west, north=north, east=east)
    return Desks(parts, PlanContext(catalogue, agenda, local, bounds), now)
