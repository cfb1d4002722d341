"""Hands-on sessions and the times at which they can be booked."""

from datetime import datetime
from typing import Any

from tortoise import fields
from tortoise.models import Model

from tour.db.revised import Revised
from tour.events.models import Event
from tour.programmes.rules import seats_left
from tour.programmes.states import Allocation, SlotStatus
from tour.sites.models import Site

DEFAULT_RETENTION_DAYS = 30


class Programme(Revised):
    """A hands-on session or tour that a site offers. Visitors read 体験 / "session"."""

    id = fields.IntField(primary_key=True)
    slug = fields.CharField(max_length=80, unique=True)
    site: fields.ForeignKeyRelation[Site] = fields.ForeignKeyField(
        "models.Site", related_name="programmes"
    )
    site_id: int
    event: fields.ForeignKeyNullableRelation[Event] = fields.ForeignKeyField(
        "models.Event", related_name="programmes", null=True, on_delete=fields.SET_NULL
    )
    event_id: int | None
    title = fields.CharField(max_length=200)
    summary = fields.TextField(default="")
    bring = fields.TextField(default="")
    translations: dict[str, dict[str, str]] = fields.JSONField(default=dict)
    minutes = fields.SmallIntField()
    price_yen = fields.IntField(default=0)
    min_age = fields.SmallIntField(null=True)
    max_age = fields.SmallIntField(null=True)
    max_party = fields.SmallIntField(default=6)
    needs_adult = fields.BooleanField(default=False)
    questions: list[dict[str, Any]] = fields.JSONField(default=list)
    """Up to five, as {"text": …, "required": …, "for_children": …, "translations": {lang: {"text":
    …}}}."""
    asks_photo_consent = fields.BooleanField(default=False)
    languages: list[str] = fields.JSONField(default=list)
    is_published = fields.BooleanField(default=True)
    first_published_at: datetime | None = fields.DatetimeField(null=True)
    """None for a draft: what is not public any more is paused."""
    removed_at: datetime | None = fields.DatetimeField(null=True)
    """A removed one is never public; its host may bring it back for a while."""
    removed_by = fields.CharField(max_length=100, default="")
    created_at = fields.DatetimeField(auto_now_add=True)
    updated_at = fields.DatetimeField(auto_now=True)

    slots: fields.ReverseRelation["Slot"]

    class Meta:
        table = "programme"


class Slot(Revised):
    """One bookable start. `seats_taken` is the one truth about its seats, in people: those of
    confirmed parties, those held for an offer, and walk-ins. `seats_kept` are for people who still
    walk in.

    The database itself refuses a slot with more seats taken than its capacity (decision 0009).
    """

    id = fields.IntField(primary_key=True)
    programme: fields.ForeignKeyRelation[Programme] = fields.ForeignKeyField(
        "models.Programme", related_name="slots"
    )
    programme_id: int
    starts_at = fields.DatetimeField()
    ends_at = fields.DatetimeField()
    capacity = fields.SmallIntField()
    seats_taken = fields.SmallIntField(default=0)
    seats_kept = fields.SmallIntField(default=0)
    allocation = fields.CharEnumField(Allocation, max_length=20, default=Allocation.FIRST_COME)
    status = fields.CharEnumField(SlotStatus, max_length=20, default=SlotStatus.OPEN)
    booking_opens_at = fields.DatetimeField(null=True)
    booking_closes_at: datetime = fields.DatetimeField()
    pools: dict[str, int] = fields.JSONField(default=dict)
    """Seats that a draw keeps for a group: {"children": 4}."""
    releases_absent = fields.BooleanField(default=False)
    """Whether its host wants seats of those who do not come given away without being asked."""
    walk_ins = fields.SmallIntField(default=0)
    """People let in without a reservation; they are counted in `seats_taken`."""
    delay_minutes = fields.SmallIntField(default=0)
    """How much later than planned it runs; its times have moved with it."""

    class Meta:
        table = "slot"
        unique_together = (("programme", "starts_at"),)

    @property
    def seats_left(self) -> int:
        return seats_left(self.capacity, self.seats_kept, self.seats_taken)


class BookingRules(Model):
    """What staff set for all sessions of an event together."""

    id = fields.IntField(primary_key=True)
    event: fields.OneToOneRelation[Event] = fields.OneToOneField(
        "models.Event", related_name="booking_rules"
    )
    event_id: int
    reservations_per_contact: int | None = fields.SmallIntField(null=True)
    checks_contact = fields.BooleanField(default=False)
    """Whether a code sent by mail must come back before a party is confirmed (decision 0012)."""
    releases_absent = fields.BooleanField(default=False)
    """Whether hosts may choose for a session that seats of the absent are given away unasked."""
    retention_days = fields.SmallIntField(default=DEFAULT_RETENTION_DAYS)
    """How long after its last day what is known of the people in it is kept."""

    class Meta:
        table = "booking_rules"
