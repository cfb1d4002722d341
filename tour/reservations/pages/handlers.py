"""Reserving, seeing and giving up a place. Works without JavaScript and without an account."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from tour.errors import REFUSALS, BadInput, Refusal
from tour.i18n import Text
from tour.i18n import lazy as _
from tour.notifications.mail import boxes
from tour.programmes import queries as programmes
from tour.programmes.entries import SlotEntry
from tour.programmes.rules import Availability
from tour.reservations import queries, service
from tour.reservations.draws import draws
from tour.reservations.held import changes
from tour.reservations.messages.appointments import appointments
from tour.reservations.messages.calendar import calendar_file
from tour.reservations.models import Reservation
from tour.reservations.pages import booking, ticket
from tour.reservations.pages.booking import UNKNOWN_DAY
from tour.reservations.pages.clashes import ClashView
from tour.reservations.pages.told import told
from tour.reservations.parties import my_reservations
from tour.reservations.parties.forms import ReserveForm
from tour.reservations.parties.intake import count_made, count_try, take_in
from tour.reservations.standing import views
from tour.reservations.standing.shown import ReservationView
from tour.reservations.standing.stages import NOT_YET, STILL_OPEN, Screen
from tour.web import now, parts_of, private, render
from tour.web.forms import form_again, read_form, texts
from tour.web.qr import qr_svg
from tour.words.typed import number_in

SAID = {
    "sent": _("The confirmation is on its way again."),
    "not-sent": _(
        "The confirmation was sent a moment ago. If it does not come, look among unwanted "
        "email, or ask again in three minutes."
    ),
    "unproved": _(
        "The confirmation was emailed once. If it is not there, look among unwanted email. "
        "It goes again when the button behind the link at its end has been pressed."
    ),
    "code": _("The code is on its way again."),
    "no-code": _(
        "The code is not sent again: it was sent as often as it can be, or its time is over."
    ),
}
"""What a button that sends a mail has done, by the `said` of the address."""
ICS = "text/calendar; charset=utf-8"


async def new(request: Request) -> Response:
    slot = await programmes.public_slot(request.path_params["slot_id"])
    if slot.availability(now(request)) == Availability.DRAW:
        draw_id = await queries.draw_of_slot(slot.id)
        if draw_id and draws.is_open(await queries.draw_by_id(draw_id), now(request)):
            form = parts_of(request).path_for("reservations:draw_new", draw_id=draw_id)
            return RedirectResponse(f"{form}?slot={slot.id}", status_code=303)
    return await booking.show(request, [slot], ReserveForm.empty())


async def new_day(request: Request) -> Response:
    """The form for a whole itinerary: `?slot=12&slot=31`."""
    slots = await _slots(request.query_params.getlist("slot"))
    return await booking.show(request, slots, ReserveForm.empty())


async def reserve(request: Request) -> Response:
    form = await read_form(request, 60)
    return await _reserve(request, [request.path_params["slot_id"]], form)


async def reserve_day(request: Request) -> Response:
    form = await read_form(request, 60)
    return await _reserve(request, _ids(form.getlist("slot")), form)


async def _reserve(request: Request, slot_ids: Sequence[int], raw: FormData) -> Response:
    form = ReserveForm.parse(texts(raw))
    try:
        wish = await take_in(request, "reserve", slot_ids, form)
        made = await service.reserve(wish, now=now(request))
    except REFUSALS as exc:
        return await form_again(_page(request, slot_ids, form.refused_by(exc), exc), exc)
    await count_made(request, wish.party)
    return to_made(request, made)


async def _page(
    request: Request, slot_ids: Sequence[int], form: ReserveForm, refusal: Refusal
) -> Response:
    return await booking.show(request, await _slots(slot_ids), form, refusal)


async def detail(request: Request) -> Response:
    return await show(request, request.path_params["reference"])


async def show(
    request: Request,
    reference: str,
    status: int = 200,
    *,
    code_error: Text | None = None,
    clash: ClashView | None = None,
) -> Response:
    """The reservation as it is now; `code_error`: what was wrong with the code typed there;
    `clash`: what stood against the code, or against the offer that was accepted."""
    entry = await queries.by_reference(reference)
    view = await views.reservation_view(request, entry)
    is_coming = view.screen == Screen.COMING
    reader = await entry.reservation.recipient
    said = SAID.get(request.query_params.get("said", ""))
    response = render(
        request,
        "reservations/detail.html",
        status,
        nav="reservations",
        reservation=view,
        is_coming=is_coming,
        face=await ticket.face_of(request, view, entry.reservation),
        qr=qr_svg(view.door_code) if is_coming else "",
        can_cancel=views.can_cancel(entry, now(request)),
        code_error=code_error,
        clash=clash,
        is_refused=clash is not None,
        said=said if view.screen in STILL_OPEN else None,
        vapid_public_key=parts_of(request).vapid_public_key,
        is_held_back=await boxes.was_held_back(entry.reservation.recipient_id),
        settings_token=reader.token,
        told=told(view, reader.choices, ZoneInfo(reader.timezone), now(request)),
    )
    private(response)
    my_reservations.remember(request, response, entry.reservation.reference)
    return response


async def cannot_come(request: Request) -> Response:
    """Where a reminder's button leads: one page, one button; opening it changes nothing."""
    entry = await queries.by_reference(request.path_params["reference"])
    if not views.can_cancel(entry, now(request)):
        return await show(request, entry.reservation.reference)
    view = await views.reservation_view(request, entry)
    response = render(
        request, "reservations/cannot_come.html", nav="reservations", reservation=view
    )
    return private(response)


async def cancel(request: Request) -> Response:
    await count_try(request, "change")
    made = await changes.cancel(request.path_params["reference"], now=now(request))
    return to_reservation(request, made)


async def calendar(request: Request) -> Response:
    entry = await queries.by_reference(request.path_params["reference"])
    base_url = parts_of(request).settings.base_url
    shown = await appointments(entry.reservation, base_url=base_url, now=now(request))
    return Response(
        calendar_file(shown, now=now(request)),
        media_type=ICS,
        headers={
            "Content-Disposition": 'attachment; filename="reservation.ics"',
            "Cache-Control": "no-store",
        },
    )


async def mine_page(request: Request) -> Response:
    entries = await queries.by_references(my_reservations.references(request))
    shown = [await views.reservation_view(request, entry) for entry in entries]
    return render(
        request, "reservations/mine.html", nav="reservations", sections=in_sections(shown)
    )


def in_sections(shown: Sequence[ReservationView]) -> dict[str, list[ReservationView]]:
    """What is still to come, then what is no reservation yet, the soonest first; then what is over
    or ended, the latest first."""
    ordered = sorted(shown, key=lambda view: view.next_at)
    on = NOT_YET | {Screen.COMING}
    return {
        "coming": [view for view in ordered if view.screen == Screen.COMING],
        "not_yet": [view for view in ordered if view.screen in NOT_YET],
        "past": [view for view in reversed(ordered) if view.screen not in on],
    }


def to_said(request: Request, reference: str, said: str) -> Response:
    """Back to the page of a reservation, with a sentence about what its button did."""
    return RedirectResponse(f"{_path(request, reference)}?said={said}", status_code=303)


def to_reservation(request: Request, made: Reservation) -> Response:
    """See Other: a page that is loaded again changes nothing."""
    response = RedirectResponse(_path(request, made.reference), status_code=303)
    my_reservations.remember(request, response, made.reference)
    return response


def to_made(request: Request, made: Reservation) -> Response:
    """As `to_reservation`, to what this browser has just made itself."""
    response = to_reservation(request, made)
    my_reservations.remember_made(request, response, made.reference)
    return response


async def _slots(given: Sequence[object]) -> list[SlotEntry]:
    return [await programmes.public_slot(slot_id) for slot_id in _ids(given)]


def _ids(given: Sequence[object]) -> list[int]:
    """One to eight slot ids, each once, in the order in which they were given."""
    ids = [number for item in given if (number := number_in(str(item))) is not None]
    chosen = list(dict.fromkeys(ids))
    if not 1 <= len(chosen) <= service.MAX_SLOTS or len(ids) != len(given):
        raise BadInput(UNKNOWN_DAY, {"slot": UNKNOWN_DAY})
    return chosen


def _path(request: Request, reference: str) -> str:
    return str(request.app.url_path_for("reservations:detail", reference=reference))
