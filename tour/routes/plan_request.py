"""A plan as one request asks about it: the town, and the reader's language."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from starlette.requests import Request

from tour.reservations import mine
from tour.reservations.known import is_known
from tour.reservations.queries import ReservationEntry, by_references
from tour.reservations.states import PlaceStatus
from tour.routes import itineraries
from tour.routes.day import DayWish
from tour.routes.desks import Desks, desks_at
from tour.routes.edits import Stops
from tour.routes.itineraries import ItineraryEntry
from tour.routes.joins import Holder
from tour.routes.plan_forms import PlanContext, spot_name
from tour.routes.plan_rows import Reader
from tour.routes.planning import Desk
from tour.web import lang, now


@dataclass(frozen=True, slots=True)
class PlanRequest:
    """The town as one request finds it."""

    request: Request
    desks: Desks
    own: tuple[ReservationEntry, ...]
    """What this browser has reserved, from plans and elsewhere."""

    @property
    def context(self) -> PlanContext:
        return self.desks.context

    async def desk(self, wish: DayWish, stops: Stops = ()) -> Desk:
        return await self.desks.desk(replace(wish, lang=lang(self.request)), stops)

    async def desk_of(self, entry: ItineraryEntry) -> Desk:
        """With what this browser has reserved elsewhere, where it may change the plan."""
        own = self.own_slots(entry.day) if entry.edit_token else frozenset()
        desk = await self.desks.desk_of(entry, own)
        return replace(desk, wish=replace(desk.wish, lang=lang(self.request)))

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

    def holders(self, entry: ItineraryEntry) -> list[Holder]:
        """The parties whose reservation a session of the plan can join."""
        if entry.edit_token is None:
            return []
        own = {party.reservation.reference for party in self.own}
        return [
            Holder(
                party, party.reservation.reference in own, is_known(self.request, party.reservation)
            )
            for party in entry.reservations
            if party.reservation.erased_at is None
            if any(
                place.status == PlaceStatus.CONFIRMED and place.slot.ends_at > self.desks.now
                for place in party.places
            )
        ]

    def reader(self, values: Mapping[str, Any]) -> Reader:
        start = self.name_of(values["from"])
        end = self.name_of(values["to"]) if values["to"] else start
        return Reader(lang(self.request), start, end)

    def name_of(self, spot: str) -> str:
        return spot_name(self.context.catalogue, spot, lang(self.request))


async def plan_request(request: Request) -> PlanRequest:
    own = await by_references(mine.references(request)) if mine.references(request) else ()
    return PlanRequest(request, await desks_at(request.app.state, now(request)), tuple(own))
