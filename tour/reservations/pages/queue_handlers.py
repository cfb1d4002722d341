"""Joining a waiting list, taking an offer, leaving."""

from starlette.requests import Request
from starlette.responses import Response

from tour.errors import REFUSALS
from tour.programmes import queries as programmes
from tour.reservations.errors import Clashing
from tour.reservations.pages import booking, clashes
from tour.reservations.pages.handlers import show, to_made, to_reservation
from tour.reservations.parties.forms import ReserveForm, choice_in
from tour.reservations.parties.intake import count_made, count_try, take_in
from tour.reservations.waitlist import queue
from tour.web import now
from tour.web.forms import form_again, read_form, texts


async def join(request: Request) -> Response:
    """From the same form as a reservation, so that nothing is typed twice."""
    slot = await programmes.public_slot(request.path_params["slot_id"])
    raw = await read_form(request, 60)
    form = ReserveForm.parse(texts(raw))
    try:
        wish = await take_in(request, "queue", [slot.id], form)
        made = await queue.join(wish, now=now(request))
    except REFUSALS as exc:
        page = booking.show(request, [slot], form.refused_by(exc), exc)
        return await form_again(page, exc)
    await count_made(request, wish.party)
    return to_made(request, made)


async def accept(request: Request) -> Response:
    await count_try(request, "change")
    reference, slot_id = request.path_params["reference"], request.path_params["slot_id"]
    choice = choice_in(texts(await read_form(request, 5)))
    try:
        made = await queue.accept(reference, slot_id, choice=choice, now=now(request))
    except Clashing as exc:
        clash = await clashes.refused(request, exc)
        return await show(request, reference, exc.status, clash=clash)
    return to_reservation(request, made)


async def leave(request: Request) -> Response:
    await count_try(request, "change")
    parameters = request.path_params
    made = await queue.leave(parameters["reference"], parameters["slot_id"], now=now(request))
    return to_reservation(request, made)
