"""The reservations that this browser made or opened, in a cookie that only the server reads."""

from starlette.requests import Request
from starlette.responses import Response

from tour.reservations.service import REFERENCE_LENGTH, REFERENCE_LETTERS
from tour.web import state

COOKIE = "reservations"
MOST = 20
DAYS = 120


def references(request: Request) -> list[str]:
    """The remembered references, latest first; whatever else was put there is left out."""
    found = request.cookies.get(COOKIE, "").split(".")
    return [text for text in found if _is_reference(text)][:MOST]


def remember(request: Request, response: Response, reference: str) -> None:
    kept = [reference, *(r for r in references(request) if r != reference)][:MOST]
    response.set_cookie(
        COOKIE,
        ".".join(kept),
        max_age=DAYS * 24 * 3600,
        httponly=True,
        samesite="lax",
        secure=state(request).settings.base_url.startswith("https:"),
    )


def _is_reference(text: str) -> bool:
    return len(text) == REFERENCE_LENGTH and all(letter in REFERENCE_LETTERS for letter in text)
