"""From the earth to paper: a north-up view in Web Mercator, measured in tenths of a millimetre."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from tour.geo import Bounds, Point, bounds_of

EARTH_RADIUS_M = 6_378_137.0
LEAST_EXTENT_M = 700.0
"""Closer than this a map of one place would show nothing that one knows the way by."""


class Spot(NamedTuple):
    """A place on the paper: tenths of a millimetre from the left and from the top."""

    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle on the paper."""

    left: float
    top: float
    right: float
    bottom: float

    @classmethod
    def around(cls, centre: Spot, width: float, height: float) -> "Box":
        x, y = centre
        return cls(x - width / 2, y - height / 2, x + width / 2, y + height / 2)

    @property
    def centre(self) -> Spot:
        return Spot((self.left + self.right) / 2, (self.top + self.bottom) / 2)

    def grown(self, by: float) -> "Box":
        """By so much on every side, in the paper's units."""
        return Box(self.left - by, self.top - by, self.right + by, self.bottom + by)

    def holds(self, spot: Spot) -> bool:
        return self.left <= spot.x <= self.right and self.top <= spot.y <= self.bottom

    def contains(self, other: "Box") -> bool:
        return (
            self.left <= other.left
            and self.top <= other.top
            and other.right <= self.right
            and other.bottom <= self.bottom
        )

    def cut(self, start: Spot, end: Spot) -> tuple[Spot, Spot] | None:
        """The part of a stretch that lies inside (Liang and Barsky 1984), or None."""
        dx, dy = end.x - start.x, end.y - start.y
        enters, leaves = 0.0, 1.0
        for step, room in (
            (-dx, start.x - self.left),
            (dx, self.right - start.x),
            (-dy, start.y - self.top),
            (dy, self.bottom - start.y),
        ):
            if step == 0 and room < 0:
                return None
            if step < 0:
                enters = max(enters, room / step)
            elif step > 0:
                leaves = min(leaves, room / step)
        if enters >= leaves:
            return None
        return (
            Spot(start.x + enters * dx, start.y + enters * dy),
            Spot(start.x + leaves * dx, start.y + leaves * dy),
        )

    def overlap(self, other: "Box") -> float:
        """The area that both cover."""
        width = min(self.right, other.right) - max(self.left, other.left)
        height = min(self.bottom, other.bottom) - max(self.top, other.top)
        return width * height if width > 0 and height > 0 else 0.0


@dataclass(frozen=True, slots=True)
class Frame:
    """The view: what stands in its middle, and how much paper a metre there takes."""

    centre: Point
    units_per_metre: float
    width: float
    height: float

    @property
    def box(self) -> Box:
        return Box(0, 0, self.width, self.height)

    def spot(self, lon: float, lat: float) -> Spot:
        x, y = _mercator(lon, lat, self.centre.lat)
        middle_x, middle_y = _mercator(self.centre.lon, self.centre.lat, self.centre.lat)
        return Spot(
            self.width / 2 + (x - middle_x) * self.units_per_metre,
            self.height / 2 - (y - middle_y) * self.units_per_metre,
        )

    def spot_of(self, point: Point) -> Spot:
        return self.spot(point.lon, point.lat)

    def spots(self, positions: Iterable[Sequence[float]]) -> list[Spot]:
        """GeoJSON positions on the paper."""
        return [self.spot(position[0], position[1]) for position in positions]

    @property
    def bounds(self) -> Bounds:
        """What the view shows, in degrees."""
        stretch = math.cos(math.radians(self.centre.lat)) * EARTH_RADIUS_M
        half_width = math.degrees(self.width / 2 / self.units_per_metre / stretch)
        middle = _mercator_angle(self.centre.lat)
        half_height = self.height / 2 / self.units_per_metre / stretch
        return Bounds(
            south=_latitude(middle - half_height),
            west=self.centre.lon - half_width,
            north=_latitude(middle + half_height),
            east=self.centre.lon + half_width,
        )


def frame_around(points: Sequence[Point], width: float, height: float, margin: float) -> Frame:
    """The closest view that shows all points (at least one) with a margin on every side."""
    box = bounds_of(points)
    middle = (_mercator_angle(box.south) + _mercator_angle(box.north)) / 2
    centre = Point(lat=_latitude(middle), lon=(box.west + box.east) / 2)
    west_x, south_y = _mercator(box.west, box.south, centre.lat)
    east_x, north_y = _mercator(box.east, box.north, centre.lat)
    scale = min(
        (width - 2 * margin) / max(east_x - west_x, LEAST_EXTENT_M),
        (height - 2 * margin) / max(north_y - south_y, LEAST_EXTENT_M),
    )
    return Frame(centre, scale, width, height)


def _mercator(lon: float, lat: float, true_at: float) -> tuple[float, float]:
    """EPSG:3857 metres (x, y), scaled so that a metre is a metre at the latitude `true_at`."""
    scale = EARTH_RADIUS_M * math.cos(math.radians(true_at))
    return math.radians(lon) * scale, _mercator_angle(lat) * scale


def _mercator_angle(lat: float) -> float:
    return math.log(math.tan(math.pi / 4 + math.radians(lat) / 2))


def _latitude(mercator_angle: float) -> float:
    return math.degrees(2 * math.atan(math.exp(mercator_angle)) - math.pi / 2)
