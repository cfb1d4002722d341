"""Chores: what is done again and again beside the pages, each with a name, a rhythm and a place.

`tour.processes.chores` has the table of them all. Each process asks it for its own and goes round
with them; `/readyz` and `/metrics` say how each goes.
"""

import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from time import monotonic
from typing import Any, Generic, Protocol, TypeVar

from tour.clock import Clock, SteadyClock
from tour.repeating import Act, Loop, repeating

SLACK_SECONDS = 600.0
"""A round may take so long, or fail for so long, before anybody is told."""


class Timed(Protocol):
    """The parts of a process, of which a chore needs a clock at least."""

    @property
    def clock(self) -> Clock: ...


P = TypeVar("P", contravariant=True)
"""The parts that a chore takes: one for a worker goes in a web process, too."""
T = TypeVar("T", bound=Timed)

Opened = Callable[[P], AbstractAsyncContextManager[Act]]
"""From the parts of a process to what is done each time, for as long as the block lasts."""
Do = Callable[[T, datetime], Awaitable[object]]


class Where(StrEnum):
    WORKER = "worker"
    """In every worker: `tour worker`, or a web process with TOUR_WORKER=inline."""
    WEB = "web"
    """In every web process."""
    ONE_WEB = "one-web"
    """In one web process of all, the one that has the lease."""


@dataclass(frozen=True, slots=True)
class Chore(Generic[P]):
    name: str
    every: float
    """Seconds from the end of one time to the next."""
    where: Where
    opened: Opened[P]
    first_after: float = 0.0


@dataclass(slots=True)
class Round:
    """How a chore goes in this process."""

    chore: Chore[Any]
    act: Act
    may: Callable[[], bool]
    loop: Loop | None = None
    done: int = 0
    failed: int = 0
    rests: float = 0.0
    heard_at: float = field(default_factory=monotonic)
    """When it was last done, or was not this process's to do."""

    async def once(self) -> float | None:
        """One time; the seconds until the next, where the chore itself says so."""
        if not self.may():
            self.heard_at = monotonic()
            return None
        try:
            answer = await self.act()
        except Exception:
            self.failed += 1
            raise
        self.done, self.heard_at = self.done + 1, monotonic()
        self.rests = answer if isinstance(answer, float) else self.chore.every
        return self.rests

    def problem(self) -> str:
        """One sentence for the operator, or nothing."""
        if self.loop is not None and self.loop.done():
            return f"background work has ended: {self.chore.name}"
        silent = monotonic() - self.heard_at
        if silent > max(self.rests, self.chore.every, self.chore.first_after) + SLACK_SECONDS:
            return f"{self.chore.name} has not been done for {int(silent // 60)} minutes"
        return ""


def each_time(do: Do[T]) -> Opened[T]:
    """A chore that needs no more than the parts and the instant: of a clock that does not follow a
    jump at once."""

    def opened(parts: T) -> AbstractAsyncContextManager[Act]:
        steady = SteadyClock(parts.clock)
        return nullcontext(lambda: do(parts, steady()))

    return opened


def _always() -> bool:
    return True


def _never() -> bool:
    return False


@asynccontextmanager
async def going_round(
    chores: Iterable[Chore[T]], parts: T, is_the_one: Callable[[], bool] = _never
) -> AsyncIterator[Sequence[Round]]:
    """Do the chores for as long as the block lasts; those begun last end first. What one web
    process does for all is done while this is the one."""
    async with AsyncExitStack() as stack:
        rounds = []
        for chore in chores:
            may = is_the_one if chore.where is Where.ONE_WEB else _always
            rounds.append(await stack.enter_async_context(_going(chore, parts, may)))
        yield rounds


@asynccontextmanager
async def _going(chore: Chore[T], parts: T, may: Callable[[], bool]) -> AsyncIterator[Round]:
    log = logging.getLogger(f"tour.processes.chores.{chore.name}")
    async with chore.opened(parts) as act:
        one = Round(chore, act, may)
        async with repeating(one.once, chore.every, log, first_after=chore.first_after) as loop:
            one.loop = loop
            yield one
