"""Pictures that people put in and may take away again.

A file's name is made of its content, so what is shown never changes; but whether it is shown does.
So caches may keep it and ask each time (a 304 of a few bytes), and forget it the moment it is gone.
"""

from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, Response

from tour.errors import Gone
from tour.i18n import lazy as _

ASKED_EACH_TIME = "public, no-cache"
FOR_ITS_KEEPERS = "private, no-store"


def picture(request: Request, path: Path, kind: str) -> Response:
    """A picture that is on a page, for everybody."""
    tag = f'"{path.name}"'
    headers = {"Cache-Control": ASKED_EACH_TIME, "ETag": tag}
    if tag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return FileResponse(path, media_type=kind, headers=headers)


def kept_picture(path: Path, kind: str) -> Response:
    """A picture that is on no page, for those who may bring it back."""
    return FileResponse(path, media_type=kind, headers={"Cache-Control": FOR_ITS_KEEPERS})


def gone() -> Gone:
    """For everybody else: it was taken away."""
    return Gone(_("This photo was taken away."))
