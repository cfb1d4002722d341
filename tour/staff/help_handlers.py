"""The guides for hosts and staff, in Japanese and English. Anybody may read them.

Their pictures are taken by `tests/browser/test_guides.py` (`make guides`), not kept with the
code; without them the guides are text only.
"""

import re
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, Response

from tour.errors import NotFound
from tour.i18n import lazy as _
from tour.web import lang, parts_of, render

GUIDES = ("hosts", "staff")
PICTURE = re.compile(r"[a-z]+-(ja|en)\.png")
HOUR = "public, max-age=3600"


async def guide(request: Request) -> Response:
    name = request.path_params["name"]
    if name not in GUIDES:
        raise NotFound(_("There is no such guide."))
    written = "ja" if lang(request).startswith("ja") else "en"
    return render(
        request,
        f"help/{name}_{written}.html",
        guide=name,
        written=written,
        pictures=pictures_in(picture_folder(request), written),
    )


async def picture(request: Request) -> Response:
    name = request.path_params["name"]
    path = picture_folder(request) / name
    if not PICTURE.fullmatch(name) or not path.is_file():
        raise NotFound(_("There is no such photo."))
    return FileResponse(path, media_type="image/png", headers={"Cache-Control": HOUR})


def picture_folder(request: Request) -> Path:
    return parts_of(request).settings.var / "guides"


def pictures_in(folder: Path, written: str) -> set[str]:
    """The names of the pictures that are there in a language."""
    ending = f"-{written}.png"
    return {path.name.removesuffix(ending) for path in folder.glob(f"*{ending}")}
