"""Deleting for good what was removed and can no longer be brought back."""

from datetime import datetime

from tortoise.exceptions import IntegrityError

from tour.audit import queries as audit
from tour.audit.models import Removal
from tour.db import transaction
from tour.programmes.editing import SUBJECT
from tour.programmes.models import Programme


async def purge_programmes(*, now: datetime) -> int:
    """Programmes that were removed 30 days ago, with their times; how many.

    One that people had reserved stays, unseen, for the counts of what was reserved.
    """
    purged = 0
    for programme_id in await audit.overdue(SUBJECT, now=now):
        try:
            async with transaction():
                await Programme.filter(id=programme_id).delete()
                await Removal.filter(subject=SUBJECT, subject_id=programme_id).delete()
        except IntegrityError:
            continue
        purged += 1
    return purged
