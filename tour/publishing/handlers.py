"""The published map in its forms: frame, print, picture, data, archive."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from tour.i18n import translate
from tour.publishing import pdf, queries
from tour.publishing.archive import archived, places_geojson
from tour.publishing.drawing.picture import Picture
from tour.publishing.drawing.sheets import Sheet
from tour.publishing.framing import embed_policy, snippet
from tour.publishing.press import kept, press_of, printed, sources_of
from tour.publishing.published_map import PublishedMap, text_in
from tour.publishing.views import map_view
from tour.sites.maps import map_around
from tour.web import lang, parts_of, render

SHARED_SECONDS = 2
FILE_CACHING = "public, max-age=300"
PICTURE = Picture(1600, 1200, size=1.2)


async def embed(request: Request) -> Response:
    """Map and list for another site's frame; the list alone where scripts are blocked."""
    published = await _published(request)
    settings = parts_of(request).settings
    language = lang(request)
    response = render(
        request,
        "publishing/embed.html",
        event=map_view(published, language),
        picture=_path(request, "picture", published, language),
        map=map_around(
            request,
            published.points,
            sites=_path(request, "places", published, language),
            numbered=True,
        ),
    )
    response.headers["Content-Security-Policy"] = embed_policy(
        request.state.csp_nonce, base_url=settings.base_url, tile_url=settings.tile_url
    )
    return response


async def share(request: Request) -> Response:
    """What to paste to show the map elsewhere, and the map as files."""
    published = await _published(request)
    language = lang(request)
    title = translate("Map and list of %(event)s", event=text_in(published.titles, language))
    address = parts_of(request).settings.base_url + _path(request, "embed", published, language)
    return render(
        request,
        "publishing/share.html",
        nav="map",
        shared_seconds=SHARED_SECONDS,
        event=map_view(published, language),
        snippet=snippet(address, title),
        sheets=[sheet.value for sheet in Sheet],
        problems=pdf.print_problems(),
    )


async def printed_map(request: Request) -> Response:
    sheet = Sheet.read(request.query_params.get("size", ""))
    published = await _published(request)
    if problems := pdf.print_problems():
        return render(
            request,
            "publishing/unavailable.html",
            503,
            nav="map",
            problems=problems,
            slug=published.slug,
        )
    press, language = press_of(request), lang(request)
    body = await printed(press, published, sheet, language)
    return _file(
        request,
        press.key(published, "pdf", sheet, language),
        body,
        "application/pdf",
        f"{published.slug}-{sheet}-{language}.pdf",
    )


async def archive(request: Request) -> Response:
    published, press = await _published(request), press_of(request)
    body = await archived(press, published)
    return _file(
        request, press.key(published, "archive"), body, "application/zip", f"{published.slug}.zip"
    )


async def picture(request: Request) -> Response:
    """The drawn map alone, as SVG."""
    published, press, language = await _published(request), press_of(request), lang(request)
    key = press.key(published, "picture", language)
    body = await kept(
        press, f"{key}.svg", lambda: press.draw(published, PICTURE, language).encode()
    )
    return _file(request, key, body, "image/svg+xml", f"{published.slug}-{language}.svg")


async def places(request: Request) -> Response:
    """The numbered places as GeoJSON, for the map's markers and for everybody."""
    published = await _published(request)
    url = request.app.url_path_for("sites:detail", slug="SLUG").replace("SLUG", "{slug}")
    body = places_geojson(published, lang(request), str(url))
    headers = {
        "Cache-Control": f"public, max-age=0, s-maxage={SHARED_SECONDS}",
        "Access-Control-Allow-Origin": "*",
    }
    return JSONResponse(body, headers=headers, media_type="application/geo+json")


async def _published(request: Request) -> PublishedMap:
    return await queries.published_map(request.path_params["slug"], await sources_of(request))


def _path(request: Request, name: str, published: PublishedMap, language: str) -> str:
    path = request.app.url_path_for(f"publishing:{name}", slug=published.slug)
    return f"{path}?lang={language}"


def _file(request: Request, key: str, body: bytes, media_type: str, name: str) -> Response:
    """A file to look at or to keep, under a tag that changes when its content does."""
    headers = {"Cache-Control": FILE_CACHING, "ETag": f'"{key}"'}
    if key in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    headers["Content-Disposition"] = f'inline; filename="{name}"'
    return Response(body, headers=headers, media_type=media_type)
