"""The files of places' photos, for everybody who may see them."""

from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response

from tour.accounts import guards
from tour.errors import NotFound
from tour.i18n import lazy as _
from tour.limits.counting import client_of
from tour.limits.lanes import lane
from tour.sites.editing import photos, waiting
from tour.sites.editing.photo_files import FILE_NAME, WIDTHS, file_name
from tour.sites.showing import Showing
from tour.web import parts_of, private
from tour.web.pictures import gone, kept_picture, picture


def photo_folder(request: Request) -> Path:
    return photos.folder_in(parts_of(request).settings.var)


async def photo_file(request: Request) -> Response:
    """A photo in one size. One that is on no page is for those who tend its place and for who sent
    it: it may be a draft's, be brought back, or wait for its description."""
    asked, folder = request.path_params["name"], photo_folder(request)
    name, is_shared = asked.partition("-")[0], asked.endswith(".jpg")
    known = folder / (file_name(name, WIDTHS[-1]) if is_shared else asked)
    if not FILE_NAME.fullmatch(asked) or not known.is_file():
        raise NotFound(_("There is no such photo."))
    kind = "image/jpeg" if is_shared else "image/webp"
    showings = await photos.showings_of(name)
    if Showing.SHOWN in showings.values():
        if is_shared and not (folder / asked).is_file():
            async with lane(request, "photos").turn(client_of(request)):
                await photos.to_share(name, folder)
        return picture(request, folder / asked, kind)
    who = await guards.visitor_account(request)
    is_sender = who is not None and await waiting.is_kept_for(who.account.id, name)
    if not is_shared and (is_sender or await guards.tends_one_of(request, showings)):
        return private(kept_picture(folder / asked, kind))
    raise gone()
