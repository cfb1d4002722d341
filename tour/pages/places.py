"""The page of a place and that of a session: as visitors see them, or as they will."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from starlette.requests import Request
from starlette.responses import Response

from tour.events.views import EventCard
from tour.geo import feature, feature_collection, point_geometry
from tour.pages import maps
from tour.pages.times import next_time, timetable
from tour.pages.town_now import TownNow
from tour.programmes import queries as programmes
from tour.programmes.entries import ProgrammeEntry
from tour.programmes.rules import Way
from tour.programmes.views import ProgrammeView, programme_view
from tour.sites.closing_words import closures_text
from tour.sites.entries import SiteEntry
from tour.sites.maps import map_around
from tour.sites.showing import Showing
from tour.sites.site_map import MapFragment
from tour.sites.texts import APART, WAY, headed
from tour.sites.views import coming_exceptions, holiday_text, hours_table, source_text
from tour.web import private, render


@dataclass(frozen=True, slots=True)
class Preview:
    """Of what is not public: for those who tend it. Nothing can be reserved or planned in it."""

    showing: Showing
    """Why visitors do not see it."""
    back: str
    """The path of the form that changes it."""
    site: str
    """The path of the preview of its place."""
    sessions: Mapping[int, str]
    """{programme: the path of its preview}."""


async def site_page(
    request: Request,
    town: TownNow,
    entry: SiteEntry,
    offered: list[ProgrammeEntry],
    preview: Preview | None = None,
) -> Response:
    if preview:
        town = await _as_it_will_be(town, offered, entry)
    hours = town.hours_of(entry)
    views = await _views(town, offered, entry, preview)
    page = render(
        request,
        "sites/detail.html",
        nav="explore",
        site=town.card(entry),
        entry=entry,
        station=entry.approach.station.id if entry.approach else "",
        description=entry.text("description", town.lang),
        point_source=source_text(entry.point_source, town.lang),
        way=list(headed(WAY, entry.own, entry.translations, town.lang)),
        apart=list(headed(APART, entry.own, entry.translations, town.lang)),
        hours=hours_table(hours, town.lang),
        holidays=holiday_text(hours, town.lang),
        closures=closures_text(hours.closures, town.lang),
        exceptions=coming_exceptions(hours, town.today, town.lang),
        programmes=views,
        timetables={view.id: timetable(view.slots, town.zone) for view in views},
        next_time=None if preview else next_time(s for view in views for s in view.slots),
        events=_events_of(town, entry),
        stations=stations(town),
        map=_drawn(request, town, entry) if preview else maps.site_map(request, entry),
        preview=preview,
    )
    return private(page) if preview else page


async def session_page(
    request: Request,
    town: TownNow,
    programme: ProgrammeEntry,
    site: SiteEntry,
    preview: Preview | None = None,
) -> Response:
    if preview:
        town = await _as_it_will_be(town, [programme], site)
    [view] = await _views(town, [programme], site, preview)
    page = render(
        request,
        "programmes/detail.html",
        nav="explore",
        programme=view,
        site=town.card(site),
        station=site.approach.station.id if site.approach else "",
        timetables={view.id: timetable(view.slots, town.zone)},
        next_time=None if preview else next_time(view.slots),
        preview=preview,
    )
    return private(page) if preview else page


def stations(town: TownNow) -> tuple[tuple[str, str], ...]:
    """(id, name) to walk from."""
    return tuple((s.id, s.name_in(town.lang)) for s in town.catalogue.stations)


async def _as_it_will_be(town: TownNow, offered: list[ProgrammeEntry], site: SiteEntry) -> TownNow:
    """The town with what is offered there taking place: on a day of it the place is not closed."""
    slots = await programmes.slots_of([programme.id for programme in offered], since=town.now)
    by_site = {**town.board.by_site, site.id: tuple(slots)}
    return replace(town, board=replace(town.board, by_site=by_site))


async def _views(
    town: TownNow, offered: list[ProgrammeEntry], site: SiteEntry, preview: Preview | None
) -> list[ProgrammeView]:
    slots = await programmes.slots_of([programme.id for programme in offered], since=town.now)
    card = town.card(site)
    views = [
        programme_view(
            p, [s for s in slots if s.programme_id == p.id], card, lang=town.lang, now=town.now
        )
        for p in offered
    ]
    return [_inert(view) for view in views] if preview else views


def _inert(view: ProgrammeView) -> ProgrammeView:
    """Its times without a way to reserve one."""
    return replace(view, slots=tuple(replace(slot, way=Way.NOTHING) for slot in view.slots))


def _events_of(town: TownNow, site: SiteEntry) -> list[EventCard]:
    """The events that it takes part in, each with the days on which this place opens for it."""
    return [
        replace(town.event(event), dates=event.days_of(site.id))
        for event in town.agenda.events
        if any(host.site_id == site.id for host in event.hosts)
    ]


def _drawn(request: Request, town: TownNow, site: SiteEntry) -> MapFragment | None:
    """Its map with the place in the page itself: the API knows only what is public."""
    if site.point is None:
        return None
    card = town.card(site)
    properties = {
        "kind": site.kind.value,
        "kind_label": card.kind_label,
        "name": card.name,
        "approximate": card.approximate,
        "url": "#way",
    }
    placed = feature_collection([feature(point_geometry(site.point), properties)])
    return map_around(request, [site.point], walk=placed, zoom=17 if site.is_walkable else 15)
