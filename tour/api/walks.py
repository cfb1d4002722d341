"""GET walks, POST walks/matrix."""

import asyncio

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from tour.errors import BadInput
from tour.geo import Point, from_lon_lat, parse_lon_lat
from tour.i18n import lazy as _
from tour.limits.lanes import costly
from tour.routes.paths import Profile
from tour.web import lang, parts_of
from tour.web.json_body import read_object, text_of

MOST_POINTS = 60
SHARED = {"Cache-Control": "public, max-age=0, s-maxage=30", "Access-Control-Allow-Origin": "*"}
FOR_NOW = {**SHARED, "Cache-Control": "public, max-age=0, s-maxage=2"}
"""Of an estimate: the streets, or the engine, may be there a moment later."""


@costly("walks")
async def walk(request: Request) -> Response:
    """The walk from one place to another: metres, minutes, line and directions."""
    start, end = _point(request, "from"), _point(request, "to")
    found = await asyncio.to_thread(
        parts_of(request).walks.walk,
        start,
        end,
        profile=_profile(request.query_params.get("profile", "walk")),
        lang=lang(request),
    )
    return JSONResponse(found.as_json(), headers=FOR_NOW if found.approximate else SHARED)


@costly("walks")
async def matrix(request: Request) -> Response:
    """Metres and minutes between up to 60 places."""
    hint = _("Give 1 to %(n)s points, each [longitude, latitude].", n=MOST_POINTS)
    body = await read_object(request)
    try:
        pairs = body["points"]
        if not 1 <= len(pairs) <= MOST_POINTS:
            raise ValueError
        points = [from_lon_lat(pair) for pair in pairs]
    except (ValueError, KeyError, TypeError):
        raise BadInput(hint, {"points": hint}) from None
    profile = _profile(text_of(body.get("profile", "walk")))
    found = await asyncio.to_thread(parts_of(request).walks.matrix, points, profile=profile)
    return JSONResponse(found.as_json())


def _point(request: Request, name: str) -> Point:
    try:
        return parse_lon_lat(request.query_params.get(name, ""))
    except ValueError:
        hint = _("A place is written longitude,latitude, such as 139.737886,35.753173.")
        raise BadInput(hint, {name: hint}) from None


def _profile(text: str) -> Profile:
    if text not in list(Profile):
        hint = _("A profile is walk or no_steps.")
        raise BadInput(hint, {"profile": hint})
    return Profile(text)
