"""What is noted of one change: the columns of every table that keeps such lines."""

from datetime import datetime
from typing import Any

from tortoise import fields
from tortoise.models import Model


class Noted(Model):
    """`before` and `after` hold only what differs.

    `subject` is the kind of row ("site", "slot", "programme" …), `action` the verb on it, such as
    "slot.capacity". `account_id` is None for the app itself and the command line.
    """

    id = fields.IntField(primary_key=True)
    at: datetime = fields.DatetimeField()
    account_id = fields.IntField(null=True)
    who = fields.CharField(max_length=100)
    site_id = fields.IntField(null=True)
    action = fields.CharField(max_length=40)
    subject = fields.CharField(max_length=20)
    subject_id = fields.IntField()
    before: dict[str, Any] = fields.JSONField(default=dict)
    after: dict[str, Any] = fields.JSONField(default=dict)

    class Meta:
        abstract = True
