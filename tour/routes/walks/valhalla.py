"""Valhalla over HTTP in the place of our own streets, for regions that outgrow a process.

Its `shortest` walks agree with ours; see `docs/decisions/0003-streets.md`. A wheelchair's walk is
the one it never leads over steps.
"""

import logging
import math
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import accumulate
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tour.geo import Point, distance_m
from tour.routes.paths import NoAnswer, Path, Profile, Stretch
from tour.routes.streets.snap import REACH_M
from tour.routes.walks.engine_client import EngineClient

log = logging.getLogger("tour.routes")

WALK_SECONDS, MATRIX_SECONDS = 2.0, 10.0
PLACES, SOURCES, TARGETS = 50, 10, 100
"""At most so many a question, as a Valhalla is set up unless its operator says otherwise."""

NO_WAY = {154, 170, 171, 442}
"""Its numbers for: too far, unconnected, no street near, no path."""

STEPS = 40
"""The kind of manoeuvre that leads over steps."""

_COSTING: Mapping[Profile, Mapping[str, Any]] = {
    Profile.WALK: {"shortest": True},
    Profile.NO_STEPS: {"shortest": True, "type": "wheelchair"},
}
_POLYLINE = 1e6

Floats = NDArray[np.float64]


class Valhalla:
    """A `WalkEngine`; NoAnswer from both functions when the server cannot be asked."""

    def __init__(self, client: EngineClient) -> None:
        self._client = client

    def path(self, start: Point, end: Point, profile: Profile) -> Path | None:
        if start == end:
            return Path(0.0, (start,), ())
        question = {**_question(profile), "locations": _places((start, end)), "language": "en-US"}
        found = self._ask("/route", question, WALK_SECONDS)
        if found is None:
            return None
        with _reading():
            return _path(found["trip"]["legs"][0], start, end)

    def lengths(self, starts: Sequence[Point], ends: Sequence[Point], profile: Profile) -> Floats:
        doors = self._doors(list(dict.fromkeys((*starts, *ends))), profile)
        begin, finish = _near_streets(starts, doors), _near_streets(ends, doors)
        lengths = np.full((len(starts), len(ends)), np.inf)
        for rows in _parts(begin, SOURCES):
            for columns in _parts(finish, TARGETS):
                block = self._block([starts[i] for i in rows], [ends[j] for j in columns], profile)
                lengths[np.ix_(rows, columns)] = block
        lengths += np.array([doors[p] for p in starts])[:, None] + [doors[p] for p in ends]
        number = {place: i for i, place in enumerate(doors)}
        lengths[np.equal.outer([number[p] for p in starts], [number[p] for p in ends])] = 0.0
        return lengths

    def _doors(self, places: Sequence[Point], profile: Profile) -> dict[Point, float]:
        """Metres from each place to where it meets the streets; infinite when it is far from all.

        Asked first: one place without a street would spoil a question about many.
        """
        found: dict[Point, float] = {}
        for part in (places[i : i + PLACES] for i in range(0, len(places), PLACES)):
            question = {**_question(profile), "locations": _places(part), "verbose": False}
            answer = self._ask("/locate", question, WALK_SECONDS)
            with _reading():
                found |= {place: _door(place, met) for place, met in zip(part, answer, strict=True)}
        return found

    def _block(self, starts: Sequence[Point], ends: Sequence[Point], profile: Profile) -> Floats:
        """One question; halved when Valhalla says that not all of it can be answered."""
        places = {"sources": _places(starts), "targets": _places(ends)}
        found = self._ask("/sources_to_targets", {**_question(profile), **places}, MATRIX_SECONDS)
        if found is not None:
            with _reading():
                return _matrix(found).reshape(len(starts), len(ends))
        if len(starts) == len(ends) == 1:
            return np.array([[np.inf]])
        if len(starts) >= len(ends):
            half = len(starts) // 2
            parts = (starts[:half], starts[half:])
            return np.vstack([self._block(part, ends, profile) for part in parts])
        half = len(ends) // 2
        return np.hstack([self._block(starts, p, profile) for p in (ends[:half], ends[half:])])

    def _ask(self, path: str, question: Mapping[str, Any], limit: float) -> Any:
        """What it found; None when it knows that there is no way."""
        answer = self._client.ask(path, question, limit)
        if answer.status == 200:
            return answer.json
        with _reading():
            code = answer.json["error_code"]
        if code in NO_WAY:
            return None
        log.warning("the walk engine refuses: error %s", code)
        raise NoAnswer


@contextmanager
def _reading() -> Iterator[None]:
    """An answer that is not what Valhalla sends is none."""
    try:
        yield
    except (LookupError, TypeError, ValueError, AttributeError) as exc:
        log.warning("the walk engine's answer is not understood: %s", type(exc).__name__)
        raise NoAnswer from exc


def _question(profile: Profile) -> dict[str, Any]:
    return {
        "costing": "pedestrian",
        "costing_options": {"pedestrian": _COSTING[profile]},
        "units": "kilometers",
    }


def _places(points: Sequence[Point]) -> list[dict[str, float]]:
    return [{"lat": point.lat, "lon": point.lon} for point in points]


def _path(leg: Mapping[str, Any], start: Point, end: Point) -> Path | None:
    """From door to door: Valhalla tells only of the part along streets."""
    shape = polyline(leg["shape"])
    doors = distance_m(start, shape[0]), distance_m(shape[-1], end)
    if max(doors) > REACH_M:
        return None
    stretches = tuple(_stretches(leg["maneuvers"], shape))
    along_m = 1000 * float(leg["summary"]["length"])
    return Path(along_m + sum(doors), (start, *shape, end), stretches)


def _stretches(
    manoeuvres: Sequence[Mapping[str, Any]], shape: Sequence[Point]
) -> Iterator[Stretch]:
    for step in manoeuvres:
        metres = 1000 * float(step["length"])
        if metres:
            names = step.get("street_names") or []
            line = tuple(shape[step["begin_shape_index"] : step["end_shape_index"] + 1])
            named = {"": names[0]} if names else {}
            yield Stretch(named, line, metres, is_steps=step["type"] == STEPS)


def polyline(text: str) -> list[Point]:
    """The points of a line as Google encodes it, with six digits after the point."""
    numbers, value, shift = [], 0, 0
    for letter in text.encode("ascii"):
        value |= (letter - 63 & 31) << shift
        shift += 5
        if letter - 63 < 32:
            numbers.append(~(value >> 1) if value & 1 else value >> 1)
            value = shift = 0
    lats, lons = accumulate(numbers[::2]), accumulate(numbers[1::2])
    return [
        Point(lat=lat / _POLYLINE, lon=lon / _POLYLINE) for lat, lon in zip(lats, lons, strict=True)
    ]


def _matrix(found: Mapping[str, Any]) -> Floats:
    """Metres along the streets; infinite where there is no way."""
    pairs = [pair["distance"] for row in found["sources_to_targets"] for pair in row]
    return np.array([np.inf if km is None else 1000 * float(km) for km in pairs])


def _door(place: Point, met: Mapping[str, Any]) -> float:
    away = [
        distance_m(place, Point(lat=edge["correlated_lat"], lon=edge["correlated_lon"]))
        for edge in met["edges"] or ()
    ]
    return min((metres for metres in away if metres <= REACH_M), default=math.inf)


def _near_streets(places: Sequence[Point], doors: Mapping[Point, float]) -> list[int]:
    return [i for i, place in enumerate(places) if math.isfinite(doors[place])]


def _parts(numbers: Sequence[int], size: int) -> Iterator[Sequence[int]]:
    return (numbers[i : i + size] for i in range(0, len(numbers), size))
