"""Walks that staff publish."""

from tortoise import fields
from tortoise.models import Model

from tour.events.models import Event
from tour.sites.models import Site


class WalkingRoute(Model):
    """A published walk (visitors read モデルコース / "model course")."""

    id = fields.IntField(primary_key=True)
    slug = fields.CharField(max_length=80, unique=True)
    event: fields.ForeignKeyNullableRelation[Event] = fields.ForeignKeyField(
        "models.Event", related_name="walking_routes", null=True, on_delete=fields.SET_NULL
    )
    title = fields.CharField(max_length=200)
    summary = fields.TextField(default="")
    translations: dict[str, dict[str, str]] = fields.JSONField(default=dict)
    is_published = fields.BooleanField(default=True)

    stops: fields.ReverseRelation["Stop"]

    class Meta:
        table = "walking_route"


class Stop(Model):
    """A place on a walk, and how long one usually stays."""

    id = fields.IntField(primary_key=True)
    walking_route: fields.ForeignKeyRelation[WalkingRoute] = fields.ForeignKeyField(
        "models.WalkingRoute", related_name="stops"
    )
    position = fields.SmallIntField()
    site: fields.ForeignKeyRelation[Site] = fields.ForeignKeyField(
        "models.Site", related_name="stops"
    )
    stay_minutes = fields.SmallIntField(default=30)

    class Meta:
        table = "stop"
        unique_together = (("walking_route", "position"),)
