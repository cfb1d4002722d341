"""Who takes part in an event: ticked, numbered, asked, and taken out again."""

from collections.abc import Awaitable, Callable, Sequence
from functools import partial

from starlette.requests import Request
from starlette.responses import Response

from tour.accounts import guards
from tour.accounts.guards import SignedIn
from tour.accounts.roles import Permission
from tour.changes import Part
from tour.errors import REFUSALS
from tour.events import editing
from tour.events.models import Event
from tour.events.states import ParticipationAnswer
from tour.i18n import lazy as _
from tour.participation import service as participation
from tour.participation.asked import asked_places
from tour.participation.forms import read_question
from tour.publishing import queries as publishing
from tour.reservations.changes import call_offs, events
from tour.sites.choices import kind_options
from tour.sites.editing.merging import Merge
from tour.sites.editing.page import Stale, Version
from tour.staff import queries
from tour.staff.events import form as forms
from tour.staff.events import numbering
from tour.staff.events.asked_handlers import today_of
from tour.staff.events.handlers import merge_of, version_of
from tour.staff.events.impact import Shrinking, shrunk
from tour.staff.frame import back_to, staff_page
from tour.staff.log import part_words
from tour.web import lang, now, parts_of
from tour.web.forms import Form, form_again, read_form, texts

SENT = tuple(f"{name}-" for name in editing.PART_FIELDS)


async def sites_page(request: Request) -> Response:
    who = await guards.require(request, Permission.EDIT_EVENTS)
    event = await queries.event_by_id(request.path_params["event_id"])
    parts = await editing.parts_of(event.id)
    course = request.query_params.get("along", "")
    proposal = await numbering.proposal(event.id, course, parts)
    values = forms.part_values(proposal.parts if proposal else parts)
    return await _page(request, who, event, Form(values), proposal=proposal)


async def change_sites(request: Request) -> Response:
    who = await guards.require(request, Permission.EDIT_EVENTS)
    event = await queries.event_by_id(request.path_params["event_id"])
    form = await read_form(request, 6000)
    values = texts(form, [name for name in form if name.startswith(SENT)])
    version = str(form.get("version", ""))
    lines = await queries.site_lines(now(request))
    asks = form.get("do") == "ask"
    question, asking = read_question(form, today=today_of(request, event), last_day=event.ends_on)
    first = ParticipationAnswer.INVITED if asks else ParticipationAnswer.ACCEPTED
    parts, typed = forms.read_parts(values, [line.id for line in lines], first)
    typed = Form({**typed.values, **asking.values}, typed.errors | (asking.errors if asks else {}))
    if typed.errors:
        return await _page(request, who, event, typed, 422, version=version)

    async def make(part: Part) -> None:
        since = Version.parse(version)
        await editing.set_participants(
            event.id, parts, version=since, actor=who.actor, now=part.now
        )
        if asks:
            await participation.ask_new(part, event.id, question, seal=parts_of(request).seal)

    change = await _leaving(request, event, parts, make)
    try:
        if page := await shrunk(request, who, form, change):
            return page
    except Stale:
        whole = forms.whole_parts(values, [line.id for line in lines])
        merge = await merge_of(request, event, whole, version)
        return await _page(request, who, event, asking, 409, merge=merge)
    except REFUSALS as exc:
        refused = typed.refused_by(exc)
        again = _page(request, who, event, refused, exc.status, version=version)
        return await form_again(again, exc)
    return back_to(request, "staff:asked" if asks else "staff:event_sites", event_id=event.id)


async def _leaving(
    request: Request,
    event: Event,
    parts: Sequence[editing.Part],
    make: Callable[[Part], Awaitable[None]],
) -> Shrinking:
    """A place leaves that has no tick any more, is only shown from now on, or has said no."""
    stay = {part.site_id for part in parts if part.opens_doors}
    left = {part.site_id for part in await editing.parts_of(event.id) if part.opens_doors} - stay
    ends = partial(events.hit_by_leaving, event, stay, now=now(request))
    return Shrinking(
        _("Take places out of the event?"), _("Take out of the event"), event, ends, make, left
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
    proposal: numbering.Proposal | None = None,
) -> Response:
    fresh = await queries.event_by_id(event.id)
    lines = await queries.site_lines(now(request))
    form = Form({**form.values, **merge.values}) if merge else form
    asked = await asked_places(fresh, lang(request), now(request))
    return staff_page(
        request,
        "staff/event_sites.html",
        who,
        status,
        section="events",
        tab="sites",
        event=fresh,
        undoable=await call_offs.last_undoable(event_id=event.id, now=now(request)),
        form=form,
        sites=[(line, forms.shown_part(form, line.id)) for line in forms.in_order(lines, form)],
        kinds=dict(kind_options()),
        answers=part_words.answer_labels(),
        open_places=[place for place in asked if place.is_open],
        to_ring=[place for place in asked if place.is_to_ring],
        days_of={place.site_id: place.invitation.open_days for place in asked if place.is_partial},
        others=part_words.shown(merge.others if merge else ()),
        labels=part_words.labels({line.id: line.name for line in lines}),
        version=merge.version if merge else version or await version_of(fresh),
        renumbered=await publishing.renumbered(event.id),
        courses=[(line.id, line.title) for line in await queries.course_lines(event.id)],
        proposal=proposal,
    )
