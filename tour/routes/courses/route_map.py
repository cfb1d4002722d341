"""The map of a walk."""

from starlette.requests import Request

from tour.routes.courses.outing import Outing, outing_geojson
from tour.sites.maps import map_around
from tour.sites.site_map import MapFragment


def outing_map(request: Request, outing: Outing, query: str) -> MapFragment:
    """The outing's places and lines; `query` asks for the same outing as GeoJSON."""
    url = f"{request.app.url_path_for('routes:walk_geojson')}?{query}"
    return _drawn(request, outing, url)


def outing_map_within(request: Request, outing: Outing) -> MapFragment:
    """The same with its lines inside the page: no address says where somebody stands."""
    return _drawn(request, outing, outing_geojson(outing))


def _drawn(request: Request, outing: Outing, walk: object) -> MapFragment:
    return map_around(
        request, [place.point for place in outing.waypoints], walk=walk, numbered=True
    )
