"""GET walks, POST walks/matrix."""

import asyncio

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from tour.api import replies
from tour.api.bodies import Points
from tour.errors import BadInput
from tour.geo import Point, from_lon_lat, parse_lon_lat
from tour.i18n import lazy as _
from tour.limits.lanes import costly
from tour.routes.paths import Profile
from tour.web import lang, parts_of
from tour.web.json_body import read_body
from tour.web.json_reply import replied

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
    shown = msgspec.convert(found.as_json(), replies.Walk)
    return replied(shown, headers=FOR_NOW if found.approximate else SHARED)


@costly("walks")
async def matrix(request: Request) -> Response:
    """Metres and minutes between up to 60 places."""
    body = await read_body(request, Points)
    try:
        points = [from_lon_lat(pair) for pair in body.points]
    except ValueError:
        hint = Points.hints["points"]
        raise BadInput(hint, {"points": hint}) from None
    walks = parts_of(request).walks
    found = await asyncio.to_thread(walks.matrix, points, profile=body.profile)
    return replied(msgspec.convert(found.as_json(), replies.Matrix), headers={})


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
