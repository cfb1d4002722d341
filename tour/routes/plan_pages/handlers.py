"""The page of a plan, with everything one can do to it."""

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from tour.i18n import Text
from tour.limits.lanes import costly
from tour.reservations.parties import my_reservations
from tour.reservations.parties.intake import count_try
from tour.routes.days.giving_up import WouldGiveUp, allowed, session_text
from tour.routes.days.planning import Desk
from tour.routes.plan_news import departures, readers
from tour.routes.plan_pages import my_plans
from tour.routes.plan_pages.edit_forms import edited
from tour.routes.plan_pages.rows import Reader
from tour.routes.plan_pages.views import plan_view
from tour.routes.plans import itineraries
from tour.routes.plans.enquiry import Enquiry, desk_of
from tour.routes.plans.itineraries import ItineraryEntry
from tour.routes.plans.joins import holders_of
from tour.sites.maps import map_around
from tour.sites.site_map import MapFragment
from tour.web import lang, now, parts_of, private, render
from tour.web.forms import read_form
from tour.web.qr import qr_svg


@costly("walks")
async def show(request: Request) -> Response:
    entry = await itineraries.find(request.path_params["token"])
    return await plan_page(request, entry)


@costly("plans")
async def edit(request: Request) -> Response:
    """One change by hand; the page then says what it does to the rest of the day."""
    await count_try(request, "plan")
    entry = await itineraries.find_to_edit(request.path_params["token"])
    desk = await desk_of(request, entry)
    form = await read_form(request, 10)
    asked = {name: value for name, value in form.items() if isinstance(value, str)}
    try:
        anchor = await edited(entry, desk, asked, lang(request))
    except WouldGiveUp as exc:
        choice = {**asked, "give_up": exc.slots}
        return await plan_page(request, entry, exc.status, notice=exc.message, choice=choice)
    except itineraries.ChangedElsewhere as exc:
        newest = await itineraries.find(entry.token)
        return await plan_page(request, newest, 409, notice=exc.message)
    return await after_change(request, entry.token, anchor)


async def stop_news(request: Request) -> Response:
    """Tell this browser of this plan no more; its script fills in which one it is."""
    await count_try(request, "plan")
    token = request.path_params["token"]
    form = await read_form(request, 2)
    await readers.stop(token, str(form.get("endpoint", "")))
    return to_plan(request, token, "news")


async def after_change(
    request: Request, token: str, anchor: str = "", *, added: str = ""
) -> Response:
    """Back to the plan, with all that a change brings along."""
    await settled(request, token)
    return to_plan(request, token, anchor, added=added)


async def settled(request: Request, token: str) -> None:
    """What a change brings along: the plan's walks may begin at other times now, and what this
    browser has reserved elsewhere belongs to it as soon as it stands in it."""
    enquiry = await Enquiry.of(request)
    entry = await enquiry.with_own(await itineraries.find(token))
    if entry.reserved:
        desk = await enquiry.desk_of(entry)
        await departures.promise(desk, entry, now=now(request))


async def plan_page(
    request: Request,
    entry: ItineraryEntry,
    status: int = 200,
    notice: Text | None = None,
    *,
    choice: Mapping[str, str] | None = None,
) -> Response:
    """The plan as it stands. It is nobody's but its holder's: not indexed, not referred from.

    `choice` are the fields of a change that waits for a yes.
    """
    enquiry = await Enquiry.of(request)
    desk = await enquiry.desk_of(entry)
    reader = Reader.of(entry.wish, desk.town.catalogue, lang(request))
    holders = holders_of(request, entry, enquiry.own)
    view = await plan_view(
        desk, entry, parts_of(request).walks, reader, enquiry.context.days, holders
    )
    base = parts_of(request).settings.base_url
    response = render(
        request,
        "routes/itinerary.html",
        status,
        nav="plan",
        entry=entry,
        plan=view,
        day=entry.day,
        vapid_public_key=parts_of(request).vapid_public_key,
        tells_own=bool(readers.own_parties(entry, my_reservations.made(request))),
        notice=notice,
        choice=choice,
        added=_added(request, desk, entry),
        party_size=desk.wish.party_size,
        style=desk.wish.style.value,
        sites=_addable(desk, entry, lang(request)),
        share_url=base + _path(request, entry.show_token),
        edit_url=base + _path(request, entry.token),
        qr=qr_svg(base + _path(request, entry.token), scale=4),
        map=_map(request, desk, entry),
    )
    my_plans.remember(request, response, entry.token)
    return private(response)


def _added(request: Request, desk: Desk, entry: ItineraryEntry) -> list[tuple[str, str]]:
    """What the last tap reserved, as long as it is: (session, reference of its reservation)."""
    if entry.edit_token is None:
        return []
    asked = allowed(request.query_params.get("added")) & entry.reserved.keys()
    slots = sorted((desk.slots[n] for n in asked & desk.slots.keys()), key=lambda s: s.starts_at)
    return [(session_text(desk, slot, lang(request)), entry.reserved[slot.id]) for slot in slots]


def _addable(desk: Desk, entry: ItineraryEntry, language: str) -> list[tuple[str, str]]:
    """Places that are open on the day and not in the plan."""
    present = {stop.site_id for stop in entry.stops}
    return [
        (site.slug, site.text("name", language))
        for site in desk.town.catalogue.sites
        if site.is_walkable
        and site.id not in present
        and (desk.town.spans_of(site) or desk.town.slots_of(site))
    ]


def _map(request: Request, desk: Desk, entry: ItineraryEntry) -> MapFragment:
    sites = desk.town.catalogue.by_id
    stops = [sites[stop.site_id].point for stop in entry.stops if stop.site_id in sites]
    points = [desk.wish.start, *(point for point in stops if point), desk.wish.end]
    url = request.app.url_path_for("itineraries:geojson", token=entry.token)
    return map_around(request, points, walk=f"{url}?version={entry.version}", numbered=True)


def _path(request: Request, token: str) -> str:
    return str(request.app.url_path_for("itineraries:show", token=token))


def to_plan(request: Request, token: str, anchor: str = "", *, added: str = "") -> RedirectResponse:
    """`added`: the sessions that a tap has just reserved, which the page says."""
    query = f"?added={added}" if added else ""
    url = _path(request, token) + query + (f"#{anchor}" if anchor else "")
    response = RedirectResponse(url, status_code=303)
    my_plans.remember(request, response, token)
    return response
