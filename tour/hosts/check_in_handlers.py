"""Check-in: a code in, a party found. The same answer as a page and, for the camera, as JSON."""

from datetime import UTC, datetime, timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from tour.accounts import guards
from tour.hosts.frame import host_page, site_path
from tour.hosts.today_handlers import door_of, local_date
from tour.i18n import translate
from tour.reservations import arrivals
from tour.reservations.arrivals import CheckIn, Outcome
from tour.reservations.views import party_text
from tour.sites import day as days
from tour.web import now, state
from tour.web.forms import read_form
from tour.web.templates import Formats

MAX_CODE = 300
LONGEST_QUEUE = timedelta(hours=12)


async def check_in_page(request: Request) -> Response:
    tending = await guards.door(request)
    return host_page(
        request,
        "host/check_in.html",
        tending,
        tab="today",
        result=None,
        code="",
        door=await days.site_day(tending.site.id, local_date(request)),
    )


async def check_in(request: Request) -> Response:
    """Check a party in. A wrong code is an answer like any other: the next one can come."""
    tending = await guards.door(request)
    form = await read_form(request, 5)
    code = str(form.get("code", ""))[:MAX_CODE]
    scanned_at = _scanned_at(str(form.get("at", "")), now(request))
    result = await arrivals.check_in(code, door_of(request, tending), now=scanned_at)
    if request.headers.get("accept", "").startswith("application/json"):
        return JSONResponse(_answer(request, result))
    if result.outcome == Outcome.ARRIVED and result.entry:
        path = site_path(request, "hosts:today", tending)
        return RedirectResponse(f"{path}?done={result.entry.id}", status_code=303)
    return host_page(
        request,
        "host/check_in.html",
        tending,
        422,
        tab="today",
        result=_answer(request, result),
        code=code,
        door=await days.site_day(tending.site.id, local_date(request)),
    )


def _scanned_at(text: str, received: datetime) -> datetime:
    """When a code that waited on a phone without a network was scanned; within half a day."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return received
    is_plausible = at.tzinfo is not None and received - LONGEST_QUEUE < at <= received
    return at.astimezone(UTC) if is_plausible else received


def _answer(request: Request, result: CheckIn) -> dict[str, Any]:
    """`good`: let them in. `text` says it in words, `detail` who they are and what they do."""
    show = Formats(state(request).town.timezone)
    place = result.place
    detail = ""
    if place:
        made = place.reservation
        when = show.day_clock(place.slot.starts_at)
        detail = f"{party_text(made.adults, made.children)} {when} {place.slot.programme.title}"
    at = show.clock(result.arrived_at) if result.arrived_at else ""
    said = {
        Outcome.ARRIVED: translate("Welcome. Checked in."),
        Outcome.ALREADY: translate("Checked in already, at %(time)s.", time=at),
        Outcome.OTHER_DAY: translate("This reservation is for another day."),
        Outcome.CANCELLED: translate("This reservation was cancelled."),
        Outcome.UNKNOWN: translate("No reservation here has this code."),
    }
    return {
        "outcome": result.outcome.value,
        "good": result.outcome == Outcome.ARRIVED,
        "text": said[result.outcome],
        "detail": detail,
    }
