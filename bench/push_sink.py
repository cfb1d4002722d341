"""The fastest push service there is: takes everything, checks nothing, answers 201 after a delay.

    python -m bench.push_sink FOLDER DELAY_SECONDS

It writes its certificate to FOLDER, prints its port, and answers GET with what it has taken so far.
"""

import asyncio
import json
import ssl
import sys
import time
from pathlib import Path

import uvloop

from tests.notifications.certificate import make_certificate

ACCEPTED = b"HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n"


class Sink(asyncio.Protocol):
    """HTTP/1.1 with Content-Length and keep-alive: all that our sender speaks."""

    taken = 0
    first = last = 0.0

    def __init__(self, delay: float) -> None:
        self.delay = delay
        self.buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        while (end := self.buffer.find(b"\r\n\r\n")) >= 0:
            head = self.buffer[:end]
            size = _content_length(head)
            if len(self.buffer) < end + 4 + size:
                return
            self.buffer = self.buffer[end + 4 + size :]
            self._answer(head)

    def _answer(self, head: bytes) -> None:
        if head.startswith(b"GET"):
            self._write(_json({"taken": Sink.taken, "seconds": Sink.last - Sink.first}))
            return
        Sink.last = time.monotonic()
        Sink.first = Sink.first or Sink.last
        Sink.taken += 1
        if self.delay:
            asyncio.get_running_loop().call_later(self.delay, self._write, ACCEPTED)
        else:
            self._write(ACCEPTED)

    def _write(self, answer: bytes) -> None:
        if not self.transport.is_closing():
            self.transport.write(answer)


def _content_length(head: bytes) -> int:
    for line in head.split(b"\r\n")[1:]:
        name, _colon, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    return 0


def _json(value: dict[str, float]) -> bytes:
    body = json.dumps(value).encode()
    return b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body)


async def main(folder: Path, delay: float) -> None:
    made = make_certificate(folder)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(made.certificate, made.key)
    server = await asyncio.get_running_loop().create_server(
        lambda: Sink(delay), "127.0.0.1", 0, ssl=context, backlog=2048
    )
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(main(Path(sys.argv[1]), float(sys.argv[2])))
