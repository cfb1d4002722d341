"""HTTP as uvicorn and httptools read it, with limits for what they would keep without any.

The parser keeps a line until it ends: one header of 300 MB was 300 MB of memory, and a line that
comes a byte a minute keeps its connection for ever. The same holds for the trailers and the
extensions of a chunked body, a body that hardly comes keeps its request, an answer that is hardly
read keeps its memory, and connections are taken until no file can be opened. What is a whole
request is then looked at by `tour.web.gate.bounds`.
"""

import resource
from asyncio import TimerHandle
from typing import Any, ClassVar

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from tour.web.gate.bare import bare_answer

MOST_UNREAD = 65_536
"""Bytes that may come without the parser having made a head or a piece of a body of them."""
HEAD_SECONDS = 20.0
"""How long a head may take, from the connection or from its first byte on."""
BODY_SECONDS = 60.0
"""How long any body may take: a form of some kilobytes needs a moment."""
SLOWEST = 4_000
"""Bytes a second that a larger body has to come with, over the whole of it: less than any telephone
sends where its user would still wait for a photograph to leave."""
READ_SECONDS = 60.0
"""How long what is ready of an answer may stay unread, all such waits of the answer together; a
larger answer has to be read at SLOWEST over these."""
MOST_UNSENT = 64_000_000
"""Bytes of answers that wait for their readers, of one process; who has waited longest goes."""
MOST_CONNECTIONS = 2_000
"""At once, of one process: some hundred are open while thousands of people use the app."""
OTHER_FILES = 200
"""Open files that are no connections: database, pictures, mails, listening sockets."""
MOST_WAITING = 20
"""Requests sent on one connection ahead of their answers; browsers send none."""

MOST_DROPPED = 64_000_000
"""Bytes of a body that are still read after it was answered (refused as too large, mostly), and
dropped: a browser looks at the answer only when it has sent everything, and one whose connection is
closed before shows a page of its own instead."""
TRY_AGAIN = 5
"""Seconds after which somebody may have gone."""


def most_connections() -> int:
    """As many as this process has open files for, and at most MOST_CONNECTIONS."""
    files, _hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if files == resource.RLIM_INFINITY:
        return MOST_CONNECTIONS
    return min(MOST_CONNECTIONS, max(files - OTHER_FILES, 1))


class GuardedProtocol(HttpToolsProtocol):
    """uvicorn's own, that gives up on a head without an end, on a body that hardly comes, on who
    hardly reads the answer, and on connections that it has no room for; those that it has go on."""

    _slow: ClassVar[dict["GuardedProtocol", None]] = {}
    """Whose answers wait to be read, in the order in which that began."""

    _unread = 0
    _stalled: TimerHandle | None = None
    _waits_since = 0.0
    _waiting_size = 0
    _waited = 0.0
    _read_size = 0
    _late: TimerHandle | None = None
    _body_since = 0.0
    _body_size = 0

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        if len(self.connections) > most_connections():
            transport.write(bare_answer(503, retry_after=TRY_AGAIN))
            transport.close()
            return
        # So that we hear of every byte that waits; an answer is two writes at most.
        transport.set_write_buffer_limits(high=0)
        self._expect_head()

    def connection_lost(self, exc: Exception | None) -> None:
        self._nothing_is_late()
        self._is_read()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        super().pause_writing()
        self._waits_since = self.loop.time()
        self._waiting_size = self.transport.get_write_buffer_size()
        self._slow[self] = None
        left = max(READ_SECONDS - self._waited, 0.0)
        self._stalled = self.loop.call_later(left, self._look_at_reader)
        self._make_room()

    def resume_writing(self) -> None:
        self._waited += self.loop.time() - self._waits_since
        self._read_size += self._waiting_size
        self._is_read()
        super().resume_writing()

    def on_response_complete(self) -> None:
        if not self._stalled:
            self._waited, self._read_size = 0.0, 0
        super().on_response_complete()

    def data_received(self, data: bytes) -> None:
        if self.transport.is_closing():
            return
        self._unread += len(data)
        super().data_received(data)
        if self._unread > MOST_UNREAD and not self.transport.is_closing():
            self.transport.write(self._bare(431))
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
        if self._body_size > MOST_DROPPED and self.cycle.response_complete:
            self.transport.close()
            return
        super().on_body(body)

    def on_message_complete(self) -> None:
        self._unread = 0
        self._nothing_is_late()
        super().on_message_complete()

    def send_400_response(self, _msg: str) -> None:
        """In the reader's words; uvicorn's own are for its log."""
        self.transport.write(self._bare(400))
        self.transport.close()

    def _bare(self, status: int) -> bytes:
        return bare_answer(status, getattr(self, "headers", ()), getattr(self, "url", b""))

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
            self.transport.write(self._bare(408))
        self.transport.close()

    def _look_at_reader(self) -> None:
        """Ends a connection whose reader takes less than SLOWEST of what is ready; closing it would
        wait for that reader."""
        waited = self._waited + self.loop.time() - self._waits_since
        read = self._read_size + self._waiting_size - self.transport.get_write_buffer_size()
        wait = read / SLOWEST - waited
        if wait > 0:
            self._stalled = self.loop.call_later(wait, self._look_at_reader)
            return
        self.transport.abort()

    def _is_read(self) -> None:
        self._slow.pop(self, None)
        if self._stalled:
            self._stalled.cancel()
            self._stalled = None

    def _make_room(self) -> None:
        """What all wait for is bounded together, however many they are."""
        sizes = {slow: slow.transport.get_write_buffer_size() for slow in self._slow}
        unsent = sum(sizes.values())
        for slow, size in sizes.items():
            if unsent <= MOST_UNSENT:
                return
            slow._is_read()
            slow.transport.abort()
            unsent -= size

    def _nothing_is_late(self) -> None:
        if self._late:
            self._late.cancel()
            self._late = None
