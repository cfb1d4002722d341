"""What one would write first: read the slot, check, insert. It oversells; it is a measure only."""

import os
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route  # noqa: TID251 - an app of its own

from tour import db
from tour.clock import system_clock
from tour.notifications.models import Recipient
from tour.programmes.models import Slot
from tour.reservations.models import Place, Reservation
from tour.settings import ENV_FILE, Settings


async def reserve(request: Request) -> Response:
    form = await request.form()
    slot = await Slot.get(id=request.path_params["slot_id"])
    size = int(str(form["adults"]))
    if slot.seats_left < size:
        return PlainTextResponse("full", 409)
    slot.seats_taken += size
    await slot.save()
    token = secrets.token_urlsafe(18)
    recipient = await Recipient.create(token=token, lang="ja", timezone="Asia/Tokyo", email="")
    made = await Reservation.create(
        reference=token,
        door_code=secrets.token_hex(5),
        name=str(form["name"]),
        email=str(form["email"]),
        adults=size,
        lang="ja",
        idempotency_key=str(form["idempotency_key"]),
        recipient=recipient,
        consented_at=system_clock(),
    )
    await Place.create(reservation=made, slot=slot, seats=size)
    return RedirectResponse(f"/reservations/{token}", 303)


async def about(request: Request) -> Response:  # noqa: ARG001 - what a handler takes
    return PlainTextResponse("ready")


def app() -> Starlette:
    """Served like the app itself, so that only the handler differs."""
    settings = Settings.from_environ(os.environ, ENV_FILE)

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        async with db.opened(settings.database_url):
            yield

    urls = [
        Route("/slots/{slot_id:int}/reserve", reserve, methods=["POST"]),
        Route("/about", about),
    ]
    return Starlette(routes=urls, lifespan=lifespan)
