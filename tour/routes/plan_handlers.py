"""The plan form, and the page of a plan with everything one can do to it."""

from dataclasses import replace
from functools import lru_cache

import segno
from markupsafe import Markup
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from tour.errors import NotFound
from tour.i18n import Text
from tour.i18n import lazy as _
from tour.reservations.limits import count_try
from tour.routes import itineraries, leaving, my_plans, plan_readers
from tour.routes.day import WalkStyle
from tour.routes.itineraries import ItineraryEntry
from tour.routes.plan_edits import edited
from tour.routes.plan_forms import KILOMETRES, LEG_MINUTES, NO_LIMIT, PlanForm, clock, clock_choices
from tour.routes.plan_request import PlanRequest, plan_request
from tour.routes.plan_views import plan_view
from tour.routes.planning import Desk
from tour.routes.proposals import propose
from tour.sites.labels import KINDS
from tour.sites.maps import map_around
from tour.sites.site_map import MapFragment
from tour.web import lang, now, render, state
from tour.web.forms import number_in, read_form

MOST_FIELDS = 400


async def new(request: Request) -> Response:
    planned = await plan_request(request)
    form = PlanForm.empty(planned.context, request.query_params)
    response = await _form_page(planned, form)
    warm_up = state(request).site_matrix.warm_up
    response.background = BackgroundTask(warm_up, planned.context.catalogue)
    return response


async def create(request: Request) -> Response:
    await count_try(request, "plan")
    planned = await plan_request(request)
    raw = await read_form(request, MOST_FIELDS)
    form = PlanForm.parse(raw, planned.context)
    if form.wish is None:
        return await _form_page(planned, form, 422)
    desk = await planned.desk(form.wish)
    proposal = await propose(desk.town, desk.wish, desk.matrix)
    values = {**form.values, "from_time": clock(form.wish.starts)}
    entry = await itineraries.create(
        form.wish.day, values, proposal.stops, proposal.findings.as_json()
    )
    return _to_plan(request, entry.token)


async def show(request: Request) -> Response:
    entry = await itineraries.find(request.path_params["token"])
    return await plan_page(request, entry)


async def conditions(request: Request) -> Response:
    """The form again, with what this plan was made from."""
    entry = await itineraries.find_to_edit(request.path_params["token"])
    planned = await plan_request(request)
    return await _form_page(planned, PlanForm(entry.wish), entry=entry)


async def change_conditions(request: Request) -> Response:
    """Plan the same link's day anew from other conditions."""
    await count_try(request, "plan")
    entry = await itineraries.find_to_edit(request.path_params["token"])
    planned = await plan_request(request)
    raw = await read_form(request, MOST_FIELDS)
    form, version = PlanForm.parse(raw, planned.context), str(raw.get("version", ""))
    if form.wish is None:
        return await _form_page(planned, form, 422, entry=entry, version=version)
    sent = itineraries.Sent.of(number_in(version) or 0, form.values)
    if entry.is_made_by(sent):
        return await _changed(request, entry.token)
    if sent.version != entry.version:
        return await _form_page(planned, form, 409, entry=entry, notice=CHANGED)
    wish = replace(form.wish, reserved=frozenset(entry.reserved))
    desk = await planned.desk(wish)
    proposal = await propose(desk.town, wish, desk.matrix)
    values = {**form.values, "from_time": clock(wish.starts)}
    try:
        await itineraries.replan(
            entry,
            sent,
            proposal.stops,
            proposal.findings.as_json(),
            day=wish.day,
            wish=values,
        )
    except itineraries.ChangedElsewhere:
        newest = await itineraries.find_to_edit(entry.token)
        return await _form_page(planned, form, 409, entry=newest, notice=CHANGED)
    return await _changed(request, entry.token)


async def edit(request: Request) -> Response:
    """One change by hand; the page then says what it does to the rest of the day."""
    await count_try(request, "plan")
    entry = await itineraries.find_to_edit(request.path_params["token"])
    desk = await (await plan_request(request)).desk_of(entry)
    form = await read_form(request, 10)
    asked = {name: value for name, value in form.items() if isinstance(value, str)}
    try:
        anchor = await edited(entry, desk, asked)
    except itineraries.ChangedElsewhere as exc:
        newest = await itineraries.find(entry.token)
        return await plan_page(request, newest, 409, notice=exc.message)
    return await _changed(request, entry.token, anchor)


async def stop_news(request: Request) -> Response:
    """Tell nobody of this plan any more."""
    await count_try(request, "plan")
    token = request.path_params["token"]
    await plan_readers.stop(token, now=now(request))
    return _to_plan(request, token, "news")


async def _changed(request: Request, token: str, anchor: str = "") -> Response:
    """Back to the plan, whose walks may begin at other times now."""
    entry = await itineraries.find(token)
    if entry.reserved:
        desk = await (await plan_request(request)).desk_of(entry)
        await leaving.promise(desk, entry, now=now(request))
    return _to_plan(request, token, anchor)


async def plan_page(
    request: Request, entry: ItineraryEntry, status: int = 200, notice: Text | None = None
) -> Response:
    """The plan as it stands. It is nobody's but its holder's: not indexed, not referred from."""
    planned = await plan_request(request)
    desk = await planned.desk_of(entry)
    view = await plan_view(desk, entry, state(request).walks, planned.reader(entry.wish))
    base = state(request).settings.base_url
    response = render(
        request,
        "routes/itinerary.html",
        status,
        nav="plan",
        entry=entry,
        plan=view,
        day=entry.day,
        may_edit=entry.edit_token is not None,
        vapid_public_key=state(request).vapid_public_key,
        notice=notice,
        party_size=desk.wish.party_size,
        style=desk.wish.style.value,
        sites=_addable(planned, desk, entry),
        share_url=base + _path(request, entry.show_token),
        edit_url=base + _path(request, entry.token),
        qr=_qr(base + _path(request, entry.token)),
        map=_map(request, desk, entry),
    )
    my_plans.remember(request, response, entry.token)
    return private(response)


def private(response: Response) -> Response:
    """The address is the key to what is on the page: nobody else may learn it."""
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


CHANGED = _(
    "This plan was changed on another device. What you chose is still here: look at the plan as it"
    " is, or show the plan again to replace it."
)


async def _form_page(
    planned: PlanRequest,
    form: PlanForm,
    status: int = 200,
    entry: ItineraryEntry | None = None,
    *,
    version: str = "",
    notice: Text | None = None,
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


def _addable(planned: PlanRequest, desk: Desk, entry: ItineraryEntry) -> list[tuple[str, str]]:
    """Places that are open on the day and not in the plan."""
    present = {stop.site_id for stop in entry.stops}
    language = lang(planned.request)
    return [
        (site.slug, site.text("name", language))
        for site in desk.town.catalogue.sites
        if site.is_walkable
        and site.id not in present
        and (desk.town.spans_of(site) or desk.town.slots_of(site))
    ]


def _map(request: Request, desk: Desk, entry: ItineraryEntry) -> MapFragment:
    sites = desk.town.catalogue.by_id
    stops = [sites[stop.site_id].place for stop in entry.stops if stop.site_id in sites]
    points = [desk.wish.start, *(point for point in stops if point), desk.wish.end]
    url = request.app.url_path_for("itineraries:geojson", token=entry.token)
    return map_around(request, points, walk=f"{url}?version={entry.version}", numbered=True)


@lru_cache(maxsize=256)
def _qr(url: str) -> Markup:
    return Markup(segno.make(url, error="m").svg_inline(scale=4, border=2))  # noqa: S704


def _path(request: Request, token: str) -> str:
    return str(request.app.url_path_for("itineraries:show", token=token))


def _to_plan(request: Request, token: str, anchor: str = "") -> RedirectResponse:
    url = _path(request, token) + (f"#{anchor}" if anchor else "")
    response = RedirectResponse(url, status_code=303)
    my_plans.remember(request, response, token)
    return response
