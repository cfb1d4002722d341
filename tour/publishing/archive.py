"""The map as a folder for keeping: it opens from a file or any web host, without a network."""

import io
import json
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tour.geo import feature, feature_collection, point_geometry
from tour.i18n import NAMES
from tour.publishing.drawing import marks
from tour.publishing.drawing.picture import Picture
from tour.publishing.press import Press, kept
from tour.publishing.published_map import MapSite, PublishedMap, text_in
from tour.sites.choices import KINDS

EPOCH = (1980, 1, 1, 0, 0, 0)
"""The earliest time a zip can hold: the same content is the same bytes whenever it is packed."""

PICTURE = Picture(1900, 1500, href="#place-{number}")


@dataclass(frozen=True, slots=True)
class OtherPage:
    """The same map in another language: its tag, its own name, its file."""

    tag: str
    name: str
    file: str


async def archived(press: Press, published: PublishedMap) -> bytes:
    """The zip, from the folder where it was packed before."""
    key = press.key(published, "archive")
    return await kept(press, f"{key}.zip", lambda: make_bundle(press, published))


def make_bundle(press: Press, published: PublishedMap) -> bytes:
    """Everything that visitors see of the map, in every language, as a zip."""
    languages = press.town.languages
    files = {
        "assets/archive.css": marks.colour_rules().encode() + press.assets.body("css/archive.css"),
        "assets/archive.js": press.assets.body("js/archive.js"),
        "places.geojson": _dump(places_geojson(published, languages[0])),
    }
    for lang in languages:
        picture = press.draw(published, PICTURE, lang)
        files[f"map.{lang}.svg"] = press.draw(published, Picture(1900, 1500), lang).encode()
        page = press.page(
            "publishing/archive.html",
            published,
            lang,
            picture=picture,
            alone=f"map.{lang}.svg",
            others=_others(languages, lang),
        )
        files[_file(languages, lang)] = page.encode()
    return _zip(files)


def places_geojson(published: PublishedMap, lang: str, url: str = "") -> dict[str, Any]:
    """The numbered places; `{slug}` in `url` is the place's. As `GET /api/v1/sites` names things.

    Places without a point have no geometry (RFC 7946, 3.2).
    """
    return feature_collection(
        feature(
            point_geometry(site.point) if site.point else None,
            _properties(site, lang, url.format(slug=site.slug)),
        )
        for site in published.places
    )


def _properties(site: MapSite, lang: str, url: str) -> dict[str, Any]:
    linked = {"url": url} if url else {}
    return {
        "number": site.number,
        "slug": site.slug,
        "kind": site.kind.value,
        "kind_label": KINDS[site.kind].label.in_language(lang),
        "role": site.role.value,
        "name": text_in(site.names, lang),
        "address": text_in(site.addresses, lang),
        "access": list(site.access),
        "approximate": site.approximate,
        "sample": site.sample,
        **linked,
    }


def _others(languages: Sequence[str], lang: str) -> list[OtherPage]:
    return [
        OtherPage("ja" if tag == "ja-easy" else tag, NAMES[tag], _file(languages, tag))
        for tag in languages
        if tag != lang
    ]


def _file(languages: Sequence[str], lang: str) -> str:
    return "index.html" if lang == languages[0] else f"index.{lang}.html"


def _dump(content: object) -> bytes:
    return json.dumps(content, ensure_ascii=False, indent=1).encode()


def _zip(files: dict[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3  # Unix, whatever packs it
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, files[name])
    return packed.getvalue()
