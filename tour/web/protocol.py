"""HTTP as uvicorn and httptools read it, with limits for what they would keep without any.

The parser keeps a line until it ends: one header of 300 MB was 300 MB of memory, and a line that
comes a byte a minute keeps its connection for ever. The same holds for the trailers and the
extensions of a chunked body, a body that hardly comes keeps its request, and connections are taken
until no file can be opened. What is a whole request is then looked at by `tour.web.bounds`.
"""

import resource
from asyncio import TimerHandle
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

MOST_UNREAD = 65_536
"""Bytes that may come without the parser having made a head or a piece of a body of them."""
HEAD_SECONDS = 20.0
"""How long a head may take, from the connection or from its first byte on."""
BODY_SECONDS = 60.0
"""How long any body may take: a form of some kilobytes needs a moment."""
SLOWEST = 4_000
"""Bytes a second that a larger body has to come with, over the whole of it: less than any telephone
sends where its user would still wait for a photograph to leave."""
MOST_CONNECTIONS = 2_000
"""At once, of one process: some hundred are open while thousands of people use the app."""
OTHER_FILES = 200
"""Open files that are no connections: database, pictures, mails, listening sockets."""
MOST_WAITING = 20
"""Requests sent on one connection ahead of their answers; browsers send none."""

REFUSAL = (
    b"HTTP/1.1 431 Request Header Fields Too Large\r\n"
    b"content-type: text/plain; charset=utf-8\r\ncontent-length: 21\r\n"
    b"connection: close\r\nx-content-type-options: nosniff\r\n\r\nThis head is too long"
)
TOO_SLOW = (
    b"HTTP/1.1 408 Request Timeout\r\n"
    b"content-type: text/plain; charset=utf-8\r\ncontent-length: 27\r\n"
    b"connection: close\r\nx-content-type-options: nosniff\r\n\r\nThis body comes too slowly."
)
FULL = (
    b"HTTP/1.1 503 Service Unavailable\r\n"
    b"content-type: text/plain; charset=utf-8\r\ncontent-length: 53\r\nretry-after: 5\r\n"
    b"connection: close\r\nx-content-type-options: nosniff\r\n\r\n"
    b"Too many are here now. Please try again in 5 seconds."
)


def most_connections() -> int:
    """As many as this process has open files for, and at most MOST_CONNECTIONS."""
    files, _hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if files == resource.RLIM_INFINITY:
        return MOST_CONNECTIONS
    return min(MOST_CONNECTIONS, max(files - OTHER_FILES, 1))


class GuardedProtocol(HttpToolsProtocol):
    """uvicorn's own, that gives up on a head without an end, on a body that hardly comes, and on
    connections that it has no room for; those that it has go on."""

    _unread = 0
    _late: TimerHandle | None = None
    _body_since = 0.0
    _body_size = 0

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        if len(self.connections) > most_connections():
            transport.write(FULL)
            transport.close()
            return
        self._expect_head()

    def connection_lost(self, exc: Exception | None) -> None:
        self._nothing_is_late()
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
        super().on_headers_complete()
        self._expect_body()

    def on_body(self, body: bytes) -> None:
        self._unread = 0
        self._body_size += len(body)
        super().on_body(body)

    def on_message_complete(self) -> None:
        self._unread = 0
        self._nothing_is_late()
        super().on_message_complete()

    def _expect_head(self) -> None:
        self._nothing_is_late()
        self._late = self.loop.call_later(HEAD_SECONDS, self.transport.close)

    def _expect_body(self) -> None:
        self._nothing_is_late()
        self._body_since, self._body_size = self.loop.time(), 0
        self._late = self.loop.call_later(BODY_SECONDS, self._look_at_body)

    def _look_at_body(self) -> None:
        """Ends a request whose body is not there in time. While the app itself does not read, the
        sender is not to blame."""
        took = self.loop.time() - self._body_since
        wait = BODY_SECONDS if self.flow.read_paused else self._body_size / SLOWEST - took
        if wait > 0:
            self._late = self.loop.call_later(wait, self._look_at_body)
            return
        if not self.pipeline and not self.cycle.response_started:
            self.transport.write(TOO_SLOW)
        self.transport.close()

    def _nothing_is_late(self) -> None:
        if self._late:
            self._late.cancel()
            self._late = None
