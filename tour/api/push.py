"""Push subscriptions: the same services as the pages."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from tour.errors import BadInput
from tour.i18n import lazy as _
from tour.notifications import recipients
from tour.reservations import queries
from tour.reservations.parties import my_reservations
from tour.reservations.parties.intake import count_try
from tour.routes.plan_news import readers
from tour.web import lang, now, parts_of
from tour.web.json_body import read_object, text_of

LONGEST_KEY = 40
"""Of what opens a reservation or a plan; what is longer opens neither."""


async def subscribe(request: Request) -> Response:
    """Let a browser be told about a reservation, or about a plan by the key that may change it.

    `subscription` is what PushSubscription.toJSON() gives (W3C Push API).
    """
    await count_try(request, "subscribe")
    body = await read_object(request)
    subscription = body.get("subscription")
    if not isinstance(subscription, dict):
        hint = _("A subscription is what PushSubscription.toJSON() gives.")
        raise BadInput(hint, {"subscription": hint})
    if "itinerary" in body:
        await _to_itinerary(request, text_of(body["itinerary"])[:LONGEST_KEY], subscription)
    else:
        await _to_reservation(request, text_of(body.get("reservation"))[:LONGEST_KEY], subscription)
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
