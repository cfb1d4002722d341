"""Maps, built by folium, served by ourselves: no other host but the tiles (decision 0007).

A map is a fragment of the page: its element and its script, which stands under the page's nonce and
waits in `tourMaps` until `static/js/see-maps.js` finds that the map is looked at. Markers come from
GeoJSON by URL and are drawn by `static/js/map.js`.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import folium
from branca.element import CssLink, Element, Figure, MacroElement
from folium.template import Template
from markupsafe import Markup, escape

from tour.geo import Point
from tour.i18n import translate

DEFAULT_ZOOM = 14
MAX_ZOOM = 18
ZOOM_STEP = 0.25
GSI_CREDIT = "出典：地理院タイル"
OSM_CREDIT = "© OpenStreetMap contributors"


@dataclass(frozen=True, slots=True)
class MapFragment:
    """What a page puts in its head, where the map stands, and at its end, under its nonce."""

    head: Markup
    body: Markup
    script: Markup


@dataclass(frozen=True, slots=True)
class MapSource:
    """Where a map gets its tiles from and which files it needs; the same for every map."""

    tile_url: str
    tile_credit: str
    base_url: str
    """GeoJSON of the app's own base layer, drawn under the tiles."""
    streets_url: str
    """Street lines for a view, `{bbox}` and `{zoom}` to fill in; empty without a street graph."""
    asset: Callable[[str], str]


class PlainMap(folium.Map):
    """folium's map without its CDN links; ours are added by `draw`."""

    default_js: list[tuple[str, str]] = []  # noqa: RUF012 - folium's own shape
    default_css: list[tuple[str, str]] = []  # noqa: RUF012 - folium's own shape


class TourLayers(MacroElement):
    """Hands the map to `static/js/map.js` with what it shall show."""

    _template = Template(
        "{% macro script(this, kwargs) %}"
        "tourMap({{ this._parent.get_name() }}, {{ this.options_json }});"
        "{% endmacro %}"
    )

    def __init__(self, options: dict[str, Any]) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # branca's
        self.options_json = _in_script(options)


def draw(source: MapSource, *, centre: Point, label: str, **options: Any) -> MapFragment:
    """A map around `centre`.

    `options` go to map.js as they are: `sites` (the URL of GeoJSON), `fit` (bounds as
    [[south, west], [north, east]]), `numbered`, `pick` …
    `whole` says that the map is the page's purpose: what it needs is asked for with the page, one
    finger and the wheel move it, and it zooms in quarters of a level, so that what it shows fills
    it. Every other map leaves them to the page. With `cards` a pin asks for its card in the list.
    """
    chart = PlainMap(
        location=[centre.lat, centre.lon],
        zoom_start=DEFAULT_ZOOM,
        tiles=None,
        zoom_control="bottomright",
        max_zoom=MAX_ZOOM,
        zoom_snap=ZOOM_STEP if options.get("whole") else 1,
    )
    if source.tile_url:
        folium.TileLayer(
            source.tile_url, attr=_tile_credit(source), max_zoom=MAX_ZOOM, control=False
        ).add_to(chart)
    layers = {
        "base": source.base_url,
        "streets": source.streets_url,
        "icons": source.asset("icons/ui.svg"),
        "clusters": source.asset("js/clusters.js"),
        "label": label,
        "credit": OSM_CREDIT,
    }
    shown = {**layers, **options}
    TourLayers(shown).add_to(chart)
    _stable_ids(chart)
    return _fragment(chart, source.asset, shown)


def _tile_credit(source: MapSource) -> str:
    """The usual one in the page's language; another's as it is set."""
    return (
        translate("Source: GSI Tiles") if source.tile_credit == GSI_CREDIT else source.tile_credit
    )


def _stable_ids(chart: folium.Map) -> None:
    """folium's ids are random; numbered ones make the same page the same bytes (ETag)."""
    pending: list[Element] = [chart]
    number = 0
    while pending:
        element = pending.pop(0)
        element._id = str(number)
        number += 1
        pending += list(element._children.values())


def _fragment(chart: folium.Map, asset: Callable[[str], str], shown: dict[str, Any]) -> MapFragment:
    figure: Figure = chart.get_root()  # type: ignore[assignment]  # branca's
    chart.render()  # type: ignore[no-untyped-call]  # branca's
    script, style = asset("js/maps.js"), asset("css/map.css")
    head = _asked_for_at_once(script, style, shown) if shown.get("whole") else ""
    body = "".join(child.render() for child in figure.html._children.values())
    drawing = "".join(child.render() for child in figure.script._children.values())
    waiting = {
        "id": chart.get_name(),
        "script": script,
        "style": style,
        "unavailable": shown.get("words", {}).get("unavailable", ""),
    }
    push = f"(window.tourMaps ??= []).push({{...{_in_script(waiting)}, draw() {{\n{drawing}\n}}}});"
    # Safe: made of folium's own code, our file names and JSON that escapes "<".
    return MapFragment(*(Markup(part) for part in (head, body, push)))  # noqa: S704 - folium's


def _asked_for_at_once(script: str, style: str, shown: dict[str, Any]) -> str:
    """Links to what the map will ask for, one round trip later each."""
    data = [shown[name] for name in ("sites", "base") if shown.get(name)]
    scripts = [
        script,
        *([shown["clusters"]] if shown.get("cards") and shown.get("numbered") else []),
    ]
    return "".join(
        [
            str(CssLink(style).render()),
            *(f'<link rel="modulepreload" href="{escape(address)}">' for address in scripts),
            *(
                f'<link rel="preload" as="fetch" crossorigin href="{escape(address)}">'
                for address in data
            ),
        ]
    )


def _in_script(value: object) -> str:
    """As JSON inside of a script element, which only "</script" would end early."""
    return json.dumps(value, ensure_ascii=False).replace("<", "\\u003c")
