"""Check-in: a code in, a party found. The same answer as a page and, for the camera, as JSON."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from tour.accounts import guards
from tour.accounts.guards import Tending
from tour.errors import NOT_NOW
from tour.hosts.frame import host_page, site_path
from tour.hosts.today import parties
from tour.hosts.today.handlers import door_of, local_date
from tour.i18n import translate, translate_plural
from tour.reservations.door import arrivals, phones
from tour.reservations.door.arrivals import CheckIn, Outcome
from tour.reservations.lists.parties import notes_of
from tour.reservations.messages.receipts import people_at
from tour.reservations.models import Place
from tour.sites.editing import day as days
from tour.web import now, parts_of
from tour.web.forms import NOBODY_COULD, form_again, read_form
from tour.web.templates import Formats

MAX_CODE = 300
PHONE = re.compile(r"[0-9a-z]{8,40}")
LONGEST_QUEUE = timedelta(hours=12)


async def check_in_page(request: Request) -> Response:
    tending = await guards.door(request)
    return await _page(request, tending)


async def _page(
    request: Request,
    tending: Tending,
    status: int = 200,
    code: str = "",
    said: dict[str, Any] | None = None,
) -> Response:
    """`said`: what became of the code that was typed, as `_answer` has it."""
    return host_page(
        request,
        "host/check_in.html",
        tending,
        status,
        tab="today",
        result=said,
        code=code,
        door=await days.site_day(tending.site.id, local_date(request)),
    )


async def check_in(request: Request) -> Response:
    """Check a party in. A wrong code is an answer like any other: the next one can come."""
    tending = await guards.door(request)
    form = await read_form(request, 5)
    code = str(form.get("code", ""))[:MAX_CODE]
    scanned_at = _scanned_at(str(form.get("at", "")), now(request))
    is_camera = request.headers.get("accept", "").startswith("application/json")
    try:
        result = await arrivals.check_in(code, door_of(request, tending), now=scanned_at)
    except NOT_NOW as exc:
        if is_camera:
            raise
        said = {"text": str(NOBODY_COULD), "good": False, **_party(request, None), "let_in": ""}
        return await form_again(_page(request, tending, exc.status, code, said), exc)
    if is_camera:
        return JSONResponse(_answer(request, result))
    if result.outcome == Outcome.ARRIVED and result.entry:
        path = site_path(request, "hosts:today", tending)
        return RedirectResponse(f"{path}?done={result.entry.id}", status_code=303)
    return await _page(request, tending, 422, code, _answer(request, result))


async def seen(request: Request) -> Response:
    """The phone at the door says that it is there, or that it leaves with nothing unsent; it hears
    how many parties the host is asked about."""
    tending = await guards.door(request)
    form = await read_form(request, 5)
    key, leaves = str(form.get("phone", "")), form.get("leaves") == "1"
    if PHONE.fullmatch(key):
        await phones.heard_of(tending.site.id, key, leaves=leaves, now=now(request))
    town = parts_of(request).town
    absent = await parties.absent_parties(
        tending.site.id, zone=town.timezone, town_lang=town.language, now=now(request)
    )
    said = translate_plural(
        "%(num)d party has not come yet: give the seats away?",
        "%(num)d parties have not come yet: give the seats away?",
        absent,
    )
    return JSONResponse({"absent": absent, "text": said if absent else ""})


def _scanned_at(text: str, received: datetime) -> datetime:
    """When a code that waited on a phone without a network was scanned; within half a day."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return received
    is_plausible = at.tzinfo is not None and received - LONGEST_QUEUE < at <= received
    return at.astimezone(UTC) if is_plausible else received


def _answer(request: Request, result: CheckIn) -> dict[str, Any]:
    """`good`: let them in. `text` says it in words, `detail` who they are and what they do, `name`
    whom to call, `notes` what the host must know; `let_in` is where to send them in all the same.
    """
    show = Formats(parts_of(request).town.timezone)
    place = result.place
    at = show.clock(result.arrived_at) if result.arrived_at else ""
    gone_at = show.clock(place.cancelled_at) if place and place.cancelled_at else ""
    free = translate_plural("%(num)d seat is free.", "%(num)d seats are free.", result.free)
    said = {
        Outcome.ARRIVED: translate("Welcome. Checked in."),
        Outcome.ALREADY: translate("Checked in already, at %(time)s.", time=at),
        Outcome.OTHER_DAY: translate("This reservation is for another day."),
        Outcome.CANCELLED: " ".join(
            [translate("This reservation was cancelled."), *([free] if result.free else [])]
        ),
        Outcome.RELEASED: " ".join(
            [translate("The seats were given to others at %(time)s.", time=gone_at), free]
        ),
        Outcome.UNKNOWN: translate("No reservation of this place has this number."),
    }
    return {
        "outcome": result.outcome.value,
        "good": result.outcome == Outcome.ARRIVED,
        "text": said[result.outcome],
        **_party(request, place),
        "let_in": _let_in(request, result),
    }


def _party(request: Request, place: Place | None) -> dict[str, Any]:
    if place is None:
        return {"detail": "", "name": "", "notes": []}
    show, made = Formats(parts_of(request).town.timezone), place.reservation
    when = show.day_clock(place.slot.starts_at)
    return {
        "detail": f"{people_at(place.seats, made)} {when} {place.slot.programme.title}",
        "name": f"{made.name} ({made.kana})" if made.kana else made.name,
        "notes": notes_of(place),
    }


def _let_in(request: Request, result: CheckIn) -> str:
    if result.place is None or not result.can_be_let_in:
        return ""
    slug = request.path_params["slug"]
    return str(request.app.url_path_for("hosts:let_in", slug=slug, place_id=result.place.id))
