"""A plan as a file for maps, watches and calendars. The showing link is enough."""

import asyncio
from collections.abc import Mapping
from hashlib import sha256

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from tour.i18n import translate
from tour.limits.lanes import costly
from tour.reservations.messages import appointments
from tour.reservations.messages.appointments import Mark
from tour.routes.days.planning import Desk
from tour.routes.days.timed_day import TimedDay
from tour.routes.plan_pages.exports import ExportDay, ExportStop, plan_geojson, plan_gpx, plan_ics
from tour.routes.plan_pages.rows import Reader, slot_view
from tour.routes.plan_pages.views import walk_legs
from tour.routes.plans import itineraries
from tour.routes.plans.enquiry import desk_of
from tour.sites.views import site_card
from tour.web import lang, now, parts_of, private
from tour.web.templates import full_day_text

GEOJSON = "application/geo+json"
GPX = "application/gpx+xml"
ICS = "text/calendar; charset=utf-8"


@costly("walks")
async def geojson(request: Request) -> Response:
    day = await _export(request)
    return private(
        JSONResponse(plan_geojson(day), headers={"Cache-Control": "no-store"}, media_type=GEOJSON)
    )


@costly("walks")
async def gpx(request: Request) -> Response:
    return _file(plan_gpx(await _export(request)), GPX, "plan.gpx")


@costly("walks")
async def calendar(request: Request) -> Response:
    return _file(plan_ics(await _export(request), now=now(request)), ICS, "plan.ics")


def _file(body: bytes, media_type: str, name: str) -> Response:
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Cache-Control": "no-store",
    }
    return private(Response(body, media_type=media_type, headers=headers))


async def _export(request: Request) -> ExportDay:
    entry = await itineraries.find(request.path_params["token"])
    desk = await desk_of(request, entry)
    day = await desk.timed(entry.stops)
    legs = await asyncio.to_thread(walk_legs, day, desk, parts_of(request).walks, lang(request))
    reader = Reader.of(entry.wish, desk.town.catalogue, lang(request))
    marks = await appointments.marks(set(entry.reserved.values()), now=now(request))
    base = parts_of(request).settings.base_url
    path = request.app.url_path_for("itineraries:show", token=entry.show_token)
    return ExportDay(
        name=translate("A day on foot, %(day)s", day=full_day_text(entry.day, lang(request))),
        # A file is passed on easily: it carries the link that only shows the plan.
        url=f"{base}{path}",
        key=sha256(entry.show_token.encode()).hexdigest(),
        version=entry.version,
        stops=_stops(desk, day, reader, marks),
        legs=legs,
    )


def _stops(
    desk: Desk, day: TimedDay, reader: Reader, marks: Mapping[int, Mark]
) -> list[ExportStop]:
    first = _spot(desk, "S", reader.start_name, desk.wish.starts)
    last = _spot(desk, "G", reader.end_name, day.times.arrives)
    stops = [_stop(desk, day, index, reader.lang, marks) for index in range(len(day.stops))]
    return [first, *stops, last]


def _spot(desk: Desk, letter: str, name: str, minute: int) -> ExportStop:
    point = desk.wish.start if letter == "S" else desk.wish.end
    at = desk.town.instant_of(minute)
    return ExportStop(letter, name, "station", "", "", "", "", point, at, at, at)


def _stop(
    desk: Desk, day: TimedDay, index: int, language: str, marks: Mapping[int, Mark]
) -> ExportStop:
    stop, timed, instant = day.stops[index], day.times.stops[index], desk.town.instant_of
    site = site_card(desk.town.catalogue.by_id[stop.site_id], language)
    slot = desk.slots.get(stop.slot_id) if stop.slot_id else None
    shown = slot_view(desk, slot, site, language) if slot else None
    return ExportStop(
        label=str(index + 1),
        name=site.name,
        kind=site.kind.value,
        kind_label=site.kind_label,
        slug=site.slug,
        address=site.address,
        title=shown.programme_title if shown else "",
        point=site.point or desk.wish.start,
        arrives_at=instant(timed.arrive),
        starts_at=shown.starts_at if shown else instant(timed.start),
        leaves_at=instant(timed.leave),
        mark=marks.get(stop.slot_id) if stop.slot_id else None,
    )
