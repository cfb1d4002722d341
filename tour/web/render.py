"""Answering with a page."""

from datetime import datetime
from typing import Any, TypeVar
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from tour.i18n import NAMES
from tour.parts import parts_of
from tour.web.bounded import LARGEST_BODY
from tour.web.error_names import with_names

Answer = TypeVar("Answer", bound=Response)


def now(request: Request) -> datetime:
    """The instant of this request, by the app's one clock; aware UTC."""
    return parts_of(request).clock()


def lang(request: Request) -> str:
    """The reader's language, chosen by the Language middleware."""
    tag: str = request.state.lang
    return tag


def render(
    request: Request,
    template: str,
    status: int = 200,
    *,
    nav: str | None = None,
    shared_seconds: int = 0,
    **context: Any,
) -> HTMLResponse:
    """A page. `shared_seconds`: the same for everybody, and for so long (RFC 9111, s-maxage)."""
    parts = parts_of(request)
    body = parts.templates.get_template(template).render(
        request=request,
        url_for=parts.path_for,
        absolute=parts.settings.base_url,
        lang=lang(request),
        languages=_languages(request),
        csp_nonce=request.state.csp_nonce,
        nav=nav,
        demo=parts.settings.demo,
        largest_body=LARGEST_BODY,
        **context,
    )
    caching = f"public, max-age=0, s-maxage={shared_seconds}" if shared_seconds else "no-store"
    return HTMLResponse(with_names(body), status, headers={"Cache-Control": caching})


def private(response: Answer) -> Answer:
    """The address is the key to what it answers with: nobody else may learn it. It goes to no other
    site (Referrer Policy) and into no index (X-Robots-Tag)."""
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _languages(request: Request) -> list[tuple[str, str, str]]:
    """(tag, own name, address of this page in that language), for the menu and hreflang."""
    kept = [(k, v) for k, v in request.query_params.multi_items() if k != "lang"]
    # With two strokes at its beginning it would be another site's address.
    path = "/" + request.url.path.lstrip("/")
    return [
        (tag, NAMES[tag], f"{path}?{urlencode([*kept, ('lang', tag)])}")
        for tag in parts_of(request).town.languages
    ]
