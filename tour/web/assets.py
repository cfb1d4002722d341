"""Static files under one build's name, so that browsers may keep them for ever.

Ours come from `static/`: sheets and scripts with what they import in them, scenes put together
as they are read. Leaflet's and the marker cluster's come from their installed packages. All are a
few hundred kilobytes, held in memory with a gzipped twin.
"""

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import PackageNotFoundError, files
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from tour.errors import ConfigurationError
from tour.settings import ROOT
from tour.web.folding import folded
from tour.web.scenes import drawing

PACKAGES = {
    "leaflet": ("django-js-lib-leaflet", "js_lib_leaflet/leaflet.js"),
    "markercluster": ("XStatic-Leaflet-MarkerCluster", "leaflet.markercluster.js"),
}
"""Folder below /static: (distribution, a file whose folder is served)."""

TYPES = {".js": "text/javascript", ".svg": "image/svg+xml", ".webmanifest": "application/json"}
SMALLEST_GZIPPED = 500
FOREVER = "public, max-age=31536000, immutable"


@dataclass(frozen=True)
class Asset:
    body: bytes
    media_type: str

    @cached_property
    def gzipped(self) -> bytes | None:
        """Packed when it is first asked for, or None where that would gain nothing."""
        squeezable = self.media_type.startswith("text/") or self.media_type in TYPES.values()
        if not squeezable or len(self.body) <= SMALLEST_GZIPPED:
            return None
        return gzip.compress(self.body, 6, mtime=0)


class Assets:
    """An ASGI app mounted at /static, and the names under which it serves."""

    def __init__(self) -> None:
        read = {name: _read(path) for name, path in _found().items()}
        self._assets = {name: _whole(name, read) for name in read}
        digest = hashlib.sha256()
        for name in sorted(self._assets):
            digest.update(name.encode() + b"\0" + self._assets[name].body)
        # One name for the whole build: an ES module may import another by a relative path
        # and never gets an older one.
        self.build = digest.hexdigest()[:12]

    def url(self, name: str) -> str:
        """The address of an asset by its path below static/, such as `css/base.css`."""
        if name not in self._assets:
            raise LookupError(f"there is no static file {name}")
        return f"/static/{self.build}/{name}"

    def body(self, name: str) -> bytes:
        return self._assets[name].body

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] not in ("GET", "HEAD"):
            raise HTTPException(405, headers={"Allow": "GET, HEAD"})
        path = scope["path"].removeprefix(scope.get("root_path", "")).lstrip("/")
        build, _, name = path.partition("/")
        asset = self._assets.get(name)
        response = self._answer(asset, build, dict(scope["headers"])) if asset else _missing()
        await response(scope, receive, send)

    def _answer(self, asset: Asset, build: str, headers: dict[bytes, bytes]) -> Response:
        # A page of the build before may still ask for its own name: it gets today's file, briefly.
        caching = FOREVER if build == self.build else "no-cache"
        answer = {"Cache-Control": caching, "Vary": "Accept-Encoding"}
        body = asset.body
        if b"gzip" in headers.get(b"accept-encoding", b"") and asset.gzipped:
            answer["Content-Encoding"] = "gzip"
            body = asset.gzipped
        return Response(body, headers=answer, media_type=asset.media_type)


def _missing() -> Response:
    return Response("not found", 404, media_type="text/plain")


def _found() -> dict[str, Path]:
    own = ROOT / "static"
    found = {str(path.relative_to(own)): path for path in own.rglob("*") if path.is_file()}
    for folder, (distribution, marker) in PACKAGES.items():
        for name, path in served_of(_package_folder(distribution, marker)).items():
            found[f"{folder}/{name}"] = path
    return found


def served_of(root: Path) -> dict[str, Path]:
    """What a browser needs of a package, by its name there; not the sources that some carry.

    Only what lies in the package counts: the clone itself may well lie in a folder called src.
    """
    named = {path.relative_to(root): path for path in root.rglob("*")}
    return {
        str(name): path
        for name, path in named.items()
        if path.suffix in (".js", ".css", ".png", ".svg") and "src" not in name.parts
    }


def _package_folder(distribution: str, marker: str) -> Path:
    try:
        listed = files(distribution) or []
    except PackageNotFoundError as exc:
        raise ConfigurationError(f"{distribution} is not installed: run `make setup`") from exc
    for file in listed:
        if str(file).endswith(marker):
            return Path(str(file.locate())).parent
    raise ConfigurationError(f"{distribution} has no {marker}: run `make setup`")


def _whole(name: str, read: dict[str, Asset]) -> Asset:
    """An asset of ours with what it imports; the packages' are whole."""
    if not name.startswith(("css/", "js/")):
        return read[name]
    body = folded(name, lambda file: read[file].body.decode())
    return Asset(body.encode(), read[name].media_type)


def _read(path: Path) -> Asset:
    body = drawing.picture(path) if drawing.is_scene(path) else path.read_bytes()
    media_type = TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "text/plain"
    return Asset(body, media_type)
