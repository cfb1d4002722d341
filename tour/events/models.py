"""Open-factory days and who takes part."""

from datetime import date, datetime
from typing import Any

from tortoise import fields
from tortoise.models import Model

from tour.events.said import held_days
from tour.events.states import ParticipationAnswer, ParticipationRole
from tour.sites.models import Site


class Event(Model):
    """An open-factory day: one or more dates, its own hours, its map when published."""

    id = fields.IntField(primary_key=True)
    slug = fields.CharField(max_length=80, unique=True)
    title = fields.CharField(max_length=200)
    summary = fields.TextField(default="")
    description = fields.TextField(default="")
    translations: dict[str, dict[str, str]] = fields.JSONField(default=dict)
    starts_on = fields.DateField()
    ends_on = fields.DateField()
    days_off: list[str] = fields.JSONField(default=list)
    """Days from the first to the last that were called off (see `events/days.py`)."""
    opens_minute = fields.SmallIntField()
    closes_minute = fields.SmallIntField()
    timezone = fields.CharField(max_length=60)
    booking_opens_at = fields.DatetimeField(null=True)
    is_published = fields.BooleanField(default=False)
    cover: dict[str, Any] | None = fields.JSONField(null=True)
    """{name, width, height, alt, alt_en} of the picture; see `events/covers.py`."""
    created_at = fields.DatetimeField(auto_now_add=True)
    updated_at = fields.DatetimeField(auto_now=True)

    participations: fields.ReverseRelation["Participation"]

    @property
    def called_off(self) -> frozenset[date]:
        return frozenset(date.fromisoformat(day) for day in self.days_off)

    @property
    def days(self) -> tuple[date, ...]:
        """Those on which it is held; there is always one."""
        return held_days(self.starts_on, self.ends_on, self.called_off)

    class Meta:
        table = "event"


class CoverKept(Model):
    """The cover that an event had before, for as long as it can be brought back."""

    id = fields.IntField(primary_key=True)
    event: fields.OneToOneRelation[Event] = fields.OneToOneField(
        "models.Event", related_name="former_cover"
    )
    event_id: int
    cover: dict[str, Any] = fields.JSONField()
    taken_at: datetime = fields.DatetimeField()

    class Meta:
        table = "cover_kept"


class Participation(Model):
    """A site's place in an event; `number` is the one on the map and in the list.

    Visitors see those that accepted. `token_hash` is of the link by which a mail asks.
    """

    id = fields.IntField(primary_key=True)
    event: fields.ForeignKeyRelation[Event] = fields.ForeignKeyField(
        "models.Event", related_name="participations"
    )
    event_id: int
    site: fields.ForeignKeyRelation[Site] = fields.ForeignKeyField(
        "models.Site", related_name="participations"
    )
    site_id: int
    number = fields.SmallIntField()
    role = fields.CharEnumField(ParticipationRole, max_length=20, default=ParticipationRole.HOST)
    answer = fields.CharEnumField(
        ParticipationAnswer, max_length=20, default=ParticipationAnswer.ACCEPTED
    )
    asked_at: datetime | None = fields.DatetimeField(null=True)
    """When its people were written to."""
    phoned_at: datetime | None = fields.DatetimeField(null=True)
    """When staff asked by telephone."""
    word = fields.TextField(default="")
    """What staff wrote with the question."""
    answer_by: date | None = fields.DateField(null=True)
    answered_at: datetime | None = fields.DatetimeField(null=True)
    answered_for: dict[str, bool] | None = fields.JSONField(null=True)
    """What was said of each day that was asked about, `{"2026-12-05": true}`; see `events/said.py`.
    None where nobody has answered, or staff have noted the place as agreed."""
    answered_by = fields.CharField(max_length=100, default="")
    comment = fields.TextField(default="")
    """What the place said with its answer, for staff."""
    token_hash = fields.CharField(max_length=64, null=True, unique=True)

    class Meta:
        table = "participation"
        unique_together = (("event", "site"), ("event", "number"))
