"""Events: dates, hours, texts side by side, who takes part, whether visitors see it."""

from collections.abc import Awaitable, Mapping

from starlette.requests import Request
from starlette.responses import Response

from tour.accounts import guards
from tour.accounts.guards import SignedIn
from tour.accounts.roles import Permission
from tour.changes import together
from tour.errors import BadInput
from tour.events import answers, editing
from tour.events.models import Event
from tour.events.states import ParticipationAnswer
from tour.i18n import lazy as _
from tour.participation import service as participation
from tour.programmes.booking_opening import follow_event
from tour.programmes.models import Slot
from tour.reservations import event_changes
from tour.sites.editing import Stale, Version
from tour.sites.labels import KINDS
from tour.sites.merging import Merge, merged
from tour.sites.states import SiteKind
from tour.staff import event_form as forms
from tour.staff import queries, seat_words
from tour.staff.event_impact import Meanwhile, asked_again, asked_first, call_off, looked_again
from tour.staff.frame import back_to, staff_page
from tour.web import now, state
from tour.web.forms import Form, read_form, texts
from tour.words.typed import number_in

SENT = tuple(f"{name}-" for name in editing.PART_FIELDS)


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
    zone = state(request).town.timezone
    draft, typed = forms.read_event(values, zone)
    slugged = forms.read_slug(values)
    typed = Form({**typed.values, **slugged.values}, {**slugged.errors, **typed.errors})
    if draft is None or typed.errors:
        return _new_page(request, who, typed, 422)
    try:
        event = await editing.create_event(
            typed.value("slug"), draft, timezone=zone.key, actor=who.actor, now=now(request)
        )
    except BadInput as exc:
        return _new_page(request, who, Form(typed.values, exc.errors), 422)
    return back_to(request, "staff:event_sites", event_id=event.id)


async def event_page(request: Request) -> Response:
    who = await guards.require(request, Permission.EDIT_EVENTS)
    event = await _event(request)
    values = forms.event_values(editing.draft_of(event), state(request).town.timezone)
    return await _page(request, who, event, Form(values))


async def change_event(request: Request) -> Response:
    """Saves; sessions that open their booking with the event move with it."""
    who = await guards.require(request, Permission.EDIT_EVENTS)
    event = await _event(request)
    form = await read_form(request, 40)
    values, version = texts(form, forms.FIELDS), str(form.get("version", ""))
    draft, typed = forms.read_event(values, state(request).town.timezone)
    if draft is None:
        return await _page(request, who, event, typed, 422, version=version)

    def ends() -> Awaitable[list[Slot]]:
        first, last = draft.starts_on, draft.ends_on
        return event_changes.hit_by_dates(event, first, last, now=now(request))

    what = _("Give the event other dates?")
    if page := await asked_first(request, who, event, form, await ends(), what):
        return page
    before = {"starts_on": event.starts_on.isoformat(), "ends_on": event.ends_on.isoformat()}
    try:
        since = Version.parse(version)
        async with together(now=now(request)) as part:
            slots = await looked_again(request, event, form, ends)
            await editing.change_event(
                event.id, draft, version=since, actor=who.actor, now=now(request)
            )
            await follow_event(part, event.id, event.booking_opens_at, draft.booking_opens_at)
            await call_off(request, who, event, form, slots, before)
    except Meanwhile as exc:
        return await asked_again(request, who, event, form, exc.impact, what)
    except Stale:
        merge = await _merged(request, event, typed.values, version)
        return await _page(request, who, event, typed, 409, merge=merge)
    return back_to(request, "staff:event", event_id=event.id)


async def set_visibility(request: Request) -> Response:
    who = await guards.require(request, Permission.PUBLISH)
    event = await _event(request)
    form = await read_form(request, 5)
    if form.get("do") == "publish":
        await editing.publish_event(event.id, actor=who.actor, now=now(request))
        return back_to(request, "staff:event", event_id=event.id)

    def ends() -> Awaitable[list[Slot]]:
        return event_changes.coming_sessions(event, now=now(request))

    what = _("Withdraw the event?")
    if page := await asked_first(request, who, event, form, await ends(), what):
        return page
    try:
        async with together(now=now(request)):
            slots = await looked_again(request, event, form, ends)
            await editing.withdraw_event(event.id, actor=who.actor, now=now(request))
            before = {"published": event.is_published}
            await call_off(request, who, event, form, slots, before)
    except Meanwhile as exc:
        return await asked_again(request, who, event, form, exc.impact, what)
    return back_to(request, "staff:event", event_id=event.id)


async def sites_page(request: Request) -> Response:
    who = await guards.require(request, Permission.EDIT_EVENTS)
    event = await _event(request)
    values = forms.part_values(await editing.parts_of(event.id))
    return await _sites_page(request, who, event, Form(values))


async def change_sites(request: Request) -> Response:
    who = await guards.require(request, Permission.EDIT_EVENTS)
    event = await _event(request)
    form = await read_form(request, 6000)
    values = texts(form, [name for name in form if name.startswith(SENT)])
    version = str(form.get("version", ""))
    lines = await queries.site_lines(now(request))
    asks = form.get("do") == "ask"
    first = ParticipationAnswer.INVITED if asks else ParticipationAnswer.ACCEPTED
    seats, typed = forms.read_seats(values, [line.id for line in lines], first)
    if typed.errors:
        return await _sites_page(request, who, event, typed, 422, version=version)
    stay = [seat.site_id for seat in seats]

    def ends() -> Awaitable[list[Slot]]:
        return event_changes.hit_by_leaving(event, stay, now=now(request))

    what = _("Take places out of the event?")
    if page := await asked_first(request, who, event, form, await ends(), what):
        return page
    before = {"seats": editing.as_json(await editing.parts_of(event.id))}
    try:
        since = Version.parse(version)
        async with together(now=now(request)) as part:
            slots = await looked_again(request, event, form, ends)
            await editing.set_participants(
                event.id, seats, version=since, actor=who.actor, now=now(request)
            )
            await call_off(request, who, event, form, slots, before)
            if asks:
                await participation.ask_new(part, event.id, seal=state(request).seal)
    except Meanwhile as exc:
        return await asked_again(request, who, event, form, exc.impact, what)
    except Stale:
        whole = forms.whole_parts(values, [line.id for line in lines])
        merge = await _merged(request, event, whole, version)
        return await _sites_page(request, who, event, typed, 409, merge=merge)
    return back_to(request, "staff:event_sites", event_id=event.id)


async def ask_again(request: Request) -> Response:
    """Write once more to the places that have not answered."""
    who = await guards.require(request, Permission.EDIT_EVENTS)
    event = await _event(request)
    await participation.ask_again(
        event.id, actor=who.actor, seal=state(request).seal, now=now(request)
    )
    return back_to(request, "staff:event_sites", event_id=event.id, done="asked")


async def _event(request: Request) -> Event:
    return await queries.event_by_id(request.path_params["event_id"])


async def _merged(request: Request, event: Event, values: Mapping[str, str], version: str) -> Merge:
    zone = state(request).town.timezone
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
    return staff_page(
        request,
        "staff/event.html",
        who,
        status,
        section="events",
        tab="texts",
        event=fresh,
        undoable=await event_changes.last_undoable(event.id, now=now(request)),
        form=Form(merge.values) if merge else form,
        others=merge.others if merge else (),
        labels=forms.labels(),
        version=merge.version if merge else version or await _version(fresh),
    )


async def _sites_page(
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
    lines = await queries.site_lines(now(request))
    form = Form(merge.values) if merge else form
    return staff_page(
        request,
        "staff/event_sites.html",
        who,
        status,
        section="events",
        tab="sites",
        event=fresh,
        undoable=await event_changes.last_undoable(event.id, now=now(request)),
        form=form,
        sites=_in_order(lines, form),
        kinds=kind_labels(),
        answers=seat_words.answer_labels(),
        unanswered=len(await answers.unanswered(event.id)),
        others=seat_words.shown(merge.others if merge else ()),
        labels=seat_words.labels({line.id: line.name for line in lines}),
        version=merge.version if merge else version or await _version(fresh),
    )


async def _version(event: Event) -> str:
    return str(await Version.of(event, editing.SUBJECT))


def kind_labels() -> dict[str, str]:
    return {kind.value: str(KINDS[kind]) for kind in SiteKind}


def _in_order(lines: list[queries.SiteLine], form: Form) -> list[queries.SiteLine]:
    """Those that take part first, by number; the others by name."""

    def place(line: queries.SiteLine) -> tuple[bool, int]:
        number = number_in(form.value(f"number-{line.id}")) or 0
        takes_part = bool(form.value(f"takes-{line.id}"))
        return not takes_part, number if takes_part else 0

    return sorted(lines, key=place)
