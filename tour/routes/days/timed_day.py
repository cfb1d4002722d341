"""A plan's stops with their times, from the doors, slots and streets as they are now."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise, takewhile

from tour.geo import Point
from tour.programmes.entries import SlotEntry
from tour.programmes.states import SlotStatus
from tour.routes.days import edits
from tour.routes.days.day import TownDay, session_window
from tour.routes.days.edits import Been, PlannedStop, Stops
from tour.routes.days.wishes import DayWish
from tour.routes.planner.problem import (
    Candidate,
    DayProblem,
    Option,
    TimedBreak,
    TimedStop,
    Timeline,
    Trouble,
)
from tour.routes.planner.timeline import Choice, timeline
from tour.routes.walks.site_matrix import Distances, SiteMatrix
from tour.sites.entries import SiteEntry

Slots = Mapping[int, SlotEntry]


@dataclass(frozen=True, slots=True)
class Hop:
    """The walk to a stop, or from the last one to the end."""

    start: Point
    end: Point
    distance_m: int
    minutes: int
    approximate: bool


@dataclass(frozen=True, slots=True)
class TimedDay:
    """`stops` are the visits whose sites are still published; there is one more hop than stops.

    What has begun stands as it was; the rest is timed from there.
    """

    stops: Stops
    hops: tuple[Hop, ...]
    times: Timeline
    late_by: tuple[int, ...]
    """Minutes after the last moment at which each visit may begin."""
    sets_out: int
    """Late enough not to wait at the first door."""
    resumes: int | None
    """When one goes on from the last visit that has begun, where that is later than it ended."""
    has_eaten: bool
    """Whether the lunch is on record."""

    @property
    def done(self) -> int:
        """How many visits have been recorded as begun."""
        return edits.begun(self.stops)

    @property
    def distance_m(self) -> int:
        return sum(hop.distance_m for hop in self.hops)

    @property
    def approximate(self) -> bool:
        return any(hop.approximate for hop in self.hops)


async def timed_day(
    town: TownDay, wish: DayWish, stops: Sequence[PlannedStop], slots: Slots, matrix: SiteMatrix
) -> TimedDay:
    """The times of these stops in this order; nothing is moved to make them fit."""
    shown = [(stop, s) for stop in stops if (s := town.catalogue.by_id.get(stop.site_id))]
    points = [wish.start, *(_door(site, wish) for _stop, site in shown), wish.end]
    distances = await matrix.distances(town.catalogue, points, wish.profile)
    kept = tuple(stop for stop, _site in shown)
    ways = (*kept, edits.goal(tuple(stops)))
    past = _past(town, kept, slots)
    left, begins = _resuming(past[-1].leave if past else wish.starts, ways[len(past)])
    lunch = next((TimedBreak(n, *stop.ate) for n, stop in enumerate(ways) if stop.ate), None)
    most = wish.most_minutes
    problem = DayProblem(
        walk=distances.minutes(wish.pace),
        start=len(past),
        end=len(points) - 1,
        begins=begins,
        ends=wish.ends,
        candidates=tuple(
            Candidate(place, tuple(_options(town, site, stop, slots)))
            for place, (stop, site) in enumerate(shown[len(past) :], start=len(past) + 1)
        ),
        pause=None if lunch else wish.meal,
        max_walk=None if most is None else most - sum(been.leg for been in past),
        max_leg=wish.most_leg_minutes,
    )
    rest = _times(problem, [Choice(number) for number in range(len(shown) - len(past))])
    times = _whole(past, rest, lunch)
    return TimedDay(
        stops=kept,
        hops=_hops(distances, wish.pace, past),
        times=times,
        late_by=(*(0 for _been in past), *_late_by(problem, rest)),
        sets_out=_sets_out(times, begins),
        resumes=begins if begins > left and (past or lunch) else None,
        has_eaten=lunch is not None,
    )


def _past(town: TownDay, stops: Stops, slots: Slots) -> list[Been]:
    """What has begun, as it was. The last visit goes on for as long as its session does, however
    late that runs."""
    begun = [(stop, stop.been) for stop in takewhile(lambda stop: stop.been, stops) if stop.been]
    past = [been for _stop, been in begun]
    slot = slots.get(begun[-1][0].slot_id or 0) if begun else None
    if slot and slot.status != SlotStatus.CANCELLED:
        past[-1] = replace(past[-1], leave=max(past[-1].leave, sum(session_window(town, slot))))
    return past


def _resuming(left: int, ahead: PlannedStop) -> tuple[int, int]:
    """When the last visit that has begun ends, lunch after it included, and when one goes on."""
    left = max(left, ahead.ate[1] if ahead.ate else 0)
    return left, max(left, ahead.not_before)


def _whole(past: Sequence[Been], rest: Timeline, lunch: TimedBreak | None) -> Timeline:
    """The day as it went so far, and as it goes on."""
    done = len(past)
    pause = rest.pause and replace(rest.pause, before=rest.pause.before + done)
    stops = (
        *(TimedStop(n, 0, b.leg, b.arrive, b.start, b.leave) for n, b in enumerate(past)),
        *(replace(stop, candidate=stop.candidate + done) for stop in rest.stops),
    )
    return replace(
        rest,
        stops=_without_waiting_first(stops, lunch or pause),
        pause=lunch or pause,
        walking=rest.walking + sum(been.leg for been in past),
    )


def _sets_out(times: Timeline, begins: int) -> int:
    """When one leaves for the first stop, or eats before one does."""
    pause = times.pause if times.pause and times.pause.before == 0 else None
    if not times.stops:
        return min(begins, pause.start) if pause else begins
    first = times.stops[0]
    return pause.start if pause and pause.start < first.arrive else first.arrive - first.leg


def _without_waiting_first(
    stops: tuple[TimedStop, ...], pause: TimedBreak | None
) -> tuple[TimedStop, ...]:
    """Who would wait at the first door, or for lunch there, sets out later."""
    if not stops:
        return stops
    first = stops[0]
    waits_for = pause.start if pause and pause.before == 0 else first.start
    return (replace(first, arrive=max(first.arrive, waits_for)), *stops[1:])


def _late_by(problem: DayProblem, times: Timeline) -> tuple[int, ...]:
    return tuple(
        max(0, timed.start - problem.candidates[timed.candidate].options[timed.option].latest)
        if timed.option is not None
        else 0
        for timed in times.stops
    )


def _times(problem: DayProblem, choices: Sequence[Choice]) -> Timeline:
    """The day with its lunch; without, where lunch would break what works without it."""
    times = timeline(problem, choices)
    if problem.pause is None or times.possible:
        return times
    hungry = timeline(replace(problem, pause=None), choices)
    if len([*hungry.troubles()]) >= len([*times.troubles()]):
        return times
    return replace(hungry, trouble=hungry.trouble or Trouble.NO_BREAK)


def _options(town: TownDay, site: SiteEntry, stop: PlannedStop, slots: Slots) -> list[Option]:
    """When a stop can be visited: at its session, or within the doors' hours of the day."""
    if stop.slot_id is None:
        windows = [(span.opens, span.closes - stop.stay) for span in town.spans_of(site)]
        return [Option(opens, closes, stop.stay, 0) for opens, closes in windows if opens <= closes]
    slot = slots.get(stop.slot_id)
    if slot is None or slot.status == SlotStatus.CANCELLED:
        return []
    at_the_door, stay = session_window(town, slot)
    return [Option(at_the_door, at_the_door, stay, 0)]


def _door(site: SiteEntry, wish: DayWish) -> Point:
    """A site that lost its place on the map stands where the day begins, and says so elsewhere."""
    return site.point if site.point and site.is_walkable else wish.start


def _hops(distances: Distances, pace: float, past: Sequence[Been]) -> tuple[Hop, ...]:
    """Those of the past as they were walked."""
    minutes = distances.minutes(pace)
    numbers = range(len(distances.points))
    hops = [
        Hop(
            distances.points[i],
            distances.points[j],
            int(distances.metres[i, j]),
            int(minutes[i, j]),
            bool(distances.approximate[i, j]),
        )
        for i, j in pairwise(numbers)
    ]
    walked = [
        replace(hop, distance_m=been.metres, minutes=been.leg)
        for hop, been in zip(hops, past, strict=False)
    ]
    return (*walked, *hops[len(past) :])
