"""Bursts of reservations: seen, taken back, and given back where they were people after all."""

from starlette.requests import Request
from starlette.responses import Response

from tour.accounts import guards
from tour.accounts.roles import Permission
from tour.reservations.held import bursts
from tour.staff.frame import back_to, staff_page
from tour.web import now
from tour.web.forms import read_form


async def page(request: Request) -> Response:
    who = await guards.require(request, Permission.SEE_PARTIES)
    return staff_page(
        request,
        "staff/bursts.html",
        who,
        section="reservations",
        bursts=await bursts.found(now=now(request)),
        cleared=[bursts.numbers_of(entry) for entry in await bursts.cleared(now=now(request))],
    )


async def clear(request: Request) -> Response:
    who = await guards.require(request, Permission.CHANGE_RESERVATIONS)
    network = str((await read_form(request, 5)).get("network", ""))[:43]
    await bursts.clear(network, actor=who.actor, now=now(request))
    return back_to(request, "staff:bursts")


async def restore(request: Request) -> Response:
    who = await guards.require(request, Permission.CHANGE_RESERVATIONS)
    entry_id = request.path_params["entry_id"]
    await bursts.restore(entry_id, actor=who.actor, now=now(request))
    return back_to(request, "staff:bursts")
