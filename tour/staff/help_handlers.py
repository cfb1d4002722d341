"""The guides for hosts and staff, in Japanese and English. Anybody may read them."""

from starlette.requests import Request
from starlette.responses import Response

from tour.errors import NotFound
from tour.i18n import lazy as _
from tour.web import lang, render

GUIDES = ("hosts", "staff")


async def guide(request: Request) -> Response:
    name = request.path_params["name"]
    if name not in GUIDES:
        raise NotFound(_("There is no such guide."))
    written = "ja" if lang(request).startswith("ja") else "en"
    return render(request, f"help/{name}_{written}.html", guide=name, written=written)
