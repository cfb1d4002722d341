"""What a host's pages say of the telephone: whom to ring, and how many a message reaches."""

from starlette.requests import Request

from tour.accounts.guards import Tending
from tour.reservations.calls.calls import open_calls
from tour.reservations.calls.views import CallList
from tour.web import now, parts_of


async def calls_of(request: Request, tending: Tending) -> CallList:
    """Of all coming sessions of the place."""
    town = parts_of(request).town
    calls = await open_calls(town.timezone, now=now(request), site_id=tending.site.id)
    return CallList.of(calls, town.language)
