"""Who is told, where, and what is still to be said. Nothing here knows what a reservation is."""

from enum import StrEnum

from tortoise import fields
from tortoise.models import Model


class Recipient(Model):
    """Somebody who may be told something, in one language; `email` is the fall-back to push."""

    id = fields.IntField(primary_key=True)
    lang = fields.CharField(max_length=20)
    timezone = fields.CharField(max_length=60)
    email = fields.CharField(max_length=254, default="")
    created_at = fields.DatetimeField(auto_now_add=True)

    class Meta:
        table = "recipient"


class PushSubscription(Model):
    """A browser that agreed to push (W3C Push API); its keys encrypt what only it can read."""

    id = fields.IntField(primary_key=True)
    recipient: fields.ForeignKeyRelation[Recipient] = fields.ForeignKeyField(
        "models.Recipient", related_name="subscriptions"
    )
    endpoint = fields.CharField(max_length=2048)
    p256dh = fields.CharField(max_length=120)
    auth = fields.CharField(max_length=40)
    created_at = fields.DatetimeField(auto_now_add=True)

    class Meta:
        table = "push_subscription"
        unique_together = (("recipient", "endpoint"),)


class ReminderStatus(StrEnum):
    WAITING = "waiting"
    SENT = "sent"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    FAILED = "failed"


class Reminder(Model):
    """A message due at a time, written in the transaction of its cause and claimed by a worker.

    `key` names its purpose for the recipient, so that queueing it again replaces it.
    """

    id = fields.IntField(primary_key=True)
    recipient: fields.ForeignKeyRelation[Recipient] = fields.ForeignKeyField(
        "models.Recipient", related_name="reminders"
    )
    key = fields.CharField(max_length=80)
    title = fields.CharField(max_length=200)
    body = fields.TextField()
    url = fields.CharField(max_length=500)
    due_at = fields.DatetimeField()
    expires_at = fields.DatetimeField()
    status = fields.CharEnumField(ReminderStatus, max_length=20, default=ReminderStatus.WAITING)
    attempts = fields.SmallIntField(default=0)
    next_attempt_at = fields.DatetimeField()
    claimed_until = fields.DatetimeField(null=True)
    last_problem = fields.CharField(max_length=200, default="")
    sent_at = fields.DatetimeField(null=True)

    class Meta:
        table = "reminder"
        unique_together = (("recipient", "key"),)
