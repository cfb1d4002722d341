"""The reservations that this browser made or opened, and the forms that it was given, in cookies
that only the server reads.

A form's key shows whose browser sent it though the answer was lost on its way back.
"""

from starlette.requests import Request
from starlette.responses import Response

from tour.reservations.models import Reservation
from tour.reservations.parties.forms import KEY
from tour.reservations.parties.parties import REFERENCE_LENGTH, REFERENCE_LETTERS
from tour.web import parts_of

COOKIE = "reservations"
MADE = "made"
MOST = 20
DAYS = 120
FORMS = "forms"
MOST_FORMS = 10
HOURS_OF_FORMS = 24


def references(request: Request) -> list[str]:
    """The remembered references, latest first; whatever else was put there is left out."""
    return _references(request, COOKIE)


def made(request: Request) -> list[str]:
    """Of those, what this browser reserved itself: not what somebody else has shown it."""
    return _references(request, MADE)


def remember(request: Request, response: Response, reference: str) -> None:
    _remember(request, response, COOKIE, reference)


def remember_made(request: Request, response: Response, reference: str) -> None:
    """Note that this browser has just made it, beside `remember`."""
    _remember(request, response, MADE, reference)


def remember_form(request: Request, response: Response, key: str) -> None:
    """Note that this browser was given a form of this key."""
    kept = [key, *(k for k in _forms(request) if k != key)][:MOST_FORMS]
    _keep(request, response, FORMS, kept, HOURS_OF_FORMS)


def holds(request: Request, reservation: Reservation) -> bool:
    """Whether this browser made the reservation, or has opened it by its address."""
    return reservation.reference in references(request) or reservation.idempotency_key in _forms(
        request
    )


def _references(request: Request, name: str) -> list[str]:
    found = request.cookies.get(name, "").split(".")
    return [text for text in found if _is_reference(text)][:MOST]


def _remember(request: Request, response: Response, name: str, reference: str) -> None:
    kept = [reference, *(r for r in _references(request, name) if r != reference)][:MOST]
    _keep(request, response, name, kept, DAYS * 24)


def _forms(request: Request) -> list[str]:
    found = request.cookies.get(FORMS, "").split(".")
    return [text for text in found if KEY.fullmatch(text)][:MOST_FORMS]


def _keep(request: Request, response: Response, name: str, kept: list[str], hours: int) -> None:
    response.set_cookie(
        name,
        ".".join(kept),
        max_age=hours * 3600,
        httponly=True,
        samesite="lax",
        secure=parts_of(request).settings.base_url.startswith("https:"),
    )


def _is_reference(text: str) -> bool:
    return len(text) == REFERENCE_LENGTH and all(letter in REFERENCE_LETTERS for letter in text)
