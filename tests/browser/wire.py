"""The way from a phone to the app: a proxy on this machine that breaks where a test wants it to.

What is asked for passes; only what is sent (POST) meets the fault, so that pages can be opened.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from enum import StrEnum

LONGEST_HEAD = 64 * 1024
HANGING_SECONDS = 20


class Fault(StrEnum):
    NONE = "none"
    BEFORE = "cut before the request has reached the app"
    WITHIN = "cut within the request's body"
    AFTER = "cut when the app has answered, before the answer arrives"
    HANGING = "an answer that takes its time"


class Wire:
    """`fault` may be changed at any time; it holds for requests that begin later."""

    def __init__(self, app_port: int) -> None:
        self.app_port = app_port
        self.fault = Fault.NONE
        self.arrived: list[str] = []
        """Where the forms were sent that the app has answered, whether or not the phone heard."""
        self.port = 0
        self._under_way: set[asyncio.Task[None]] = set()

    @property
    def base(self) -> str:
        return f"http://localhost:{self.port}"

    @asynccontextmanager
    async def open(self) -> AsyncIterator["Wire"]:
        async with await asyncio.start_server(
            self._carry, "127.0.0.1", 0, limit=LONGEST_HEAD
        ) as server:
            self.port = server.sockets[0].getsockname()[1]
            try:
                yield self
            finally:
                await self._hang_up()

    async def _hang_up(self) -> None:
        for task in self._under_way:
            task.cancel()
        await asyncio.gather(*self._under_way, return_exceptions=True)

    async def _carry(self, phone: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        self._under_way.add(task)
        try:
            with suppress(ConnectionError, asyncio.IncompleteReadError):
                await self._exchange(phone, back)
        finally:
            self._under_way.discard(task)
            back.close()

    async def _exchange(self, phone: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        """One request a connection: the app is asked to close it after its answer."""
        head = await phone.readuntil(b"\r\n\r\n")
        fault = self.fault if head.startswith(b"POST ") else Fault.NONE
        if fault == Fault.BEFORE:
            return
        body = await phone.readexactly(_length(head))
        request = _closing(head) + body
        if fault == Fault.WITHIN:
            request = request[: -len(body) // 2]
        answer = await self._ask(request, is_whole=fault != Fault.WITHIN)
        if fault == Fault.HANGING:
            await asyncio.sleep(HANGING_SECONDS)
        if fault in (Fault.NONE, Fault.HANGING):
            back.write(answer)
            await back.drain()

    async def _ask(self, request: bytes, *, is_whole: bool) -> bytes:
        app, to_app = await asyncio.open_connection("127.0.0.1", self.app_port)
        try:
            to_app.write(request)
            await to_app.drain()
            answer = await app.read(-1) if is_whole else b""
        finally:
            to_app.close()
        method, path, _rest = request.decode("latin-1").split(" ", 2)
        if method == "POST" and is_whole:
            self.arrived.append(path)
        return answer


def _length(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        name, _colon, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    return 0


def _closing(head: bytes) -> bytes:
    lines = [n for n in head.split(b"\r\n") if not n.lower().startswith(b"connection:")]
    return b"\r\n".join([*lines[:1], b"Connection: close", *lines[1:]])
