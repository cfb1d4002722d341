"""POST, GET and DELETE reservations; POST push-subscriptions: the same service as the pages."""

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from tour.errors import BadInput
from tour.i18n import lazy as _
from tour.notifications import service as notifications
from tour.reservations import changes, queries, service
from tour.reservations.forms import ReserveForm
from tour.reservations.queries import ReservationEntry
from tour.web import lang, now, state

MAX_KEY = 80


async def create(request: Request) -> Response:
    """Reserve one slot or a whole itinerary for one party: all of it, or nothing (409)."""
    body = await _object(request)
    wish = _wish(request, body)
    made = await service.reserve(wish, now=now(request))
    entry = await queries.by_reference(made.reference)
    url = _url(request, made.reference)
    return JSONResponse(_shown(entry, url), 201, headers={"Location": url})


async def detail(request: Request) -> Response:
    entry = await queries.by_reference(request.path_params["reference"])
    return JSONResponse(
        _shown(entry, _url(request, entry.reservation.reference)),
        headers={"Cache-Control": "no-store"},
    )


async def cancel(request: Request) -> Response:
    await changes.cancel(request.path_params["reference"], now=now(request))
    return Response(status_code=204)


async def subscribe(request: Request) -> Response:
    """Let a browser be told about a reservation (W3C Push API, PushSubscription.toJSON())."""
    body = await _object(request)
    subscription = body.get("subscription")
    if not isinstance(subscription, dict):
        hint = _("A subscription is what PushSubscription.toJSON() gives.")
        raise BadInput(hint, {"subscription": hint})
    entry = await queries.by_reference(str(body.get("reservation", "")))
    await notifications.subscribe(
        entry.reservation.recipient_id,
        subscription,
        policy=state(request).push_policy,
        now=now(request),
    )
    return Response(status_code=201)


def _wish(request: Request, body: dict[str, Any]) -> service.Request:
    key = request.headers.get("idempotency-key", "")[:MAX_KEY]
    party, contact = _part(body, "party"), _part(body, "contact")
    form = ReserveForm.parse(
        {**party, **contact, "consent": body.get("consent"), "idempotency_key": key}
    )
    errors = dict(form.errors)
    slots = body.get("slots")
    if not _are_slot_ids(slots):
        errors["slots"] = _("Give one to %(n)s slot ids.", n=service.MAX_SLOTS)
    if errors or form.party is None:
        raise BadInput(_("Some fields need correcting."), errors)
    return service.Request(
        slot_ids=tuple(slots),  # type: ignore[arg-type]
        party=form.party,
        lang=_language(request, body),
        timezone=state(request).town.timezone.key,
        idempotency_key=form.value("idempotency_key"),
    )


def _are_slot_ids(slots: object) -> bool:
    return (
        isinstance(slots, list)
        and 1 <= len(slots) <= service.MAX_SLOTS
        and all(type(slot) is int and 0 < slot < 2**31 for slot in slots)
    )


def _language(request: Request, body: dict[str, Any]) -> str:
    asked = body.get("lang")
    is_known = isinstance(asked, str) and asked in state(request).town.languages
    return str(asked) if is_known else lang(request)


def _part(body: dict[str, Any], name: str) -> dict[str, Any]:
    part = body.get(name, {})
    return part if isinstance(part, dict) else {}


async def _object(request: Request) -> dict[str, Any]:
    try:
        body = await request.json()
    except (ValueError, RecursionError):
        body = None
    if not isinstance(body, dict):
        raise BadInput(_("The body must be a JSON object."), {})
    return body


def _shown(entry: ReservationEntry, url: str) -> dict[str, Any]:
    made = entry.reservation
    return {
        "reference": made.reference,
        "url": url,
        "door_code": made.door_code,
        "party": {"adults": made.adults, "children": made.children},
        "slots": [
            {
                "id": place.slot.id,
                "status": place.status.value,
                "starts_at": place.slot.starts_at.isoformat(),
            }
            for place in entry.places
        ],
    }


def _url(request: Request, reference: str) -> str:
    path = str(request.app.url_path_for("reservations:detail", reference=reference))
    return str(state(request).settings.base_url) + path
