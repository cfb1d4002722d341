"""Changing the stops of a plan by hand. Pure: each function gives the new stops."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

MOST_STOPS = 12
Stops = tuple["PlannedStop", ...]


@dataclass(frozen=True, slots=True)
class PlannedStop:
    """A place in a plan; its times follow from its place in the row."""

    site_id: int
    slot_id: int | None
    stay: int
    locked: bool = False
    """The visitor wants it kept when the rest is planned anew."""
    not_before: int = 0
    """The minute at which the rest of a day was planned anew, for the first stop after that."""

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def from_json(rows: Sequence[Mapping[str, Any]]) -> Stops:
    return tuple(PlannedStop(**row) for row in rows)


def moved(stops: Stops, site_id: int, by: int) -> Stops:
    """The stop so many places later (earlier when negative), as far as the row goes."""
    index = _index(stops, site_id)
    if index is None:
        return stops
    others = [stop for stop in stops if stop.site_id != site_id]
    others.insert(min(max(0, index + by), len(others)), stops[index])
    return tuple(others)


def removed(stops: Stops, site_id: int) -> Stops:
    return tuple(stop for stop in stops if stop.site_id != site_id)


def locked(stops: Stops, site_id: int) -> Stops:
    """The lock of one stop turned."""
    return tuple(
        replace(stop, locked=not stop.locked) if stop.site_id == site_id else stop for stop in stops
    )


def added(stops: Stops, stop: PlannedStop, position: int) -> Stops:
    """With one more stop; a site that is in the plan already is not added twice."""
    if _index(stops, stop.site_id) is not None or len(stops) >= MOST_STOPS:
        return stops
    return (*stops[:position], stop, *stops[position:])


def _index(stops: Stops, site_id: int) -> int | None:
    return next((i for i, stop in enumerate(stops) if stop.site_id == site_id), None)
