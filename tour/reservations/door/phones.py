"""The phones that check people in, and whether one of them has lost its network.

A phone whose check-in page is open says so every half minute, and says good-bye when it is closed
with nothing left to send. One that falls silent without a word may hold scans that nobody has
heard of.
"""

from datetime import datetime, timedelta

from tortoise import fields
from tortoise.models import Model

from tour.sites.models import Site

SILENT_AFTER = timedelta(minutes=2)
LOOKS_BACK = timedelta(hours=12)
"""A phone that fell silent on another day has no scans of this one."""
LONGEST_KEY = 40


class DoorPhone(Model):
    """One phone at a site's door; `key` is a number that it made up itself."""

    id = fields.IntField(primary_key=True)
    site: fields.ForeignKeyRelation[Site] = fields.ForeignKeyField(
        "models.Site", related_name="door_phones"
    )
    key = fields.CharField(max_length=LONGEST_KEY)
    seen_at: datetime = fields.DatetimeField()
    left_at: datetime | None = fields.DatetimeField(null=True)

    class Meta:
        table = "door_phone"
        unique_together = (("site", "key"),)


async def heard_of(site_id: int, key: str, *, leaves: bool, now: datetime) -> None:
    """A phone is at the door, or leaves it with nothing unsent."""
    await DoorPhone.filter(site_id=site_id, seen_at__lte=now - LOOKS_BACK).delete()
    values = {"seen_at": now, "left_at": now if leaves else None}
    await DoorPhone.update_or_create(values, site_id=site_id, key=key[:LONGEST_KEY])


async def has_silent_phone(site_id: int, *, now: datetime) -> bool:
    """Whether a phone of this door may hold scans that have not been sent."""
    silent = DoorPhone.filter(
        site_id=site_id,
        left_at=None,
        seen_at__lte=now - SILENT_AFTER,
        seen_at__gt=now - LOOKS_BACK,
    )
    return await silent.exists()
