"""One time: its seats, a message to its parties, calling it off. And messages to any of them."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from tour.accounts import guards
from tour.accounts.guards import Tending
from tour.accounts.roles import Permission
from tour.errors import REFUSALS
from tour.hosts import queries
from tour.hosts.calls import calls_of
from tour.hosts.frame import host_page, site_path
from tour.i18n import lazy as _
from tour.i18n import translate
from tour.programmes import booking_rules, slot_editing
from tour.programmes import editing as programmes
from tour.programmes.models import Slot
from tour.programmes.slot_editing import MAX_CAPACITY
from tour.programmes.states import SlotStatus
from tour.reservations.calls import figures
from tour.reservations.calls.figures import Figures
from tour.reservations.changes import slots as slot_changes
from tour.reservations.changes.impact import impact_of
from tour.reservations.changes.slots import MAX_MESSAGE
from tour.routes.plan_news import news
from tour.sites import showing
from tour.sites.editing.publication import showing_of
from tour.web import now, parts_of
from tour.web.forms import Form, Reading, form_again, read_form, texts
from tour.words.amounts import PEOPLE
from tour.words.typed import number_in

MAX_KEY = 80


async def slot_page(request: Request) -> Response:
    tending, slot = await _slot(request)
    return await _slot_page(request, tending, slot, Form({"capacity": str(slot.capacity)}))


async def change_slot(request: Request) -> Response:
    """The number of seats, typed."""
    tending, slot = await _slot(request)
    read = Reading(texts(await read_form(request, 5), ("capacity",)))
    capacity = read.whole("capacity", 0, MAX_CAPACITY, PEOPLE)
    try:
        read.typed.check()
        await slot_editing.change_capacity(
            slot, capacity, site_id=tending.site.id, actor=tending.actor, now=now(request)
        )
    except REFUSALS as exc:
        page = _slot_page(request, tending, slot, read.typed.refused_by(exc), exc.status)
        return await form_again(page, exc)
    return _to_programme(request, tending, slot, "capacity")


async def cancel_slot(request: Request) -> Response:
    """For those who may change reservations: it takes seats from people, and cannot be undone."""
    tending = await guards.tended_with(request, Permission.CHANGE_RESERVATIONS)
    slot = await slot_editing.slot_of_site(request.path_params["slot_id"], tending.site.id)
    read = Reading(texts(await read_form(request, 5), ("message",)))
    message = read.text("message", MAX_MESSAGE)
    try:
        read.typed.check()
        plans = await news.pages_of_parties(slot.id)
        await slot_changes.cancel_slot(
            slot.id, message, actor=tending.actor, now=now(request), plans=plans
        )
    except REFUSALS as exc:
        page = _slot_page(request, tending, slot, read.typed.refused_by(exc), exc.status)
        return await form_again(page, exc)
    path = site_path(request, "hosts:slot", tending, slot_id=slot.id)
    return RedirectResponse(f"{path}?done=cancelled", status_code=303)


async def messages_page(request: Request) -> Response:
    tending = await guards.door(request)
    chosen = request.query_params.get("slot", "")
    return await _messages_page(request, tending, Form({"slot": chosen, "message": ""}))


async def send_message(request: Request) -> Response:
    tending = await guards.door(request)
    form = await read_form(request, 5)
    read = Reading(texts(form, ("slot", "message")))
    message = read.text("message", MAX_MESSAGE, required=True)
    slots = {
        str(slot.id): slot
        for slot in await queries.slots_with_parties(tending.site.id, now=now(request))
    }
    slot = slots.get(read.values["slot"])
    if slot is None:
        read.errors["slot"] = _("Choose whom to tell.")
    if read.errors or slot is None:
        return await _messages_page(request, tending, read.typed, 422)
    try:
        await slot_changes.tell_slot(slot.id, message, actor=tending.actor, now=now(request))
    except REFUSALS as exc:
        page = _messages_page(request, tending, read.typed.refused_by(exc), exc.status)
        return await form_again(page, exc)
    path = site_path(request, "hosts:messages", tending)
    key = slot_changes.news_key(slot.id, message)
    return RedirectResponse(f"{path}?told={key}", status_code=303)


async def _slot(request: Request) -> tuple[Tending, Slot]:
    tending = await guards.tended_site(request)
    slot_id = request.path_params["slot_id"]
    return tending, await slot_editing.slot_of_site(slot_id, tending.site.id)


async def _slot_page(
    request: Request, tending: Tending, shown: Slot, form: Form, status: int = 200
) -> Response:
    slot = await slot_editing.slot_of_site(shown.id, tending.site.id)
    is_called_off = slot.status == SlotStatus.CANCELLED
    impact = await impact_of([slot])
    wants_off = bool(form.value("message") or form.error("message"))
    can_change = not is_called_off and slot.ends_at > now(request)
    return host_page(
        request,
        "host/slot.html",
        tending,
        status,
        tab="programmes",
        slot=slot,
        showing=showing.of_time(
            programmes.showing_of(slot.programme, showing_of(tending.site)),
            ends_at=slot.ends_at,
            now=now(request),
        ),
        form=form,
        parties=impact.parties,
        hopeful=impact.waiting + impact.in_draws,
        concerns_nobody=impact.concerns_nobody and not wants_off,
        is_called_off=is_called_off,
        called_off=await _called_off(request, slot) if is_called_off else "",
        calls=await calls_of(request, tending) if is_called_off and tending.sees_parties else None,
        can_change=can_change,
        wants_off=wants_off,
        lost_words="" if can_change else form.value("message"),
        may_release=await booking_rules.may_release_absent(slot.programme.event_id),
        may_cancel=tending.may(Permission.CHANGE_RESERVATIONS),
    )


async def _messages_page(
    request: Request, tending: Tending, form: Form, status: int = 200
) -> Response:
    slots = await queries.slots_with_parties(tending.site.id, now=now(request))
    return host_page(
        request,
        "host/messages.html",
        tending,
        status,
        tab="messages",
        form=form,
        slots=slots,
        can_write=bool(slots or form.errors),
        told=await _told(request, tending),
        calls=await calls_of(request, tending),
        sent=await queries.sent_messages(tending.site.id, now=now(request)),
    )


async def _called_off(request: Request, slot: Slot) -> str:
    """Whom its end is told, and how."""
    key = slot_changes.called_off_key(slot.id)
    told = await figures.of_keys([key], now=now(request))
    return _in_words(request, told) if told.parties else ""


async def _told(request: Request, tending: Tending) -> str:
    """How many the message that was sent just now is told to, and how; empty where none was."""
    key = request.query_params.get("told", "")
    kind, _colon, rest = key.partition(":")
    slot_id = number_in(rest.partition(":")[0], 15)
    of_site = Slot.filter(id=slot_id or 0, programme__site_id=tending.site.id)
    if kind != "news" or not await of_site.exists():
        return ""
    return _in_words(request, await figures.of_keys([key[:MAX_KEY]], now=now(request)))


def _in_words(request: Request, told: Figures) -> str:
    zone = parts_of(request).town.timezone
    said = translate("Told: %(figures)s.", figures=told.said)
    return " ".join(filter(None, (said, told.later(zone, now(request)))))


def _to_programme(request: Request, tending: Tending, slot: Slot, done: str) -> Response:
    path = site_path(request, "hosts:programme", tending, programme_id=slot.programme.id)
    return RedirectResponse(f"{path}?done={done}", status_code=303)
