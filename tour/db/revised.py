"""Rows of which calendars show something: each counts its own changes."""

from datetime import datetime

from tortoise import fields
from tortoise.models import Model


class Revised(Model):
    """What calendars show of it changed `revision` times, last at `revised_at` (None: never).

    The database counts by itself, whoever writes and however (migration 0035, decision 0023);
    nobody else writes these two. A column that a calendar shows from now on needs a new trigger.
    """

    revision = fields.IntField(default=0)
    revised_at: datetime | None = fields.DatetimeField(null=True)

    class Meta:
        abstract = True
