"""Visitor's pages that need no account and change nothing."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from tour.errors import NotFound
from tour.i18n import lazy as _
from tour.pages import maps
from tour.pages.explore import (
    PER_PAGE,
    Filters,
    choices,
    meets,
    results,
    select,
    ways_out,
    with_seats,
)
from tour.pages.places import session_page, site_page, stations
from tour.pages.town_now import TownNow, town_now
from tour.pages.window.day import day_now
from tour.pages.window.views import window_view
from tour.programmes import queries as programmes
from tour.publishing import queries as publishing
from tour.routes.courses import queries as routes
from tour.routes.courses.cards import Ground, course_cards, of_what_comes
from tour.routes.plan_pages import my_plans
from tour.sites.choices import access_options, kind_options
from tour.sites.entries import SiteEntry
from tour.sites.withdrawn import was_withdrawn
from tour.web import parts_of, render

SHARED_SECONDS = 2


async def home(request: Request) -> Response:
    town = await town_now(request)
    coming = town.agenda.events
    return render(
        request,
        "home.html",
        nav="explore",
        shared_seconds=SHARED_SECONDS,
        event=town.event(coming[0]) if coming else None,
        later_events=[town.event(event) for event in coming[1:]],
        today=day_now(town, next(iter(coming), None)),
        window=window_view(town, next(iter(coming), None), request.query_params),
        kinds=_kinds(town.catalogue.sites),
        courses=await course_cards(
            of_what_comes(await routes.courses(), town.agenda),
            _ground(request, town),
            about=coming[0].id if coming else None,
        ),
    )


async def explore(request: Request) -> Response:
    town = await town_now(request)
    filters = Filters.read(request.query_params)
    chosen = select(town, filters)
    pages = max(1, -(-len(chosen) // PER_PAGE))
    filters = replace(filters, page=min(filters.page, pages))
    first = (filters.page - 1) * PER_PAGE
    return render(
        request,
        "sites/index.html",
        nav="explore",
        shared_seconds=SHARED_SECONDS,
        results=results(town, chosen[first : first + PER_PAGE], filters),
        total=len(chosen),
        ways=None if chosen else ways_out(town, filters),
        pages=pages,
        **_choices(town, filters),
    )


async def explore_map(request: Request) -> Response:
    town = await town_now(request)
    filters = Filters.read(request.query_params)
    chosen = select(town, filters)
    rows = maps.rows(chosen, request.query_params, filters.page)
    filters = replace(filters, page=rows.page)
    return render(
        request,
        "sites/map.html",
        nav="map",
        results=results(town, rows.sites, filters),
        pages=rows.pages,
        total=len(chosen),
        ways=None if chosen else ways_out(town, filters),
        seats=with_seats(town, chosen, filters),
        has_plan=bool(my_plans.tokens(request)),
        map=maps.results_map(request, chosen, filters.query_string(page=1)),
        places_url=maps.places_url(request, filters.query_string(page=1)),
        **_choices(town, filters),
    )


async def site(request: Request) -> Response:
    town = await town_now(request)
    entry = town.catalogue.by_slug.get(request.path_params["slug"])
    if entry is None:
        return await _no_site(request, town)
    offered = await programmes.programmes(site_id=entry.id)
    return await site_page(request, town, entry, offered)


async def _no_site(request: Request, town: TownNow) -> Response:
    """A reminder may lead to a place that has been withdrawn since: its reader is on the way."""
    if not await was_withdrawn(request.path_params["slug"]):
        raise NotFound(_("There is no such place. It may have been renamed or withdrawn."))
    coming = [town.event(event) for event in town.agenda.events]
    return render(request, "sites/withdrawn.html", 410, event=coming[0] if coming else None)


async def event(request: Request) -> Response:
    town = await town_now(request)
    entry = await publishing.event(request.path_params["slug"])
    return render(
        request,
        "events/detail.html",
        nav="explore",
        shared_seconds=SHARED_SECONDS,
        event=town.event(entry),
        results=town.places_of(entry),
        courses=await course_cards(
            [course for course in await routes.courses() if course.event_id == entry.id],
            _ground(request, town),
            about=entry.id,
        ),
    )


async def event_map(request: Request) -> Response:
    town = await town_now(request)
    entry = await publishing.event(request.path_params["slug"])
    sites = [s for p in entry.participants if (s := town.catalogue.by_id.get(p.site_id))]
    filters = Filters.of_event(request.query_params)
    chosen = [site for site in sites if meets(town, site, filters)]
    rows = maps.rows(chosen, request.query_params, filters.page)
    parts = {part.site_id: part for part in entry.participants}
    return render(
        request,
        "events/map.html",
        nav="map",
        event=town.event(entry),
        filters=replace(filters, page=rows.page),
        results=[town.found(site).taking_part(parts[site.id]) for site in rows.sites],
        pages=rows.pages,
        total=len(chosen),
        seats=with_seats(town, chosen, filters),
        shown=[site.slug for site in chosen] if len(chosen) < len(sites) else None,
        has_plan=bool(my_plans.tokens(request)),
        kinds=_kinds(sites),
        map=maps.event_map(request, sites, entry.slug),
    )


async def programme(request: Request) -> Response:
    town = await town_now(request)
    programme_id = request.path_params["programme_id"]
    # The board knows those with coming times; it is as new as the catalogue.
    entry = town.board.programmes.get(programme_id) or await programmes.public_programme(
        programme_id
    )
    site = town.catalogue.by_id.get(entry.site_id)
    if site is None:
        raise NotFound(_("There is no such session. It may have been withdrawn."))
    return await session_page(request, town, entry, site)


async def about(request: Request) -> Response:
    return render(request, "about.html", shared_seconds=SHARED_SECONDS)


def _ground(request: Request, town: TownNow) -> Ground:
    ways = parts_of(request).course_ways
    return Ground(town.catalogue, town.agenda, town.board, ways, town.lang)


def _choices(town: TownNow, filters: Filters) -> dict[str, Any]:
    """What the filter form offers, with what was chosen."""
    days = tuple(sorted({day for event in town.agenda.events for day in event.dates}))
    return {
        "filters": filters,
        "chosen": choices(town, filters),
        "kinds": _kinds(town.catalogue.sites),
        "access_options": access_options(),
        "stations": stations(town),
        "dates": days,
        "events": [town.event(event) for event in town.agenda.events],
    }


def _kinds(sites: Iterable[SiteEntry]) -> tuple[tuple[str, str], ...]:
    present = {site.kind for site in sites}
    return tuple((kind, label) for kind, label in kind_options() if kind in present)
