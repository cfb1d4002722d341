"""A plan's stops with their times, from the doors, slots and streets as they are now."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from tour.geo import Point
from tour.programmes.models import SlotStatus
from tour.programmes.queries import SlotEntry
from tour.routes.day import DayWish, TownDay, session_window
from tour.routes.edits import PlannedStop, Stops
from tour.routes.planner_problem import Candidate, DayProblem, Option, Timeline, Trouble
from tour.routes.planner_timeline import Choice, timeline
from tour.routes.site_matrix import Distances, SiteMatrix
from tour.sites.catalogue import SiteEntry

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
    """`stops` are those whose sites are still published; there is one more hop than stops."""

    stops: Stops
    hops: tuple[Hop, ...]
    times: Timeline
    late_by: tuple[int, ...]
    """Minutes after the last moment at which each visit may begin."""

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
    problem = DayProblem(
        walk=distances.minutes(wish.pace),
        start=0,
        end=len(points) - 1,
        begins=wish.starts,
        ends=wish.ends,
        candidates=tuple(
            Candidate(place, tuple(_options(town, site, stop, slots)))
            for place, (stop, site) in enumerate(shown, start=1)
        ),
        pause=wish.meal,
        max_walk=wish.most_minutes,
        max_leg=wish.most_leg_minutes,
    )
    times = _times(problem, [Choice(number) for number in range(len(shown))])
    return TimedDay(
        stops=tuple(stop for stop, _site in shown),
        hops=_hops(distances, wish.pace),
        times=times,
        late_by=tuple(
            max(0, timed.start - problem.candidates[timed.candidate].options[timed.option].latest)
            if timed.option is not None
            else 0
            for timed in times.stops
        ),
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
        spans = town.spans_of(site)
        windows = [(max(span.opens, stop.not_before), span.closes - stop.stay) for span in spans]
        return [Option(opens, closes, stop.stay, 0) for opens, closes in windows if opens <= closes]
    slot = slots.get(stop.slot_id)
    if slot is None or slot.status == SlotStatus.CANCELLED:
        return []
    at_the_door, stay = session_window(town, slot)
    return [Option(at_the_door, at_the_door, stay, 0)]


def _door(site: SiteEntry, wish: DayWish) -> Point:
    """A site that lost its place on the map stands where the day begins, and says so elsewhere."""
    return site.place if site.place and site.is_walkable else wish.start


def _hops(distances: Distances, pace: float) -> tuple[Hop, ...]:
    minutes = distances.minutes(pace)
    numbers = range(len(distances.points))
    return tuple(
        Hop(
            distances.points[i],
            distances.points[j],
            int(distances.metres[i, j]),
            int(minutes[i, j]),
            bool(distances.approximate[i, j]),
        )
        for i, j in pairwise(numbers)
    )
