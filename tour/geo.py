"""Places on the earth: WGS 84 (JGD2011 differs from it by centimetres), degrees, metres.

GeoJSON writes longitude first, people and folium write latitude first. Inside the app a place
is a `Point`, built by name; only this module puts the two numbers into an order.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, TypeVar

import numpy as np
from geopy.distance import geodesic
from numpy.typing import NDArray

DECIMALS = 6
"""Of a degree on output: 0.1 m, and what GIF asks of open data."""

_EQUATOR_RADIUS_M = 6_378_137.0
_ECCENTRICITY_SQUARED = 0.006_694_379_990_14
_DEGREES = r"\s*([+-]?\d{1,3}(?:\.\d{1,15})?)\s*"
_LON_LAT = re.compile(f"{_DEGREES},{_DEGREES}", re.ASCII)

Number = TypeVar("Number", float, NDArray[np.float64])


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """A place in degrees. Always built by name, so that nobody guesses which comes first."""

    lat: float
    lon: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """A box between two parallels and two meridians; it does not cross the 180th."""

    south: float
    west: float
    north: float
    east: float

    def __contains__(self, point: Point) -> bool:
        return self.south <= point.lat <= self.north and self.west <= point.lon <= self.east

    def as_bbox(self) -> list[float]:
        """The `bbox` of GeoJSON (RFC 7946, 5): west, south, east, north."""
        return [round(edge, DECIMALS) for edge in (self.west, self.south, self.east, self.north)]


def from_lon_lat(pair: Sequence[float]) -> Point:
    """The place of a GeoJSON position; ValueError when it is none. A height is dropped."""
    try:
        lon, lat = float(pair[0]), float(pair[1])
    except (IndexError, KeyError, OverflowError, TypeError, ValueError):
        raise ValueError("a position is [longitude, latitude]") from None
    return checked(Point(lat=lat, lon=lon))


def to_lon_lat(point: Point) -> list[float]:
    """The GeoJSON position of a place."""
    return [round(point.lon, DECIMALS), round(point.lat, DECIMALS)]


def checked(point: Point) -> Point:
    """The same place, or ValueError when it is not on the earth (NaN is not)."""
    if not (-90 <= point.lat <= 90 and -180 <= point.lon <= 180):
        raise ValueError("longitude is -180 to 180 and latitude -90 to 90")
    return point


def parse_lon_lat(text: str) -> Point:
    """Read `139.737886,35.753173`; ValueError says what was expected."""
    match = _LON_LAT.fullmatch(text)
    if match is None:
        raise ValueError("a place is written longitude,latitude, such as 139.737886,35.753173")
    return checked(Point(lon=float(match[1]), lat=float(match[2])))


def parse_bbox(text: str) -> Bounds:
    """Read `west,south,east,north`; ValueError when it is no box."""
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError:
        raise ValueError("a box is written west,south,east,north in degrees") from None
    checked(Point(lat=south, lon=west))
    checked(Point(lat=north, lon=east))
    if not (west < east and south < north):
        raise ValueError("a box needs west below east and south below north")
    return Bounds(south=south, west=west, north=north, east=east)


def bounds_of(points: Iterable[Point]) -> Bounds:
    """The smallest box around at least one place."""
    corners = list(points)
    lats, lons = [p.lat for p in corners], [p.lon for p in corners]
    return Bounds(south=min(lats), west=min(lons), north=max(lats), east=max(lons))


def distance_m(start: Point, end: Point) -> float:
    """Metres along the geodesic of WGS 84 (Karney 2013, as geopy computes it)."""
    return float(geodesic((start.lat, start.lon), (end.lat, end.lon)).meters)


def metres_per_degree(lat: Number) -> tuple[Number, Number]:
    """Length of one degree of latitude and of longitude at `lat`, on the ellipsoid.

    From the radii of curvature in the meridian and the prime vertical. Over a few kilometres
    the flat earth of these two numbers differs from the geodesic by less than one in 10,000.
    """
    angle = np.radians(lat)
    squash = 1 - _ECCENTRICITY_SQUARED * np.sin(angle) ** 2
    across = _EQUATOR_RADIUS_M / np.sqrt(squash)
    along = across * (1 - _ECCENTRICITY_SQUARED) / squash
    return np.radians(along), np.radians(across * np.cos(angle))


def point_geometry(point: Point) -> dict[str, Any]:
    """A GeoJSON Point (RFC 7946, 3.1.2)."""
    return {"type": "Point", "coordinates": to_lon_lat(point)}


def line_geometry(points: Iterable[Point]) -> dict[str, Any]:
    """A GeoJSON LineString without repeats; one place alone is there twice (RFC 7946, 3.1.4)."""
    positions = [position for position, _same in groupby(map(to_lon_lat, points))]
    if len(positions) == 1:
        positions *= 2
    return {"type": "LineString", "coordinates": positions}


def feature(
    geometry: Mapping[str, Any] | None, properties: Mapping[str, Any], **members: Any
) -> dict[str, Any]:
    """A GeoJSON Feature; `members` are further ones, such as `id`."""
    return {"type": "Feature", **members, "geometry": geometry, "properties": dict(properties)}


def feature_collection(features: Iterable[Mapping[str, Any]], **members: Any) -> dict[str, Any]:
    return {"type": "FeatureCollection", **members, "features": list(features)}
