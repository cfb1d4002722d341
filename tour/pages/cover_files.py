"""The files of events' covers, for everybody."""

import re

from starlette.requests import Request
from starlette.responses import Response

from tour.accounts import guards
from tour.errors import NotFound
from tour.events import covers
from tour.i18n import lazy as _
from tour.web import parts_of
from tour.web.pictures import gone, kept_picture, picture

FILE_NAME = re.compile(r"[0-9a-f]{32}-(480\.webp|960\.webp|1600\.webp|share\.jpg)")


async def cover_file(request: Request) -> Response:
    """A cover in one size. One that is on no page is for those who are signed in."""
    name = request.path_params["name"]
    path = covers.folder_in(parts_of(request).settings.var) / name
    if not FILE_NAME.fullmatch(name) or not path.is_file():
        raise NotFound(_("There is no such photo."))
    kind = "image/jpeg" if name.endswith(".jpg") else "image/webp"
    if await covers.is_shown(name.partition("-")[0]):
        return picture(request, path, kind)
    if await guards.visitor_account(request):
        return kept_picture(path, kind)
    raise gone()
