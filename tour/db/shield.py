"""Finishing what must be finished although the request was cancelled meanwhile."""

import asyncio
from collections.abc import Awaitable


async def finish(work: Awaitable[object]) -> None:
    """Run `work` to its end; a cancellation that arrives meanwhile is raised afterwards."""
    task = asyncio.ensure_future(work)
    cancelled: asyncio.CancelledError | None = None
    while not task.done():
        try:
            await asyncio.shield(task)
        except asyncio.CancelledError as exc:
            if task.cancelled():
                break
            cancelled = exc
        except Exception:  # it is raised by task.result() below
            break
    task.result()
    if cancelled:
        raise cancelled
