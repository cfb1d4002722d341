"""The one form for one slot or a whole day: reserve, or queue where it is full."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from tour.errors import Refusal
from tour.i18n import Text
from tour.i18n import lazy as _
from tour.programmes import queries as programmes
from tour.programmes.entries import SlotEntry
from tour.programmes.rules import Availability
from tour.programmes.views import SlotCard
from tour.reservations import queries
from tour.reservations.errors import Clashing, SlotFull
from tour.reservations.pages import clashes
from tour.reservations.pages.form_terms import form_terms
from tour.reservations.pages.party_size import PartySize, can_wait, party_size, with_sum
from tour.reservations.parties import my_reservations
from tour.reservations.parties.forms import AskedField, ReserveForm, asked_fields
from tour.reservations.rules import booking_problem
from tour.reservations.standing import views
from tour.reservations.standing.shown import SlotView
from tour.reservations.waitlist.offering import held_minutes
from tour.web import now, parts_of, render
from tour.web.templates import duration
from tour.words.ranges import from_to

COMES_BACK_WITHIN = timedelta(hours=1)


class Mode(StrEnum):
    RESERVE = "reserve"
    QUEUE = "queue"
    DRAW = "draw"
    SOON = "soon"
    REFUSED = "refused"


HEADS = {Mode.QUEUE: _("Waiting list"), Mode.DRAW: _("Draw")}


@dataclass(frozen=True, slots=True)
class Loss:
    """The slot that was full when a form came, and the next time that would fit."""

    slot: SlotCard
    next: SlotCard | None
    next_url: str
    """The form for the whole wish with the full slot replaced."""


async def show(
    request: Request,
    slots: Sequence[SlotEntry],
    form: ReserveForm,
    refusal: Refusal | None = None,
) -> Response:
    """The form, or in its place why there is none. A form that was refused says so at its fields;
    where the slot is full, or the contact holds something already, above them with the way out."""
    at = now(request)
    full = refusal.slot_id if isinstance(refusal, SlotFull) else None
    clash = refusal if isinstance(refusal, Clashing) else None
    shown = [await views.slot_view(request, slot) for slot in slots]
    mode, closed = _mode(slots, at)
    loss = await _loss(request, slots, shown, full, form) if full else None
    response = render(
        request,
        "reservations/new.html",
        refusal.status if refusal else 200,
        nav="explore",
        mode=mode,
        head=HEADS.get(mode, _("Reserve")),
        counts_down=mode == Mode.SOON,
        keeps_seats=mode == Mode.RESERVE,
        is_day=len(slots) > 1,
        reserve_url=_reserve_url(request, slots),
        queue_url=parts_of(request).path_for(
            "reservations:join", slot_id=loss.slot.id if loss else slots[0].id
        ),
        slots=[view.slot for view in shown],
        slot=shown[0].slot,
        questions=questions_of(shown),
        asks_photos=any(view.programme.asks_photo_consent for view in shown),
        form=form,
        clash=await clashes.shown(request, slots, clash),
        is_refused=clash is not None,
        refusal=closed,
        loss=loss,
        draw_id=await queries.draw_of_slot(slots[0].id) if mode == Mode.DRAW else None,
        server_now=at,
        terms=await form_terms([view.programme for view in shown]),
        with_sum=with_sum(len(shown)),
        size=_size(shown, form, mode, _to_queue(shown, slots, loss)),
        held_for=from_to(*map(duration, held_minutes(slots[0].starts_at, at))),
    )
    if mode == Mode.SOON:
        _come_back(response, slots, at)
    my_reservations.remember_form(request, response, form.value("idempotency_key"))
    return response


def _size(
    shown: Sequence[SlotView], form: ReserveForm, mode: Mode, to_queue: int | None
) -> PartySize:
    size = party_size([view.programme for view in shown], form, to_queue)
    return replace(size, said=can_wait(size.most)) if mode == Mode.QUEUE else size


def _to_queue(
    shown: Sequence[SlotView], slots: Sequence[SlotEntry], loss: Loss | None
) -> int | None:
    """The largest party that may queue for what was just full; None for every other form."""
    if loss is None:
        return None
    rooms = [slot.capacity - slot.seats_kept for slot in slots]
    return min(*rooms, *(view.programme.party_limit for view in shown))


def _come_back(response: Response, slots: Sequence[SlotEntry], at: datetime) -> None:
    """Without scripts the page loads itself once, after those that count down by script."""
    opens_at = max(slot.booking_opens_at or at for slot in slots)
    if opens_at - at < COMES_BACK_WITHIN:
        seconds = max(0, int((opens_at - at).total_seconds()))
        response.headers["Refresh"] = str(seconds + 3 + secrets.randbelow(5))


def _mode(slots: Sequence[SlotEntry], at: datetime) -> tuple[Mode, Text | None]:
    """What the page can offer; for a day, the first reason against any of its slots."""
    for slot in slots:
        availability = slot.availability(at)
        if availability == Availability.SOON:
            return Mode.SOON, None
        if availability == Availability.DRAW and len(slots) == 1:
            return Mode.DRAW, None
        if problem := booking_problem(availability, slot.booking_opens_at):
            return Mode.REFUSED, problem
    if len(slots) == 1 and slots[0].availability(at) == Availability.FULL:
        return Mode.QUEUE, None
    return Mode.RESERVE, None


def questions_of(shown: Sequence[SlotView]) -> list[AskedField]:
    """Every programme's own questions."""
    return [
        field for view in shown for field in asked_fields(view.slot.id, view.programme.questions)
    ]


async def _loss(
    request: Request,
    slots: Sequence[SlotEntry],
    shown: Sequence[SlotView],
    full: int,
    form: ReserveForm,
) -> Loss | None:
    lost = next(((s, v) for s, v in zip(slots, shown, strict=True) if s.id == full), None)
    if lost is None:
        return None
    slot, view = lost
    size = form.party.size if form.party else 1
    found = await programmes.next_that_fits(slot.programme_id, size, now=now(request))
    card = (await views.slot_view(request, found)).slot if found else None
    ids = [card.id if card and s.id == full else s.id for s in slots]
    return Loss(view.slot, card, _form_url(request, ids))


def _reserve_url(request: Request, slots: Sequence[SlotEntry]) -> str:
    """Where the form is sent to."""
    path = parts_of(request).path_for
    if len(slots) == 1:
        return str(path("reservations:reserve", slot_id=slots[0].id))
    return str(path("reservations:reserve_day"))


def _form_url(request: Request, slot_ids: Sequence[int]) -> str:
    """Where the form for these slots is."""
    path = parts_of(request).path_for
    if len(slot_ids) == 1:
        return str(path("reservations:new", slot_id=slot_ids[0]))
    asked = urlencode([("slot", slot_id) for slot_id in slot_ids])
    return f"{path('reservations:new_day')}?{asked}"


UNKNOWN_DAY: Text = _("Choose one to eight times to reserve together.")
