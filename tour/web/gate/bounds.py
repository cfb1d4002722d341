"""How large a request may be: address, head, body. Everything behind may rely on it."""

from typing import cast
from urllib.parse import parse_qsl, urlencode

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tour.errors import TooMuch
from tour.web.bounded import bounded
from tour.web.problems import on_http_exception

LONGEST_ADDRESS = 8_000
"""Bytes of a path with its query; every browser and proxy takes so much (RFC 9110, 4.1)."""
LARGEST_HEAD = 32_000
MOST_HEADERS = 100
MOST_PARAMETERS = 100
LONGEST_PARAMETER = 1_000
"""Characters. The longest of ours is a way back after signing in."""

REFUSED = "tour.refused"
MOST_BODY = "tour.most_body"


class BoundedAddress:
    """Reads an address's query as a few short pairs, before anybody else reads it.

    A page links to itself with all it was asked for: a pair repeated 2,000 times would stand in
    every one of its links. A NUL in it reads as a space, as no database keeps one.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            scope[REFUSED] = refused = _too_large(scope)
            scope["query_string"] = b"" if refused else _cut(scope["query_string"])
            scope["path"] = scope["path"][:LONGEST_ADDRESS]
        await self.app(scope, receive, send)


def _too_large(scope: Scope) -> int:
    """The status with which a request is refused for its head alone, or 0."""
    if len(scope.get("raw_path") or scope["path"]) + len(scope["query_string"]) > LONGEST_ADDRESS:
        return 414
    headers = scope["headers"]
    size = sum(len(name) + len(value) for name, value in headers)
    return 431 if size > LARGEST_HEAD or len(headers) > MOST_HEADERS else 0


def _cut(query: bytes) -> bytes:
    """The query without what nobody means; the same bytes where there is nothing to cut."""
    text = query.decode("latin-1").replace("%00", "+")
    if not text:
        return b""
    sent = parse_qsl(text, keep_blank_values=True)
    few = sent[:MOST_PARAMETERS]
    kept = [(bounded(n, LONGEST_PARAMETER), bounded(v, LONGEST_PARAMETER)) for n, v in few]
    return (text if kept == sent else urlencode(kept)).encode("latin-1")


class BodyLimit:
    """Refuses a body above so many bytes as it is read, and a head that is too large.

    Further inside, where a page's own answer has its headers and its language. Given to an address
    of its own (`Url(…, middleware=[…])`), it holds there instead: an upload may be larger.
    """

    def __init__(self, app: ASGIApp, most: int) -> None:
        self.app = app
        self.most = most

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_innermost = MOST_BODY in scope
        if scope["type"] == "http":
            scope[MOST_BODY] = self.most
        if scope["type"] != "http" or is_innermost:
            await self.app(scope, receive, send)
        elif refused := scope.get(REFUSED, 0):
            answer = await on_http_exception(Request(scope), HTTPException(refused))
            await answer(scope, receive, send)
        else:
            await self.app(scope, _Counted(scope, receive), send)


class _Counted:
    """Receives a body as long as it is not too large; raises TooMuch. What is still on its way is
    read and dropped by the server (`tour.web.gate.protocol`): a browser looks at the answer only
    when it has sent everything."""

    def __init__(self, scope: Scope, receive: Receive) -> None:
        self.scope = scope
        self.receive = receive
        self.size = 0

    async def __call__(self) -> Message:
        announced = dict(self.scope["headers"]).get(b"content-length", b"0")
        most = cast(int, self.scope[MOST_BODY])
        if announced.isdigit() and int(announced[:20]) > most:
            raise TooMuch(size=int(announced[:20]), most=most)
        message = await self.receive()
        self.size += len(message.get("body", b""))
        if self.size > most:
            raise TooMuch(most=most)
        return message
