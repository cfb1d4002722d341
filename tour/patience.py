"""How long each kind of work waits for what others hold before it says that it cannot be done now.

A page is answered within three seconds, if only by "please try again": who waits longer has gone,
and holds what others wait for meanwhile.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")

RETRY_AFTER = 3
"""Seconds after which a reader whose page could not be made may ask again."""


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds to wait for a connection that is free to use, for a lock that another transaction
    has, and for one statement in all (0: without end)."""

    connection: float
    lock: float
    statement: float


PAGES = Patience(connection=1.5, lock=1.2, statement=1.4)
"""The longest wait for a connection and the longest statement together stay below three seconds."""
PAGE_WAITS = 2.4
"""Seconds that all the waits of one page, for connections and within its statements, may take
together: a page that gets one lock after the other, each just in time, is no quicker for it."""
AGAIN_WAITS = 0.5
"""Seconds for the page of a form that could not be taken in that time: it only reads."""
WORK = 0.02
"""Seconds of one statement that are work and no wait, also on a busy machine."""
CHORES = Patience(connection=10.0, lock=10.0, statement=60.0)
"""What runs beside the pages, and commands: nobody looks at a clock, but nothing hangs."""
TURN = 0.002
"""Seconds after which long work in the loop of the pages lets them have their turn."""
UPKEEP = Patience(connection=60.0, lock=300.0, statement=0.0)
"""Migrations: a table is rewritten in the time that it takes."""


class KeptTooLong(TimeoutError):
    """A page has waited for so long in all that its reader is told to come back."""


@dataclass(slots=True)
class _Budget:
    left: float
    ends_statements: bool


_budget: ContextVar[_Budget | None] = ContextVar("waiting_budget", default=None)


@contextmanager
def waiting_at_most(seconds: float, *, ends_statements: bool = True) -> Iterator[None]:
    """So long for all the waits inside of the block together: then a statement that waits is ended,
    and no other begins. Without `ends_statements`, for work in bulk, they end as `Patience` says,
    and whoever has been kept for so long waits for no further connection. Work is not counted."""
    token = _budget.set(_Budget(seconds, ends_statements))
    try:
        yield
    finally:
        _budget.reset(token)


@contextmanager
def spending() -> Iterator[None]:
    """What takes long in here shortens the waits that are still to come."""
    budget = _budget.get()
    began = time.monotonic()
    try:
        yield
    finally:
        if budget:
            budget.left -= max(time.monotonic() - began - WORK, 0.0)


@asynccontextmanager
async def in_time() -> AsyncIterator[None]:
    """One statement of a page; raises KeptTooLong when the page's waits have been used up."""
    budget = _budget.get()
    if not budget or not budget.ends_statements:
        yield
        return
    if budget.left <= 0:
        raise KeptTooLong
    try:
        async with asyncio.timeout(budget.left + WORK) as limit:
            yield
    except TimeoutError as exc:
        raise (KeptTooLong if limit.expired() else exc) from exc


def left_of(seconds: float) -> float:
    """Of a wait that nothing ends once it has begun: as much as its page may still wait."""
    budget = _budget.get()
    return max(min(seconds, budget.left), 0.0) if budget else seconds


@asynccontextmanager
async def bounded(seconds: float) -> AsyncIterator[None]:
    """A wait for what others hold; raises TimeoutError when it takes longer."""
    budget = _budget.get()
    most = min(seconds, budget.left) if budget else seconds
    async with asyncio.timeout(max(most, 0.0)):
        yield


async def gently(items: Iterable[T]) -> AsyncIterator[T]:
    """The items one by one, for work of seconds that is made of small steps: it rests as long as it
    works, so that everybody else has a turn. A thread of its own, or no rest, would take more away:
    the threads that ask the database wait 5 ms for the interpreter at every row they read."""
    began = time.monotonic()
    for item in items:
        if (worked := time.monotonic() - began) > TURN:
            await asyncio.sleep(worked)
            began = time.monotonic()
        yield item
