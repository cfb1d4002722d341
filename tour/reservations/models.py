"""Parties and their places."""

from enum import StrEnum

from tortoise import fields
from tortoise.models import Model

from tour.notifications.models import Recipient
from tour.programmes.models import Slot


class PlaceStatus(StrEnum):
    CONFIRMED = "confirmed"
    CANCELLED = "cancelled"


class Reservation(Model):
    """A party and how to reach it. `reference` is its key: whoever holds it may see and cancel."""

    id = fields.IntField(primary_key=True)
    reference = fields.CharField(max_length=40, unique=True)
    door_code = fields.CharField(max_length=12, unique=True)
    name = fields.CharField(max_length=100)
    kana = fields.CharField(max_length=100, default="")
    email = fields.CharField(max_length=254, default="")
    phone = fields.CharField(max_length=30, default="")
    adults = fields.SmallIntField()
    children = fields.SmallIntField(default=0)
    lang = fields.CharField(max_length=20)
    idempotency_key = fields.CharField(max_length=80, unique=True)
    recipient: fields.ForeignKeyRelation[Recipient] = fields.ForeignKeyField(
        "models.Recipient", related_name="reservations", on_delete=fields.RESTRICT
    )
    is_sample = fields.BooleanField(default=False)
    consented_at = fields.DatetimeField()
    created_at = fields.DatetimeField(auto_now_add=True)

    places: fields.ReverseRelation["Place"]

    class Meta:
        table = "reservation"

    @property
    def party_size(self) -> int:
        return int(self.adults) + int(self.children)


class Place(Model):
    """The seats of one reservation in one slot."""

    id = fields.IntField(primary_key=True)
    reservation: fields.ForeignKeyRelation[Reservation] = fields.ForeignKeyField(
        "models.Reservation", related_name="places"
    )
    slot: fields.ForeignKeyRelation[Slot] = fields.ForeignKeyField(
        "models.Slot", related_name="places", on_delete=fields.RESTRICT
    )
    seats = fields.SmallIntField()
    status = fields.CharEnumField(PlaceStatus, max_length=20, default=PlaceStatus.CONFIRMED)
    cancelled_at = fields.DatetimeField(null=True)

    class Meta:
        table = "place"
        unique_together = (("reservation", "slot"),)
