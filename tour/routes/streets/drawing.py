"""Streets as GeoJSON, for the light base layer under a map: the larger ones from far away."""

import math
from typing import Any

from tour.geo import Bounds, feature, feature_collection
from tour.routes.streets.graph import Streets
from tour.routes.streets.tags import StreetClass

_LARGEST_SCREEN_TILES = 16
"""Of 256 pixels: a box wider than this many at a zoom is drawn as from further away."""


def class_at_zoom(zoom: int) -> StreetClass:
    """The smallest streets that a map shows at a zoom of Web Mercator."""
    return StreetClass(min(max(17 - zoom, StreetClass.PATH), StreetClass.PRIMARY))


def street_layer(streets: Streets, bounds: Bounds, zoom: int) -> dict[str, Any]:
    """A FeatureCollection of one MultiLineString a class, `properties.class` its name.

    However large the box, the answer is about what fits on a screen.
    """
    widest = max(bounds.east - bounds.west, bounds.north - bounds.south)
    fitting = math.floor(math.log2(360 * _LARGEST_SCREEN_TILES / max(widest, 1e-6)))
    lines = streets.street_lines(bounds, class_at_zoom(min(zoom, fitting)))
    return feature_collection(
        feature(
            {"type": "MultiLineString", "coordinates": lines[street_class]},
            {"class": street_class.name.lower()},
        )
        for street_class in sorted(lines)
    )
