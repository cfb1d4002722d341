from tortoise import fields
from tortoise.models import Model


class Heartbeat(Model):
    """The last sign of life of a process that does the work beside the pages.

    By the machine's clock, not the app's: a demonstration's clock is another one in each process.
    """

    id = fields.IntField(primary_key=True)
    process = fields.CharField(max_length=80, unique=True)
    """Host, process id and the second of its start: nothing that two have in common."""
    started_at = fields.DatetimeField()
    beaten_at = fields.DatetimeField()

    class Meta:
        table = "heartbeat"
