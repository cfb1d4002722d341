"""Answers of the server itself, before or beside the app: a page in the reader's language as far as
it is known, problem details for programs (RFC 9457). They need no file of ours and name no style:
what is refused here may be refused because too much is going on.
"""

import html
import json
from collections.abc import Iterable
from http import HTTPStatus

from starlette.datastructures import Headers

from tour.i18n import LOCALES, NAMES, Text, translate
from tour.i18n import lazy as _
from tour.web.gate.middleware import COOKIE, readers_language

READY = tuple(lang for lang in NAMES if lang == "en" or (LOCALES / lang).is_dir())
"""Languages that all sentences are in."""
WORDS: dict[int, tuple[Text, Text]] = {
    400: (
        _("The request was not understood"),
        _("Please open the page again, from its first page on."),
    ),
    408: (
        _("This took too long"),
        _(
            "What you sent did not arrive in time. Your browser's back button leads to the form;"
            " please send it again where the connection is better, large photos one by one."
        ),
    ),
    431: (
        _("That is too much at once"),
        _("Your browser sends more than can be taken. Clear its cookies and try again."),
    ),
    503: (
        _("Please wait a moment"),
        _("Too many people are here at this moment. Please try again in 5 seconds."),
    ),
}
Raw = Iterable[tuple[bytes, bytes]]


def bare_answer(status: int, raw: Raw = (), path: bytes = b"", *, retry_after: int = 0) -> bytes:
    """A whole HTTP/1.1 answer, after which the connection closes. `raw`: the head as far as it was
    read."""
    headers = Headers(raw=[*raw])
    is_api = path.startswith(b"/api/")
    kind = "application/problem+json" if is_api else "text/html; charset=utf-8"
    body = (_details if is_api else _page)(status, headers).encode()
    head = [
        f"HTTP/1.1 {status} {HTTPStatus(status).phrase}",
        f"content-type: {kind}",
        f"content-length: {len(body)}",
        "connection: close",
        "cache-control: no-store",
        "x-content-type-options: nosniff",
        "content-security-policy: default-src 'none'; frame-ancestors 'none'",
    ]
    if retry_after:
        head.append(f"retry-after: {retry_after}")
    return "\r\n".join((*head, "", "")).encode() + body


def _languages(headers: Headers) -> tuple[str, ...]:
    """The reader's, or every one where nothing is known of them."""
    if "accept-language" in headers or f"{COOKIE}=" in headers.get("cookie", ""):
        return (readers_language(headers, READY),)
    return READY


def _page(status: int, headers: Headers) -> str:
    langs = _languages(headers)
    parts = "".join(_part(status, lang) for lang in langs)
    title = " / ".join(html.escape(WORDS[status][0].in_language(lang)) for lang in langs)
    return (
        f'<!DOCTYPE html><html lang="{langs[0]}"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{title}</title>{parts}</html>"
    )


def _part(status: int, lang: str) -> str:
    title, text = (html.escape(words.in_language(lang)) for words in WORDS[status])
    start = html.escape(translate("To the start page", lang))
    return f'<main lang="{lang}"><h1>{title}</h1><p>{text}</p><p><a href="/">{start}</a></p></main>'


def _details(status: int, headers: Headers) -> str:
    lang = readers_language(headers, READY)
    detail = WORDS[status][1].in_language(lang)
    title = HTTPStatus(status).phrase
    body = {"type": "about:blank", "title": title, "status": status, "detail": detail}
    return json.dumps(body, ensure_ascii=False)
