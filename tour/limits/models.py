from tortoise import fields
from tortoise.models import Model


class RateCount(Model):
    """How often somebody tried in one period; `key` tells neither who nor where (decision 0013).

    Written on PostgreSQL only, where several processes count together.
    """

    key = fields.CharField(max_length=43, primary_key=True)
    tries = fields.IntField()
    ends_at = fields.BigIntField()
    """The second of the epoch after which the count no longer matters."""

    class Meta:
        table = "rate_count"
