"""A strict push service on this machine, with phones that decrypt what it takes.

It shares no code with the sender: it checks VAPID (RFC 8292) and headers (RFC 8030) and decrypts
(RFC 8188, 8291) with keys of its own, and it can be told to misbehave, one `Step` a request.

    async with PushService(folder) as push:
        phone = push.phone()                    # phone.subscription() is what a browser would send
        phone.steps = [Step(status=503)]        # then it behaves
        ...
        phone.shown                             # {tag: title}, as a screen would have it
"""

import asyncio
import base64
import hmac
import json
import re
import secrets
import ssl
import struct
import time
from collections import Counter
from dataclasses import dataclass, field
from email.utils import formatdate
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tests.notifications.certificate import make_certificate

MAX_BODY = 4096
DAY = 24 * 3600
CURVE = ec.SECP256R1()


class Refusal(Exception):
    """The service's answer to a push that breaks the rules."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status = status


@dataclass(slots=True)
class Step:
    """One answer. `retry_after` in seconds, or as a date with `as_date`.

    `action`: "hang" never answers, "reset" cuts the connection, "lost" takes the message and then
    cuts it, "drip" answers 201 with a body that never ends, "creep" sends headers for ever.
    """

    status: int = 201
    retry_after: int | None = None
    as_date: bool = False
    action: str = ""
    location: str = ""


@dataclass(slots=True)
class Received:
    message: dict[str, Any]
    topic: str
    ttl: int


@dataclass(slots=True)
class Phone:
    id: str
    origin: str
    steps: list[Step] = field(default_factory=list)
    tries: int = 0
    sizes: list[int] = field(default_factory=list)
    received: list[Received] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)
    private: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(CURVE)
    )
    auth: bytes = field(default_factory=lambda: secrets.token_bytes(16))

    @property
    def public(self) -> bytes:
        return _point(self.private.public_key())

    @property
    def shown(self) -> dict[str, str]:
        """Equal tags replace each other."""
        notes = [received.message["notification"] for received in self.received]
        return {note["tag"]: note["title"] for note in notes}

    def subscription(self) -> dict[str, Any]:
        """As `PushSubscription.toJSON()` in a browser."""
        return {
            "endpoint": f"{self.origin}/push/{self.id}",
            "expirationTime": None,
            "keys": {"p256dh": _encode(self.public), "auth": _encode(self.auth)},
        }

    def decrypt(self, body: bytes) -> bytes:
        """One aes128gcm record for this phone, or Refusal."""
        salt, (size, length), rest = body[:16], struct.unpack("!LB", body[16:21]), body[21:]
        point, cipher = rest[:length], rest[length:]
        if length != 65 or len(cipher) > size:
            raise Refusal(400, "not one record with a P-256 point")
        sender = ec.EllipticCurvePublicKey.from_encoded_point(CURVE, point)
        secret = _hmac(self.auth, self.private.exchange(ec.ECDH(), sender))
        key = _hmac(salt, _hmac(secret, b"WebPush: info\0" + self.public + point + b"\x01"))
        content_key = _hmac(key, b"Content-Encoding: aes128gcm\0\x01")[:16]
        nonce = _hmac(key, b"Content-Encoding: nonce\0\x01")[:12]
        padded = AESGCM(content_key).decrypt(nonce, cipher, None).rstrip(b"\0")
        if padded[-1:] != b"\x02":
            raise Refusal(400, "bad delimiter")
        return padded[:-1]


class PushService:
    """An https server in the running event loop."""

    def __init__(self, folder: Path) -> None:
        self.certificate = make_certificate(folder)
        self.phones: dict[str, Phone] = {}
        self.salts: Counter[bytes] = Counter()
        self.arrivals = 0
        self.connections = 0
        self.changed = asyncio.Condition()
        self._writers: set[asyncio.StreamWriter] = set()

    async def __aenter__(self) -> Self:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(self.certificate.certificate, self.certificate.key)
        self._server = await asyncio.start_server(
            self._serve, "127.0.0.1", 0, ssl=context, backlog=1024
        )
        self.port = self._server.sockets[0].getsockname()[1]
        self.origin = f"https://localhost:{self.port}"
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.close()
        for writer in list(self._writers):
            writer.transport.abort()
        await self._server.wait_closed()

    def phone(self) -> Phone:
        made = Phone(secrets.token_urlsafe(24), self.origin)
        self.phones[made.id] = made
        return made

    async def arrived(self, number: int) -> None:
        """Wait until so many requests have come."""
        async with self.changed:
            await self.changed.wait_for(lambda: self.arrivals >= number)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        self.connections += 1
        try:
            while await self._one(reader, writer):
                pass
        except (asyncio.IncompleteReadError, ConnectionError, ssl.SSLError):
            pass
        finally:
            self._writers.discard(writer)
            writer.close()

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        path = head[0].split(" ")[1]
        fields = [line.split(": ", 1) for line in head[1:] if line]
        headers = {name.lower(): value for name, value in fields}
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        status, step = self._take(path, headers, body)
        async with self.changed:
            self.arrivals += 1
            self.changed.notify_all()
        return await self._answer(writer, status, step)

    def _take(self, path: str, headers: dict[str, str], body: bytes) -> tuple[int, Step]:
        phone = self.phones.get(path.removeprefix("/push/"))
        if phone is None:
            return 404, Step()
        phone.tries += 1
        phone.sizes.append(len(body))
        step = phone.steps.pop(0) if phone.steps else Step()
        if step.status != 201 or step.action in ("hang", "reset", "creep"):
            return step.status, step
        try:
            phone.received.append(self._check(phone, headers, body))
        except Refusal as refusal:
            phone.refusals.append(str(refusal))
            return refusal.status, Step()
        return 201, step

    def _check(self, phone: Phone, headers: dict[str, str], body: bytes) -> Received:
        if len(body) > MAX_BODY:
            raise Refusal(413, "too large")
        if not re.fullmatch(r"[1-9][0-9]{0,6}", headers.get("ttl", "")):
            raise Refusal(400, "TTL")
        if not re.fullmatch(r"[A-Za-z0-9_-]{1,32}", headers.get("topic", "")):
            raise Refusal(400, "Topic")
        if headers.get("urgency") != "high" or headers.get("content-encoding") != "aes128gcm":
            raise Refusal(400, "Urgency or Content-Encoding")
        check_vapid(headers.get("authorization", ""), self.origin)
        self.salts[body[:16]] += 1
        if self.salts[body[:16]] > 1:
            raise Refusal(400, "a salt used twice")
        message = json.loads(phone.decrypt(body))
        return Received(message, headers["topic"], int(headers["ttl"]))

    async def _answer(self, writer: asyncio.StreamWriter, status: int, step: Step) -> bool:
        """Whether the connection goes on."""
        match step.action:
            case "hang":
                await asyncio.Event().wait()
            case "reset" | "lost":
                writer.transport.abort()
                return False
            case "drip" | "creep":
                await _drip(writer, is_body=step.action == "drip")
        lines = [f"HTTP/1.1 {status} Answer", "Content-Length: 0"]
        if step.retry_after is not None:
            at = formatdate(time.time() + step.retry_after, usegmt=True)
            lines.append(f"Retry-After: {at if step.as_date else step.retry_after}")
        if step.location:
            lines.append(f"Location: {step.location}")
        writer.write("\r\n".join([*lines, "", ""]).encode())
        await writer.drain()
        return True


async def _drip(writer: asyncio.StreamWriter, *, is_body: bool) -> None:
    """A byte now and then until the other side has had enough."""
    head = "HTTP/1.1 201 Created\r\n" + ("Content-Length: 99999\r\n\r\n" if is_body else "X: ")
    writer.write(head.encode())
    while True:
        writer.write(b"x")
        await writer.drain()
        await asyncio.sleep(0.02)


def check_vapid(header: str, origin: str) -> None:
    """Refusal unless `header` is a valid `vapid t=…,k=…` for `origin` (RFC 8292)."""
    found = re.fullmatch(r"vapid t=([\w-]+)\.([\w-]+)\.([\w-]+), ?k=([\w-]+)", header)
    if not found:
        raise Refusal(401, "Authorization")
    head, claims, signature, key = found.groups()
    raw = _decode(signature)
    if json.loads(_decode(head)).get("alg") != "ES256" or len(raw) != 64:
        raise Refusal(403, "not ES256")
    r, s = int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big")
    public = ec.EllipticCurvePublicKey.from_encoded_point(CURVE, _decode(key))
    try:
        public.verify(
            utils.encode_dss_signature(r, s), f"{head}.{claims}".encode(), ec.ECDSA(hashes.SHA256())
        )
    except InvalidSignature as exc:
        raise Refusal(403, "signature") from exc
    said = json.loads(_decode(claims))
    if said["aud"] != origin or not time.time() < said["exp"] <= time.time() + DAY:
        raise Refusal(403, "aud or exp")
    if not re.fullmatch(
        r"(mailto:[^@\s]+@|https://)[a-z0-9-]+(\.[a-z0-9-]+)+", said.get("sub", "")
    ):
        raise Refusal(403, "sub")


def _point(key: ec.EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(
        serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
    )


def _hmac(key: bytes, data: bytes) -> bytes:
    return hmac.digest(key, data, "sha256")


def _encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _decode(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
