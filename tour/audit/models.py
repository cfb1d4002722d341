"""The log of changes, for people to read. Its rows name people and sites by number, so that it
outlives them. No feature goes on from it: it may be cut at any time."""

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
