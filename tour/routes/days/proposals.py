"""Asking the planner for a day, and for others that differ from it in a way one can name."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from tour.routes.days import edits
from tour.routes.days.day import LIKED, Doors, Refusal, TownDay, open_doors
from tour.routes.days.edits import PlannedStop, Stops
from tour.routes.days.missed_kinds import Missed, missed_kinds
from tour.routes.days.wishes import DayWish
from tour.routes.planner.plan import Wish, alternatives, compile_kernels, plan_day
from tour.routes.planner.problem import Candidate, DayProblem, Importance, Option, Plan, Reason
from tour.routes.walks.site_matrix import Distances, SiteMatrix
from tour.sites import choices
from tour.sites.states import SiteKind

SECONDS, OTHER_SECONDS = 0.3, 0.3
"""For the plan, and for its alternatives together: well within a second."""

SEED = 1
MOST_DOORS = 90
"""More are cut to the most promising: then a plan may be very good, and is not called the best."""

LATER = 60
"""Minutes by which the day of an alternative begins later."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    site_id: int
    reason: str
    """A `Refusal` or the planner's `Reason`."""
    because_of: tuple[int, ...] = ()
    """Of a conflict: the sites in its way."""

    def as_json(self) -> dict[str, Any]:
        return {"site_id": self.site_id, "reason": self.reason, "because_of": [*self.because_of]}


@dataclass(frozen=True, slots=True)
class Alternative:
    difference: Wish
    stops: Stops
    starts: int
    kind: str = ""
    """Of which kind there is more."""

    def as_json(self) -> dict[str, Any]:
        return {
            "difference": self.difference.value,
            "stops": [stop.as_json() for stop in self.stops],
            "starts": self.starts,
            "kind": self.kind,
        }


@dataclass(frozen=True, slots=True)
class Findings:
    """What the planner says beside the stops."""

    optimal: bool = False
    left_out: tuple[LeftOut, ...] = ()
    """Only what was asked for by name."""
    alternatives: tuple[Alternative, ...] = ()
    lunchless: bool = False
    """Lunch was wanted, and there is no day with it that keeps what was asked for by name."""
    mended: Stops = ()
    """A proposal for the rest of the day, made when others changed something about the plan."""
    missed: tuple[Missed, ...] = ()
    """Of the kinds that are liked, those that are not in the plan; true until it is changed."""

    def as_json(self) -> dict[str, Any]:
        return {
            "optimal": self.optimal,
            "left_out": [left.as_json() for left in self.left_out],
            "alternatives": [alternative.as_json() for alternative in self.alternatives],
            "lunchless": self.lunchless,
            "mended": [stop.as_json() for stop in self.mended],
            "missed": [missed.as_json() for missed in self.missed],
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "Findings":
        return cls(
            optimal=bool(kept["optimal"]),
            lunchless=bool(kept.get("lunchless")),
            mended=edits.from_json(kept.get("mended", ())),
            missed=tuple(Missed.from_json(row) for row in kept.get("missed", ())),
            left_out=tuple(
                LeftOut(row["site_id"], row["reason"], tuple(row["because_of"]))
                for row in kept["left_out"]
            ),
            alternatives=tuple(
                Alternative(
                    Wish(row["difference"]),
                    edits.from_json(row["stops"]),
                    row["starts"],
                    row["kind"],
                )
                for row in kept["alternatives"]
            ),
        )


@dataclass(frozen=True, slots=True)
class Proposal:
    stops: Stops
    findings: Findings


@dataclass(frozen=True, slots=True)
class _Ground:
    """What is the same for the plan and its alternatives."""

    doors: Sequence[Doors]
    distances: Distances
    refused: Mapping[int, Refusal]
    is_cut: bool


async def propose(
    town: TownDay, wish: DayWish, matrix: SiteMatrix, *, without: frozenset[int] = frozenset()
) -> Proposal:
    """The best day for this wish, and up to three others; sites `without` are not visited."""
    doors, refused = open_doors(town, wish)
    doors = [door for door in doors if door.site_id not in without]
    chosen = _most_promising(doors)
    points = [wish.start, *(door.point for door in chosen), wish.end]
    distances = await matrix.distances(town.catalogue, points, wish.profile)
    ground = _Ground(chosen, distances, refused, is_cut=len(chosen) < len(doors))
    return await asyncio.to_thread(_propose, ground, wish)


@cache
def make_ready() -> None:
    """Compile the planner, or load what was compiled before: seconds once, that no plan may pay."""
    compile_kernels()


def _propose(ground: _Ground, wish: DayWish) -> Proposal:
    make_ready()
    problem = _problem(ground, wish)
    plan = plan_day(problem, seconds=SECONDS, seed=SEED)
    findings = Findings(
        optimal=plan.optimal and not ground.is_cut,
        left_out=_left_out(plan, ground, wish),
        alternatives=tuple(_alternatives(ground, wish, problem, plan)),
        lunchless=wish.meal is not None and plan.timeline.pause is None,
        missed=tuple(missed_kinds(problem, plan, ground.doors, _liked(wish), SEED)),
    )
    return Proposal(_stops(plan, ground.doors), findings)


def _most_promising(doors: Sequence[Doors]) -> list[Doors]:
    """What was asked for by name, then what counts most."""
    ranked = sorted(doors, key=_promise, reverse=True)
    return sorted(ranked[:MOST_DOORS], key=lambda door: door.site_id)


def _promise(door: Doors) -> tuple[bool, int]:
    worth = max((o.worth for o in door.openings if not o.full), default=0)
    return (door.is_must or door.is_reserved, worth)


def _problem(ground: _Ground, wish: DayWish) -> DayProblem:
    return DayProblem(
        walk=np.ascontiguousarray(ground.distances.minutes(wish.pace)),
        start=0,
        end=len(ground.distances.points) - 1,
        begins=wish.starts,
        ends=wish.ends,
        candidates=tuple(
            _candidate(place, door) for place, door in enumerate(ground.doors, start=1)
        ),
        pause=wish.meal,
        max_walk=wish.proposed_minutes,
        max_leg=wish.most_leg_minutes,
    )


def _candidate(place: int, door: Doors) -> Candidate:
    importance = Importance.MUST if door.is_must else Importance.WISH
    return Candidate(
        place,
        tuple(Option(o.earliest, o.latest, o.stay, o.worth, o.full) for o in door.openings),
        Importance.FIXED if door.is_reserved else importance,
    )


def _stops(plan: Plan, doors: Sequence[Doors]) -> Stops:
    visits = ((doors[s.candidate], s.option) for s in plan.stops if s.option is not None)
    chosen = ((door.site_id, door.openings[option]) for door, option in visits)
    return tuple(PlannedStop(site, o.slot_id, o.stay) for site, o in chosen)


def unusual_of(wish: DayWish) -> Mapping[str, Refusal]:
    """By the planner's reason the one to say instead, where the visitor set no such limit."""
    return {Reason.TOO_FAR: Refusal.MORE_THAN_USUAL} if wish.most_walking_m is None else {}


def _left_out(plan: Plan, ground: _Ground, wish: DayWish) -> tuple[LeftOut, ...]:
    """What was asked for by name, with the reason: a limit that the visitor did not choose is not
    called theirs."""
    refused = [LeftOut(site_id, reason.value) for site_id, reason in ground.refused.items()]
    refused += [LeftOut(site_id, Refusal.TOO_MANY.value) for site_id in wish.too_many]
    unusual = unusual_of(wish)
    planned = (
        LeftOut(
            ground.doors[left.candidate].site_id,
            unusual.get(left.reason, left.reason).value,
            tuple(ground.doors[other].site_id for other in left.conflicts),
        )
        for left in plan.left_out
        if left.reason != Reason.NOT_CHOSEN
        and (ground.doors[left.candidate].is_must or ground.doors[left.candidate].is_reserved)
    )
    return (*refused, *planned)


def _alternatives(
    ground: _Ground, wish: DayWish, problem: DayProblem, plan: Plan
) -> Iterator[Alternative]:
    """Days that keep the musts, and go to other places than the plan and than each other."""
    kind = _kind_for_more(wish, ground.doors)
    favoured = frozenset(i for i, door in enumerate(ground.doors) if door.kind == kind)
    for other in alternatives(
        problem, plan, favoured=favoured, later_by=LATER, seconds=OTHER_SECONDS, seed=SEED
    ):
        is_later = other.wish is Wish.LATER_START
        yield Alternative(
            other.wish,
            _stops(other.plan, ground.doors),
            wish.starts + LATER if is_later else wish.starts,
            kind.value if kind and other.wish is Wish.OTHER_INTERESTS else "",
        )


def _liked(wish: DayWish) -> list[SiteKind]:
    return [kind for kind, weight in wish.interests.items() if weight >= LIKED]


def _kind_for_more(wish: DayWish, doors: Sequence[Doors]) -> SiteKind | None:
    """What the visitor likes, crafts before others: they are what such a day is for."""
    offered = {door.kind for door in doors}
    liked = set(_liked(wish)) & offered
    in_turn = (SiteKind.CRAFT, *(kind for kind, own in choices.KINDS.items() if not own.is_office))
    return next((kind for kind in in_turn if kind in (liked or offered)), None)
