"""Places that open their doors, and how one gets to them."""

from datetime import date, datetime
from typing import Any

from tortoise import fields
from tortoise.manager import Manager
from tortoise.models import Model
from tortoise.queryset import QuerySet

from tour.db.revised import Revised
from tour.sites.opening.hours import HolidayRule
from tour.sites.states import DoorState, PointQuality, SiteKind


class Craft(Model):
    """A craft or industry, with the readings that search needs and its emblem's name."""

    id = fields.CharField(max_length=40, primary_key=True)
    kind = fields.CharEnumField(SiteKind, max_length=20)
    name = fields.CharField(max_length=100)
    name_kana = fields.CharField(max_length=100)
    romaji = fields.CharField(max_length=100, default="")
    emblem = fields.CharField(max_length=40)
    translations: dict[str, dict[str, str]] = fields.JSONField(default=dict)

    class Meta:
        table = "craft"


class Site(Revised):
    """A place that opens its doors. Texts are in the town's language; others in `translations`."""

    id = fields.IntField(primary_key=True)
    slug = fields.CharField(max_length=80, unique=True)
    kind = fields.CharEnumField(SiteKind, max_length=20)
    craft: fields.ForeignKeyNullableRelation[Craft] = fields.ForeignKeyField(
        "models.Craft", related_name="sites", null=True, on_delete=fields.RESTRICT
    )
    craft_id: int | None
    name = fields.CharField(max_length=200)
    name_kana = fields.CharField(max_length=200, default="")
    summary = fields.TextField(default="")
    description = fields.TextField(default="")
    access_note = fields.TextField(default="")
    parking = fields.TextField(default="")
    what_to_expect = fields.TextField(default="")
    translations: dict[str, dict[str, str]] = fields.JSONField(default=dict)
    address = fields.CharField(max_length=300, default="")
    phone = fields.CharField(max_length=60, default="")
    """For those who have reserved, on the day; empty where only the organisers answer."""
    office_phone = fields.CharField(max_length=60, default="")
    """As a town's file has it: for staff who ring the place."""
    lat = fields.FloatField(null=True)
    lon = fields.FloatField(null=True)
    entrance_lat = fields.FloatField(null=True)
    entrance_lon = fields.FloatField(null=True)
    point_quality = fields.CharEnumField(PointQuality, max_length=20, default=PointQuality.TOWN)
    point_source = fields.CharField(max_length=200, default="")
    access_features: list[str] = fields.JSONField(default=list)
    languages: list[str] = fields.JSONField(default=list)
    url = fields.CharField(max_length=500, default="")
    holiday_rule = fields.CharEnumField(HolidayRule, max_length=20, default=HolidayRule.NONE)
    closures = fields.CharField(max_length=200, default="")
    """Regular days off beside the week, by the codes of `opening.closures`."""
    is_sample = fields.BooleanField(default=False)
    is_published = fields.BooleanField(default=True)
    withdrawn_at: datetime | None = fields.DatetimeField(null=True)
    """Since when it is not shown any more; None for a draft, which never was."""
    looked_upto = fields.IntField(default=0)
    """The last edit of its hosts that staff have looked over."""
    created_at = fields.DatetimeField(auto_now_add=True)
    updated_at = fields.DatetimeField(auto_now=True)

    hours: fields.ReverseRelation["OpeningHours"]
    hours_exceptions: fields.ReverseRelation["HoursException"]

    class Meta:
        table = "site"


class OpeningHours(Model):
    """One stretch of a weekday (0 is Monday), in minutes of the local day; past 1440: the night."""

    id = fields.IntField(primary_key=True)
    site: fields.ForeignKeyRelation[Site] = fields.ForeignKeyField(
        "models.Site", related_name="hours"
    )
    site_id: int
    weekday = fields.SmallIntField()
    opens_minute = fields.SmallIntField()
    closes_minute = fields.SmallIntField()

    class Meta:
        table = "opening_hours"


class HoursException(Model):
    """What holds on one date instead of the weekday's hours; without minutes: closed."""

    id = fields.IntField(primary_key=True)
    site: fields.ForeignKeyRelation[Site] = fields.ForeignKeyField(
        "models.Site", related_name="hours_exceptions"
    )
    site_id: int
    on_date = fields.DateField()
    opens_minute = fields.SmallIntField(null=True)
    closes_minute = fields.SmallIntField(null=True)
    note = fields.CharField(max_length=200, default="")
    translations: dict[str, dict[str, str]] = fields.JSONField(default=dict)

    class Meta:
        table = "hours_exception"


class Present(Manager):
    """Rows that were not removed."""

    def get_queryset(self) -> QuerySet[Any]:
        return super().get_queryset().filter(removed_at=None)


class Photo(Model):
    """A picture of a site. Its files are `name` with each width, below the folder of photos.

    One that was removed is none, but for `with_removed`; it can be brought back for a while.
    """

    id = fields.IntField(primary_key=True)
    site: fields.ForeignKeyRelation[Site] = fields.ForeignKeyField(
        "models.Site", related_name="photos"
    )
    site_id: int
    name = fields.CharField(max_length=40)
    width = fields.SmallIntField()
    height = fields.SmallIntField()
    alt = fields.CharField(max_length=200)
    translations: dict[str, dict[str, str]] = fields.JSONField(default=dict)
    position = fields.SmallIntField()
    created_at: datetime = fields.DatetimeField()
    removed_at: datetime | None = fields.DatetimeField(null=True)

    with_removed = Manager()

    class Meta:
        table = "photo"
        manager = Present()


class PhotoWaiting(Model):
    """A picture that somebody has sent and not described yet: for them alone, and for a day.

    Its files stand beside those of photos, under the same kind of name.
    """

    id = fields.IntField(primary_key=True)
    account: fields.ForeignKeyRelation[Any] = fields.ForeignKeyField(
        "models.Account", related_name="waiting_photos"
    )
    """Of `tour.accounts`, which stands above: known here by its number alone."""
    account_id: int
    site: fields.ForeignKeyRelation[Site] = fields.ForeignKeyField(
        "models.Site", related_name="waiting_photos"
    )
    site_id: int
    name = fields.CharField(max_length=40)
    width = fields.SmallIntField()
    height = fields.SmallIntField()
    alt = fields.CharField(max_length=200, default="")
    alt_en = fields.CharField(max_length=200, default="")
    created_at: datetime = fields.DatetimeField()

    class Meta:
        table = "photo_waiting"
        unique_together = (("account", "site", "name"),)


class SiteDay(Model):
    """How it stands at a site's door on one date, told by its host as it happens."""

    id = fields.IntField(primary_key=True)
    site: fields.ForeignKeyRelation[Site] = fields.ForeignKeyField(
        "models.Site", related_name="days"
    )
    site_id: int
    on_date: date = fields.DateField()
    state = fields.CharEnumField(DoorState, max_length=20, default=DoorState.OPEN)
    closed_minute = fields.SmallIntField(null=True)
    waiting_minutes = fields.SmallIntField(default=0)
    walk_ins = fields.IntField(default=0)
    walk_in_cap = fields.IntField(null=True)
    delay_minutes = fields.SmallIntField(default=0)
    """How late the sessions of the day run."""
    stopped_slots: list[int] = fields.JSONField(default=list)
    """The sessions whose booking ended when the door closed early, and goes on when it opens."""

    class Meta:
        table = "site_day"
        unique_together = (("site", "on_date"),)


class Station(Model):
    """A railway station or tram stop that walks begin and end at."""

    id = fields.CharField(max_length=40, primary_key=True)
    name = fields.CharField(max_length=100)
    name_kana = fields.CharField(max_length=100, default="")
    translations: dict[str, dict[str, str]] = fields.JSONField(default=dict)
    kind = fields.CharField(max_length=20, default="station")
    lat = fields.FloatField()
    lon = fields.FloatField()

    class Meta:
        table = "station"


class Word(Model):
    """A word of the town's texts: as it is written and in its normal form (both folded), and read.

    One row for each way to read it. Search finds by it what sounds the same.
    """

    id = fields.IntField(primary_key=True)
    surface = fields.CharField(max_length=40)
    reading = fields.CharField(max_length=80)
    normal = fields.CharField(max_length=80)

    class Meta:
        table = "word"
        unique_together = (("surface", "reading", "normal"),)
