"""Where maps are drawn, printed and kept: slow work, one map at a time, never twice."""

import asyncio
import hashlib
import json
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager, contextmanager
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path

import jinja2
from markupsafe import Markup
from starlette.requests import Request

from tour.geo import Point
from tour.i18n import LOCALES, current_language
from tour.limits.counting import client_of
from tour.limits.lanes import lane
from tour.publishing import pdf
from tour.publishing.collect import Sources
from tour.publishing.drawing import marks
from tour.publishing.drawing.ground import Ground, base_layer
from tour.publishing.drawing.picture import Picture, draw_map
from tour.publishing.drawing.sheets import Sheet, layouts
from tour.publishing.published_map import PublishedMap, as_json
from tour.publishing.views import map_view
from tour.settings import ROOT
from tour.town import Town
from tour.web import now, parts_of
from tour.web.assets import Assets
from tour.web.qr import qr_svg

MOST_KEPT = 200
_one_at_a_time = ThreadPoolExecutor(max_workers=1, thread_name_prefix="press")


@dataclass(frozen=True, slots=True)
class Press:
    """What every map is drawn with; the town's own files and the app's."""

    templates: jinja2.Environment
    assets: Assets
    ground: Ground
    town: Town
    base_url: str
    folder: Path
    turn: Callable[[], AbstractAsyncContextManager[None]]
    """Waits for the turn of whoever asks, before anything is drawn; raises Busy."""

    def draw(self, published: PublishedMap, picture: Picture, lang: str) -> Markup:
        """The map as an `<svg>` element, safe in a page: every text in it is escaped."""
        west, south, east, north = self.town.bounds
        corners = (Point(lat=south, lon=west), Point(lat=north, lon=east))
        svg = draw_map(published, self.ground, corners, picture, lang)
        return Markup(svg)  # noqa: S704 - drawn of escaped texts

    def page(self, template: str, published: PublishedMap, lang: str, **context: object) -> str:
        """A template around a map, in a language that need not be the reader's."""
        with reading(lang):
            return self.templates.get_template(template).render(
                lang=lang,
                map=map_view(published, lang),
                qr=qr_svg(f"{self.base_url}/events/{published.slug}"),
                page_url=f"{self.base_url}/events/{published.slug}",
                **context,
            )

    def key(self, published: PublishedMap, *kind: str) -> str:
        """Names everything that a drawing depends on: the same key, the same bytes."""
        streets = self.ground.streets
        parts = [
            as_json(published),
            [published.version, str(published.published_on), self.base_url, *kind],
            [self.town.names, self.town.brands, self.town.credits],
            [hash_of(self.ground.features), streets.about if streets else None],
            [_edition(), self.assets.build, pdf.engine()],
        ]
        return hash_of(parts)


def press_of(request: Request) -> Press:
    """The press from the app's parts."""
    parts = parts_of(request)
    base = parts.settings.data / "base.geojson"
    return Press(
        templates=parts.templates,
        assets=parts.assets,
        ground=Ground(base_layer(base), parts.walks.streets),
        town=parts.town,
        base_url=parts.settings.base_url,
        folder=parts.settings.var / "print",
        turn=partial(lane(request, "drawings").turn, client_of(request)),
    )


async def sources_of(request: Request) -> Sources:
    """What maps are made from at this moment; staff pages hand it to the service."""
    parts = parts_of(request)
    catalogue = await parts.catalogue.current()
    board = await parts.board.current(now(request))
    return Sources(catalogue, parts.walks, parts.town.languages, board)


async def printed(press: Press, published: PublishedMap, sheet: Sheet, lang: str) -> bytes:
    """The map as PDF, from the folder where it was printed before."""
    key = press.key(published, "pdf", sheet, lang)
    return await kept(press, f"{key}.pdf", lambda: _print(press, published, sheet, lang))


async def kept(press: Press, name: str, make: Callable[[], bytes]) -> bytes:
    """The file's content, made when it is not there yet; made once however many ask."""
    path = press.folder / name
    try:
        return await asyncio.to_thread(path.read_bytes)
    except FileNotFoundError:
        async with press.turn():
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(_one_at_a_time, _make, path, make)


@contextmanager
def reading(lang: str) -> Iterator[None]:
    """Everything inside is said in `lang`."""
    token = current_language.set(lang)
    try:
        yield
    finally:
        current_language.reset(token)


def hash_of(content: object) -> str:
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def _print(press: Press, published: PublishedMap, sheet: Sheet, lang: str) -> bytes:
    style = marks.colour_rules() + press.assets.body("css/sheet.css").decode()
    for layout in layouts(sheet, len(published.places)):
        picture = press.draw(published, layout.picture, lang)
        html = press.page("publishing/sheet.html", published, lang, layout=layout, picture=picture)
        laid_out = pdf.typeset(html, style)
        if layout.fits(laid_out.pages, laid_out.page_of("list")):
            break
    return laid_out.pdf()


def _make(path: Path, make: Callable[[], bytes]) -> bytes:
    if path.exists():  # somebody who asked before us has made it meanwhile
        return path.read_bytes()
    body = make()
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(f".{os.getpid()}.part")
    unfinished.write_bytes(body)
    unfinished.replace(path)
    _forget_oldest(path.parent)
    return body


def _forget_oldest(folder: Path) -> None:
    """Bounds the folder; another process may be doing the same."""
    files = sorted(folder.iterdir(), key=lambda file: file.stat().st_mtime, reverse=True)
    for old in files[MOST_KEPT:]:
        old.unlink(missing_ok=True)


@cache
def _edition() -> str:
    """The drawing code itself: a new release prints anew."""
    folders = (Path(__file__).parent, ROOT / "templates" / "publishing", LOCALES)
    files = [file for folder in folders for file in sorted(folder.rglob("*.*")) if file.is_file()]
    digest = hashlib.blake2b(digest_size=16)
    for file in files:
        if file.suffix in (".py", ".html", ".po"):
            digest.update(file.read_bytes())
    return digest.hexdigest()
