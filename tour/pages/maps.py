"""The maps of the visitor's pages: which markers and lines each shows, and the list beside them."""

from collections.abc import Sequence
from dataclasses import dataclass

from starlette.datastructures import QueryParams
from starlette.requests import Request

from tour.geo import Bounds, parse_bbox
from tour.sites.entries import SiteEntry
from tour.sites.maps import map_around
from tour.sites.site_map import MapFragment

MOST_ROWS = 60
"""Places in the list beside a map; where there are more, those that the map shows come first."""
LONGEST_SLUG = 80


@dataclass(frozen=True, slots=True)
class Rows:
    """One page of the places of a map."""

    sites: tuple[SiteEntry, ...]
    page: int
    pages: int


def rows(sites: Sequence[SiteEntry], query: QueryParams, page: int) -> Rows:
    """The page of a list that an address asks for: of the places in its `bbox`, with the one that
    was chosen (`place`, a slug) before all others. A box that is none is as if there was none."""
    box, chosen = _box(query.get("bbox", "")), query.get("place", "")[:LONGEST_SLUG]
    seen = [site for site in sites if box is None or (site.point and site.point in box)]
    if first := next((site for site in sites if site.slug == chosen), None):
        seen = [first, *(site for site in seen if site is not first)]
    pages = max(1, -(-len(seen) // MOST_ROWS))
    page = min(page, pages)
    return Rows(tuple(seen[(page - 1) * MOST_ROWS : page * MOST_ROWS]), page, pages)


def _box(text: str) -> Bounds | None:
    try:
        return parse_bbox(text[:LONGEST_SLUG])
    except ValueError:
        return None


def results_map(request: Request, sites: list[SiteEntry], query: str) -> MapFragment:
    """The sites of a search; a map of none shows the town."""
    return map_around(
        request,
        [site.point for site in sites if site.point],
        sites=places_url(request, query),
        whole=True,
        cards=True,
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
        cards=True,
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
