"""POST plans: the best day for a wish. Nothing is kept."""

import asyncio
from datetime import date

import msgspec
from msgspec import UNSET
from starlette.requests import Request
from starlette.responses import Response

from tour.api import replies
from tour.api.bodies import EndPoint, PlanWish
from tour.errors import BadInput
from tour.geo import Point, from_lon_lat
from tour.i18n import Text
from tour.i18n import lazy as _
from tour.limits.lanes import costly
from tour.reservations.parties.intake import count_try
from tour.routes.days.day import OTHERWISE
from tour.routes.days.planning import Desk
from tour.routes.days.proposals import LeftOut, propose
from tour.routes.days.timed_day import TimedDay
from tour.routes.days.wishes import DayWish, WalkStyle
from tour.routes.paths import Profile
from tour.routes.plan_pages.views import walk_legs
from tour.routes.plans.context import PlanContext, is_within_reach
from tour.routes.plans.enquiry import Enquiry
from tour.routes.walks.walks import Walk
from tour.sites.states import SiteKind
from tour.web import lang, parts_of
from tour.web.json_body import read_body
from tour.web.json_reply import FOR_ONE, replied
from tour.words.typed import DAY, minute_of_day, read_minute

Errors = dict[str, Text]
FINENESS = 100
"""Weights are whole numbers inside: hundredths of those given."""


@costly("plans")
async def create(request: Request) -> Response:
    """Stops with their times, the walks between them, and why a must-see is not among them."""
    await count_try(request, "plan")
    enquiry = await Enquiry.of(request)
    wish, nowhere = await _wish(request, enquiry.context)
    desk = await enquiry.desk(wish)
    proposal = await propose(desk.town, wish, desk.matrix)
    day = await desk.timed(proposal.stops)
    legs = await asyncio.to_thread(walk_legs, day, desk, parts_of(request).walks, lang(request))
    left_out = [_left_out(desk, left) for left in proposal.findings.left_out]
    unknown = [replies.LeftOut(site=slug, reason="unknown") for slug in nowhere]
    return replied(
        replies.Plan(
            date=wish.day.isoformat(),
            stops=[_stop(desk, day, index) for index in range(len(day.stops))],
            legs=[_leg(leg) for leg in legs],
            lunch=_lunch(desk, day),
            arrive=_local(desk, day.times.arrives),
            distance_m=day.distance_m,
            optimal=proposal.findings.optimal,
            left_out=[*left_out, *unknown],
        ),
        headers=FOR_ONE,
    )


async def _wish(request: Request, context: PlanContext) -> tuple[DayWish, list[str]]:
    """The wish, and the slugs that it names and nobody knows; BadInput field by field."""
    body = await read_body(request, PlanWish)
    errors: Errors = {}
    start, starts = _end_point(body.start, "start", context, errors)
    end, ends = start, 24 * 60
    if body.end is not UNSET:
        end, ends = _end_point(body.end, "end", context, errors)
    if not errors and ends <= starts:
        errors["end"] = _("The end is before the start. Choose a later time.")
    day = _day(body.date, context, errors)
    if not body.interests.keys() <= set(SiteKind):
        errors["interests"] = PlanWish.hints["interests"]
    if errors:
        raise BadInput(_("Some fields need correcting."), errors)
    musts, by_slug = dict.fromkeys(body.must), context.catalogue.by_slug
    weights = {kind: round(body.interests.get(kind, OTHERWISE) * FINENESS) for kind in SiteKind}
    no_steps = body.profile == Profile.NO_STEPS
    wish = DayWish(
        day=day,
        start=start,
        starts=max(starts, _now_on(day, context)),
        end=end,
        ends=ends,
        adults=body.party_size,
        interests=weights,
        must=tuple(site.id for slug in musts if (site := by_slug.get(slug))),
        style=WalkStyle.NO_STEPS if no_steps else WalkStyle.NORMAL,
        lunch=body.lunch,
    )
    return wish, [slug for slug in musts if slug not in by_slug]


def _end_point(
    part: EndPoint, name: str, context: PlanContext, errors: Errors
) -> tuple[Point, int]:
    try:
        point, minute = from_lon_lat(part.point), read_minute(part.time, DAY)
    except ValueError:
        minute = None
    if minute is None:
        errors[name] = PlanWish.hints[name]
        return Point(lat=0, lon=0), 0
    if not is_within_reach(point, context.bounds):
        errors[name] = _("This place is too far away to walk from.")
    return point, minute


def _day(text: str, context: PlanContext, errors: Errors) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        errors["date"] = PlanWish.hints["date"]
        return date.min
    if day not in context.days:
        errors["date"] = _("There is no event on this date.")
    return day


def _now_on(day: date, context: PlanContext) -> int:
    local = context.local
    return minute_of_day(local) if day == local.date() else 0


def _stop(desk: Desk, day: TimedDay, index: int) -> replies.Stop:
    stop, timed = day.stops[index], day.times.stops[index]
    slot = desk.slots.get(stop.slot_id) if stop.slot_id else None
    start = desk.town.minute_of(slot.starts_at) if slot else timed.start
    return replies.Stop(
        site=desk.town.catalogue.by_id[stop.site_id].slug,
        slot=stop.slot_id,
        arrive=_local(desk, timed.arrive),
        start=_local(desk, start),
        leave=_local(desk, timed.leave),
    )


def _leg(leg: Walk) -> replies.Leg:
    return msgspec.convert(leg.as_json(), replies.Leg)


def _lunch(desk: Desk, day: TimedDay) -> replies.Pause | None:
    pause = day.times.pause
    if pause is None:
        return None
    return replies.Pause(start=_local(desk, pause.start), end=_local(desk, pause.end))


def _left_out(desk: Desk, left: LeftOut) -> replies.LeftOut:
    sites = desk.town.catalogue.by_id
    others = [sites[i].slug for i in left.because_of if i in sites]
    return replies.LeftOut(site=sites[left.site_id].slug, reason=left.reason, because_of=others)


def _local(desk: Desk, minute: int) -> str:
    """The instant with the town's offset, such as 2026-12-05T10:30:00+09:00."""
    return desk.town.instant_of(minute).astimezone(desk.town.zone).isoformat()
