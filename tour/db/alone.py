"""Being the only one of all processes that brings a database up to date, or fills it."""

import asyncio
import fcntl
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import asyncpg

LOCK_SPACE = 0x0F7
"""Our own number among PostgreSQL's advisory locks (see `reservations.locks`)."""
UPKEEP_LOCK = 2**31 - 1
"""Contacts are hashes below it, and for a transaction only."""


@asynccontextmanager
async def folder_locked(folder: Path) -> AsyncIterator[None]:
    """Alone with a SQLite file, by a lock of its folder; whoever dies has given it back.

    Not of the file itself: SQLite loses its own locks when another handle of the same process is
    closed.
    """
    handle = os.open(folder, os.O_RDONLY)
    try:
        await asyncio.to_thread(fcntl.flock, handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


@asynccontextmanager
async def server_locked(**connect: Any) -> AsyncIterator[None]:
    """Alone with a PostgreSQL database, by an advisory lock of a connection of its own, which ends
    with the process."""
    connection = await asyncpg.connect(**connect)
    try:
        await connection.execute("SELECT pg_advisory_lock($1, $2)", LOCK_SPACE, UPKEEP_LOCK)
        yield
    finally:
        await connection.close()
