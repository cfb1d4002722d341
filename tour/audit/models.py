"""The log of changes. Its rows name people and sites by number, so that it outlives them."""

from datetime import datetime
from typing import Any

from tortoise import fields
from tortoise.models import Model


class AuditEntry(Model):
    """One change: `before` and `after` hold only what differs.

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
        table = "audit_entry"


class Removal(Model):
    """A row that its owner removed. It stays, unseen, until it is restored or purged."""

    id = fields.IntField(primary_key=True)
    subject = fields.CharField(max_length=20)
    subject_id = fields.IntField()
    site_id = fields.IntField(null=True)
    label = fields.CharField(max_length=200)
    who = fields.CharField(max_length=100)
    removed_at: datetime = fields.DatetimeField()

    class Meta:
        table = "removal"
        unique_together = (("subject", "subject_id"),)
