"""Push subscriptions: the same services as the pages."""

from typing import Any

from msgspec import UNSET
from starlette.requests import Request
from starlette.responses import Response

from tour.api.bodies import PushSubscription
from tour.notifications import recipients
from tour.reservations import queries
from tour.reservations.parties import my_reservations
from tour.reservations.parties.intake import count_try
from tour.routes.plan_news import readers
from tour.web import lang, now, parts_of
from tour.web.json_body import read_body

LONGEST_KEY = 40
"""Of what opens a reservation or a plan; what is longer opens neither."""


async def subscribe(request: Request) -> Response:
    """Let a browser be told about a reservation, or about a plan by the key that may change it."""
    await count_try(request, "subscribe")
    body = await read_body(request, PushSubscription)
    if body.itinerary is UNSET:
        await _to_reservation(request, body.reservation[:LONGEST_KEY], body.subscription)
    else:
        await _to_itinerary(request, body.itinerary[:LONGEST_KEY], body.subscription)
    return Response(status_code=201)


async def _to_itinerary(request: Request, token: str, subscription: dict[str, Any]) -> None:
    await readers.subscribe(
        parts_of(request),
        token,
        subscription,
        made=my_reservations.made(request),
        lang=lang(request),
        now=now(request),
    )


async def _to_reservation(request: Request, reference: str, subscription: dict[str, Any]) -> None:
    entry = await queries.by_reference(reference)
    policy = parts_of(request).push_policy
    recipient_id = entry.reservation.recipient_id
    await recipients.subscribe(recipient_id, subscription, policy, now=now(request))
