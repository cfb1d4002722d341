"""Where a question about a plan comes from: the town at one instant, and who asks.

A page and a program ask in their own name, a chore in nobody's. A `Desk` answers, for one plan.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from starlette.requests import Request

from tour.geo import Bounds
from tour.parts import Parts
from tour.programmes.entries import SlotEntry
from tour.reservations.parties import my_reservations
from tour.reservations.queries import ReservationEntry, by_references
from tour.reservations.states import PlaceStatus
from tour.routes.days.day import TownDay
from tour.routes.days.edits import Stops
from tour.routes.days.planning import Desk
from tour.routes.days.proposals import Findings
from tour.routes.days.wishes import DayWish
from tour.routes.plans import itineraries
from tour.routes.plans.context import PlanContext
from tour.routes.plans.forms import kept_wish
from tour.routes.plans.itineraries import ItineraryEntry
from tour.web import lang, now, parts_of


@dataclass(frozen=True, slots=True)
class Enquiry:
    """The town at one instant, and a desk for each plan that is asked about."""

    parts: Parts
    context: PlanContext
    now: datetime
    lang: str | None = None
    """The reader's language; None where nobody reads."""
    own: tuple[ReservationEntry, ...] = ()
    """What this browser has reserved, from plans and elsewhere."""

    @classmethod
    async def at(cls, parts: Parts, now: datetime) -> "Enquiry":
        """Nobody's: what a chore looks after."""
        local = now.astimezone(parts.town.timezone)
        catalogue = await parts.catalogue.current()
        agenda = await parts.agenda.current(local.date())
        west, south, east, north = parts.town.bounds
        bounds = Bounds(south=south, west=west, north=north, east=east)
        return cls(parts, PlanContext(catalogue, agenda, local, bounds), now)

    @classmethod
    async def of(cls, request: Request) -> "Enquiry":
        """What one request asks, in the reader's language and with what the browser holds."""
        named = my_reservations.references(request)
        own = tuple(await by_references(named)) if named else ()
        nobodys = await cls.at(parts_of(request), now(request))
        return replace(nobodys, lang=lang(request), own=own)

    async def town_day(self, day: date) -> TownDay:
        """A day of the town, with the seats that the board knows of."""
        board = await self.parts.board.current(self.now)
        zone = self.parts.town.timezone
        return TownDay(self.context.catalogue, self.context.agenda, board, day, zone, self.now)

    async def desk(
        self, wish: DayWish, stops: Stops = (), findings: Findings | None = None
    ) -> Desk:
        """Where a plan with these stops is worked on; its slots are read afresh."""
        town = await self.town_day(wish.day)
        others = findings.alternatives if findings else ()
        mended = findings.mended if findings else ()
        proposed = (*stops, *mended, *(s for o in others for s in o.stops))
        planned = {stop.slot_id for stop in proposed if stop.slot_id}
        slots = {slot.id: slot for slot in town.board.slots}
        off_board = wish.reserved - slots.keys()
        slots |= await itineraries.slots(planned | off_board)
        town = replace(town, held=await _by_site(off_board, slots))
        wish = replace(wish, lang=self.lang) if self.lang else wish
        return Desk(town, wish, slots, self.parts.site_matrix)

    async def desk_of(self, entry: ItineraryEntry) -> Desk:
        """With what this browser has reserved elsewhere, where it may change the plan."""
        own = self.own_slots(entry.day) if entry.edit_token else frozenset()
        reserved = frozenset(entry.reserved) | own
        wish = kept_wish(entry.wish, entry.day, self.context, reserved)
        both = (*entry.stops, *(entry.before or ()))
        return await self.desk(wish, both, Findings.from_json(entry.findings))

    def own_slots(self, day: date) -> frozenset[int]:
        """The sessions of a day in which this browser holds places."""
        zone = self.context.local.tzinfo
        return frozenset(
            place.slot.id
            for party in self.own
            for place in party.places
            if place.status == PlaceStatus.CONFIRMED
            if place.slot.starts_at.astimezone(zone).date() == day
        )

    async def with_own(self, entry: ItineraryEntry) -> ItineraryEntry:
        """The plan, to which the own reservations of its sessions belong from now on."""
        planned = {stop.slot_id for stop in entry.stops} & self.own_slots(entry.day)
        new = [
            party
            for party in self.own
            if {place.slot.id for place in party.places} & (planned - entry.reserved.keys())
        ]
        for party in new:
            await itineraries.attach(entry, party.reservation)
        return await itineraries.find(entry.token) if new else entry


async def desk_of(request: Request, entry: ItineraryEntry) -> Desk:
    """The desk of the one plan that a request is about."""
    return await (await Enquiry.of(request)).desk_of(entry)


async def _by_site(
    slot_ids: frozenset[int], slots: Mapping[int, SlotEntry]
) -> Mapping[int, tuple[SlotEntry, ...]]:
    """Reserved sessions that the board does not show, because they are paused, by their sites."""
    found: dict[int, tuple[SlotEntry, ...]] = {}
    for slot_id, site_id in (await itineraries.sites_of_slots(slot_ids)).items():
        found[site_id] = (*found.get(site_id, ()), slots[slot_id])
    return found
