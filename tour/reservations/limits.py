"""What is counted of forms with a party in them (decision 0013)."""

from starlette.requests import Request

from tour.limits.counting import Limit, count
from tour.reservations.rules import Party

BY_CONTACT = Limit(20, 3600)


async def count_try(request: Request, what: str, party: Party | None = None) -> None:
    """Count one form of this address, and of each contact in it, wherever that comes from."""
    keys = (party.email_key, party.phone_key) if party else ()
    await count(request, what, *((BY_CONTACT, f"contact:{key}") for key in keys if key))
