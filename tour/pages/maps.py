"""The maps of the visitor's pages: which markers and lines each shows."""

from starlette.requests import Request

from tour.sites.entries import SiteEntry
from tour.sites.maps import map_around
from tour.sites.site_map import MapFragment


def results_map(request: Request, sites: list[SiteEntry], query: str) -> MapFragment:
    """The sites of a search; a map of none shows the town."""
    return map_around(
        request,
        [site.point for site in sites if site.point],
        sites=places_url(request, query),
        whole=True,
    )


def places_url(request: Request, query: str) -> str:
    """Where the map's script finds the places of a search."""
    return f"{request.app.url_path_for('api:sites')}?{query}"


def event_map(request: Request, sites: list[SiteEntry], slug: str) -> MapFragment:
    """The numbered places of an event's published map."""
    return map_around(
        request,
        [site.point for site in sites if site.point],
        sites=str(request.app.url_path_for("publishing:places", slug=slug)),
        numbered=True,
        whole=True,
    )


def site_map(request: Request, site: SiteEntry) -> MapFragment | None:
    """One site and its entrance, or None where no place is known."""
    if site.point is None:
        return None
    return map_around(
        request,
        [site.point],
        sites=f"{request.app.url_path_for('api:sites')}?slug={site.slug}",
        zoom=17 if site.is_walkable else 15,
    )
