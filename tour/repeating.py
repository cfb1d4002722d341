"""Doing something again and again beside the pages, whatever happens to one of the times."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from logging import Logger

from tour.errors import Unavailable

Act = Callable[[], Awaitable[object]]
Loop = asyncio.Task[None]


async def repeated(
    act: Act, every: float, stop: asyncio.Event, log: Logger, *, first_after: float = 0.0
) -> None:
    """Act every so many seconds until `stop` is set. A fault of any kind costs that one time.

    No list of the faults that may be survived is ever complete: a database that is started anew
    alone ends what is under way with a handful of kinds. An act that answers with a float rests for
    so many seconds instead.
    """
    await _rest(stop, first_after)
    while not stop.is_set():
        try:
            pause = await act()
        except Exception as exc:  # whatever it is, the next time may go well
            # Only the kinds: a database's message may show values.
            log.error("to be tried again: %s", ", ".join(kinds_of(exc)))
            pause = None
        await _rest(stop, pause if isinstance(pause, float) else every)


@asynccontextmanager
async def repeating(
    act: Act, every: float, log: Logger, *, first_after: float = 0.0
) -> AsyncIterator[Loop]:
    """The same for as long as the block lasts; gives the loop, which is never done before that."""
    stop = asyncio.Event()
    loop = asyncio.create_task(repeated(act, every, stop, log, first_after=first_after))
    try:
        yield loop
    finally:
        stop.set()
        await loop


def kinds_of(error: BaseException) -> list[str]:
    """The names of what was raised, or what was not there, each once; of a group, those in it."""
    if isinstance(error, Unavailable):
        return [error.reason]
    if not isinstance(error, BaseExceptionGroup):
        return [type(error).__name__]
    return sorted({kind for part in error.exceptions for kind in kinds_of(part)})


async def _rest(stop: asyncio.Event, seconds: float) -> None:
    with suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), seconds)
