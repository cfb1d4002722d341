"""ASGI middleware, each a plain callable: BaseHTTPMiddleware would cancel a request inside its
transaction."""

import logging
import secrets
import time
from urllib.parse import parse_qs, urlsplit, urlunsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import cookie_parser
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tour.i18n import current_language, negotiate, translate
from tour.patience import PAGE_WAITS, waiting_at_most
from tour.web.gate.traffic import Traffic

access_log = logging.getLogger("tour.access")
COOKIE = "lang"
BULK = "/staff"
YEAR = 365 * 24 * 3600
SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
STATIC = "/static/"
"""Files that are the same in every language and for everybody."""


LONGEST_WISH = 500
"""Characters of Accept-Language that are read; a browser sends some thirty."""


def readers_language(headers: Headers, languages: tuple[str, ...]) -> str:
    """One of `languages`: the one that the browser remembers, else the best of Accept-Language.

    The cookie is not read by `http.cookies`, which gives up at the first one it finds wrong: it may
    be another app's of the same host.
    """
    remembered = cookie_parser(headers.get("cookie", "")).get(COOKIE, "")
    if remembered in languages:
        return remembered
    return negotiate(headers.get("accept-language", "")[:LONGEST_WISH], languages)


class AccessLog:
    """One line and one count a request: method, the page's name in `urls.py`, the time it took.

    Never the address: a reservation's reference in it is a key. Never the handler: code moves, and
    what an operator counts by must not.
    """

    def __init__(self, app: ASGIApp, traffic: Traffic) -> None:
        self.app = app
        self.traffic = traffic

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started, status = time.perf_counter(), 500

        async def noting_status(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, noting_status)
        finally:
            page = getattr(scope.get("route"), "name", "-")
            seconds = time.perf_counter() - started
            self.traffic.note(page, status, seconds)
            access_log.info(
                "request",
                extra={
                    "method": scope["method"],
                    "page": page,
                    "status": status,
                    "ms": round(seconds * 1000, 1),
                },
            )


class Language:
    """Chooses the page's language: `?lang=`, else the cookie, else Accept-Language."""

    def __init__(self, app: ASGIApp, languages: tuple[str, ...]) -> None:
        self.app = app
        self.languages = languages

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        asked = parse_qs(scope["query_string"].decode("latin-1")).get("lang", [""])[0]
        chosen = asked if asked in self.languages else None
        lang = chosen or readers_language(headers, self.languages)
        scope.setdefault("state", {})["lang"] = lang
        token = current_language.set(lang)

        async def with_language(message: Message) -> None:
            # A browser asks anew for what varies by cookies whenever one of them has changed.
            is_page = not scope["path"].startswith(STATIC)
            if is_page and message["type"] == "http.response.start":
                answer = MutableHeaders(scope=message)
                answer["Content-Language"] = lang
                answer.add_vary_header("Accept-Language, Cookie")
                if chosen:
                    answer.append(
                        "Set-Cookie", f"{COOKIE}={chosen}; Path=/; Max-Age={YEAR}; SameSite=Lax"
                    )
            await send(message)

        try:
            await self.app(scope, receive, with_language)
        finally:
            current_language.reset(token)


class BoundedWaits:
    """Lets no request wait without end for what others hold (see `tour.patience`). What staff do in
    bulk, such as an import, is work more than it is waiting."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        is_bulk = scope["path"].startswith(BULK)
        with waiting_at_most(PAGE_WAITS, ends_statements=not is_bulk):
            await self.app(scope, receive, send)


class SecurityHeaders:
    """A strict Content-Security-Policy with a nonce a response, and its companions.

    Nothing is loaded from another host but map tiles (`img_hosts`).
    """

    def __init__(self, app: ASGIApp, *, img_hosts: tuple[str, ...], https: bool) -> None:
        self.app = app
        self.img = " ".join(("'self'", "data:", "blob:", *img_hosts))
        self.https = https

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        nonce = secrets.token_urlsafe(16)
        scope.setdefault("state", {})["csp_nonce"] = nonce

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                answer = MutableHeaders(scope=message)
                for name, value in self._headers(nonce).items():
                    answer.setdefault(name, value)
            await send(message)

        await self.app(scope, receive, with_headers)

    def _headers(self, nonce: str) -> dict[str, str]:
        policy = (
            f"default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self'; "
            # Leaflet moves tiles and markers by style attributes; there are no style elements.
            f"style-src-attr 'unsafe-inline'; img-src {self.img}; font-src 'self'; "
            "connect-src 'self'; manifest-src 'self'; worker-src 'self'; form-action 'self'; "
            "base-uri 'none'; frame-ancestors 'none'"
        )
        headers = {
            "Content-Security-Policy": policy,
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "same-origin",
            "Permissions-Policy": "geolocation=(self), camera=(self), microphone=()",
            "Cross-Origin-Opener-Policy": "same-origin",
        }
        if self.https:
            headers["Strict-Transport-Security"] = f"max-age={YEAR}"
        return headers


class PathRedirects:
    """Lets no redirect name a host: it would be whatever the request's own Host header says.

    Every redirect of ours stays with us, so a path is enough (RFC 9110, 10.2.2). To a page's script
    that sends a form (`static/js/sending.js`) it is only named, with 200: a script that is led on
    by its browser never learns where to, and would load the page once more.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def with_path(message: Message) -> None:
            if message["type"] == "http.response.start":
                answer = MutableHeaders(scope=message)
                if "location" in answer:
                    answer["location"] = _path_of(answer["location"])
                    if Headers(scope=scope).get("sent-by") == "script":
                        message = {**message, "status": 200}
            await send(message)

        await self.app(scope, receive, with_path)


def _path_of(location: str) -> str:
    parts = urlsplit(location)
    # With two strokes at its beginning it would be another site's address.
    path = "/" + parts.path.lstrip("/\\")
    return urlunsplit(("", "", path, parts.query, parts.fragment))


class CrossSiteGuard:
    """Refuses what another site's page makes a browser send (CSRF); no token (decision 0005).

    Every browser since 2020 says where a request comes from, in Sec-Fetch-Site or Origin, and a
    page cannot forge either. What says nothing is no browser, and carries nobody's cookies.
    """

    def __init__(self, app: ASGIApp, *, base_url: str) -> None:
        self.app = app
        self.own_origin = base_url

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] not in SAFE_METHODS:
            headers = Headers(scope=scope)
            if not self._is_own(headers):
                text = translate(
                    "This form was sent from another site. Please open the page again."
                )
                await PlainTextResponse(text, 403)(scope, receive, send)
                return
        await self.app(scope, receive, send)

    def _is_own(self, headers: Headers) -> bool:
        site = headers.get("sec-fetch-site")
        if site is not None:
            return site in ("same-origin", "none")
        origin, host = headers.get("origin"), headers.get("host", "")
        return origin in (None, self.own_origin, f"http://{host}", f"https://{host}")
