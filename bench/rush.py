"""Many visitors at once over keep-alive connections, from one lean process."""

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    location: str


@dataclass(slots=True)
class Tally:
    """What a rush came to; `seconds` of each journey."""

    statuses: Counter[int] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)
    lasted: float = 0.0

    @property
    def rate(self) -> float:
        return len(self.seconds) / self.lasted

    @property
    def p95_ms(self) -> float:
        ordered = sorted(self.seconds)
        return ordered[int(len(ordered) * 0.95)] * 1000


class Visitor:
    """One connection: HTTP/1.1 with Content-Length, all that our server answers with."""

    def __init__(self, base: str) -> None:
        parts = urlsplit(base)
        self.host, self.port = parts.hostname or "", parts.port or 80

    async def connect(self) -> None:
        self.reader, self.writer = await asyncio.open_connection(self.host, self.port)

    async def ask(self, method: str, path: str, body: bytes = b"", address: str = "") -> Answer:
        head = (
            f"{method} {path} HTTP/1.1\r\nHost: {self.host}:{self.port}\r\n"
            f"Accept-Language: ja\r\nSec-Fetch-Site: same-origin\r\nX-Forwarded-For: {address}\r\n"
            "Content-Type: application/x-www-form-urlencoded\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        self.writer.write(head.encode() + body)
        answer = (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        fields = dict(
            line.lower().split(": ", 1) for line in answer.split("\r\n")[1:] if ": " in line
        )
        await self.reader.readexactly(int(fields.get("content-length", "0")))
        return Answer(int(answer[9:12]), fields.get("location", ""))

    def close(self) -> None:
        self.writer.close()


Journey = Callable[[Visitor, int], Awaitable[int]]


async def rush(bases: list[str], clients: int, seconds: float, journey: Journey) -> Tally:
    """So many visitors go again and again until the time is over."""
    tally = Tally()
    visitors = [Visitor(bases[number % len(bases)]) for number in range(clients)]
    for visitor in visitors:
        await visitor.connect()
    started = time.perf_counter()

    async def keep_going(visitor: Visitor, number: int) -> None:
        turn = number
        while time.perf_counter() - started < seconds:
            began = time.perf_counter()
            tally.statuses[await journey(visitor, turn)] += 1
            tally.seconds.append(time.perf_counter() - began)
            turn += clients

    await asyncio.gather(*(keep_going(v, n) for n, v in enumerate(visitors)))
    tally.lasted = time.perf_counter() - started
    for visitor in visitors:
        visitor.close()
    return tally
