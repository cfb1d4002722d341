"""A plan as one request asks about it: the town, and the reader's language."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request

from tour.i18n import translate
from tour.routes.day import DayWish
from tour.routes.desks import Desks, desks_at
from tour.routes.itineraries import ItineraryEntry
from tour.routes.plan_forms import PlanContext
from tour.routes.plan_rows import Reader
from tour.routes.planning import Desk
from tour.web import lang, now


@dataclass(frozen=True, slots=True)
class PlanRequest:
    """The town as one request finds it."""

    request: Request
    desks: Desks

    @property
    def context(self) -> PlanContext:
        return self.desks.context

    async def desk(self, wish: DayWish) -> Desk:
        return await self.desks.desk(wish)

    async def desk_of(self, entry: ItineraryEntry) -> Desk:
        return await self.desks.desk_of(entry)

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
    return PlanRequest(request, await desks_at(request.app.state, now(request)))
