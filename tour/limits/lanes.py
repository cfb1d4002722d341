"""Costly work in queues of its own, so that no amount of it keeps a page waiting (decision 0026).

A walk, a plan or a drawing costs as much as tens to thousands of pages. Each kind has its lane: so
many at once, so many waiting, of one network half at most; whoever comes then is told to come again
in a moment, before anything is computed.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import wraps

from starlette.requests import Request
from starlette.responses import Response

from tour.errors import Busy
from tour.limits.counting import client_of
from tour.web import parts_of

Handler = Callable[[Request], Awaitable[Response]]

PATIENCE = 8.0
"""Seconds that anybody waits for a turn before being told to come again."""
RETRY_AFTER = 5


@dataclass(slots=True)
class Lane:
    """The queue of one kind of work in one process. `refused` counts since its start."""

    at_once: int
    waiting: int
    patience: float = PATIENCE
    refused: int = 0
    by_client: Counter[str] = field(default_factory=Counter)
    _turns: asyncio.Semaphore = field(init=False)

    def __post_init__(self) -> None:
        self._turns = asyncio.Semaphore(self.at_once)

    @property
    def present(self) -> int:
        """How many are at work or wait."""
        return self.by_client.total()

    @asynccontextmanager
    async def turn(self, client: str) -> AsyncIterator[None]:
        """A turn of this client's; raises Busy where there is no room, or none in time."""
        room = self.at_once + self.waiting
        if self.present >= room or self.by_client[client] >= max(1, room // 2):
            raise self._busy()
        self.by_client[client] += 1
        try:
            async with self._in_time():
                yield
        finally:
            self.by_client[client] -= 1
            if not self.by_client[client]:
                del self.by_client[client]

    @asynccontextmanager
    async def _in_time(self) -> AsyncIterator[None]:
        try:
            async with asyncio.timeout(self.patience):
                await self._turns.acquire()
        except TimeoutError:
            raise self._busy() from None
        try:
            yield
        finally:
            self._turns.release()

    def _busy(self) -> Busy:
        self.refused += 1
        return Busy(retry_after=RETRY_AFTER)


def make_lanes() -> dict[str, Lane]:
    """The lanes of one process: what a small machine does beside its pages, and room in each half
    for a school class behind one address."""
    return {
        "walks": Lane(at_once=2, waiting=118),
        "plans": Lane(at_once=2, waiting=38),
        "drawings": Lane(at_once=1, waiting=15),
        "photos": Lane(at_once=1, waiting=7),
    }


def costly(name: str) -> Callable[[Handler], Handler]:
    """A handler whose work waits for its turn in the lane of this name.

    What was sent is read before, and the answer is sent after: a slow line holds no turn.
    """

    def in_lane(handler: Handler) -> Handler:
        @wraps(handler)
        async def waiting(request: Request) -> Response:
            await request.body()
            async with lane(request, name).turn(client_of(request)):
                return await handler(request)

        return waiting

    return in_lane


def lane(request: Request, name: str) -> Lane:
    return parts_of(request).lanes[name]
