"""Who is told, where, and what is still to be said. Nothing here knows what a reservation is."""

from datetime import datetime

from tortoise import fields
from tortoise.models import Model

from tour.notifications.schedule import DEFAULT_CHOICES
from tour.notifications.states import CallState, DeliveryStatus, ReminderStatus


class Recipient(Model):
    """Somebody who may be told something, in one language; `email` is the fall-back to push.

    `token` is the key to the page where they choose (`choices`) and stop: who holds it may.
    """

    id = fields.IntField(primary_key=True)
    token = fields.CharField(max_length=40, unique=True)
    lang = fields.CharField(max_length=20)
    timezone = fields.CharField(max_length=60)
    email = fields.CharField(max_length=254, default="")
    mail_box = fields.CharField(max_length=254, default="")
    """The same for all spellings of the address; for counting only."""
    choices: list[str] = fields.JSONField(default=lambda: [str(c) for c in DEFAULT_CHOICES])
    stopped_at: datetime | None = fields.DatetimeField(null=True)
    """Until when asked for anew, on any channel."""
    mail_stopped_at: datetime | None = fields.DatetimeField(null=True)
    """Letters alone: only who reads the mail box switches them on again."""
    proved_at: datetime | None = fields.DatetimeField(null=True)
    """Since when it is known that they read the mail box; until then anybody may have typed it."""
    is_working = fields.BooleanField(default=False)
    """Their mail as somebody who tends a place or is staff: apart from what they choose to be told
    as a visitor, whose address may be the same."""
    created_at = fields.DatetimeField(auto_now_add=True)

    class Meta:
        table = "recipient"


class PushSubscription(Model):
    """A browser that agreed to push (W3C Push API); its keys encrypt what only it can read.

    `service` is the host of the endpoint: the only part of it that staff and logs may see.
    """

    id = fields.IntField(primary_key=True)
    recipient: fields.ForeignKeyRelation[Recipient] = fields.ForeignKeyField(
        "models.Recipient", related_name="subscriptions"
    )
    recipient_id: int
    endpoint = fields.CharField(max_length=2048)
    p256dh = fields.CharField(max_length=120)
    auth = fields.CharField(max_length=40)
    service = fields.CharField(max_length=120)
    created_at = fields.DatetimeField()

    class Meta:
        table = "push_subscription"
        unique_together = (("recipient", "endpoint"),)


class Reminder(Model):
    """A message due at a time, written in the transaction of its cause.

    `key` names its purpose for the recipient, so that queueing it again replaces it and counts
    `revision` up; the phone knows the message by `id`, and so replaces it as well.
    """

    id = fields.IntField(primary_key=True)
    recipient: fields.ForeignKeyRelation[Recipient] = fields.ForeignKeyField(
        "models.Recipient", related_name="reminders"
    )
    recipient_id: int
    key = fields.CharField(max_length=80)
    revision = fields.IntField(default=1)
    title = fields.CharField(max_length=200)
    body = fields.TextField()
    url = fields.CharField(max_length=500)
    actions: list[dict[str, str]] = fields.JSONField(default=list)
    due_at: datetime = fields.DatetimeField()
    expires_at: datetime = fields.DatetimeField()
    status = fields.CharEnumField(ReminderStatus, max_length=20, default=ReminderStatus.WAITING)

    deliveries: fields.ReverseRelation["Delivery"]

    class Meta:
        table = "reminder"
        unique_together = (("recipient", "key"),)


MAIL = "mail"
"""The `service` of a delivery by e-mail."""


class Delivery(Model):
    """One reminder on its way to one browser, or to the mail box (`service` is then "mail").

    A waiting row is due at `next_attempt_at`. A worker claims it by moving that instant a lease
    ahead, so what a killed worker had in hand falls due again by itself. The least `urgency` goes
    first. `unfinished` counts claims in a row that came to no end, `uncertain` the tries after
    which the letter may have arrived. A push that is not taken by `mail_at` goes as a mail.
    """

    id = fields.IntField(primary_key=True)
    reminder: fields.ForeignKeyRelation[Reminder] = fields.ForeignKeyField(
        "models.Reminder", related_name="deliveries"
    )
    reminder_id: int
    revision = fields.IntField()
    subscription: fields.ForeignKeyNullableRelation[PushSubscription] = fields.ForeignKeyField(
        "models.PushSubscription",
        related_name="deliveries",
        null=True,
        on_delete=fields.SET_NULL,
    )
    subscription_id: int | None
    lead: fields.ForeignKeyNullableRelation["Delivery"] = fields.ForeignKeyField(
        "models.Delivery", related_name="followers", null=True, on_delete=fields.SET_NULL
    )
    lead_id: int | None
    service = fields.CharField(max_length=120)
    status = fields.CharEnumField(DeliveryStatus, max_length=20, default=DeliveryStatus.WAITING)
    attempts = fields.SmallIntField(default=0)
    next_attempt_at: datetime = fields.DatetimeField()
    problem = fields.CharField(max_length=80, default="")
    finished_at: datetime | None = fields.DatetimeField(null=True)
    urgency = fields.SmallIntField(default=2)
    unfinished = fields.SmallIntField(default=0)
    uncertain = fields.SmallIntField(default=0)
    mail_at: datetime | None = fields.DatetimeField(null=True)

    class Meta:
        table = "delivery"


class PhoneCall(Model):
    """Somebody was rung for want of another way. A message whose words have changed since
    (`revision`) is another matter to ring about. It goes with the recipient's addresses
    (`service.erase`)."""

    id = fields.IntField(primary_key=True)
    reminder: fields.OneToOneRelation[Reminder] = fields.OneToOneField(
        "models.Reminder", related_name="phone_call"
    )
    reminder_id: int
    revision = fields.IntField()
    state = fields.CharEnumField(CallState, max_length=20)
    who = fields.CharField(max_length=100)
    at: datetime = fields.DatetimeField()

    class Meta:
        table = "phone_call"


class Circuit(Model):
    """How a service, the mail server or a push service, does as a whole; one row for all workers.

    Nothing is claimed for it before `retry_at`; then one delivery tries whether it is back.
    `failing_since` is the first failure after what it last accepted, at about `accepted_at`.
    """

    service = fields.CharField(max_length=120, primary_key=True)
    accepted_at: datetime | None = fields.DatetimeField(null=True)
    failing_since: datetime | None = fields.DatetimeField(null=True)
    retry_at: datetime | None = fields.DatetimeField(null=True)
    tries = fields.IntField(default=0)
    problem = fields.CharField(max_length=80, default="")

    class Meta:
        table = "circuit"
