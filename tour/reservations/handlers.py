"""Reserving, seeing and giving up a place. Works without JavaScript and without an account."""

from collections.abc import Mapping
from typing import Any

import segno
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from tour.i18n import Text
from tour.i18n import lazy as _
from tour.programmes import queries as programmes
from tour.programmes.queries import SlotEntry
from tour.programmes.rules import Availability
from tour.reservations import changes, mine, queries, service, views
from tour.reservations.calendar import calendar_file
from tour.reservations.forms import ReserveForm
from tour.reservations.rules import booking_problem
from tour.web import lang, now, render, state

ICS = "text/calendar; charset=utf-8"


async def new(request: Request) -> Response:
    slot = await programmes.slot(request.path_params["slot_id"])
    return await _form_page(request, slot, ReserveForm.empty())


async def reserve(request: Request) -> Response:
    slot = await programmes.slot(request.path_params["slot_id"])
    form = ReserveForm.parse(_texts(await request.form(max_fields=30, max_files=0)))
    if form.errors or form.party is None:
        return await _form_page(request, slot, form, status=422)
    wish = service.Request(
        slot_ids=(slot.id,),
        party=form.party,
        lang=lang(request),
        timezone=state(request).town.timezone.key,
        idempotency_key=form.value("idempotency_key"),
    )
    made = await service.reserve(wish, now=now(request))
    response = _to_reservation(request, made.reference)
    mine.remember(request, response, made.reference)
    return response


async def detail(request: Request) -> Response:
    entry = await queries.by_reference(request.path_params["reference"])
    url = state(request).settings.base_url + _path(request, entry.reservation.reference)
    response = render(
        request,
        "reservations/detail.html",
        nav="reservations",
        reservation=await views.reservation_view(request, entry),
        qr=Markup(segno.make(url, error="m").svg_inline(scale=6, border=2)),  # noqa: S704
        can_cancel=views.can_cancel(entry, now(request)),
        vapid_public_key=state(request).vapid_public_key,
    )
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex"
    mine.remember(request, response, entry.reservation.reference)
    return response


async def cancel(request: Request) -> Response:
    made = await changes.cancel(request.path_params["reference"], now=now(request))
    return _to_reservation(request, made.reference)


async def calendar(request: Request) -> Response:
    entry = await queries.by_reference(request.path_params["reference"])
    appointments = await views.appointments(request, entry)
    return Response(
        calendar_file(appointments, now=now(request)),
        media_type=ICS,
        headers={"Content-Disposition": 'attachment; filename="reservation.ics"'},
    )


async def mine_page(request: Request) -> Response:
    entries = await queries.by_references(mine.references(request))
    shown = [await views.reservation_view(request, entry) for entry in entries]
    return render(request, "reservations/mine.html", nav="reservations", reservations=shown)


async def _form_page(
    request: Request, slot: SlotEntry, form: ReserveForm, status: int = 200
) -> Response:
    """The form, or in its place why this slot cannot be reserved."""
    view = await views.slot_view(request, slot)
    refusal = booking_problem(slot.availability(now(request)), slot.booking_opens_at)
    if refusal is None and view.slot.status == Availability.FULL:
        refusal = FULL
    return render(
        request,
        "reservations/new.html",
        status,
        nav="explore",
        slot=view.slot,
        programme=view.programme,
        form=form,
        refusal=refusal,
        max_party=min(view.programme.max_party, slot.capacity),
    )


FULL: Text = _("This time is full. Please choose another time.")


def _texts(form: Mapping[str, Any]) -> dict[str, str]:
    return {name: value for name, value in form.items() if isinstance(value, str)}


def _path(request: Request, reference: str) -> str:
    return str(request.app.url_path_for("reservations:detail", reference=reference))


def _to_reservation(request: Request, reference: str) -> RedirectResponse:
    return RedirectResponse(_path(request, reference), status_code=303)
