"""The plan form: a new plan, and the conditions of one that is there already."""

from dataclasses import replace
from typing import Any

from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import Response

from tour.errors import NotFound, TooManyRequests
from tour.i18n import Text
from tour.i18n import lazy as _
from tour.limits.lanes import costly
from tour.reservations.intake import count_try
from tour.routes import itineraries, my_plans
from tour.routes.day import WalkStyle
from tour.routes.giving_up import WouldGiveUp, allowed, refuse_to_give_up
from tour.routes.itineraries import ItineraryEntry
from tour.routes.plan_forms import (
    KILOMETRES,
    LEG_MINUTES,
    NO_LIMIT,
    PlanForm,
    clock_choices,
    kept_wish,
)
from tour.routes.plan_handlers import after_change, private
from tour.routes.plan_request import PlanRequest, plan_request
from tour.routes.planning import Desk, propose_after, so_far
from tour.routes.proposals import Proposal, propose
from tour.sites.labels import KINDS
from tour.web import lang, render, state
from tour.web.forms import form_again, number_in, read_form
from tour.words.typed import padded

MOST_FIELDS = 400


async def new(request: Request) -> Response:
    planned = await plan_request(request)
    form = PlanForm.empty(planned.context, request.query_params)
    response = await _form_page(planned, form)
    warm_up = state(request).site_matrix.warm_up
    response.background = BackgroundTask(warm_up, planned.context.catalogue)
    return response


@costly("plans")
async def create(request: Request) -> Response:
    planned = await plan_request(request)
    raw = await read_form(request, MOST_FIELDS)
    form = PlanForm.parse(raw, planned.context)
    try:
        await count_try(request, "plan")
    except TooManyRequests as exc:
        return await form_again(_form_page(planned, form.refused_by(exc), exc.status), exc)
    if form.wish is None:
        return await _form_page(planned, form, 422)
    wish = replace(form.wish, reserved=planned.own_slots(form.wish.day))
    desk = await planned.desk(wish)
    proposal = await propose(desk.town, desk.wish, desk.matrix)
    values = {**form.values, "from_time": padded(form.wish.starts)}
    entry = await itineraries.create(
        form.wish.day, values, proposal.stops, proposal.findings.as_json()
    )
    return await after_change(request, entry.token)


async def conditions(request: Request) -> Response:
    """The form again, with what this plan was made from, and what the address says otherwise."""
    entry = await itineraries.find_to_edit(request.path_params["token"])
    planned = await plan_request(request)
    form = PlanForm.other(entry.wish, planned.context, request.query_params)
    return await _form_page(planned, form, entry=entry)


@costly("plans")
async def change_conditions(request: Request) -> Response:
    """Plan the same link's day anew from other conditions."""
    entry = await itineraries.find_to_edit(request.path_params["token"])
    planned = await plan_request(request)
    raw = await read_form(request, MOST_FIELDS)
    form, version = PlanForm.parse(raw, planned.context), str(raw.get("version", ""))
    try:
        await count_try(request, "plan")
    except TooManyRequests as exc:
        form = form.refused_by(exc)
        page = _form_page(planned, form, exc.status, entry=entry, version=version)
        return await form_again(page, exc)
    if form.wish is None:
        return await _form_page(planned, form, 422, entry=entry, version=version)
    sent = itineraries.Sent.of(number_in(version) or 0, form.values)
    if entry.is_made_by(sent):
        return await after_change(request, entry.token)
    if sent.version != entry.version:
        return await _form_page(planned, form, 409, entry=entry, notice=CHANGED)
    desk, proposal, values = await _planned_anew(planned, entry, form)
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
            planned, form, exc.status, entry=entry, notice=exc.message, give_up=exc.slots
        )
    except itineraries.ChangedElsewhere:
        newest = await itineraries.find_to_edit(entry.token)
        return await _form_page(planned, form, 409, entry=newest, notice=CHANGED)
    return await after_change(request, entry.token)


CHANGED = _(
    "This plan was changed on another device. What you chose is still here: look at the plan as it"
    " is, or show the plan again to replace it."
)


async def _planned_anew(
    planned: PlanRequest, entry: ItineraryEntry, form: PlanForm
) -> tuple[Desk, Proposal, dict[str, Any]]:
    """The day by other conditions. On the day itself what has begun stays, and the rest goes on
    from there, wherever and whenever the form says that the day begins."""
    assert form.wish is not None  # noqa: S101 - the caller has looked
    reserved = frozenset(entry.reserved) | planned.own_slots(form.wish.day)
    before = await planned.desk_of(entry)
    done = await so_far(before, entry.stops)
    if done.resumes is None or form.wish.day != entry.day:
        desk = await planned.desk(replace(form.wish, reserved=reserved), entry.stops)
        proposal = await propose(desk.town, desk.wish, desk.matrix)
        return desk, proposal, {**form.values, "from_time": padded(desk.wish.starts)}
    began = {"from": entry.wish["from"], "from_time": entry.wish["from_time"]}
    values = {**form.values, **began} if done.past else {**form.values}
    wish = kept_wish(values, entry.day, planned.context, reserved)
    desk = await planned.desk(wish, entry.stops)
    return desk, await propose_after(desk, done, entry.stops), values


async def _form_page(
    planned: PlanRequest,
    form: PlanForm,
    status: int = 200,
    entry: ItineraryEntry | None = None,
    *,
    version: str = "",
    notice: Text | None = None,
    give_up: str = "",
) -> Response:
    request, context = planned.request, planned.context
    language = lang(request)
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
        goes_on_from=await _goes_on_from(planned, entry) if entry else "",
        days=context.days,
        kinds=[(k.value, str(label)) for k, label in KINDS.items() if k in present],
        styles=[(style.value, str(STYLES[style])) for style in WalkStyle],
        clocks={name: clock_choices(form.value(name)) for name in ("from_time", "to_time")},
        kilometres=KILOMETRES,
        leg_minutes=LEG_MINUTES,
        no_limit=NO_LIMIT,
        stations=[(s.id, s.name_in(language)) for s in context.catalogue.stations],
        sites=_walkable(planned),
        spot_names={s: planned.name_of(s) for s in (form.value("from"), form.value("to")) if s},
        plans=await _plans(request) if entry is None else [],
    )
    return private(response) if entry else response


async def _goes_on_from(planned: PlanRequest, entry: ItineraryEntry) -> str:
    """The place to which a plan of today has come, which no form changes; empty before."""
    if entry.day != planned.context.local.date():
        return ""
    done = await so_far(await planned.desk_of(entry), entry.stops)
    site = planned.context.catalogue.by_id.get(done.past[-1].site_id) if done.past else None
    return site.text("name", lang(planned.request)) if site else ""


STYLES = {
    WalkStyle.NORMAL: _("As usual"),
    WalkStyle.NO_STEPS: _("Avoid steps"),
    WalkStyle.SLOW: _("Slowly"),
}


async def _plans(request: Request) -> list[ItineraryEntry]:
    """Those of this device's plans that exist, latest first."""
    found = []
    for token in my_plans.tokens(request):
        try:
            found.append(await itineraries.find(token))
        except NotFound:
            continue
    return found


def _walkable(planned: PlanRequest) -> list[tuple[str, str]]:
    language = lang(planned.request)
    sites = planned.context.catalogue.sites
    return [(s.slug, s.text("name", language)) for s in sites if s.is_walkable]
