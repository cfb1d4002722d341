"""The least of Google's push service that a real Chromium accepts, on this machine.

Chromium checks a device in, registers it for a subscription and keeps a connection open on which
what is pushed comes down to it ("MCS": protocol buffers behind a tag and a length, as in
Chromium's google_apis/gcm/protocol/mcs.proto). A push is checked as strictly as the real service
does (RFC 8030, RFC 8292) and goes down still encrypted; while no browser is connected it waits.

    python -m tests.browser.google --http PORT --mcs PORT --push PORT --tls FOLDER
"""

import argparse
import asyncio
import contextlib
import re
import secrets
import ssl
import time
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from urllib.parse import parse_qsl

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route  # noqa: TID251 - this file is its own urls.py

from tests.notifications.certificate import Certificate, make_certificate
from tests.notifications.push_service import MAX_BODY, Refusal, check_vapid

HOSTS = ("fcm.googleapis.com", "jmt17.google.com")
"""Chrome's push host, and the staging host of builds without a channel, such as Debian's."""
VERSION = 41


class Tag(IntEnum):
    """What a message on the browser's connection is."""

    PING = 0
    PING_ANSWER = 1
    LOGIN = 2
    LOGIN_ANSWER = 3
    CLOSE = 4
    DATA = 8


def varint(number: int) -> bytes:
    """A protocol buffer's whole number: seven bits a byte, the lowest first."""
    out = bytearray()
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    return bytes([*out, number])


def field(number: int, value: int | str | bytes) -> bytes:
    """A field of a protocol buffer: a whole number, or text behind its length."""
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    raw = value.encode() if isinstance(value, str) else value
    return varint(number << 3 | 2) + varint(len(raw)) + raw


def fixed64(number: int, value: int) -> bytes:
    return varint(number << 3 | 1) + value.to_bytes(8, "little")


async def read_varint(reader: asyncio.StreamReader) -> int:
    number = shift = 0
    while True:
        byte = (await reader.readexactly(1))[0]
        number |= (byte & 127) << shift
        if byte < 128:
            return number
        shift += 7


def milliseconds() -> int:
    return int(time.time() * 1000)


@dataclass(slots=True)
class Registration:
    """A subscription of the browser: what a message for it must name."""

    app: str
    subtype: str
    sender: str
    gone: bool = False


class Google:
    def __init__(self) -> None:
        self.registrations: dict[str, Registration] = {}
        self.browser: asyncio.StreamWriter | None = None
        self.waiting: list[bytes] = []

    async def check_in(self, _request: Request) -> Response:
        identity = fixed64(7, secrets.randbits(62)) + fixed64(8, secrets.randbits(62))
        body = field(1, 1) + field(3, milliseconds()) + identity
        return Response(body, media_type="application/x-protobuf")

    async def register(self, request: Request) -> Response:
        """A new token, or an end to what the same subscription had before."""
        form = dict(parse_qsl((await request.body()).decode()))
        subtype = form["X-subtype"]
        if "delete" in form:
            for made in self.registrations.values():
                made.gone |= made.subtype == subtype
            return PlainTextResponse(f"token={subtype}")
        token = secrets.token_urlsafe(24)
        self.registrations[token] = Registration(form["app"], subtype, form["sender"])
        return PlainTextResponse(f"token={token}")

    async def connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await reader.readexactly(1)  # the version of the protocol
            writer.write(bytes([VERSION]))
            while await self._message(reader, writer):
                pass
        except (asyncio.IncompleteReadError, ConnectionError, ssl.SSLError):
            pass
        finally:
            if self.browser is writer:
                self.browser = None
            writer.close()

    async def _message(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Answer one message of the browser; whether the connection goes on."""
        tag = (await reader.readexactly(1))[0]
        await reader.readexactly(await read_varint(reader))
        if tag == Tag.LOGIN:
            _send(writer, Tag.LOGIN_ANSWER, field(1, "login") + field(8, milliseconds()))
            self.browser, waiting, self.waiting = writer, self.waiting, []
            for message in waiting:
                _send(writer, Tag.DATA, message)
        elif tag == Tag.PING:
            _send(writer, Tag.PING_ANSWER, b"")
        return tag != Tag.CLOSE

    async def push(self, request: Request) -> Response:
        """What an application server sends: down to the browser, or refused by the rules."""
        body = await request.body()
        registration = self.registrations.get(request.path_params["token"])
        try:
            found = _checked(request, body, registration)
        except Refusal as refusal:
            return PlainTextResponse(str(refusal), refusal.status)
        number = f"0:{secrets.token_hex(8)}"
        message = _data_message(found, number, int(request.headers["ttl"]), body)
        if self.browser:
            _send(self.browser, Tag.DATA, message)
        else:
            self.waiting.append(message)
        return Response(status_code=201, headers={"Location": f"/message/{number}"})


def _send(writer: asyncio.StreamWriter, tag: Tag, message: bytes) -> None:
    writer.write(bytes([tag]) + varint(len(message)) + message)


def _checked(request: Request, body: bytes, registration: Registration | None) -> Registration:
    host = request.headers["host"].split(":")[0]
    if registration is None or host not in HOSTS:
        raise Refusal(404, "unknown")
    if registration.gone:
        raise Refusal(410, "unsubscribed")
    if len(body) > MAX_BODY:
        raise Refusal(413, "too large")
    if not re.fullmatch(r"[0-9]{1,7}", request.headers.get("ttl", "")):
        raise Refusal(400, "TTL")
    if request.headers.get("content-encoding") != "aes128gcm":
        raise Refusal(400, "Content-Encoding")
    header = request.headers.get("authorization", "")
    check_vapid(header, f"https://{host}")
    if not header.endswith(registration.sender.rstrip("=")):
        raise Refusal(403, "the key is not that of the subscription")
    return registration


def _data_message(to: Registration, number: str, ttl: int, body: bytes) -> bytes:
    """mcs.proto's DataMessageStanza, whose raw data the browser decrypts."""
    facts = {"subtype": to.subtype, "content-encoding": "aes128gcm"}
    return b"".join(
        [
            field(3, to.sender),
            field(5, to.app),
            *(field(7, field(1, key) + field(2, value)) for key, value in facts.items()),
            field(8, 1),
            field(9, number),
            field(17, ttl),
            field(18, milliseconds()),
            field(21, body),
        ]
    )


async def serve(http: int, mcs: int, push: int, certificate: Certificate) -> None:
    """All three listeners, until SIGTERM."""
    google = Google()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate.certificate, certificate.key)
    await asyncio.start_server(google.connection, "127.0.0.1", mcs, ssl=context)
    app = Starlette(
        routes=[
            Route("/readyz", lambda _request: PlainTextResponse("ready")),
            Route("/checkin", google.check_in, methods=["POST"]),
            Route("/register3", google.register, methods=["POST"]),
            Route("/wp/{token:path}", google.push, methods=["POST"]),
            Route("/fcm/send/{token:path}", google.push, methods=["POST"]),
        ]
    )
    keys = {"ssl_certfile": certificate.certificate, "ssl_keyfile": certificate.key}
    plain, secure = _server(app, port=http), _server(app, port=push, **keys)
    secure.capture_signals = contextlib.nullcontext  # type: ignore[method-assign]
    beside = asyncio.create_task(secure.serve())
    await plain.serve()  # ends by the signal, and ends the other
    secure.should_exit = True
    await beside


def _server(app: Starlette, **options: object) -> uvicorn.Server:
    config = uvicorn.Config(app, host="127.0.0.1", log_level="warning", lifespan="off", **options)  # type: ignore[arg-type]
    return uvicorn.Server(config)


def main() -> None:
    parser = argparse.ArgumentParser()
    for name in ("--http", "--mcs", "--push"):
        parser.add_argument(name, type=int, required=True)
    parser.add_argument("--tls", type=Path, required=True)
    given = parser.parse_args()
    certificate = make_certificate(given.tls, ("localhost", *HOSTS))
    asyncio.run(serve(given.http, given.mcs, given.push, certificate))


if __name__ == "__main__":
    main()
