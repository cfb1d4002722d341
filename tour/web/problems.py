"""Turning every refusal into a helpful page, or into problem details for programs (RFC 9457)."""

import logging
from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tour.errors import NO_ROOM, NOT_NOW, Busy, TooManyRequests, TourError, Unavailable
from tour.i18n import Text
from tour.i18n import lazy as _
from tour.web.forms import NOBODY_COULD, read_form
from tour.web.render import render

log = logging.getLogger("tour.web")
MOST_FIELDS = 6000
"""Of a form that is kept for its next try: as many as the largest of ours has."""
TYPED_ANEW = frozenset({"code"})
TITLES = {
    400: _("The request was not understood"),
    403: _("This page is not for you"),
    404: _("There is no such page"),
    405: _("This page cannot do that"),
    409: _("That is no longer possible"),
    413: _("That is too much at once"),
    414: _("That is too much at once"),
    422: _("Something needs correcting"),
    429: _("Please wait a moment"),
    431: _("That is too much at once"),
    500: _("Something went wrong on our side"),
    503: _("Please wait a moment"),
}
ADVICE = {
    404: _("The address may be mistyped, or the page has moved. The links below lead on."),
    405: _("Please go back and use the buttons of the page."),
    413: _("This is more than can be taken at once. Please send less."),
    414: _("This address is too long. The links below lead on."),
    431: _("Your browser sends more than can be taken. Clear its cookies and try again."),
    500: _("It has been noted. Please try again in a minute."),
}
DEFAULT_ADVICE = _("Please go back and try again.")


async def on_tour_error(request: Request, exc: Exception) -> Response:
    assert isinstance(exc, TourError)  # noqa: S101 - registered for this class only
    headers = {}
    if isinstance(exc, TooManyRequests | Unavailable | Busy):
        headers["Retry-After"] = str(exc.retry_after)
    if isinstance(exc, Unavailable):
        log.error("not served: %s", exc.reason)
    if request.url.path.startswith("/api/"):
        return problem(exc, headers)
    if isinstance(exc, NOT_NOW) and (sent := await _sent(request)):
        response = _sent_again_page(request, sent)
    else:
        response = error_page(request, exc.status, exc.message)
    response.headers.update(headers)
    return response


async def _sent(request: Request) -> list[tuple[str, str]]:
    """The fields of a form that nobody could take; none of what is no form, holds a file, or is too
    much. Whoever has read it before has it at hand."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if request.method != "POST" or kind != "application/x-www-form-urlencoded":
        return []
    try:
        form = await read_form(request, MOST_FIELDS)
    except (TourError, HTTPException):
        return []
    return [(name, str(value)) for name, value in form.multi_items()]


def _sent_again_page(request: Request, sent: list[tuple[str, str]]) -> Response:
    """All that was typed, to be sent to the same address again. A code is typed anew: it stands in
    no page."""
    address = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return render(
        request,
        "errors/sent_again.html",
        503,
        title=TITLES[503],
        message=NOBODY_COULD,
        action=address,
        kept=[(name, value) for name, value in sent if name not in TYPED_ANEW],
        anew=[name for name, _value in sent if name in TYPED_ANEW],
    )


async def on_os_error(request: Request, exc: Exception) -> Response:
    """A disk that takes no more is no fault of ours, and soon mended; everything else is."""
    assert isinstance(exc, OSError)  # noqa: S101 - registered for this class only
    if exc.errno not in NO_ROOM:
        raise exc
    return await on_tour_error(request, Unavailable(NO_ROOM[exc.errno]))


async def on_http_exception(request: Request, exc: Exception) -> Response:
    assert isinstance(exc, HTTPException)  # noqa: S101 - registered for this class only
    headers = dict(exc.headers or {})
    message = ADVICE.get(exc.status_code, DEFAULT_ADVICE)
    if request.url.path.startswith("/api/"):
        return _details(exc.status_code, str(message), {}, "about:blank", headers)
    response = error_page(request, exc.status_code, message)
    response.headers.update(headers)
    return response


class FaultPage:
    """Answers a bug with a page, innermost: it has the reader's language and the nonce.

    The fault goes on to the server, which logs it.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        answering = False

        async def noting_start(message: Message) -> None:
            nonlocal answering
            answering = True
            await send(message)

        try:
            await self.app(scope, receive, noting_start)
        except Exception:
            if scope["type"] == "http" and not answering:
                await _fault_page(Request(scope))(scope, receive, send)
            raise


def _fault_page(request: Request) -> Response:
    if request.url.path.startswith("/api/"):
        return _details(500, str(ADVICE[500]), {}, "about:blank", {})
    return error_page(request, 500, ADVICE[500])


def error_page(request: Request, status: int, message: Text) -> Response:
    title = TITLES.get(status, TITLES[500 if status >= 500 else 400])
    return render(request, "errors/error.html", status, title=title, message=message, code=status)


def problem(exc: TourError, headers: dict[str, str] | None = None) -> Response:
    """RFC 9457 problem details; `extra` members such as `slot` and `errors` stand beside."""
    extra = {name: _plain(value) for name, value in exc.extra.items()}
    return _details(exc.status, str(exc.message), extra, exc.problem, headers or {})


def _plain(value: object) -> object:
    if isinstance(value, dict):
        return {name: _plain(inner) for name, inner in value.items()}
    return str(value) if isinstance(value, Text) else value


def _details(
    status: int, detail: str, extra: dict[str, object], kind: str, headers: dict[str, str]
) -> Response:
    body = {"type": kind, "title": HTTPStatus(status).phrase, "status": status, "detail": detail}
    return JSONResponse(
        {**body, **extra}, status, headers=headers, media_type="application/problem+json"
    )
