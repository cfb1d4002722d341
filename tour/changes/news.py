"""News of what changed: added at the end of a change, read by every process, forgotten in a day."""

from collections.abc import Collection
from datetime import datetime, timedelta

from tour.changes.kinds import EVERY, Kind
from tour.changes.models import News
from tour.db import plain

KEPT = timedelta(days=1)
MANY = 200
"""More rows of one kind than this are told as all of its kind."""

COUNT = "UPDATE catalogue_revision SET number = number + $1 WHERE id = 1 RETURNING number"
ADD = "INSERT INTO news (number, kind, subject_id, at) VALUES ($1, $2, $3, $4)"


async def append(rows: Collection[tuple[Kind, int]], *, now: datetime) -> None:
    """Add them, in the caller's transaction and as its last statements: until it commits everybody
    else who changes something waits here, which keeps the numbers in order."""
    told = _condensed(rows)
    if not told:
        return
    [counted] = await plain.fetch(COUNT, len(told))
    first = int(counted["number"]) - len(told) + 1
    values = [[first + i, str(kind), row_id, now] for i, (kind, row_id) in enumerate(told)]
    await plain.execute_each(ADD, values)


def _condensed(rows: Collection[tuple[Kind, int]]) -> list[tuple[Kind, int]]:
    told: list[tuple[Kind, int]] = []
    for kind in Kind:
        own = sorted(row_id for each, row_id in rows if each == kind)
        told += [(kind, EVERY)] if len(own) > MANY or EVERY in own else [(kind, i) for i in own]
    return told


async def forget_news(*, now: datetime) -> int:
    """Delete the news that nobody waits for any more; returns how many. A process that has slept
    longer finds a gap, and reads everything again."""
    return int(await News.filter(at__lte=now - KEPT).delete())
