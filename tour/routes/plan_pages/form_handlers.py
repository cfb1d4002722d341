"""The plan form: a new plan, and the conditions of one that is there already."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import Response

from tour.errors import TooManyRequests
from tour.i18n import Text
from tour.i18n import lazy as _
from tour.limits.lanes import costly
from tour.reservations.parties.intake import count_try
from tour.routes.days.edits import visits
from tour.routes.days.giving_up import WouldGiveUp, allowed, refuse_to_give_up
from tour.routes.days.planning import Desk, propose_after, so_far
from tour.routes.days.proposals import Proposal, propose
from tour.routes.days.wishes import WalkStyle
from tour.routes.plan_pages import my_plans
from tour.routes.plan_pages.handlers import after_change
from tour.routes.plans import itineraries
from tour.routes.plans.context import clock_choices, spot_name
from tour.routes.plans.enquiry import Enquiry
from tour.routes.plans.forms import KILOMETRES, LEG_MINUTES, NO_LIMIT, PlanForm, kept_wish
from tour.routes.plans.itineraries import ItineraryEntry
from tour.sites.choices import kind_options
from tour.sites.entries import Catalogue
from tour.sites.opening.hours import clock_text
from tour.web import lang, parts_of, private, render
from tour.web.forms import form_again, read_form
from tour.words.typed import number_in, padded

MOST_FIELDS = 400


async def new(request: Request) -> Response:
    enquiry = await Enquiry.of(request)
    form = PlanForm.empty(enquiry.context, request.query_params)
    response = await _form_page(request, enquiry, form)
    warm_up = parts_of(request).site_matrix.warm_up
    response.background = BackgroundTask(warm_up, enquiry.context.catalogue)
    return response


@costly("plans")
async def create(request: Request) -> Response:
    enquiry = await Enquiry.of(request)
    raw = await read_form(request, MOST_FIELDS)
    form = PlanForm.parse(raw, enquiry.context)
    try:
        await count_try(request, "plan")
    except TooManyRequests as exc:
        return await form_again(_form_page(request, enquiry, form.refused_by(exc), exc.status), exc)
    if form.wish is None:
        return await _form_page(request, enquiry, form, 422)
    wish = replace(form.wish, reserved=enquiry.own_slots(form.wish.day))
    desk = await enquiry.desk(wish)
    proposal = await propose(desk.town, desk.wish, desk.matrix)
    values = {**form.values, "from_time": padded(form.wish.starts)}
    entry = await itineraries.create(
        form.wish.day, values, proposal.stops, proposal.findings.as_json()
    )
    return await after_change(request, entry.token)


async def conditions(request: Request) -> Response:
    """The form again, with what this plan was made from, and what the address says otherwise."""
    entry = await itineraries.find_to_edit(request.path_params["token"])
    enquiry = await Enquiry.of(request)
    form = PlanForm.other(entry.wish, enquiry.context, request.query_params)
    return await _form_page(request, enquiry, form, entry=entry)


@costly("plans")
async def change_conditions(request: Request) -> Response:
    """Plan the same link's day anew from other conditions."""
    entry = await itineraries.find_to_edit(request.path_params["token"])
    enquiry = await Enquiry.of(request)
    raw = await read_form(request, MOST_FIELDS)
    form, version = PlanForm.parse(raw, enquiry.context), str(raw.get("version", ""))
    try:
        await count_try(request, "plan")
    except TooManyRequests as exc:
        form = form.refused_by(exc)
        page = _form_page(request, enquiry, form, exc.status, entry=entry, version=version)
        return await form_again(page, exc)
    if form.wish is None:
        return await _form_page(request, enquiry, form, 422, entry=entry, version=version)
    sent = itineraries.Sent.of(number_in(version) or 0, form.values)
    if entry.is_made_by(sent):
        return await after_change(request, entry.token)
    if sent.version != entry.version:
        return await _form_page(request, enquiry, form, 409, entry=entry, notice=CHANGED)
    desk, proposal, values = await _planned_anew(enquiry, entry, form)
    try:
        chosen = allowed(raw.get("give_up"))
        refuse_to_give_up(desk, entry.stops, proposal.stops, chosen, lang(request))
        await itineraries.replan(
            entry,
            sent,
            proposal.stops,
            proposal.findings.as_json(),
            day=desk.wish.day,
            wish=values,
        )
    except WouldGiveUp as exc:
        return await _form_page(
            request, enquiry, form, exc.status, entry=entry, notice=exc.message, give_up=exc.slots
        )
    except itineraries.ChangedElsewhere:
        newest = await itineraries.find_to_edit(entry.token)
        return await _form_page(request, enquiry, form, 409, entry=newest, notice=CHANGED)
    return await after_change(request, entry.token)


CHANGED = _(
    "This plan was changed on another device. What you chose is still here: look at the plan as it"
    " is, or show the plan again to replace it."
)


async def _planned_anew(
    enquiry: Enquiry, entry: ItineraryEntry, form: PlanForm
) -> tuple[Desk, Proposal, dict[str, Any]]:
    """The day by other conditions. On the day itself what has begun stays, and the rest goes on
    from there, wherever and whenever the form says that the day begins."""
    assert form.wish is not None  # noqa: S101 - the caller has looked
    reserved = frozenset(entry.reserved) | enquiry.own_slots(form.wish.day)
    before = await enquiry.desk_of(entry)
    done = await so_far(before, entry.stops)
    if done.resumes is None or form.wish.day != entry.day:
        desk = await enquiry.desk(replace(form.wish, reserved=reserved), entry.stops)
        proposal = await propose(desk.town, desk.wish, desk.matrix)
        return desk, proposal, {**form.values, "from_time": padded(desk.wish.starts)}
    began = {"from": entry.wish["from"], "from_time": entry.wish["from_time"]}
    values = {**form.values, **began} if done.past else {**form.values}
    wish = kept_wish(values, entry.day, enquiry.context, reserved)
    desk = await enquiry.desk(wish, entry.stops)
    return desk, await propose_after(desk, done, entry.stops), values


async def _form_page(
    request: Request,
    enquiry: Enquiry,
    form: PlanForm,
    status: int = 200,
    entry: ItineraryEntry | None = None,
    *,
    version: str = "",
    notice: Text | None = None,
    give_up: str = "",
) -> Response:
    context, language = enquiry.context, lang(request)
    present = {site.kind for site in context.catalogue.sites if site.is_walkable}
    response = render(
        request,
        "routes/plan.html",
        status,
        nav="plan",
        form=form,
        entry=entry,
        version=version or (entry.version if entry else ""),
        notice=notice,
        give_up=give_up,
        goes_on_from=await _goes_on_from(enquiry, entry, language) if entry else "",
        days=context.days,
        kinds=[(kind, label) for kind, label in kind_options() if kind in present],
        styles=[(style.value, str(STYLES[style])) for style in WalkStyle],
        clocks={name: clock_choices(form.value(name)) for name in ("from_time", "to_time")},
        kilometres=KILOMETRES,
        leg_minutes=LEG_MINUTES,
        no_limit=NO_LIMIT,
        stations=[(s.id, s.name_in(language)) for s in context.catalogue.stations],
        sites=_walkable(context.catalogue, language),
        spot_names={
            spot: spot_name(context.catalogue, spot, language)
            for spot in (form.value("from"), form.value("to"))
            if spot
        },
        plans=[]
        if entry
        else [await _kept(enquiry, plan) for plan in await my_plans.found(request)],
    )
    return private(response) if entry else response


@dataclass(frozen=True, slots=True)
class KeptPlan:
    """A plan of this browser; `until`: when its day ends, empty once that day is over."""

    token: str
    day: date
    places: int
    until: str


async def _kept(enquiry: Enquiry, entry: ItineraryEntry) -> KeptPlan:
    until = ""
    if entry.stops and entry.day >= enquiry.context.local.date():
        timed = await (await enquiry.desk_of(entry)).timed(entry.stops)
        until = clock_text(timed.times.arrives)
    return KeptPlan(entry.token, entry.day, len(visits(entry.stops)), until)


async def _goes_on_from(enquiry: Enquiry, entry: ItineraryEntry, language: str) -> str:
    """The place to which a plan of today has come, which no form changes; empty before."""
    if entry.day != enquiry.context.local.date():
        return ""
    done = await so_far(await enquiry.desk_of(entry), entry.stops)
    site = enquiry.context.catalogue.by_id.get(done.past[-1].site_id) if done.past else None
    return site.text("name", language) if site else ""


STYLES = {
    WalkStyle.NORMAL: _("As usual"),
    WalkStyle.NO_STEPS: _("Avoid steps"),
    WalkStyle.SLOW: _("Slowly"),
}


def _walkable(catalogue: Catalogue, language: str) -> list[tuple[str, str]]:
    return [(s.slug, s.text("name", language)) for s in catalogue.sites if s.is_walkable]
