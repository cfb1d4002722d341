"""The plans that this browser made or opened, in a cookie that only the server reads."""

import re

from starlette.requests import Request
from starlette.responses import Response

from tour.errors import NotFound
from tour.routes.plans import itineraries
from tour.routes.plans.itineraries import ItineraryEntry
from tour.web import parts_of

COOKIE = "plans"
MOST = 5
DAYS = 120
TOKEN = re.compile(r"[A-Za-z0-9_-]{24}")


def tokens(request: Request) -> list[str]:
    """The remembered links, latest first; whatever else was put there is left out."""
    found = request.cookies.get(COOKIE, "").split(".")
    return [text for text in found if TOKEN.fullmatch(text)][:MOST]


async def found(request: Request) -> list[ItineraryEntry]:
    """Those of this device's plans that exist, latest first."""
    plans = []
    for token in tokens(request):
        try:
            plans.append(await itineraries.find(token))
        except NotFound:
            continue
    return plans


def remember(request: Request, response: Response, token: str) -> None:
    kept = [token, *(t for t in tokens(request) if t != token)][:MOST]
    response.set_cookie(
        COOKIE,
        ".".join(kept),
        max_age=DAYS * 24 * 3600,
        httponly=True,
        samesite="lax",
        secure=parts_of(request).settings.base_url.startswith("https:"),
    )
