"""Deleting for good what was removed and can no longer be brought back."""

from datetime import datetime

from tortoise.exceptions import IntegrityError

from tour.changes.recent import KEPT
from tour.db import transaction
from tour.programmes.models import Programme


async def purge_programmes(*, now: datetime) -> int:
    """Programmes that were removed 30 days ago, with their times; how many.

    One that people had reserved stays, unseen, for the counts of what was reserved.
    """
    purged = 0
    overdue = Programme.filter(removed_at__lte=now - KEPT)
    for programme in await overdue.order_by("id").only("id"):
        try:
            async with transaction():
                await overdue.filter(id=programme.id).delete()
        except IntegrityError:
            continue
        purged += 1
    return purged
