"""Walks: from door to door, through chosen places, along a model course."""

import asyncio

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from tour.errors import BadInput, TooManyRequests
from tour.geo import feature_collection, parse_bbox
from tour.i18n import Text
from tour.i18n import lazy as _
from tour.limits.lanes import costly
from tour.reservations.parties.intake import count_try
from tour.routes.courses import queries, route_map
from tour.routes.courses.cards import Ground, course_card, walked
from tour.routes.courses.outing import (
    Outing,
    OutingQuery,
    Waypoint,
    outing_geojson,
    outing_through,
    plan_outing,
)
from tour.routes.courses.start import begun_at
from tour.routes.streets.drawing import street_layer
from tour.sites.entries import Catalogue
from tour.web import lang, now, parts_of, render
from tour.web.forms import WHOLE, form_again, read_form

GEOJSON = "application/geo+json"
SHARED = {"Cache-Control": "public, max-age=300, s-maxage=30"}


@costly("walks")
async def walk(request: Request) -> Response:
    catalogue = await _catalogue(request)
    query = OutingQuery.read(request.query_params)
    outing, errors = await _outing(request, query, catalogue)
    return render(
        request,
        "routes/walk.html",
        422 if errors else 200,
        nav="map",
        query=query,
        outing=outing,
        errors=errors,
        stations=[(s.id, s.name_in(lang(request))) for s in catalogue.stations],
        sites=[(s.slug, s.text("name", lang(request))) for s in catalogue.sites if s.is_walkable],
        map=route_map.outing_map(request, outing, query.query_string()) if outing else None,
    )


@costly("walks")
async def walk_geojson(request: Request) -> Response:
    query = OutingQuery.read(request.query_params)
    catalogue = await _catalogue(request)
    outing = await asyncio.to_thread(
        plan_outing, query, catalogue, parts_of(request).walks, lang(request)
    )
    return JSONResponse(outing_geojson(outing), headers=SHARED, media_type=GEOJSON)


@costly("walks")
async def course(request: Request) -> Response:
    """As its makers walk it, or from a station or a stop."""
    return await _course_page(request, request.query_params.get("from", ""))


@costly("walks")
async def course_from_here(request: Request) -> Response:
    """From where somebody stands. Asked by POST and answered with the page itself: the position
    is in no address, so in no log and no history.
    """
    form = await read_form(request, 5)
    start = str(form.get("from", ""))
    try:
        await count_try(request, "plan")
    except TooManyRequests as exc:
        return await form_again(_course_page(request, start, exc), exc)
    response = await _course_page(request, start)
    response.headers["Cache-Control"] = "no-store"
    return response


async def _course_page(
    request: Request, start: str, refusal: TooManyRequests | None = None
) -> Response:
    ground = await _ground(request)
    catalogue = ground.catalogue
    found = await queries.course(request.path_params["slug"])
    stops = _course_stops(found, catalogue, lang(request))
    places, errors = tuple(stops), {WHOLE: refusal.message} if refusal else {}
    if start and not refusal:
        try:
            places = await asyncio.to_thread(
                begun_at, start, places, catalogue, parts_of(request).walks, lang(request)
            )
        except BadInput as exc:
            errors = exc.errors
    outing = await asyncio.to_thread(
        outing_through, places, parts_of(request).walks, lang=lang(request)
    )
    stays = [stops.get(place, 0) for place in places]
    return render(
        request,
        "routes/course.html",
        refusal.status if refusal else 422 if errors else 200,
        nav="explore",
        course=await course_card(found, ground),
        left=[
            site.text("name", lang(request))
            for site_id in found.left
            if (site := catalogue.by_id.get(site_id))
        ],
        stays=stays,
        total=outing.minutes + sum(stays),
        outing=outing,
        start=start,
        errors=errors,
        stations=[(s.id, s.name_in(lang(request))) for s in catalogue.stations],
        stops=[(place.slug, place.name) for place in stops],
        nearest=_station_of(next(iter(stops), None), catalogue),
        map=route_map.outing_map_within(request, outing) if places else None,
    )


@costly("walks")
async def streets_geojson(request: Request) -> Response:
    """Streets of a view for the app's own base layer; nothing where there is no street graph."""
    hint = _("A box is written west,south,east,north.")
    try:
        box = parse_bbox(request.query_params.get("bbox", ""))
        zoom = int(request.query_params.get("zoom", "16"))
    except ValueError:
        raise BadInput(hint, {"bbox": hint}) from None
    streets = parts_of(request).walks.streets
    if streets is None:
        return JSONResponse(feature_collection([]), media_type=GEOJSON)
    layer = await asyncio.to_thread(street_layer, streets, box, zoom)
    return JSONResponse(layer, headers=SHARED, media_type=GEOJSON)


async def _outing(
    request: Request, query: OutingQuery, catalogue: Catalogue
) -> tuple[Outing | None, dict[str, Text]]:
    if not query.is_begun:
        return None, {}
    try:
        outing = await asyncio.to_thread(
            plan_outing, query, catalogue, parts_of(request).walks, lang(request)
        )
    except BadInput as exc:
        return None, exc.errors
    return outing, {}


def _course_stops(
    found: queries.Course, catalogue: Catalogue, language: str
) -> dict[Waypoint, int]:
    """The stops that a walk can reach, with the minutes one stays."""
    return {
        Waypoint(
            site.text("name", language), site.kind.value, site.point, site.slug, stop.number
        ): stop.stay_minutes
        for stop, site in walked(found, catalogue)
        if site.point
    }


def _station_of(place: Waypoint | None, catalogue: Catalogue) -> str:
    """The station nearest to where a course begins."""
    site = catalogue.by_slug.get(place.slug) if place else None
    return site.approach.station.id if site and site.approach else ""


async def _ground(request: Request) -> Ground:
    parts, instant = parts_of(request), now(request)
    today = instant.astimezone(parts.town.timezone).date()
    return Ground(
        catalogue=await parts.catalogue.current(),
        agenda=await parts.agenda.current(today),
        board=await parts.board.current(instant),
        ways=parts.course_ways,
        lang=lang(request),
    )


async def _catalogue(request: Request) -> Catalogue:
    return await parts_of(request).catalogue.current()
