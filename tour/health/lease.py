"""One web process of all does what is to be done once: the one whose name stands in the lease.

A lease is renewed long before it ends, and taken by another when it has ended: its process is
dead, frozen or without its database. One that was frozen may go on with what it was at for a
moment, beside its successor; what is done under a lease must bear being done twice.
"""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from tour.db import plain, transaction
from tour.errors import Unavailable
from tour.health import models
from tour.health.beating import process_name
from tour.repeating import Act

EVERY_SECONDS = 5.0
LASTS_SECONDS = 20.0
"""Of a process that died without a word, the chores go on elsewhere after so long."""
SLACK_SECONDS = 5.0
"""We let go so much sooner than others may take it: for a statement that is slow to come back."""
WEB = "web"

TAKE = """
    INSERT INTO lease (name, holder, ends_at) VALUES ($1, $2, {now} + $3)
    ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, ends_at = excluded.ends_at
    WHERE lease.holder = excluded.holder OR lease.ends_at <= {now}
    RETURNING holder
"""
POSTGRES_NOW = "EXTRACT(EPOCH FROM clock_timestamp())::float8"
SQLITE_NOW = "((julianday('now') - 2440587.5) * 86400.0)"
"""The database's own clock, in seconds: all processes have that one in common."""


class Lease:
    """Whether this process is the one."""

    def __init__(self, name: str = WEB) -> None:
        self._name = name
        self._holder = process_name()
        self._ours_until = 0.0

    def is_ours(self) -> bool:
        return time.monotonic() < self._ours_until

    async def take(self) -> bool:
        """Take it if it is free, renew it if it is ours already."""
        asked_at = time.monotonic()
        now = POSTGRES_NOW if plain.is_postgres() else SQLITE_NOW
        async with transaction():
            taken = await plain.fetch(TAKE.format(now=now), self._name, self._holder, LASTS_SECONDS)
        self._ours_until = asked_at + LASTS_SECONDS - SLACK_SECONDS if taken else 0.0
        return bool(taken)

    async def give_back(self) -> None:
        self._ours_until = 0.0
        with suppress(Unavailable):
            await models.Lease.filter(name=self._name, holder=self._holder).delete()


@asynccontextmanager
async def holding(lease: Lease) -> AsyncIterator[Act]:
    """Ask for the lease each time, and give it back at the end."""
    try:
        yield lease.take
    finally:
        await lease.give_back()
