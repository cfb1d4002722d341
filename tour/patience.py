"""How long each kind of work waits for what others hold before it says that it cannot be done now.

A page is answered within three seconds, if only by "please try again": who waits longer has gone,
and holds what others wait for meanwhile.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

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
"""Seconds that all the waits of one page for connections may take together."""
CHORES = Patience(connection=10.0, lock=10.0, statement=60.0)
"""What runs beside the pages, and commands: nobody looks at a clock, but nothing hangs."""
UPKEEP = Patience(connection=60.0, lock=300.0, statement=0.0)
"""Migrations: a table is rewritten in the time that it takes."""


@dataclass(slots=True)
class _Budget:
    left: float


_budget: ContextVar[_Budget | None] = ContextVar("waiting_budget", default=None)


@contextmanager
def waiting_at_most(seconds: float) -> Iterator[None]:
    """So long for all the waits inside of the block together; and whoever has been kept by slow
    statements for so long waits for no further connection. Work itself is not counted."""
    token = _budget.set(_Budget(seconds))
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
            budget.left -= time.monotonic() - began


@asynccontextmanager
async def bounded(seconds: float) -> AsyncIterator[None]:
    """A wait for what others hold; raises TimeoutError when it takes longer."""
    budget = _budget.get()
    most = min(seconds, budget.left) if budget else seconds
    async with asyncio.timeout(max(most, 0.0)):
        yield
