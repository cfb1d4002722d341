"""A map on a page: around what it shows, with the words that its script says."""

from starlette.requests import Request

from tour.geo import Bounds, Point, bounds_of
from tour.i18n import translate
from tour.sites.site_map import MapFragment, draw
from tour.web import parts_of

MARGIN_DEGREES = 0.002


def map_around(request: Request, points: list[Point], **options: object) -> MapFragment:
    """A map that shows all the points, or the town where there are none.

    One with `cards` leaves as much room around them as its page needs, in pixels.
    """
    margin = 0 if options.get("cards") and len(points) > 1 else MARGIN_DEGREES
    bounds = _around(points, margin) or _town_bounds(request)
    centre = Point(lat=(bounds.south + bounds.north) / 2, lon=(bounds.west + bounds.east) / 2)
    source = parts_of(request).map_source
    return draw(
        source,
        centre=centre,
        label=translate("Map"),
        words=_words(),
        fit=[[bounds.south, bounds.west], [bounds.north, bounds.east]],
        **options,
    )


def _around(points: list[Point], margin: float) -> Bounds | None:
    if not points:
        return None
    tight = bounds_of(points)
    return Bounds(
        south=tight.south - margin,
        west=tight.west - margin,
        north=tight.north + margin,
        east=tight.east + margin,
    )


def _town_bounds(request: Request) -> Bounds:
    west, south, east, north = parts_of(request).town.bounds
    return Bounds(south=south, west=west, north=north, east=east)


def _words() -> dict[str, str]:
    """What map.js says."""
    return {
        "locate": translate("Where am I?"),
        "here": translate("You are here"),
        "refused": translate("Your position is not available. Choose a station instead."),
        "approximate": translate("Rough position"),
        "sessions": translate("For sessions only: {at}"),
        "cluster": translate("{n} places; press to come closer"),
        "numbers": translate("Places {numbers}; press to come closer"),
        "several": translate("{n} places"),
        "zoomIn": translate("Come closer"),
        "zoomOut": translate("Step back"),
        "fingers": translate("Use two fingers to move the map"),
        "wheel": translate("Hold Ctrl or ⌘, or click the map, to zoom with the wheel"),
        "full": translate("Open the full map"),
        "close": translate("Close the full map"),
        "unavailable": translate("The places could not be loaded. They are in the list."),
    }
