"""Devices that have proved a contact: a cookie of keyed hashes, which only the server makes.

It lets its owner past what holds strangers back, for this contact alone, and tells nobody whose it
is. So no stranger can lock anybody out who has reserved from this device before.
"""

from datetime import timedelta

from starlette.requests import Request
from starlette.responses import Response

from tour.reservations.models import Reservation
from tour.reservations.rules import Party
from tour.web import parts_of

COOKIE = "known"
LASTS = timedelta(days=180)
MOST = 5
"""Contacts of one device: a family's."""
LETTERS = 32


def is_known(request: Request, party: Party | Reservation) -> bool:
    return bool(party.email_key) and _mark(request, party.email_key) in _marks(request)


def remember(request: Request, response: Response, proved: Reservation) -> None:
    """The party has typed the code that went to its mail box."""
    if not proved.email_key:
        return
    mark = _mark(request, proved.email_key)
    kept = [mark, *(one for one in _marks(request) if one != mark)][:MOST]
    response.set_cookie(
        COOKIE,
        ".".join(kept),
        max_age=int(LASTS.total_seconds()),
        httponly=True,
        samesite="lax",
        secure=parts_of(request).settings.base_url.startswith("https:"),
    )


def _marks(request: Request) -> list[str]:
    return request.cookies.get(COOKIE, "")[: MOST * (LETTERS + 1)].split(".")


def _mark(request: Request, email_key: str) -> str:
    return parts_of(request).seal.fingerprint(f"known:{email_key}")[:LETTERS]
