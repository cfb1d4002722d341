"""From a request to what a plan is read against and answered from."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from starlette.requests import Request

from tour.geo import Bounds
from tour.i18n import translate
from tour.routes import itineraries
from tour.routes.day import DayWish, TownDay
from tour.routes.edits import Stops
from tour.routes.itineraries import ItineraryEntry
from tour.routes.plan_forms import PlanContext, kept_wish
from tour.routes.plan_rows import Reader
from tour.routes.planning import Desk
from tour.routes.proposals import Findings
from tour.web import lang, now, state


@dataclass(frozen=True, slots=True)
class PlanRequest:
    """The town as one request finds it."""

    request: Request
    context: PlanContext

    async def town_day(self, day: date) -> TownDay:
        board = await state(self.request).caches.board.current(
            now(self.request), self.context.catalogue.revision
        )
        zone = state(self.request).town.timezone
        return TownDay(
            self.context.catalogue, self.context.agenda, board, day, zone, now(self.request)
        )

    async def desk(
        self, wish: DayWish, stops: Stops = (), findings: Findings | None = None
    ) -> Desk:
        """Where a plan with these stops is worked on; its slots are read afresh."""
        town = await self.town_day(wish.day)
        others = findings.alternatives if findings else ()
        planned = {s.slot_id for s in (*stops, *(s for o in others for s in o.stops)) if s.slot_id}
        slots = {slot.id: slot for slot in town.board.slots}
        slots |= await itineraries.slots(planned)
        return Desk(town, wish, slots, state(self.request).site_matrix)

    async def desk_of(self, entry: ItineraryEntry) -> Desk:
        wish = kept_wish(entry.wish, entry.day, self.context, frozenset(entry.reserved))
        both = (*entry.stops, *(entry.before or ()))
        return await self.desk(wish, both, Findings.from_json(entry.findings))

    def reader(self, values: Mapping[str, Any]) -> Reader:
        start = self.name_of(values["from"])
        end = self.name_of(values["to"]) if values["to"] else start
        return Reader(lang(self.request), start, end)

    def name_of(self, spot: str) -> str:
        """What a station, a place or a chosen point is called."""
        language = lang(self.request)
        if station := self.context.catalogue.station(spot):
            return translate("%(name)s station", language, name=station.name_in(language))
        if site := self.context.catalogue.by_slug.get(spot):
            return site.text("name", language)
        return translate("The chosen point", language)


async def plan_request(request: Request) -> PlanRequest:
    caches, town = state(request).caches, state(request).town
    local = now(request).astimezone(town.timezone)
    catalogue = await caches.catalogue.current()
    agenda = await caches.agenda.current(catalogue.revision, local.date())
    west, south, east, north = town.bounds
    bounds = Bounds(south=south, west=west, north=north, east=east)
    return PlanRequest(request, PlanContext(catalogue, agenda, local, bounds))
