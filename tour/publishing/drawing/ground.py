"""What lies under the pins: the town's own base layer, and the streets where there are any."""

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

from tour.publishing.drawing.paper import Frame, Spot
from tour.publishing.drawing.strokes import paths
from tour.routes.streets.graph import Streets
from tour.routes.streets.tags import StreetClass
from tour.web.tokens import colour

PAPER = colour("map-ground")
WATER = colour("map-water")
WATER_INK = colour("map-water-ink")
PARK = colour("map-park")
PARK_INK = colour("map-park-ink")
INK = colour("map-ink")
INK_SOFT = colour("map-ink-soft")
WHITE = colour("paper")

SMALL_STREETS_ABOVE = 0.9
"""Tenths of a millimetre a metre: from closer than this, service ways and paths are drawn."""

STREET_WIDTHS = {
    StreetClass.PATH: 2.0,
    StreetClass.SERVICE: 3.0,
    StreetClass.LOCAL: 5.5,
    StreetClass.TERTIARY: 9.0,
    StreetClass.SECONDARY: 12.0,
    StreetClass.PRIMARY: 15.0,
}
STREET_FILLS = {
    StreetClass.PRIMARY: colour("map-road-large"),
    StreetClass.SECONDARY: colour("map-road-middle"),
}
CASING = colour("map-street-edge")
RAIL = colour("map-rail")

RAILWAYS: dict[str, tuple[tuple[str, float, str | None], ...]] = {
    "subway": ((colour("map-subway"), 5.0, "16 12"),),
    "tram": ((WHITE, 11.0, None), (RAIL, 4.0, None), (RAIL, 12.0, "3 22")),
    "rail": ((RAIL, 12.0, None), (WHITE, 8.0, "36 36")),
}
"""(colour, width, dashes) from below: black and white railways, as on Japanese maps."""

STATION_RANK = ("station", "subway", "tram_stop", "monorail")


class Name(NamedTuple):
    """A name that the ground would like to show, `angle` degrees turned around `at`."""

    text: str
    at: Spot
    angle: float
    size: float
    ink: str
    on_line: bool
    """Whether it stands on a road or a railway, which would show through it."""


class StationMark(NamedTuple):
    name: str
    at: Spot
    rank: int


@dataclass(frozen=True, slots=True)
class Ground:
    """The base layer's features (GeoJSON) and the street graph, if there is one."""

    features: tuple[Mapping[str, Any], ...]
    streets: Streets | None

    def drawing(self, frame: Frame) -> str:
        """Everything without names, from the bottom up."""
        return "".join(
            (
                self._areas(frame, "park", PARK),
                self._areas(frame, "river", WATER),
                self._streams(frame),
                self._street_lines(frame),
                self._railways(frame),
                self._outline(frame),
            )
        )

    def names(self, frame: Frame, lang: str) -> list[Name]:
        """Names of waters, parks, railways and roads, the most helpful first."""
        found = []
        for layer, size, ink in (
            ("river", 30.0, WATER_INK),
            ("park", 25.0, PARK_INK),
            ("railway", 25.0, INK_SOFT),
            ("road", 25.0, INK_SOFT),
        ):
            for row in self._layer(layer):
                name = _name(row, lang)
                placed = _park_name if layer == "park" else _line_name
                if at := placed(row, frame):
                    found.append(Name(name, *at, size, ink, layer in ("railway", "road")))
        return found

    def stations(self, frame: Frame, lang: str) -> list[StationMark]:
        """Stations in view, railways before trams."""
        marks = []
        for row in self._layer("station"):
            spot = frame.spots([row["geometry"]["coordinates"]])[0]
            kind = row["properties"].get("kind", "station")
            rank = STATION_RANK.index(kind) if kind in STATION_RANK else len(STATION_RANK)
            if frame.box.grown(-30).holds(spot):
                marks.append(StationMark(_name(row, lang), spot, rank))
        return sorted(marks, key=lambda mark: mark.rank)

    def _layer(self, name: str) -> Iterator[Mapping[str, Any]]:
        return (row for row in self.features if row["properties"].get("layer") == name)

    def _areas(self, frame: Frame, layer: str, fill: str) -> str:
        rings = [
            frame.spots(ring)
            for row in self._layer(layer)
            if row["geometry"]["type"] == "Polygon"
            for ring in row["geometry"]["coordinates"]
        ]
        return paths(rings, fill=fill)

    def _streams(self, frame: Frame) -> str:
        lines = self._lines(frame, "river")
        return paths(lines, fill="none", stroke=WATER, stroke_width=9, stroke_linecap="round")

    def _lines(self, frame: Frame, layer: str, kind: str = "") -> list[list[Spot]]:
        return [
            frame.spots(row["geometry"]["coordinates"])
            for row in self._layer(layer)
            if row["geometry"]["type"] == "LineString"
            and (not kind or row["properties"].get("kind", "rail") == kind)
        ]

    def _outline(self, frame: Frame) -> str:
        rings = [
            frame.spots(ring)
            for row in self._layer("outline")
            for ring in row["geometry"]["coordinates"]
        ]
        return paths(
            rings, fill="none", stroke=colour("edge"), stroke_width=3, stroke_dasharray="14 6 3 6"
        )

    def _street_lines(self, frame: Frame) -> str:
        """Streets with a casing, the larger over the smaller; else the base layer's own roads."""
        if self.streets is None:
            roads = self._lines(frame, "road")
            return _street(roads, 13.0, STREET_FILLS[StreetClass.PRIMARY], CASING)
        close = frame.units_per_metre >= SMALL_STREETS_ABOVE
        least = StreetClass.PATH if close else StreetClass.LOCAL
        found = self.streets.street_lines(frame.bounds, least)
        by_class = {kind: [frame.spots(line) for line in found[kind]] for kind in sorted(found)}
        widen = min(1.6, max(0.7, frame.units_per_metre / 0.6))
        casings, fills = [], []
        for kind, lines in by_class.items():
            width = STREET_WIDTHS[kind] * widen
            casings.append(_line(lines, width + 2.5, CASING))
            fills.append(_line(lines, width, STREET_FILLS.get(kind, WHITE)))
        return "".join((*casings, *fills))

    def _railways(self, frame: Frame) -> str:
        drawn = []
        for kind, strokes in RAILWAYS.items():
            lines = self._lines(frame, "railway", kind)
            for stroke, width, dashes in strokes:
                drawn.append(
                    paths(
                        lines,
                        fill="none",
                        stroke=stroke,
                        stroke_width=width,
                        stroke_dasharray=dashes,
                    )
                )
        return "".join(drawn)


def base_layer(path: Path) -> tuple[Mapping[str, Any], ...]:
    """The base layer of a town, which need not have drawn one."""
    try:
        modified = path.stat().st_mtime
    except FileNotFoundError:
        return ()
    return _features(path, modified)


@lru_cache(maxsize=8)
def _features(path: Path, _modified: float) -> tuple[Mapping[str, Any], ...]:
    """Kept until the file changes."""
    content = json.loads(path.read_text(encoding="utf-8"))
    return tuple(content["features"])


def _line(lines: Sequence[Sequence[Spot]], width: float, stroke: str) -> str:
    return paths(lines, fill="none", stroke=stroke, stroke_width=width, stroke_linecap="round")


def _street(lines: Sequence[Sequence[Spot]], width: float, fill: str, casing: str) -> str:
    return _line(lines, width + 2.5, casing) + _line(lines, width, fill)


def _name(row: Mapping[str, Any], lang: str) -> str:
    properties = row["properties"]
    own = properties.get("name", "")
    if lang.startswith("ja"):
        return str(own)
    return str(properties.get(f"name_{lang}") or properties.get("name_en") or own)


def _park_name(row: Mapping[str, Any], frame: Frame) -> tuple[Spot, float] | None:
    ring = frame.spots(row["geometry"]["coordinates"][0])
    middle = Spot(
        sum(spot.x for spot in ring) / len(ring), sum(spot.y for spot in ring) / len(ring)
    )
    return (middle, 0.0) if frame.box.grown(-60).holds(middle) else None


def _line_name(row: Mapping[str, Any], frame: Frame) -> tuple[Spot, float] | None:
    """Along the longest stretch that is in view, readable from left to right."""
    positions = row["geometry"]["coordinates"]
    if row["geometry"]["type"] == "Polygon":
        positions = _middle_line(positions[0])
    inner = frame.box.grown(-70)
    stretches = [
        (math.dist(*seen), *seen)
        for start, end in pairwise(frame.spots(positions))
        if (seen := inner.cut(start, end))
    ]
    if not stretches:
        return None
    _length, a, b = max(stretches)
    return Spot((a.x + b.x) / 2, (a.y + b.y) / 2), _upright_angle(a, b)


def _middle_line(ring: Sequence[Sequence[float]]) -> list[tuple[float, float]]:
    """Of a river drawn as one bank out and the other one back."""
    half = len(ring) // 2
    return [
        ((a[0] + b[0]) / 2, (a[1] + b[1]) / 2)
        for a, b in zip(ring[:half], reversed(ring[half:]), strict=False)
    ]


def _upright_angle(a: Spot, b: Spot) -> float:
    """Degrees by which text is turned to run along a stretch, never upside down."""
    angle = math.degrees(math.atan2(b.y - a.y, b.x - a.x))
    return angle - 180 if angle > 90 else angle + 180 if angle <= -90 else angle
