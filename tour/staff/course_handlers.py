"""Model courses: sites picked in order, with the walk through them as it is now."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from tour.accounts import guards
from tour.accounts.guards import SignedIn
from tour.accounts.roles import Permission
from tour.errors import REFUSALS, NotFound
from tour.events import editing as events
from tour.events.models import Event
from tour.events.states import ParticipationAnswer
from tour.i18n import lazy as _
from tour.i18n import translate
from tour.limits.lanes import costly
from tour.routes.courses import editing
from tour.routes.courses.outing import MOST_STOPS, Outing, Waypoint, outing_through
from tour.routes.models import WalkingRoute
from tour.sites.editing.merging import Merge, merged
from tour.sites.editing.page import Stale, Version
from tour.sites.entries import SiteEntry
from tour.sites.maps import map_around
from tour.staff import course_form as forms
from tour.staff import queries
from tour.staff.events.form import read_slug
from tour.staff.frame import back_to, staff_page
from tour.web import lang, now, parts_of
from tour.web.forms import Form, form_again, read_form, texts
from tour.web.templates import metres


async def courses_page(request: Request) -> Response:
    who = await guards.require(request, Permission.EDIT_EVENTS)
    event = await queries.event_by_id(request.path_params["event_id"])
    return staff_page(
        request,
        "staff/courses.html",
        who,
        section="events",
        tab="courses",
        event=event,
        courses=await queries.course_lines(event.id),
    )


async def new_course(request: Request) -> Response:
    who = await guards.require(request, Permission.EDIT_EVENTS)
    event = await queries.event_by_id(request.path_params["event_id"])
    return await _page(request, who, event, Form({"published": "1"}))


async def create_course(request: Request) -> Response:
    who = await guards.require(request, Permission.EDIT_EVENTS)
    event = await queries.event_by_id(request.path_params["event_id"])
    values = texts(await read_form(request, 60), forms.FIELDS)
    draft, typed = forms.read_course(values, await _ids_by_slug(request, event))
    slugged = read_slug(values)
    typed = Form({**typed.values, **slugged.values}, {**slugged.errors, **typed.errors})
    if draft is None or typed.errors:
        return await _page(request, who, event, typed, status=422)
    try:
        await editing.create_course(
            event.id, typed.value("slug"), draft, actor=who.actor, now=now(request)
        )
    except REFUSALS as exc:
        page = _page(request, who, event, typed.refused_by(exc), status=exc.status)
        return await form_again(page, exc)
    return back_to(request, "staff:courses", event_id=event.id)


async def course_page(request: Request) -> Response:
    who = await guards.require(request, Permission.EDIT_EVENTS)
    event, route = await _course(request)
    return await _page(request, who, event, Form(await forms.course_values(route)), route)


async def change_course(request: Request) -> Response:
    who = await guards.require(request, Permission.EDIT_EVENTS)
    event, route = await _course(request)
    form = await read_form(request, 60)
    values, version = texts(form, forms.FIELDS), str(form.get("version", ""))
    draft, typed = forms.read_course(values, await _ids_by_slug(request, event))
    if draft is None:
        return await _page(request, who, event, typed, route, 422, version=version)
    try:
        since = Version.parse(version)
        await editing.change_course(
            route.id, draft, version=since, actor=who.actor, now=now(request)
        )
    except Stale:
        merge = await _merged(request, values, draft, version)
        typed = Form(merge.values)
        return await _page(request, who, event, typed, route, 409, merge=merge)
    except REFUSALS as exc:
        again = typed.refused_by(exc)
        page = _page(request, who, event, again, route, exc.status, version=version)
        return await form_again(page, exc)
    return back_to(request, "staff:courses", event_id=event.id)


async def _merged(
    request: Request, values: dict[str, str], draft: editing.CourseDraft, version: str
) -> Merge:
    """The form with what a colleague did; their stops all together, or none of them."""
    _event, route = await _course(request)
    whole = await forms.with_stops(values, draft)
    merge = await merged(whole, editing.SUBJECT, route, version)
    if merge.values[editing.STOPS] == whole[editing.STOPS]:
        return merge
    return replace(merge, values={**merge.values, **await forms.stop_values(route.id)})


@costly("walks")
async def walk(request: Request) -> Response:
    """Minutes and metres through the places of `?stop=…&stop=…`, for the form as it is filled."""
    await guards.require(request, Permission.EDIT_EVENTS)
    outing = await _outing(request, request.query_params.getlist("stop")[:MOST_STOPS])
    return JSONResponse({"text": _walk_text(outing), "legs": _legs(outing)})


async def _outing(request: Request, slugs: list[str]) -> Outing:
    catalogue = await parts_of(request).catalogue.current()
    sites = [catalogue.by_slug.get(slug) for slug in slugs]
    waypoints = tuple(
        Waypoint(site.text("name", lang(request)), site.kind.value, site.point, site.slug)
        for site in sites
        if site and site.point and site.is_walkable
    )
    return await asyncio.to_thread(
        outing_through, waypoints, parts_of(request).walks, lang=lang(request)
    )


def _walk_text(outing: Outing) -> str:
    if not outing.legs:
        return ""
    words: dict[str, Any] = {"minutes": outing.minutes, "distance": metres(outing.distance_m)}
    if outing.approximate:
        return translate("About %(minutes)s min on foot, %(distance)s (estimate)", **words)
    return translate("%(minutes)s min on foot, %(distance)s", **words)


def _legs(outing: Outing) -> list[str]:
    return [
        translate(
            "%(minutes)s min, %(distance)s",
            minutes=leg.walk.minutes,
            distance=metres(leg.walk.distance_m),
        )
        for leg in outing.legs
    ]


async def _walkable(request: Request, event: Event) -> list[tuple[int, SiteEntry]]:
    """(number, site) of the event's published places that take part, and that a walk can reach."""
    catalogue = await parts_of(request).catalogue.current()
    seats = await events.parts_of(event.id)
    found = [
        (seat.number, catalogue.by_id.get(seat.site_id))
        for seat in seats
        if seat.answer == ParticipationAnswer.ACCEPTED
    ]
    return [(number, site) for number, site in found if site and site.is_walkable]


async def _choices(
    request: Request, sites: Sequence[tuple[int, SiteEntry]], chosen: Sequence[str]
) -> list[tuple[str, str]]:
    """Who takes part; and what was chosen before it left, so that it is seen and not lost."""
    offered = [
        (site.slug, f"{number} {site.text('name', lang(request))}") for number, site in sites
    ]
    known = {slug for slug, _name in offered}
    catalogue = await parts_of(request).catalogue.current()
    gone = [catalogue.by_slug.get(slug) for slug in dict.fromkeys(chosen) if slug not in known]
    return offered + [
        (site.slug, translate("%(place)s: no part", place=site.text("name", lang(request))))
        for site in gone
        if site
    ]


async def _ids_by_slug(request: Request, event: Event) -> dict[str, int]:
    return {site.slug: site.id for _number, site in await _walkable(request, event)}


async def _course(request: Request) -> tuple[Event, WalkingRoute]:
    event = await queries.event_by_id(request.path_params["event_id"])
    route = await WalkingRoute.get_or_none(id=request.path_params["course_id"], event_id=event.id)
    if route is None:
        raise NotFound(_("There is no such model course. It may have been withdrawn."))
    return event, route


async def _version(route: WalkingRoute | None) -> str:
    return str(await Version.of(route, editing.SUBJECT)) if route else ""


async def _page(
    request: Request,
    who: SignedIn,
    event: Event,
    form: Form,
    route: WalkingRoute | None = None,
    status: int = 200,
    *,
    version: str = "",
    merge: Merge | None = None,
) -> Response:
    sites = await _walkable(request, event)
    chosen = [form.value(f"stop{n}") for n in forms.POSITIONS if form.value(f"stop{n}")]
    outing = await _outing(request, chosen)
    return staff_page(
        request,
        "staff/course.html",
        who,
        status,
        section="events",
        tab="courses",
        event=event,
        route=route,
        form=form,
        others=merge.others if merge else (),
        labels=forms.labels(),
        version=merge.version if merge else version or await _version(route),
        positions=forms.POSITIONS,
        stay=forms.STAY,
        sites=await _choices(request, sites, chosen),
        walk_text=_walk_text(outing),
        map=map_around(
            request,
            [site.point for _number, site in sites if site.point],
            sites=str(request.app.url_path_for("staff:event_places", event_id=event.id)),
            numbered=True,
        ),
    )
