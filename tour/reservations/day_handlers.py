"""What a party tells its hosts on the day itself. Every change is a POST: scanners open links."""

from starlette.requests import Request
from starlette.responses import Response

from tour.reservations import on_the_way, queries, views
from tour.reservations.handlers import show, to_reservation
from tour.reservations.intake import count_try
from tour.web import now, render
from tour.web.forms import number_in, read_form


async def late(request: Request) -> Response:
    """Where a reminder's button leads: one tap says that the party comes, and how late."""
    entry = await queries.by_reference(request.path_params["reference"])
    view = await views.reservation_view(request, entry)
    if not any(place.can_say for place in view.places):
        return await show(request, entry.reservation.reference)
    response = render(request, "reservations/late.html", nav="reservations", reservation=view)
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


async def say(request: Request) -> Response:
    await count_try(request, "change")
    minutes = number_in(str((await read_form(request, 5)).get("minutes", "")))
    parameters = request.path_params
    made = await on_the_way.say(
        parameters["reference"],
        parameters["slot_id"],
        -1 if minutes is None else minutes,
        now=now(request),
    )
    return to_reservation(request, made)


async def give_up(request: Request) -> Response:
    await count_try(request, "change")
    parameters = request.path_params
    made = await on_the_way.give_up(
        parameters["reference"], parameters["slot_id"], now=now(request)
    )
    return to_reservation(request, made)
