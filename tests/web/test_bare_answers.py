"""What the server itself refuses is said in the reader's language, and browsers get to read it."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.server import ServerState

from tour.web.gate import protocol
from tour.web.gate.bare import WORDS, bare_answer
from tour.web.gate.protocol import MOST_UNREAD, GuardedProtocol

LENGTH = 8_000_000
SAID = {
    "ja": {400: "開き直して", 408: "時間内に届きません", 431: "クッキー", 503: "5秒"},
    "en": {400: "open the page again", 408: "did not arrive", 431: "cookies", 503: "5 seconds"},
}


async def refusing(_scope: Scope, _receive: Receive, send: Send) -> None:
    """Answers before it has read anything of what is sent."""
    await send({"type": "http.response.start", "status": 413, "headers": []})
    await send({"type": "http.response.body", "body": b"too large"})


@asynccontextmanager
async def serving(app: ASGIApp) -> AsyncIterator[int]:
    config = uvicorn.Config(app, lifespan="off", log_config=None)
    config.load()
    served = ServerState()
    server = await asyncio.get_running_loop().create_server(
        lambda: GuardedProtocol(config, served, {}), "127.0.0.1", 0
    )
    async with server:
        yield server.sockets[0].getsockname()[1]
        while served.connections:
            for each in [*served.connections]:
                each.transport.abort()
            await asyncio.sleep(0)


@pytest.fixture
async def port() -> AsyncIterator[int]:
    async with serving(refusing) as number:
        yield number


async def ask(port: int, *lines: str, body: bytes = b"") -> bytes:
    """Sends all of it before it reads, as browsers do."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write("\r\n".join((*lines, "", "")).encode() + body)
    await writer.drain()
    answer = await asyncio.wait_for(reader.read(2000), 20)
    writer.close()
    return answer


def parts(answer: bytes) -> tuple[int, dict[str, str], str]:
    head, _blank, body = answer.partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    named = dict(line.split(": ", 1) for line in lines)
    assert int(named["content-length"]) == len(body)
    return int(first.split()[1]), named, body.decode()


@pytest.mark.parametrize("status", WORDS)
@pytest.mark.parametrize("lang", SAID)
@pytest.mark.parametrize("by", ["accept-language", "cookie"])
def test_a_page_is_in_the_readers_language(status: int, lang: str, by: str) -> None:
    other = "en" if lang == "ja" else "ja"
    head = {"accept-language": lang if by == "accept-language" else other}
    if by == "cookie":
        head["cookie"] = f"other=1; lang={lang}"
    raw = [(name.encode(), value.encode()) for name, value in head.items()]
    answered, named, body = parts(bare_answer(status, raw, b"/host/a/photos"))
    assert answered == status
    assert named["content-type"].startswith("text/html")
    assert f'<html lang="{lang}">' in body
    assert SAID[lang][status] in body
    assert SAID[other][status] not in body


@pytest.mark.parametrize("status", WORDS)
def test_where_nothing_is_known_of_the_reader_it_is_said_in_every_language(status: int) -> None:
    body = parts(bare_answer(status))[2]
    assert all(words[status] in body for words in SAID.values())


def test_programs_get_problem_details() -> None:
    answer = bare_answer(408, [(b"accept-language", b"ja")], b"/api/v1/reservations")
    _status, named, body = parts(answer)
    assert named["content-type"] == "application/problem+json"
    assert json.loads(body)["status"] == 408
    assert SAID["ja"][408] in json.loads(body)["detail"]


async def test_a_head_that_is_too_long_is_refused_in_words(port: int) -> None:
    lines = ("GET / HTTP/1.1", "Host: x", "Accept-Language: ja", "X: " + "a" * 2 * MOST_UNREAD)
    status, _named, body = parts(await ask(port, *lines))
    assert status == 431
    assert SAID["ja"][431] in body


async def test_what_is_no_request_is_refused_in_words(port: int) -> None:
    status, _named, body = parts(
        await ask(port, "GET / HTTP/1.1", "Accept-Language: en", "no line")
    )
    assert status == 400
    assert SAID["en"][400] in body


async def waiting(_scope: Scope, receive: Receive, _send: Send) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def test_a_body_that_comes_too_slowly_is_refused_in_words(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(protocol, "BODY_SECONDS", 0.1)
    lines = ("POST / HTTP/1.1", "Host: x", "Accept-Language: ja", "Content-Length: 9")
    async with serving(waiting) as slow:
        status, _named, body = parts(await ask(slow, *lines))
    assert status == 408
    assert SAID["ja"][408] in body


async def test_who_is_refused_may_send_the_rest_and_then_read_why(port: int) -> None:
    lines = ("POST / HTTP/1.1", "Host: x", f"Content-Length: {LENGTH}")
    answer = await ask(port, *lines, body=bytes(LENGTH))
    assert answer.startswith(b"HTTP/1.1 413")
    assert b"too large" in answer


async def flood(port: int) -> int:
    """Sends a body of 80 MB as long as it is taken; how much that was."""
    _reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(f"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: {10 * LENGTH}\r\n\r\n".encode())
    sent = 0
    try:
        while sent < 10 * LENGTH:
            writer.write(bytes(100_000))
            await writer.drain()
            sent += 100_000
            await asyncio.sleep(0)
    except ConnectionError:
        pass
    writer.close()
    return sent


async def test_but_not_without_end(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(protocol, "MOST_DROPPED", 1_000_000)
    assert await flood(port) < 10 * LENGTH
