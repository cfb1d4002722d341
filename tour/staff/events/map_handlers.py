"""An event's map before it is published, its versions, and where it is shown."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from tour.accounts import guards
from tour.accounts.guards import SignedIn
from tour.accounts.roles import Permission
from tour.errors import REFUSALS
from tour.i18n import translate
from tour.publishing import pdf, service
from tour.publishing import queries as publishing
from tour.publishing.archive import places_geojson
from tour.publishing.drawing.sheets import Sheet
from tour.publishing.framing import snippet
from tour.publishing.press import sources_of
from tour.publishing.published_map import text_in
from tour.publishing.views import SiteOnMap, map_view
from tour.sites.maps import map_around
from tour.staff import queries
from tour.staff.frame import back_to, staff_page
from tour.web import lang, now, parts_of
from tour.web.forms import WHOLE, Form, form_again, read_form


async def map_page(request: Request) -> Response:
    """The map as it would be published now, beside the history of what was."""
    return await _page(request, await guards.require(request, Permission.EDIT_EVENTS), Form({}))


async def _page(request: Request, who: SignedIn, form: Form, status: int = 200) -> Response:
    event = await queries.event_by_id(request.path_params["event_id"])
    draft = await service.preview(event.id, await sources_of(request))
    shown = map_view(draft, lang(request))
    versions = await publishing.versions(event.id)
    embed = parts_of(request).settings.base_url + str(
        request.app.url_path_for("publishing:embed", slug=event.slug)
    )
    title = translate("Map and list of %(event)s", event=text_in(draft.titles, lang(request)))
    return staff_page(
        request,
        "staff/event_map.html",
        who,
        status,
        section="events",
        tab="map",
        event=event,
        form=form,
        draft=shown,
        places=[(place, _doubt(place)) for place in shown.places],
        versions=versions,
        renumbered=await publishing.renumbered(event.id),
        is_shown=any(version.ended_at is None for version in versions),
        snippet=snippet(f"{embed}?lang={lang(request)}", title),
        sheets=[sheet.value for sheet in Sheet],
        problems=pdf.print_problems(),
        map=map_around(
            request,
            draft.points,
            sites=str(request.app.url_path_for("staff:event_places", event_id=event.id)),
            numbered=True,
            whole=True,
        ),
    )


def _doubt(place: SiteOnMap) -> str:
    """What is to be looked at before the map is published; empty where nothing is."""
    if place.approximate:
        return translate("Check its position")
    return "" if place.on_map else translate("Not on the map")


async def places(request: Request) -> Response:
    """The numbered places of the draft as GeoJSON, for the console's maps."""
    await guards.require(request, Permission.EDIT_EVENTS)
    draft = await service.preview(request.path_params["event_id"], await sources_of(request))
    url = str(request.app.url_path_for("sites:detail", slug="SLUG")).replace("SLUG", "{slug}")
    body = places_geojson(draft, lang(request), url)
    headers = {"Cache-Control": "no-store"}
    return JSONResponse(body, headers=headers, media_type="application/geo+json")


async def publish_map(request: Request) -> Response:
    """Keep the map as it stands and show it; or show none."""
    who = await guards.require(request, Permission.PUBLISH)
    event = await queries.event_by_id(request.path_params["event_id"])
    form = await read_form(request, 5)
    try:
        if form.get("do") == "publish":
            sources = await sources_of(request)
            await service.publish(event.id, sources, actor=who.actor, now=now(request))
        else:
            await service.unpublish(event.id, actor=who.actor, now=now(request))
    except REFUSALS as exc:
        page = _page(request, who, Form({}).refused(**{WHOLE: exc.message}), exc.status)
        return await form_again(page, exc)
    return back_to(request, "staff:event_map", event_id=event.id)
