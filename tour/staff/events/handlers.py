"""Events: dates, hours, texts side by side, who takes part, whether visitors see it."""

from collections.abc import Mapping
from datetime import date
from functools import partial

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from tour.accounts import guards
from tour.accounts.guards import SignedIn
from tour.accounts.roles import Permission
from tour.changes import Part
from tour.errors import REFUSALS, BadInput, Refusal
from tour.events import days, editing
from tour.events.models import Event
from tour.events.said import days_from
from tour.i18n import lazy as _
from tour.participation import service as participation
from tour.participation.asked import asked_places
from tour.programmes.booking_opening import follow_event
from tour.reservations.changes import call_offs, events
from tour.sites.editing.merging import Merge, merged
from tour.sites.editing.page import Stale, Version
from tour.staff import queries
from tour.staff.events import form as forms
from tour.staff.events.impact import Shrinking, shrunk
from tour.staff.frame import back_to, staff_page
from tour.web import lang, now, parts_of
from tour.web.forms import (
    WHOLE,
    Form,
    form_again,
    read_date,
    read_form,
    refused_page,
    texts,
)
from tour.web.templates import day_text


async def events_page(request: Request) -> Response:
    who = await guards.require(request, Permission.EDIT_EVENTS)
    lines = await queries.event_lines()
    return staff_page(request, "staff/events.html", who, section="events", events=lines)


async def new_event(request: Request) -> Response:
    who = await guards.require(request, Permission.EDIT_EVENTS)
    return _new_page(request, who, Form({}))


async def create_event(request: Request) -> Response:
    who = await guards.require(request, Permission.EDIT_EVENTS)
    values = texts(await read_form(request, 40), ("slug", *forms.FIELDS))
    zone = parts_of(request).town.timezone
    draft, typed = forms.read_event(values, zone)
    slugged = forms.read_slug(values)
    typed = Form({**typed.values, **slugged.values}, {**slugged.errors, **typed.errors})
    if draft is None or typed.errors:
        return _new_page(request, who, typed, 422)
    try:
        event = await editing.create_event(
            typed.value("slug"), draft, timezone=zone.key, actor=who.actor, now=now(request)
        )
    except REFUSALS as exc:
        return refused_page(_new_page(request, who, typed.refused_by(exc), exc.status), exc)
    return back_to(request, "staff:event_sites", event_id=event.id)


async def event_page(request: Request) -> Response:
    who = await guards.require(request, Permission.EDIT_EVENTS)
    event = await _event(request)
    return await _page(request, who, event, _stored(request, event))


def _stored(request: Request, event: Event) -> Form:
    return Form(forms.event_values(editing.draft_of(event), parts_of(request).town.timezone))


async def change_event(request: Request) -> Response:
    """Saves; sessions that open their booking with the event move with it."""
    who = await guards.require(request, Permission.EDIT_EVENTS)
    event = await _event(request)
    form = await read_form(request, 40)
    values, version = texts(form, forms.FIELDS), str(form.get("version", ""))
    draft, typed = forms.read_event(values, parts_of(request).town.timezone)
    if draft is None:
        return await _page(request, who, event, typed, 422, version=version)

    async def make(part: Part) -> None:
        since = Version.parse(version)
        await editing.change_event(event.id, draft, version=since, actor=who.actor, now=part.now)
        await follow_event(part, event.id, event.booking_opens_at, draft.booking_opens_at)
        if (draft.starts_on, draft.ends_on) != (event.starts_on, event.ends_on):
            await participation.ask_about_new_dates(part, event.id, seal=parts_of(request).seal)

    kept = days_from(draft.starts_on, draft.ends_on)
    ends = partial(events.hit_by_days, event, kept, now=now(request))
    change = Shrinking(_("Give the event other dates?"), _("Change the dates"), event, ends, make)
    try:
        if page := await shrunk(request, who, form, change):
            return page
    except Stale:
        merge = await merge_of(request, event, typed.values, version)
        return await _page(request, who, event, typed, 409, merge=merge)
    except REFUSALS as exc:
        again = _page(request, who, event, typed.refused_by(exc), exc.status, version=version)
        return await form_again(again, exc)
    return back_to(request, "staff:event", event_id=event.id)


async def set_visibility(request: Request) -> Response:
    who = await guards.require(request, Permission.PUBLISH)
    event = await _event(request)
    form = await read_form(request, 5)
    try:
        if form.get("do") == "publish":
            await editing.publish_event(event.id, actor=who.actor, now=now(request))
            return back_to(request, "staff:event", event_id=event.id)
        return await _withdraw(request, who, event, form)
    except REFUSALS as exc:
        return await _button_refused(request, who, event, exc)


async def _withdraw(request: Request, who: SignedIn, event: Event, form: FormData) -> Response:
    async def make(part: Part) -> None:
        await editing.withdraw_event(event.id, actor=who.actor, now=part.now)

    ends = partial(events.of_event, event, now=now(request))
    change = Shrinking(_("Withdraw the event?"), _("Withdraw the event"), event, ends, make)
    page = await shrunk(request, who, form, change)
    return page or back_to(request, "staff:event", event_id=event.id)


async def set_day(request: Request) -> Response:
    """Call one day of the event off, or hold it on that day after all."""
    who = await guards.require(request, Permission.EDIT_EVENTS)
    event = await _event(request)
    form = await read_form(request, 6)
    day = read_date(str(form.get("day", "")))
    try:
        if day is None:
            raise BadInput(_("Choose a day of the event."), {})
        if form.get("do") == "hold":
            await days.hold_day(event.id, day, actor=who.actor, now=now(request))
        elif page := await _day_off(request, who, event, day, form):
            return page
    except REFUSALS as exc:
        return await _button_refused(request, who, event, exc)
    return back_to(request, "staff:event", event_id=event.id)


async def _day_off(
    request: Request, who: SignedIn, event: Event, day: date, form: FormData
) -> Response | None:
    async def make(part: Part) -> None:
        await days.call_off_day(event.id, day, actor=who.actor, now=part.now)

    kept = set(event.days) - {day}
    ends = partial(events.hit_by_days, event, kept, now=now(request))
    what = _("Call %(day)s off?", day=day_text(day, lang(request)))
    do = _("Call %(day)s off", day=day_text(day, lang(request)))
    return await shrunk(request, who, form, Shrinking(what, do, event, ends, make))


async def undo(request: Request) -> Response:
    """Call back what took places out of the event, while nobody has been told."""
    who = await guards.require(request, Permission.CHANGE_RESERVATIONS)
    event = await _event(request)
    try:
        await call_offs.undo(event_id=event.id, actor=who.actor, now=now(request))
    except REFUSALS as exc:
        return await _button_refused(request, who, event, exc)
    return back_to(request, "staff:event", event_id=event.id, done="undone")


async def _button_refused(
    request: Request, who: SignedIn, event: Event, refusal: Refusal
) -> Response:
    """The event's page with why its button did nothing."""
    form = _stored(request, event).refused(**{WHOLE: refusal.message})
    return await form_again(_page(request, who, event, form, refusal.status), refusal)


async def _event(request: Request) -> Event:
    return await queries.event_by_id(request.path_params["event_id"])


async def merge_of(
    request: Request, event: Event, values: Mapping[str, str], version: str
) -> Merge:
    """What was typed, with what a colleague has saved since."""
    zone = parts_of(request).town.timezone
    return await merged(
        values,
        editing.SUBJECT,
        await queries.event_by_id(event.id),
        version,
        write=lambda field, logged: forms.as_typed(field, logged, zone),
    )


def _new_page(request: Request, who: SignedIn, form: Form, status: int = 200) -> Response:
    defaults = {"opens": "10:00", "closes": "16:00"}
    return staff_page(
        request,
        "staff/event_new.html",
        who,
        status,
        section="events",
        form=Form({**defaults, **form.values}, form.errors),
    )


async def _page(
    request: Request,
    who: SignedIn,
    event: Event,
    form: Form,
    status: int = 200,
    *,
    version: str = "",
    merge: Merge | None = None,
) -> Response:
    fresh = await queries.event_by_id(event.id)
    asked = await asked_places(fresh, lang(request), now(request))
    return staff_page(
        request,
        "staff/event.html",
        who,
        status,
        section="events",
        tab="texts",
        event=fresh,
        undoable=await call_offs.last_undoable(event_id=event.id, now=now(request)),
        asked_anew=sum(place.invitation.is_asked_again for place in asked),
        form=Form(merge.values) if merge else form,
        others=merge.others if merge else (),
        labels=forms.labels(),
        version=merge.version if merge else version or await version_of(fresh),
        days=_days(fresh),
    )


def _days(event: Event) -> list[tuple[date, bool]]:
    """Each day with whether it was called off; none where there is only one."""
    all_of_it = days_from(event.starts_on, event.ends_on)
    return [(day, day in event.called_off) for day in all_of_it] if len(all_of_it) > 1 else []


async def version_of(event: Event) -> str:
    return str(await Version.of(event, editing.SUBJECT))
