"""What a server reads of a request that has no end: nothing to speak of, and not for long."""

import asyncio
import resource
import socket
from collections.abc import AsyncIterator

import pytest
import uvicorn
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send
from uvicorn.server import ServerState

from tour.web.gate import protocol
from tour.web.gate.protocol import MOST_UNREAD, GuardedProtocol

HEAD = b"POST / HTTP/1.1\r\nHost: x\r\n"
MEGABYTES = 8


async def echo(scope: Scope, receive: Receive, send: Send) -> None:
    body = await Request(scope, receive).body()
    await PlainTextResponse(f"{len(body)} bytes")(scope, receive, send)


@pytest.fixture
async def port() -> AsyncIterator[int]:
    config = uvicorn.Config(echo, lifespan="off", log_config=None)
    config.load()
    served = ServerState()
    server = await asyncio.get_running_loop().create_server(
        lambda: GuardedProtocol(config, served, {}), "127.0.0.1", 0
    )
    async with server:
        yield server.sockets[0].getsockname()[1]


async def flood(port: int, begin: bytes, piece: bytes) -> tuple[int, bytes]:
    """Sends a piece again and again; how many bytes were taken, and what was answered."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    sent, answer = len(begin), b""
    try:
        writer.write(begin)
        while sent < MEGABYTES * 1_000_000 and not reader.at_eof():
            writer.write(piece)
            await writer.drain()
            sent += len(piece)
            await asyncio.sleep(0)
        answer = await asyncio.wait_for(reader.read(), 10)
    except ConnectionError:
        pass
    finally:
        writer.close()
    return sent, answer


@pytest.mark.parametrize(
    ("begin", "piece"),
    [
        (HEAD + b"X: ", b"a" * 60_000),
        (HEAD, b"X: " + b"a" * 60_000 + b"\r\n"),
        (HEAD, b"x: y\r\n" * 10_000),
        (b"GET /", b"a" * 60_000),
        (b"GET /?", b"a=b&" * 15_000),
        (HEAD + b"a" * 60_000, b"a" * 60_000),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\n3;", b"a" * 60_000),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\n0\r\nX: ", b"a" * 60_000),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\n0\r\n", b"X: y\r\n" * 10_000),
    ],
)
async def test_a_head_without_an_end_is_refused(port: int, begin: bytes, piece: bytes) -> None:
    sent, answer = await flood(port, begin, piece)
    # What the kernel and the stream hold between both ends is taken before anybody can refuse it.
    assert sent < MEGABYTES * 1_000_000, "given up on"
    assert not answer or answer.startswith((b"HTTP/1.1 431", b"HTTP/1.1 400"))


async def test_requests_ahead_of_their_answers_are_few(port: int) -> None:
    ask = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
    _sent, answer = await flood(port, ask, ask * 2_000)
    assert answer.count(b"HTTP/1.1 200") < 100


async def test_a_large_body_is_no_head(port: int) -> None:
    body = b"b" * (3 * MOST_UNREAD)
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for ask in (
        b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body),
        b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
        b"%x\r\n%b\r\n0\r\nX: trailer\r\n\r\n" % (len(body), body),
    ):
        writer.write(ask)
        await writer.drain()
    answers = await reader.read()
    writer.close()
    assert answers.count(b"%d bytes" % len(body)) == 2


@pytest.mark.parametrize("begun", [b"", b"GET / HT", HEAD])
async def test_a_head_that_never_comes_is_not_waited_for(
    port: int, begun: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(protocol, "HEAD_SECONDS", 0.1)
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(begun)
    assert await asyncio.wait_for(reader.read(), 5) == b""
    writer.close()


BODY = HEAD + b"Content-Length: 90\r\n\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"


async def drip(port: int, begun: bytes, piece: bytes, most: int) -> bytes:
    """Sends a piece each 20 ms as long as it is listened to; what was answered."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(begun)
    answer = asyncio.ensure_future(reader.read(100))
    for _piece in range(most):
        await asyncio.wait([answer], timeout=0.02)
        if answer.done():
            break
        writer.write(piece)
    said = await asyncio.wait_for(answer, 5)
    writer.close()
    return said


@pytest.mark.parametrize(
    ("begun", "piece"),
    [
        (BODY, b""),
        (BODY, b"b"),
        (CHUNKED, b""),
        (CHUNKED, b"1\r\nb\r\n"),
        (CHUNKED + b"0\r\n", b""),
    ],
)
async def test_a_body_that_hardly_comes_is_given_up_on(
    port: int, begun: bytes, piece: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(protocol, "BODY_SECONDS", 0.3)
    said = await drip(port, begun, piece, most=80)
    assert said.startswith(b"HTTP/1.1 408")


async def test_a_large_body_at_an_honest_pace_may_take_longer(
    port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(protocol, "BODY_SECONDS", 0.1)
    pieces, piece = 20, b"b" * 1_000
    begun = HEAD + b"Content-Length: %d\r\n\r\n" % (pieces * len(piece))
    said = await drip(port, begun, piece, most=pieces)
    assert said.startswith(b"HTTP/1.1 200")


async def test_after_a_body_the_connection_has_time_for_its_answer_and_the_next(
    port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(protocol, "BODY_SECONDS", 0.1)
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for _request in range(2):
        writer.write(BODY + b"b" * 90)
        assert (await reader.readuntil(b"90 bytes")).startswith(b"HTTP/1.1 200")
        await asyncio.sleep(0.2)
    writer.close()


async def test_who_finds_no_room_is_told_so_and_the_others_go_on(
    port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(protocol, "MOST_CONNECTIONS", 3)
    ask = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
    inside = [await asyncio.open_connection("127.0.0.1", port) for _one in range(3)]
    late, writer = await asyncio.open_connection("127.0.0.1", port)
    said = await asyncio.wait_for(late.read(), 5)
    assert said.startswith(b"HTTP/1.1 503")
    assert b"retry-after: 5" in said
    head, _end, body = said.partition(b"\r\n\r\n")
    assert b"content-length: %d\r\n" % len(body) in head
    writer.close()
    for reader, sender in inside:
        sender.write(ask)
        assert (await reader.readuntil(b"0 bytes")).startswith(b"HTTP/1.1 200")
    inside.pop()[1].close()
    await asyncio.sleep(0.1)
    reader, sender = await asyncio.open_connection("127.0.0.1", port)
    sender.write(ask)
    assert (await reader.readuntil(b"0 bytes")).startswith(b"HTTP/1.1 200")
    for _reader, each in [*inside, (reader, sender)]:
        each.close()


def test_room_is_left_for_other_files() -> None:
    files, _hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    assert 1 <= protocol.most_connections() <= protocol.MOST_CONNECTIONS
    assert files == resource.RLIM_INFINITY or protocol.most_connections() < files


# --- who hardly reads ----------------------------------------------------------------------------


LARGE = 4_000_000
"""More than the kernel takes for a reader that asked for a small window."""


async def large(scope: Scope, receive: Receive, send: Send) -> None:
    """One answer in one piece, or, under another path, in many."""
    await Request(scope, receive).body()
    answer = b"a" * LARGE
    pieces = [answer] if scope["path"] == "/whole" else [answer[:64_000]] * (LARGE // 64_000)
    length = str(sum(map(len, pieces))).encode()
    head = [(b"content-length", length)]
    await send({"type": "http.response.start", "status": 200, "headers": head})
    for piece in pieces:
        await send({"type": "http.response.body", "body": piece, "more_body": True})
    await send({"type": "http.response.body", "body": b""})


@pytest.fixture
async def library() -> AsyncIterator[tuple[int, ServerState]]:
    """A port with large answers, and what its server knows of its connections."""
    config = uvicorn.Config(large, lifespan="off", log_config=None)
    config.load()
    served = ServerState()
    server = await asyncio.get_running_loop().create_server(
        lambda: GuardedProtocol(config, served, {}), "127.0.0.1", 0
    )
    async with server:
        yield server.sockets[0].getsockname()[1], served
        for connection in list(served.connections):
            connection.transport.abort()


async def ask_for(port: int, path: str, window: int = 4096) -> socket.socket:
    """Asks with a window of a few kilobytes, and does not read."""
    asked = socket.socket()
    asked.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, window)
    asked.setblocking(False)
    loop = asyncio.get_running_loop()
    await loop.sock_connect(asked, ("127.0.0.1", port))
    await loop.sock_sendall(asked, b"GET %b HTTP/1.1\r\nHost: x\r\n\r\n" % path.encode())
    return asked


async def ended(served: ServerState, left: int = 0) -> None:
    """Until no more than so many connections are left, and no request but theirs."""
    async with asyncio.timeout(10):
        while len(served.connections) > left or len(served.tasks) > left:  # noqa: ASYNC110 - a server's own
            await asyncio.sleep(0.02)


@pytest.mark.parametrize("path", ["/whole", "/pieces"])
async def test_who_reads_a_byte_a_second_is_not_waited_for(
    library: tuple[int, ServerState], monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    """Neither by the connection nor by the request; the time is made shorter than it is."""
    monkeypatch.setattr(protocol, "READ_SECONDS", 0.3)
    monkeypatch.setattr(protocol, "SLOWEST", 10_000_000_000)
    port, served = library
    readers = [await ask_for(port, path) for _n in range(20)]
    await ended(served)
    assert not GuardedProtocol._slow
    for reader in readers:
        reader.close()


async def test_who_reads_at_an_honest_pace_gets_the_whole_answer(
    library: tuple[int, ServerState], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Though it takes much longer than READ_SECONDS."""
    monkeypatch.setattr(protocol, "READ_SECONDS", 0.05)
    port, _served = library
    for path in ("/whole", "/pieces"):
        reader = await ask_for(port, path, window=200_000)
        got, loop = 0, asyncio.get_running_loop()
        async with asyncio.timeout(20):
            while got < LARGE // 64_000 * 64_000:
                got += len(await loop.sock_recv(reader, 200_000))
                await asyncio.sleep(0.01)
        reader.close()


async def test_what_waits_for_all_readers_together_is_bounded(
    library: tuple[int, ServerState], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(protocol, "MOST_UNSENT", LARGE)
    port, served = library
    readers = [await ask_for(port, "/whole") for _n in range(12)]
    await ended(served, left=len(readers) // 2)
    unsent = sum(c.transport.get_write_buffer_size() for c in served.connections)
    assert 0 < unsent <= LARGE
    quick, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"GET /pieces HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    assert len(await asyncio.wait_for(quick.read(), 10)) > LARGE // 64_000 * 64_000
    writer.close()
    for reader in readers:
        reader.close()
