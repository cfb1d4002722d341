"""POST plans: the best day for a wish. Nothing is kept."""

import asyncio
from collections.abc import Mapping
from datetime import date
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from tour.errors import BadInput
from tour.geo import Point, from_lon_lat
from tour.i18n import Text
from tour.i18n import lazy as _
from tour.limits.lanes import costly
from tour.reservations.parties.intake import count_try
from tour.reservations.rules import MAX_PARTY
from tour.routes.days.day import OTHERWISE
from tour.routes.days.planning import Desk
from tour.routes.days.proposals import LeftOut, propose
from tour.routes.days.timed_day import TimedDay
from tour.routes.days.wishes import DayWish, WalkStyle
from tour.routes.paths import Profile
from tour.routes.plan_pages.views import walk_legs
from tour.routes.plans.context import PlanContext, is_within_reach
from tour.routes.plans.enquiry import Enquiry
from tour.routes.plans.forms import MOST_MUSTS
from tour.routes.walks.walks import Walk
from tour.sites.states import SiteKind
from tour.web import lang, parts_of
from tour.web.json_body import read_object
from tour.words.typed import DAY, minute_of_day, read_minute

Json = dict[str, Any]
Errors = dict[str, Text]
MOST_WEIGHT = 100
FINENESS = 100
"""Weights are whole numbers inside: hundredths of those given."""


@costly("plans")
async def create(request: Request) -> Response:
    """Stops with their times, the walks between them, and why a must-see is not among them."""
    await count_try(request, "plan")
    enquiry = await Enquiry.of(request)
    wish, unknown = await _wish(request, enquiry.context)
    desk = await enquiry.desk(wish)
    proposal = await propose(desk.town, wish, desk.matrix)
    day = await desk.timed(proposal.stops)
    legs = await asyncio.to_thread(walk_legs, day, desk, parts_of(request).walks, lang(request))
    left_out = [_left_out(desk, left) for left in proposal.findings.left_out]
    return JSONResponse(
        {
            "date": wish.day.isoformat(),
            "stops": [_stop(desk, day, index) for index in range(len(day.stops))],
            "legs": [_leg(leg) for leg in legs],
            "lunch": _lunch(desk, day),
            "arrive": _local(desk, day.times.arrives),
            "distance_m": day.distance_m,
            "optimal": proposal.findings.optimal,
            "left_out": [*left_out, *({"site": slug, "reason": "unknown"} for slug in unknown)],
        },
        headers={"Cache-Control": "no-store"},
    )


async def _wish(request: Request, context: PlanContext) -> tuple[DayWish, list[str]]:
    """The wish, and the slugs that it names and nobody knows; BadInput field by field."""
    body = await read_object(request)
    errors: Errors = {}
    start, starts = _end_point(body, "start", context, errors)
    end, ends = _end_point(body, "end", context, errors) if "end" in body else (start, 24 * 60)
    if not errors and ends <= starts:
        errors["end"] = _("The end is before the start. Choose a later time.")
    day = _day(body, context, errors)
    musts = _musts(body, errors)
    wish = DayWish(
        day=day,
        start=start,
        starts=max(starts, _now_on(day, context)),
        end=end,
        ends=ends,
        adults=_party_size(body, errors),
        interests=_interests(body, errors),
        must=tuple(s.id for slug in musts if (s := context.catalogue.by_slug.get(slug))),
        style=_style(body, errors),
        lunch=body.get("lunch", True) is True,
    )
    if errors:
        raise BadInput(_("Some fields need correcting."), errors)
    return wish, [slug for slug in musts if slug not in context.catalogue.by_slug]


def _end_point(body: Json, name: str, context: PlanContext, errors: Errors) -> tuple[Point, int]:
    part: Any = body.get(name)
    try:
        point = from_lon_lat(part["point"])
        minute = read_minute(str(part["time"]), DAY)
    except (ValueError, KeyError, TypeError):
        minute = None
    if minute is None:
        errors[name] = _("Give a point [longitude, latitude] and a time such as 10:00.")
        return Point(lat=0, lon=0), 0
    if not is_within_reach(point, context.bounds):
        errors[name] = _("This place is too far away to walk from.")
    return point, minute


def _day(body: Json, context: PlanContext, errors: Errors) -> date:
    try:
        day = date.fromisoformat(str(body.get("date")))
    except ValueError:
        errors["date"] = _("A day is written YYYY-MM-DD.")
        return date.min
    if day not in context.days:
        errors["date"] = _("There is no open day on this date.")
    return day


def _now_on(day: date, context: PlanContext) -> int:
    local = context.local
    return minute_of_day(local) if day == local.date() else 0


def _party_size(body: Json, errors: Errors) -> int:
    size = body.get("party_size", 1)
    if type(size) is not int or not 1 <= size <= MAX_PARTY:
        errors["party_size"] = _("A party is 1 to %(n)s people.", n=MAX_PARTY)
        return 1
    return size


def _interests(body: Json, errors: Errors) -> Mapping[SiteKind, int]:
    given = body.get("interests", {})
    if not isinstance(given, dict) or not all(
        kind in list(SiteKind) and type(weight) in (int, float) and 0 <= weight <= MOST_WEIGHT
        for kind, weight in given.items()
    ):
        message = _("Interests are weights from 0 to %(n)s by kind of site.", n=MOST_WEIGHT)
        errors["interests"] = message
        return {}
    return {kind: round(given.get(kind, OTHERWISE) * FINENESS) for kind in SiteKind}


def _musts(body: Json, errors: Errors) -> list[str]:
    musts = body.get("must", [])
    if not isinstance(musts, list) or not all(isinstance(slug, str) for slug in musts):
        errors["must"] = _("Give a list of slugs of sites.")
        return []
    if len(musts) > MOST_MUSTS:
        errors["must"] = _("Give at most %(n)s places.", n=MOST_MUSTS)
    return list(dict.fromkeys(musts))


def _style(body: Json, errors: Errors) -> WalkStyle:
    profile = body.get("profile", Profile.WALK.value)
    if profile not in list(Profile):
        errors["profile"] = _("A profile is walk or no_steps.")
    return WalkStyle.NO_STEPS if profile == Profile.NO_STEPS else WalkStyle.NORMAL


def _stop(desk: Desk, day: TimedDay, index: int) -> Json:
    stop, timed = day.stops[index], day.times.stops[index]
    slot = desk.slots.get(stop.slot_id) if stop.slot_id else None
    start = desk.town.minute_of(slot.starts_at) if slot else timed.start
    return {
        "site": desk.town.catalogue.by_id[stop.site_id].slug,
        "slot": stop.slot_id,
        "arrive": _local(desk, timed.arrive),
        "start": _local(desk, start),
        "leave": _local(desk, timed.leave),
    }


def _leg(leg: Walk) -> Json:
    shown = leg.as_json()
    return {name: shown[name] for name in ("distance_m", "minutes", "approximate", "geometry")}


def _lunch(desk: Desk, day: TimedDay) -> Json | None:
    pause = day.times.pause
    if pause is None:
        return None
    return {"start": _local(desk, pause.start), "end": _local(desk, pause.end)}


def _left_out(desk: Desk, left: LeftOut) -> Json:
    sites = desk.town.catalogue.by_id
    others = [sites[i].slug for i in left.because_of if i in sites]
    return {"site": sites[left.site_id].slug, "reason": left.reason, "because_of": others}


def _local(desk: Desk, minute: int) -> str:
    """The instant with the town's offset, such as 2026-12-05T10:30:00+09:00."""
    return desk.town.instant_of(minute).astimezone(desk.town.zone).isoformat()
