from tortoise import fields
from tortoise.models import Model


class Heartbeat(Model):
    """The last sign of life of a process that does the work beside the pages.

    By the machine's clock, not the app's: a demonstration's clock is another one in each process.
    """

    id = fields.IntField(primary_key=True)
    process = fields.CharField(max_length=80, unique=True)
    """Host, process id and something drawn at its start: nothing that two have in common."""
    started_at = fields.DatetimeField()
    beaten_at = fields.DatetimeField()

    class Meta:
        table = "heartbeat"


class Lease(Model):
    """Which process does what only one of all is to do (`lease`)."""

    name = fields.CharField(max_length=40, primary_key=True)
    holder = fields.CharField(max_length=80)
    ends_at = fields.FloatField()
    """Seconds since 1970, by the database's clock."""

    class Meta:
        table = "lease"
