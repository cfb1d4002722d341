"""Files and answers that browsers, search engines and monitors ask for by a fixed name."""

import json

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from tour.events import queries as events
from tour.geo import feature_collection
from tour.web import now, parts_of, render
from tour.web.tokens import colour

HOUR = "public, max-age=3600"
FRESH = {"Cache-Control": "no-store"}
SITEMAP = "application/xml"


async def service_worker(request: Request) -> Response:
    """At the root, so that it may look after every page; never kept by a cache."""
    body = parts_of(request).assets.body("js/sw.js")
    return Response(body, headers={"Cache-Control": "no-cache"}, media_type="text/javascript")


async def manifest(request: Request) -> Response:
    town, assets = parts_of(request).town, parts_of(request).assets
    icon = {"src": assets.url("icons/app.svg"), "sizes": "any", "type": "image/svg+xml"}
    body = {
        "id": "/",
        "name": town.brand,
        "short_name": town.brand,
        "lang": town.language,
        "start_url": "/",
        "display": "standalone",
        "background_color": colour("paper"),
        "theme_color": colour("brick"),
        "icons": [icon, {**icon, "purpose": "maskable"}],
    }
    return Response(
        json.dumps(body, ensure_ascii=False),
        headers={"Cache-Control": HOUR},
        media_type="application/manifest+json",
    )


async def robots(request: Request) -> Response:
    base = parts_of(request).settings.base_url
    return PlainTextResponse(
        f"User-agent: *\nDisallow: /reservations\nDisallow: /slots\nSitemap: {base}/sitemap.xml\n"
    )


async def sitemap(request: Request) -> Response:
    catalogue = await parts_of(request).catalogue.current()
    zone = parts_of(request).town.timezone
    paths = ["/", "/sites", "/map", "/about"]
    paths += [f"/sites/{site.slug}" for site in catalogue.sites]
    paths += [
        f"/events/{e.slug}" for e in await events.events_from(now(request).astimezone(zone).date())
    ]
    response = render(request, "sitemap.xml", shared_seconds=60, paths=paths)
    response.headers["Content-Type"] = SITEMAP
    return response


async def base_layer(request: Request) -> Response:
    """The app's own base map under the tiles: a map without them and without a network.

    A town need not have drawn one.
    """
    path = parts_of(request).settings.data / "base.geojson"
    return Response(
        path.read_bytes() if path.exists() else json.dumps(feature_collection([])),
        headers={"Cache-Control": "public, max-age=3600, s-maxage=60"},
        media_type="application/geo+json",
    )


async def healthz(_request: Request) -> Response:
    """The process answers."""
    return JSONResponse({"status": "ok"}, headers=FRESH)
