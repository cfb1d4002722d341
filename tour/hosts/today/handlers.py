"""Today: who comes, and the taps that tell how it stands at the door."""

from collections.abc import Awaitable, Callable
from datetime import date, datetime
from functools import wraps
from typing import Any

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from tour.accounts import guards
from tour.accounts.guards import Tending
from tour.changes.models import RecentEdit
from tour.errors import REFUSALS, BadInput, NotFound, Refusal
from tour.hosts import queries, steps
from tour.hosts.calls import calls_of
from tour.hosts.event_handlers import invitations
from tour.hosts.frame import host_page, site_path
from tour.hosts.today import coming, opening, undo
from tour.hosts.today import parties as today
from tour.hosts.today.rows import Day, DoorView, other_days
from tour.hosts.today.told import said_of
from tour.i18n import lazy as _
from tour.programmes import slot_editing
from tour.programmes.models import Slot
from tour.programmes.states import SlotStatus
from tour.reservations.changes import closing, lateness
from tour.reservations.door import arrivals
from tour.reservations.door.arrivals import Door
from tour.reservations.models import Place
from tour.reservations.states import PlaceStatus
from tour.routes.plan_news.news import pages_of_parties_at
from tour.sites.editing import day as days
from tour.sites.models import SiteDay
from tour.sites.states import DoorState
from tour.web import now, parts_of
from tour.web.forms import WHOLE, Form, form_again, read_date, read_form, texts
from tour.words.amounts import PEOPLE
from tour.words.typed import minute_of_day, number_in

Handler = Callable[[Request], Awaitable[Response]]
WAITS = (0, 10, 20, 30, 60)
DELAYS = (0, 10, 15, 20, 30, 45)
MOST_FIELDS = 60


async def today_page(request: Request) -> Response:
    return await _today(request, await guards.door(request))


def tap(handler: Handler) -> Handler:
    """A tap that is refused comes back on the list, with why and with what was ticked or typed."""

    @wraps(handler)
    async def answered(request: Request) -> Response:
        try:
            return await handler(request)
        except REFUSALS as exc:
            tending, sent = await guards.door(request), await read_form(request, MOST_FIELDS)
            return await form_again(_today(request, tending, sent, exc), exc)

    return answered


async def _today(
    request: Request,
    tending: Tending,
    sent: FormData | None = None,
    refusal: Refusal | None = None,
) -> Response:
    zone, instant = parts_of(request).town.timezone, now(request)
    on_date = await _day_of(request, tending)
    door = await days.site_day(tending.site.id, on_date)
    day = await today.day_at(
        tending.site.id, on_date, zone=zone, town_lang=parts_of(request).town.language, now=instant
    )
    form, is_today = _filled(door, sent or FormData(), refusal), on_date == local_date(request)
    asked_for = await invitations(request, tending)
    has_event = any(one.takes_part for one in asked_for)
    dates = await today.days_with_slots(tending.site.id, zone=zone, now=instant)
    return host_page(
        request,
        "host/today.html",
        tending,
        refusal.status if refusal else 200,
        tab="today",
        day=day,
        door=DoorView.of(door, WAITS, DELAYS, is_refused="cap" in form.errors),
        form=form,
        ticked=_ticked(day, sent or FormData()),
        dates=other_days(dates, on_date),
        next_day=await coming.next_day(tending.site.id, dates, on_date, zone=zone),
        is_today=is_today,
        may_check_in=is_today and bool(day.sessions),
        shown_at=instant,
        invitations=asked_for,
        calls=await calls_of(request, tending),
        todo=await steps.todo_of(tending.site, has_event=has_event, now=instant),
        panel=opening.panel(
            is_today=is_today,
            is_used=opening.is_tended(day, door) or refusal is not None,
            hours=await opening.hours_of(parts_of(request), tending.site.id, on_date, instant),
            on_date=on_date,
        ),
        done=await _done(request, tending),
    )


def _filled(door: SiteDay, sent: FormData, refusal: Refusal | None) -> Form:
    """The one field that is typed: how many are let in without a reservation."""
    kept = "" if door.walk_in_cap is None else str(door.walk_in_cap)
    form = Form({"cap": kept, **texts(sent, [name for name in sent if name == "cap"])})
    if refusal is None:
        return form
    at_field = isinstance(refusal, BadInput) and "cap" in refusal.errors
    return form.refused(**{"cap" if at_field else WHOLE: refusal.message})


def _ticked(day: Day, sent: FormData) -> set[int]:
    """The absent parties that are chosen: all that have not said that they come, until somebody
    chooses."""
    if "shown" in sent:
        return {number_in(value) or 0 for value in sent.getlist("place")}
    asked = [party for slot in day.slots for party in slot.absent]
    return {party.place_id for party in asked if party.late_minutes is None}


@tap
async def tell_door(request: Request) -> Response:
    """One of the buttons of the door, for today."""
    tending = await guards.door(request)
    form = await read_form(request, 5)
    local = now(request).astimezone(parts_of(request).town.timezone)
    button = str(form.get("do", ""))
    if button.startswith("cap"):
        button = f"cap:{PEOPLE.in_figures(str(form.get('cap', '')))}"
    if button.startswith("walk:"):
        entry = await _count(request, tending, button)
    else:
        changes = days.door_changes(button, minute_of_day(local))
        if changes is None:
            raise _no_number() if button.startswith("cap") else _unknown_button()
        if changes.get("state") == DoorState.CLOSED and not form.get("sure"):
            coming = await closing.still_to_come(
                tending.site.id, parts_of(request).town.timezone, now=now(request)
            )
            if coming:
                return _ask_before_closing(request, tending, coming)
        entry = await _tell(request, tending, changes)
    return back(request, tending, entry)


async def _tell(request: Request, tending: Tending, changes: dict[str, Any]) -> RecentEdit:
    """Open and closed concern those who still come; the rest only who looks at the page."""
    common: dict[str, Any] = {"actor": tending.actor, "now": now(request)}
    zone = parts_of(request).town.timezone
    if "delay_minutes" in changes:
        minutes = changes["delay_minutes"]
        plans = await pages_of_parties_at(tending.site.id, local_date(request))
        return await lateness.run_late(tending.site, zone, minutes, plans=plans, **common)
    if changes.get("state") == DoorState.CLOSED:
        return await closing.close_early(tending.site, zone, changes, **common)
    if changes.get("state"):
        return await closing.open_door(tending.site, zone, changes, **common)
    today = local_date(request)
    return await days.change_day(tending.site.id, today, changes, **common)


def _ask_before_closing(request: Request, tending: Tending, coming: list[Slot]) -> Response:
    """Asked once: it reaches people, and stops reservations."""
    return host_page(request, "host/close.html", tending, tab="today", slots=coming)


@tap
async def change_seats(request: Request) -> Response:
    """One seat more or fewer, or no more reservations, for one slot."""
    tending = await guards.door(request)
    slot = await slot_editing.slot_of_site(request.path_params["slot_id"], tending.site.id)
    form = await read_form(request, 5)
    common: dict[str, Any] = {
        "site_id": tending.site.id,
        "actor": tending.actor,
        "now": now(request),
    }
    match form.get("do"):
        case "more":
            entry = await slot_editing.add_seat(slot, **common)
        case "fewer":
            entry = await slot_editing.take_seat_away(slot, **common)
        case "walk:1":
            entry = await slot_editing.walk_in(slot, 1, **common)
        case "walk:-1":
            entry = await slot_editing.walk_in(slot, -1, **common)
        case "close":
            entry = await slot_editing.set_open(slot, SlotStatus.CLOSED, **common)
        case "open":
            entry = await slot_editing.set_open(slot, SlotStatus.OPEN, **common)
        case _:
            raise _unknown_button()
    return back(request, tending, entry, slot.starts_at)


@tap
async def arrive(request: Request) -> Response:
    """A party has come; tapped in the list."""
    tending = await guards.door(request)
    found = Place.get_or_none(
        id=request.path_params["place_id"],
        slot__programme__site_id=tending.site.id,
        status=PlaceStatus.CONFIRMED,
    )
    place = await found.select_related("slot")
    if place is None:
        raise NotFound(_("This party is not on the list any more."))
    result = await arrivals.check_in_place(place, door_of(request, tending), now=now(request))
    return back(request, tending, result.entry, place.slot.starts_at)


@tap
async def undo_tap(request: Request) -> Response:
    tending = await guards.door(request)
    await undo.undo(request, tending, request.path_params["entry_id"])
    return RedirectResponse(
        f"{site_path(request, 'hosts:today', tending)}?{_day_query(request)}", status_code=303
    )


def door_of(request: Request, tending: Tending) -> Door:
    return Door(tending.site.id, parts_of(request).town.timezone, tending.actor)


def local_date(request: Request) -> date:
    local = now(request).astimezone(parts_of(request).town.timezone)
    return local.date()


def back(
    request: Request, tending: Tending, entry: RecentEdit | None, at: datetime | None = None
) -> Response:
    """To the list, which offers to take the tap back."""
    query = f"done={entry.id}" if entry else ""
    if at and at.astimezone(parts_of(request).town.timezone).date() != local_date(request):
        query += f"&day={at.astimezone(parts_of(request).town.timezone).date()}"
    path = site_path(request, "hosts:today", tending)
    return RedirectResponse(f"{path}?{query}" if query else path, status_code=303)


async def _count(request: Request, tending: Tending, button: str) -> RecentEdit:
    steps = {"walk:1": 1, "walk:-1": -1}
    if button not in steps:
        raise _unknown_button()
    return await days.count_walk_ins(
        tending.site.id,
        local_date(request),
        steps[button],
        actor=tending.actor,
        now=now(request),
    )


async def _done(request: Request, tending: Tending) -> dict[str, Any] | None:
    """What the tap before did, in words, and how to take it back; one that changed nothing is
    not taken back."""
    number = number_in(request.query_params.get("done"), 12)
    if number is None:
        return None
    entry = await queries.own_entry(number, tending.site.id, tending.who.account.id)
    if entry is None:
        return None
    text = await said_of(entry, tending.site.id, parts_of(request).town.timezone, now=now(request))
    return {"id": entry.id, "text": text, "can_undo": bool(entry.after)}


async def _day_of(request: Request, tending: Tending) -> date:
    """The day that is asked for, or that of the session that was tapped."""
    if asked := _asked_day(request):
        return asked
    if (slot_id := request.path_params.get("slot_id")) is None:
        return local_date(request)
    slot = await slot_editing.slot_of_site(slot_id, tending.site.id)
    return slot.starts_at.astimezone(parts_of(request).town.timezone).date()


def _asked_day(request: Request) -> date | None:
    return read_date(request.query_params.get("day", ""))


def _day_query(request: Request) -> str:
    return f"day={asked}" if (asked := _asked_day(request)) else ""


def _no_number() -> BadInput:
    message = _("Give a number of people, or nothing for no limit.")
    return BadInput(message, {"cap": message})


def _unknown_button() -> BadInput:
    message = _("Please go back and use the buttons of the page.")
    return BadInput(message, {"do": message})
