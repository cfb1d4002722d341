"""A stay that runs on: who is at a place longer than was planned goes on later."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from tour.routes.days.edits import Stops
from tour.routes.days.planning import Desk, SoFar, propose_rest, resumes_at
from tour.routes.days.timed_day import TimedDay

MORE = (10, 20)
"""Minutes by which one tap makes a stay longer."""

LINGER = 30
"""For so long after they should have left, people are asked whether they are still there."""

Stay = tuple[int, int, int]
"""The site of a visit that has begun, its first and its last minute."""


def stays(day: TimedDay, minute: int) -> Mapping[int, tuple[int, ...]]:
    """By site, the minutes until which one may say that one stays there."""
    rows = zip(day.stops, day.times.stops, strict=True)
    begun = [
        (stop.site_id, at.start, at.leave)
        for stop, at in rows
        if at.start <= minute and (stop.been or at.option is not None)
    ]
    return _offered(begun, minute)


def stayed(desk: Desk, done: SoFar, site_id: int, until: int) -> tuple[SoFar, Stops] | None:
    """What has begun when one is at this place until then, and the visit that has not, although
    its time had come. None where that is not offered (any more)."""
    minute = desk.town.minute_of(desk.town.now)
    begun = [(s.site_id, s.been.start, s.been.leave) for s in done.past if s.been]
    if until > max(_offered(begun, minute).get(site_id, (0,))):
        return None
    number = [stop.site_id for stop in done.past].index(site_id)
    here, after = done.past[number], done.past[number + 1 :]
    if here.been is None or until <= here.been.leave:
        return None
    been = replace(here.been, leave=max(until, minute))
    past = (*done.past[:number], replace(here, been=been))
    longer = SoFar(
        past=past,
        walked=sum(stop.been.leg for stop in past if stop.been),
        resumes=resumes_at(desk, past, None, minute),
        # A lunch after this visit cannot have begun before its end.
        ate=None,
        has_eaten=any(stop.ate for stop in past),
        ate_at_goal=False,
    )
    return longer, tuple(replace(stop, been=None, ate=None, not_before=0) for stop in after)


async def mended(desk: Desk, stops: Stops) -> Stops:
    """Another rest of the day, where this one does not work out; none where it does."""
    day = await desk.timed(stops)
    return () if day.times.possible else (await propose_rest(desk, stops)).stops


def _offered(begun: Sequence[Stay], minute: int) -> dict[int, tuple[int, ...]]:
    """At the last visit that has begun; and at the one before it, for those who have not gone on
    when the plan said so."""
    found = {}
    if begun and minute <= begun[-1][2] + LINGER:
        found[begun[-1][0]] = begun[-1][2]
    if len(begun) > 1 and minute <= begun[-1][1] + LINGER:
        found[begun[-2][0]] = begun[-2][2]
    return {
        site_id: tuple(max(leave, minute) + more for more in MORE)
        for site_id, leave in found.items()
    }
