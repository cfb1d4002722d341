"""Walks: from door to door, through chosen places, along a model course."""

import asyncio

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from tour.errors import BadInput
from tour.geo import feature_collection, parse_bbox
from tour.i18n import Text
from tour.i18n import lazy as _
from tour.routes import queries, route_map
from tour.routes.outing import (
    Outing,
    OutingQuery,
    Place,
    outing_geojson,
    outing_through,
    plan_outing,
)
from tour.routes.street_drawing import street_layer
from tour.sites.catalogue import Catalogue, SiteEntry
from tour.web import lang, render, state

GEOJSON = "application/geo+json"
SHARED = {"Cache-Control": "public, max-age=300, s-maxage=30"}


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


async def walk_geojson(request: Request) -> Response:
    query = OutingQuery.read(request.query_params)
    catalogue = await _catalogue(request)
    outing = await asyncio.to_thread(
        plan_outing, query, catalogue, state(request).walks, lang(request)
    )
    return JSONResponse(outing_geojson(outing), headers=SHARED, media_type=GEOJSON)


async def course(request: Request) -> Response:
    catalogue = await _catalogue(request)
    found = await queries.course(request.path_params["slug"])
    stops = _course_stops(found, catalogue)
    places = tuple(_place(site, lang(request)) for _stop, site in stops)
    outing = await asyncio.to_thread(
        outing_through, places, state(request).walks, lang=lang(request)
    )
    return render(
        request,
        "routes/course.html",
        nav="explore",
        course=found.card(lang(request)),
        stays=[stop.stay_minutes for stop, _site in stops],
        outing=outing,
        stations=[(s.id, s.name_in(lang(request))) for s in catalogue.stations],
        nearest=stops[0][1].approach.station.id if stops and stops[0][1].approach else "",
        map=route_map.outing_map(request, outing, _same_walk(places)) if places else None,
    )


async def streets_geojson(request: Request) -> Response:
    """Streets of a view for the app's own base layer; nothing where there is no street graph."""
    hint = _("A box is written west,south,east,north.")
    try:
        box = parse_bbox(request.query_params.get("bbox", ""))
        zoom = int(request.query_params.get("zoom", "16"))
    except ValueError:
        raise BadInput(hint, {"bbox": hint}) from None
    streets = state(request).walks.streets
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
            plan_outing, query, catalogue, state(request).walks, lang(request)
        )
    except BadInput as exc:
        return None, exc.errors
    return outing, {}


def _course_stops(
    found: queries.Course, catalogue: Catalogue
) -> list[tuple[queries.CourseStop, SiteEntry]]:
    """The course's stops that a walk can reach; one that was withdrawn is passed by."""
    stops = [(stop, catalogue.by_id.get(stop.site_id)) for stop in found.stops]
    return [(stop, site) for stop, site in stops if site and site.place and site.is_walkable]


def _place(site: SiteEntry, language: str) -> Place:
    assert site.place is not None  # noqa: S101 - `_course_stops` chose those that have one
    return Place(site.text("name", language), site.kind.value, site.place, site.slug)


def _same_walk(places: tuple[Place, ...]) -> str:
    """The address of a course's walk as GeoJSON."""
    stops = tuple(place.slug for place in places[1:])
    return OutingQuery(start=places[0].slug, stops=stops, keep_order=True).query_string()


async def _catalogue(request: Request) -> Catalogue:
    catalogue: Catalogue = await state(request).caches.catalogue.current()
    return catalogue
