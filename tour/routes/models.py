"""Walks that staff publish, and the days that visitors plan."""

from datetime import date
from typing import Any

from tortoise import fields
from tortoise.models import Model

from tour.events.models import Event
from tour.notifications.models import Recipient
from tour.reservations.models import Reservation
from tour.sites.models import Site


class WalkingRoute(Model):
    """A published walk (visitors read モデルコース / "model course")."""

    id = fields.IntField(primary_key=True)
    slug = fields.CharField(max_length=80, unique=True)
    event: fields.ForeignKeyNullableRelation[Event] = fields.ForeignKeyField(
        "models.Event", related_name="walking_routes", null=True, on_delete=fields.SET_NULL
    )
    event_id: int | None
    title = fields.CharField(max_length=200)
    summary = fields.TextField(default="")
    translations: dict[str, dict[str, str]] = fields.JSONField(default=dict)
    is_published = fields.BooleanField(default=True)
    updated_at = fields.DatetimeField(auto_now=True)

    stops: fields.ReverseRelation["Stop"]

    class Meta:
        table = "walking_route"


class Stop(Model):
    """A place on a walk, and how long one usually stays."""

    id = fields.IntField(primary_key=True)
    walking_route: fields.ForeignKeyRelation[WalkingRoute] = fields.ForeignKeyField(
        "models.WalkingRoute", related_name="stops"
    )
    walking_route_id: int
    position = fields.SmallIntField()
    site: fields.ForeignKeyRelation[Site] = fields.ForeignKeyField(
        "models.Site", related_name="stops"
    )
    site_id: int
    stay_minutes = fields.SmallIntField(default=30)

    class Meta:
        table = "stop"
        unique_together = (("walking_route", "position"),)


class Itinerary(Model):
    """One visitor's plan for a day. It has no owner: each of its two tokens is a capability.

    Whoever holds `edit_token` may change it, whoever holds `show_token` may see it. Times are not
    kept: they follow from the stops, the walks between them and the doors as they are today.
    """

    id = fields.IntField(primary_key=True)
    edit_token = fields.CharField(max_length=40, unique=True)
    show_token = fields.CharField(max_length=40, unique=True)
    on_date: date = fields.DateField()
    wish: dict[str, Any] = fields.JSONField()
    """What was asked for, as `PlanForm.values` has it."""
    stops: list[dict[str, Any]] = fields.JSONField()
    before: list[dict[str, Any]] | None = fields.JSONField(null=True)
    """The stops before the last change, so that it can be undone."""
    findings: dict[str, Any] = fields.JSONField()
    """What the planner said beside the stops: see `proposals.Findings`."""
    version = fields.IntField(default=1)
    last_change = fields.CharField(max_length=64, default="")
    """What made this version: a digest of all that was sent, so that it is known when it comes
    again."""
    created_at = fields.DatetimeField(auto_now_add=True)
    updated_at = fields.DatetimeField(auto_now=True)

    class Meta:
        table = "itinerary"


class ItineraryReader(Model):
    """A browser that asked, on the page of a plan, to be told of changes: it has a recipient of its
    own, in its reader's language."""

    id = fields.IntField(primary_key=True)
    itinerary: fields.ForeignKeyRelation[Itinerary] = fields.ForeignKeyField(
        "models.Itinerary", related_name="readers"
    )
    itinerary_id: int
    recipient: fields.OneToOneRelation[Recipient] = fields.OneToOneField(
        "models.Recipient", related_name="itinerary_reader"
    )
    recipient_id: int

    class Meta:
        table = "itinerary_reader"


class ItineraryReservation(Model):
    """A reservation that was made from an itinerary, for some of its stops."""

    id = fields.IntField(primary_key=True)
    itinerary: fields.ForeignKeyRelation[Itinerary] = fields.ForeignKeyField(
        "models.Itinerary", related_name="reservations"
    )
    itinerary_id: int
    reservation: fields.ForeignKeyRelation[Reservation] = fields.ForeignKeyField(
        "models.Reservation", related_name="itineraries"
    )
    reservation_id: int

    class Meta:
        table = "itinerary_reservation"
        unique_together = (("itinerary", "reservation"),)
