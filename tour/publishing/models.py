"""What was published, and when."""

from typing import Any

from tortoise import fields
from tortoise.models import Model

from tour.events.models import Event


class MapVersion(Model):
    """An event's map as it was published once; `ended_at` is empty for the one that is shown.

    A partial unique index lets an event have one such version at most.
    """

    id = fields.IntField(primary_key=True)
    event: fields.ForeignKeyRelation[Event] = fields.ForeignKeyField(
        "models.Event", related_name="map_versions"
    )
    event_id: int
    number = fields.IntField()
    published_at = fields.DatetimeField()
    published_by = fields.CharField(max_length=200)
    ended_at = fields.DatetimeField(null=True)
    content: dict[str, Any] = fields.JSONField()

    class Meta:
        table = "map_version"
        unique_together = (("event", "number"),)
