"""HTTP as uvicorn and httptools read it, with limits for what they would keep without any.

The parser keeps a line until it ends: one header of 300 MB was 300 MB of memory, and a line that
comes a byte a minute keeps its connection for ever. The same holds for the trailers and the
extensions of a chunked body. What is a whole request is then looked at by `tour.web.bounds`.
"""

from asyncio import TimerHandle
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

MOST_UNREAD = 65_536
"""Bytes that may come without the parser having made a head or a piece of a body of them."""
HEAD_SECONDS = 20.0
"""How long a head may take, from the connection or from its first byte on."""
MOST_WAITING = 20
"""Requests sent on one connection ahead of their answers; browsers send none."""

REFUSAL = (
    b"HTTP/1.1 431 Request Header Fields Too Large\r\n"
    b"content-type: text/plain; charset=utf-8\r\ncontent-length: 21\r\n"
    b"connection: close\r\nx-content-type-options: nosniff\r\n\r\nThis head is too long"
)


class GuardedProtocol(HttpToolsProtocol):
    """uvicorn's own, that gives up on a head without an end."""

    _unread = 0
    _late: TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self._expect_head()

    def connection_lost(self, exc: Exception | None) -> None:
        self._head_is_here()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self.transport.is_closing():
            return
        self._unread += len(data)
        super().data_received(data)
        if self._unread > MOST_UNREAD and not self.transport.is_closing():
            self.transport.write(REFUSAL)
            self.transport.close()

    def on_message_begin(self) -> None:
        if len(self.pipeline) >= MOST_WAITING:
            raise ConnectionError("too many requests ahead of their answers")
        super().on_message_begin()
        self._expect_head()

    def on_headers_complete(self) -> None:
        self._unread = 0
        self._head_is_here()
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        self._unread = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        self._unread = 0
        super().on_message_complete()

    def _expect_head(self) -> None:
        self._head_is_here()
        self._late = self.loop.call_later(HEAD_SECONDS, self.transport.close)

    def _head_is_here(self) -> None:
        if self._late:
            self._late.cancel()
            self._late = None
