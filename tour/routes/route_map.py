"""The map of a walk."""

from starlette.requests import Request

from tour.routes.outing import Outing
from tour.sites.maps import map_around
from tour.sites.site_map import MapFragment


def outing_map(request: Request, outing: Outing, query: str) -> MapFragment:
    """The outing's places and lines; `query` asks for the same outing as GeoJSON."""
    url = f"{request.app.url_path_for('routes:walk_geojson')}?{query}"
    return map_around(request, [place.point for place in outing.places], walk=url, numbered=True)
