"""Putting one place into a plan of this device, from wherever the place is shown."""

from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from tour.errors import BadInput, NotFound
from tour.i18n import Text
from tour.i18n import lazy as _
from tour.limits.lanes import costly
from tour.reservations.parties.intake import count_try
from tour.routes.days.planning import with_place
from tour.routes.days.proposals import Findings
from tour.routes.plan_pages import my_plans
from tour.routes.plan_pages.edit_forms import edited
from tour.routes.plan_pages.handlers import settled
from tour.routes.plan_pages.into_plan import offers, open_days
from tour.routes.plans import itineraries
from tour.routes.plans.enquiry import Enquiry, desk_of
from tour.routes.plans.forms import PlanForm
from tour.routes.plans.itineraries import ChangedElsewhere
from tour.sites.entries import SiteEntry
from tour.sites.views import site_card
from tour.web import lang, private, render
from tour.web.forms import read_form

MOST_PLANS = 3
"""Plans that are offered: each is timed with the place at every hour at which it fits."""
CHANGES = ("add", "remove", "undo")
MOST_FIELDS = 6
GONE = _("This plan is not here any more. Choose another, or make a new one.")
NOWHERE = _("This place is not open on any day of an event that can be planned.")


@costly("plans")
async def show(request: Request) -> Response:
    """What the plans of this device would be with the place; without one, what they are."""
    return await _page(request, await _site(request, request.query_params.get("site", "")))


@costly("plans")
async def put(request: Request) -> Response:
    """Put the place into a plan, or take it out again; without a plan, begin one with it."""
    form = await read_form(request, MOST_FIELDS)
    asked = {name: value for name, value in form.items() if isinstance(value, str)}
    site = await _site(request, asked.get("site", ""))
    if site is None:
        raise NotFound(_("There is no such place. It may have been renamed or withdrawn."))
    await count_try(request, "plan")
    try:
        token = await _changed(request, site, asked)
    except (NotFound, ChangedElsewhere, BadInput) as exc:
        notice = GONE if isinstance(exc, NotFound) else exc.message
        return await _page(request, site, exc.status, notice=notice)
    await settled(request, token)
    path = request.app.url_path_for("routes:into_plan")
    response = RedirectResponse(f"{path}?site={site.slug}", status_code=303)
    my_plans.remember(request, response, token)
    return response


async def _changed(request: Request, site: SiteEntry, asked: dict[str, str]) -> str:
    """The token of the plan that was changed."""
    token = asked.pop("plan", "")
    if not token:
        return await _begun(request, site)
    if asked.get("do") not in CHANGES:
        raise BadInput(_("This change is not known. Please open the plan again."), {})
    entry = await itineraries.find_to_edit(token)
    await edited(entry, await desk_of(request, entry), asked, lang(request))
    return entry.token


async def _begun(request: Request, site: SiteEntry) -> str:
    """A new plan of this place alone, for the first day on which it is open."""
    enquiry = await Enquiry.of(request)
    day = next(await open_days(enquiry, site), None)
    if day is None or not site.is_walkable:
        raise BadInput(NOWHERE, {})
    chosen = QueryParams({"date": day.isoformat(), "must": site.slug})
    form = PlanForm.read(PlanForm.empty(enquiry.context, chosen).values, enquiry.context)
    if form.wish is None:
        raise BadInput(NOWHERE, {})
    desk = await enquiry.desk(form.wish)
    stops = await with_place(desk, (), site)
    made = await itineraries.create(day, form.values, stops, Findings().as_json())
    return made.token


async def _site(request: Request, slug: str) -> SiteEntry | None:
    context = (await Enquiry.of(request)).context
    return context.catalogue.by_slug.get(slug)


async def _page(
    request: Request, site: SiteEntry | None, status: int = 200, *, notice: Text | None = None
) -> Response:
    enquiry = await Enquiry.of(request)
    coming = [
        plan
        for plan in await my_plans.found(request)
        if plan.edit_token and plan.day in enquiry.context.days
    ]
    days = await open_days(enquiry, site) if site and site.is_walkable else iter(())
    response = render(
        request,
        "routes/into_plan.html",
        status,
        nav="plan",
        site=site_card(site, lang(request)) if site else None,
        offers=await offers(enquiry, coming[:MOST_PLANS], site),
        new_on=next(days, None),
        notice=notice,
    )
    return private(response)
