"""Changing the stops of a plan by hand. Pure: each function gives the new stops.

What has begun is over for every change: it stays where and when it was (`Been`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

MOST_STOPS = 12
GOAL = -1
"""In the place of a site: where the day ends. Such a row stands last, and only where no visit is to
come: it keeps when one set out for home, and the lunch before that."""

Stops = tuple["PlannedStop", ...]


@dataclass(frozen=True, slots=True)
class Been:
    """A visit that has begun, in minutes of the day: nothing moves it any more."""

    leg: int
    """The walk that led there."""
    metres: int
    arrive: int
    start: int
    leave: int


@dataclass(frozen=True, slots=True)
class PlannedStop:
    """A place in a plan; its times follow from its place in the row, until it has begun."""

    site_id: int
    slot_id: int | None
    stay: int
    locked: bool = False
    """The visitor wants it kept when the rest is planned anew."""
    not_before: int = 0
    """One does not set out for it before this minute: then the rest of the day was planned anew."""
    been: Been | None = None
    ate: tuple[int, int] | None = None
    """Lunch that was had before this stop, from and until."""

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def from_json(rows: Sequence[Mapping[str, Any]]) -> Stops:
    return tuple(_stop(row) for row in rows)


def _stop(row: Mapping[str, Any]) -> PlannedStop:
    been, ate = row.get("been"), row.get("ate")
    return PlannedStop(
        **{
            **row,
            "been": Been(**been) if been else None,
            "ate": (ate[0], ate[1]) if ate else None,
        }
    )


def visits(stops: Stops) -> Stops:
    """Without the row of where the day ends."""
    return tuple(stop for stop in stops if stop.site_id != GOAL)


def goal(stops: Stops) -> PlannedStop:
    """What is known of the way to where the day ends, where no visit is to come."""
    return next((stop for stop in stops if stop.site_id == GOAL), PlannedStop(GOAL, None, 0))


def begun(stops: Stops) -> int:
    """How many of them have begun."""
    return sum(1 for stop in stops if stop.been)


def moved(stops: Stops, site_id: int, by: int) -> Stops:
    """The stop so many places later (earlier when negative), as far as the row to come goes."""
    index, first = _index(stops, site_id), begun(stops)
    if index is None or index < first:
        return stops
    others = [stop for stop in stops if stop.site_id != site_id]
    others.insert(min(max(first, index + by), len(others)), stops[index])
    return tuple(others)


def removed(stops: Stops, site_id: int) -> Stops:
    """Without the visits of a site that are still to come; what has been stays."""
    return tuple(stop for stop in stops if stop.site_id != site_id or stop.been)


def locked(stops: Stops, site_id: int) -> Stops:
    """The lock of one stop turned."""
    return tuple(
        replace(stop, locked=not stop.locked) if stop.site_id == site_id else stop for stop in stops
    )


def added(stops: Stops, stop: PlannedStop, position: int) -> Stops:
    """With one more stop; a site that is in the plan already is not added twice.

    Where no other is to come, it takes over what is known of the way to where the day ends.
    """
    if _index(stops, stop.site_id) is not None or len(visits(stops)) >= MOST_STOPS:
        return stops
    way = goal(stops)
    if way in stops:
        return (*visits(stops), replace(stop, ate=way.ate, not_before=way.not_before))
    return (*stops[:position], stop, *stops[position:])


def _index(stops: Stops, site_id: int) -> int | None:
    return next((i for i, stop in enumerate(stops) if stop.site_id == site_id), None)
