"""Short directions: which street, which way, how far.

Turns are read off the line some metres before and after a corner, because crossings are drawn
with kinks, and what is shorter than a crossing gets no sentence.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise

from tour.geo import Point, metres_per_degree
from tour.routes.paths import Stretch
from tour.routes.walks.phrases import Phrases, Turn, Way, phrases_for

NOTICEABLE_M = 12.0
"""A shorter part (the width of a crossing) gets no sentence: its metres go to the one before."""

SIGNIFICANT_M = 25.0
"""A shorter bridge or underpass is not noticed by who walks there."""

_SIGHT_M = 12.0
"""How far before and after a corner its angle is measured."""

_STRAIGHT_BELOW, _SLIGHT_BELOW, _BACK_ABOVE = 25.0, 50.0, 155.0
"""Degrees away from straight on."""


@dataclass(frozen=True, slots=True)
class Direction:
    """One sentence of the way."""

    text: str
    distance_m: int


@dataclass(frozen=True, slots=True)
class _Part:
    """What one sentence is about."""

    way: Way
    names: Mapping[str, str]
    line: tuple[Point, ...]
    distance_m: float

    def looks_like(self, other: "_Part") -> bool:
        """Romanised names of one street differ from way to way; the local name does not."""
        return self.way == other.way and self.names.get("") == other.names.get("")


def directions(stretches: Iterable[Stretch], lang: str) -> tuple[Direction, ...]:
    """The way as sentences in `lang`, an arrival last; empty when there is nothing to walk."""
    parts = _noticeable(_merged(_part(stretch) for stretch in stretches))
    if not parts:
        return ()
    phrases = phrases_for(lang)
    told = [_direction(_set_out(parts[0], phrases), parts[0], phrases, lang)]
    for before, part in pairwise(parts):
        template = _template(part, _turn(before, part), phrases)
        told.append(_direction(template, part, phrases, lang, turn=_turn(before, part)))
    return (*told, Direction(phrases.arrive, 0))


def _part(stretch: Stretch) -> _Part:
    return _Part(_way(stretch), stretch.names, stretch.line, stretch.distance_m)


def _way(stretch: Stretch) -> Way:
    if stretch.is_steps:
        return Way.STEPS
    if stretch.is_bridge:
        return Way.BRIDGE
    return Way.TUNNEL if stretch.is_tunnel else Way.STREET


def _merged(parts: Iterable[_Part]) -> list[_Part]:
    """Parts that look alike and follow each other without a corner, made one."""
    merged: list[_Part] = []
    for part in parts:
        before = merged[-1] if merged else None
        if before and before.looks_like(part) and abs(_angle(before, part)) < _SLIGHT_BELOW:
            merged[-1] = replace(
                before,
                line=before.line + part.line[1:],
                distance_m=before.distance_m + part.distance_m,
            )
        else:
            merged.append(part)
    return merged


def _noticeable(parts: list[_Part]) -> list[_Part]:
    """Without short bridges and crossings; their metres are kept, their kinks are not."""
    seen = _merged(replace(p, way=Way.STREET) if _is_overlooked(p) else p for p in parts)
    kept: list[_Part] = []
    carried_m = 0.0
    for part in seen:
        if part.distance_m >= NOTICEABLE_M or part.way == Way.STEPS:
            kept.append(replace(part, distance_m=part.distance_m + carried_m))
            carried_m = 0.0
        elif kept:
            kept[-1] = replace(kept[-1], distance_m=kept[-1].distance_m + part.distance_m)
        else:
            carried_m += part.distance_m
    if not kept and seen:
        return [replace(seen[0], distance_m=carried_m)]
    return _merged(kept)


def _is_overlooked(part: _Part) -> bool:
    return part.way in (Way.BRIDGE, Way.TUNNEL) and part.distance_m < SIGNIFICANT_M


def _set_out(part: _Part, phrases: Phrases) -> str:
    is_plain = part.way == Way.STREET and not part.names
    return phrases.set_out if is_plain else phrases.set_out_on


def _template(part: _Part, turn: Turn, phrases: Phrases) -> str:
    if part.way == Way.BRIDGE:
        return phrases.cross
    if part.way == Way.STREET and not part.names:
        return phrases.turn
    return phrases.straight_onto if turn == Turn.STRAIGHT else phrases.turn_onto


def _direction(
    template: str, part: _Part, phrases: Phrases, lang: str, turn: Turn = Turn.STRAIGHT
) -> Direction:
    text = template.format(
        street=_street(part, phrases, lang),
        turn=phrases.turns[turn],
        compass=phrases.compass[round(_bearing(_beginning(part.line)) / 45) % 8],
        metres=max(10, round(part.distance_m / 10) * 10),
    )
    return Direction(text, round(part.distance_m))


def _street(part: _Part, phrases: Phrases, lang: str) -> str:
    """What the part is called, in the reader's language where the map knows it."""
    local = part.names.get("", "")
    foreign = local if lang.startswith("ja") else part.names.get("en", local)
    name = part.names.get(lang, foreign)
    if part.way == Way.STREET:
        return name
    return phrases.named_nouns[part.way].format(name=name) if name else phrases.nouns[part.way]


def _turn(before: _Part, after: _Part) -> Turn:
    angle = _angle(before, after)
    if abs(angle) < _STRAIGHT_BELOW:
        return Turn.STRAIGHT
    if abs(angle) > _BACK_ABOVE:
        return Turn.BACK
    if abs(angle) < _SLIGHT_BELOW:
        return Turn.SLIGHT_LEFT if angle < 0 else Turn.SLIGHT_RIGHT
    return Turn.LEFT if angle < 0 else Turn.RIGHT


def _angle(before: _Part, after: _Part) -> float:
    """Degrees to the right between two parts, -180 to 180."""
    leaving = _bearing(_beginning(before.line[::-1])) + 180
    return (_bearing(_beginning(after.line)) - leaving + 180) % 360 - 180


def _beginning(line: tuple[Point, ...]) -> tuple[Point, Point]:
    """The first point of a line and the first one out of its sight, or its last."""
    for point in line:
        if math.hypot(*_metres(line[0], point)) >= _SIGHT_M:
            return line[0], point
    return line[0], line[-1]


def _bearing(ends: tuple[Point, Point]) -> float:
    """Degrees from north, clockwise."""
    east, north = _metres(*ends)
    return math.degrees(math.atan2(east, north)) % 360


def _metres(start: Point, end: Point) -> tuple[float, float]:
    """How far `end` lies to the east and to the north; enough for angles at a corner."""
    lat_m, lon_m = metres_per_degree(start.lat)
    return (end.lon - start.lon) * lon_m, (end.lat - start.lat) * lat_m
