"""The plans that this browser made or opened, in a cookie that only the server reads."""

import re

from starlette.requests import Request
from starlette.responses import Response

from tour.web import parts_of

COOKIE = "plans"
MOST = 5
DAYS = 120
TOKEN = re.compile(r"[A-Za-z0-9_-]{24}")


def tokens(request: Request) -> list[str]:
    """The remembered links, latest first; whatever else was put there is left out."""
    found = request.cookies.get(COOKIE, "").split(".")
    return [text for text in found if TOKEN.fullmatch(text)][:MOST]


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
