"""A small shared cache in front of the pages that are the same for everybody (RFC 9111).

It obeys `s-maxage`, answers conditional requests (ETag, RFC 9110 13.1.2), and holds a page for a
second or two only: long enough for a rush, short enough that nobody sees yesterday's seats.
"""

import hashlib
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tour.web.gate.middleware import readers_language

MAX_PAGES = 512
MAX_BYTES = 400_000
"""Of one page."""
MAX_IN_ALL = 16_000_000
"""Bytes of all pages: whoever asks for pages that nobody else asks for fills no more than this."""
RawHeaders = list[tuple[bytes, bytes]]


@dataclass(frozen=True, slots=True)
class Page:
    headers: RawHeaders
    body: bytes
    etag: bytes
    fresh_until: float


class PageCache:
    """ASGI middleware, the outermost but the log."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        languages: tuple[str, ...],
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.app = app
        self.languages = languages
        self.monotonic = monotonic
        self.pages: OrderedDict[tuple[str, ...], Page] = OrderedDict()
        self.size = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "GET":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        key = self._key(scope, headers)
        page = self.pages.get(key)
        if page and page.fresh_until > self.monotonic():
            await _answer(page, headers, send)
            return
        collector = _Collector(send)
        await self.app(scope, receive, collector)
        if made := collector.page(self.monotonic()):
            self._keep(key, made)
            await _answer(made, headers, send)

    def _keep(self, key: tuple[str, ...], page: Page) -> None:
        if len(page.body) > MAX_BYTES:
            return
        self._drop(key)
        self.pages[key] = page
        self.size += len(page.body)
        while len(self.pages) > MAX_PAGES or self.size > MAX_IN_ALL:
            self._drop(next(iter(self.pages)))

    def _drop(self, key: tuple[str, ...]) -> None:
        if dropped := self.pages.pop(key, None):
            self.size -= len(dropped.body)

    def _key(self, scope: Scope, headers: Headers) -> tuple[str, ...]:
        """What a page depends on: its address and its reader's language and compression.

        The language it will be in, not what was sent: two wishes that look alike may mean two
        languages, and a thousand that look different mean one.
        """
        language = readers_language(headers, self.languages)
        squeezed = "gzip" if "gzip" in headers.get("accept-encoding", "") else ""
        return (scope["path"], scope["query_string"].decode("latin-1"), language, squeezed)


async def _answer(page: Page, request: Headers, send: Send) -> None:
    known = request.get("if-none-match", "")
    if known == "*" or page.etag.decode() in known:
        # The length of what is not sent would keep the connection waiting for it.
        headers = [(name, value) for name, value in page.headers if name != b"content-length"]
        await send({"type": "http.response.start", "status": 304, "headers": headers})
        await send({"type": "http.response.body", "body": b""})
        return
    await send({"type": "http.response.start", "status": 200, "headers": page.headers})
    await send({"type": "http.response.body", "body": page.body})


class _Collector:
    """Holds a shareable answer back to cache it; lets every other one through as it comes."""

    def __init__(self, send: Send) -> None:
        self.send = send
        self.seconds = 0
        self.headers: RawHeaders = []
        self.body = b""
        self.complete = False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.headers = list(message["headers"])
            self.seconds = _shared_seconds(message["status"], self.headers)
        if not self.seconds:
            await self.send(message)
        elif message["type"] == "http.response.body":
            self.body += message.get("body", b"")
            self.complete = not message.get("more_body", False)

    def page(self, now: float) -> Page | None:
        if not self.seconds or not self.complete:
            return None
        etag = b'"' + hashlib.blake2b(self.body, digest_size=12).hexdigest().encode() + b'"'
        return Page([*self.headers, (b"etag", etag)], self.body, etag, now + self.seconds)


def _shared_seconds(status: int, headers: RawHeaders) -> int:
    found = dict(headers)
    caching = found.get(b"cache-control", b"").decode("latin-1")
    if status != 200 or b"set-cookie" in found or "s-maxage=" not in caching:
        return 0
    return int(caching.partition("s-maxage=")[2].split(",")[0])
