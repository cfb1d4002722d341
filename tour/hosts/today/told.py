"""What a tap of the door has done, whom it has told, and by which way."""

from datetime import datetime
from zoneinfo import ZoneInfo

from tour.changes.models import RecentEdit
from tour.hosts.today import undo
from tour.i18n import translate
from tour.reservations.calls import figures
from tour.reservations.changes import closing
from tour.sites.models import SiteDay


async def said_of(entry: RecentEdit, site_id: int, zone: ZoneInfo, *, now: datetime) -> str:
    """Closed for today. Told: 3 parties: 2 by mail, 1 to phone."""
    told = await told_by(entry, site_id, zone, now=now)
    return " ".join(filter(None, (undo.in_words(entry), told)))


async def told_by(entry: RecentEdit, site_id: int, zone: ZoneInfo, *, now: datetime) -> str:
    """Told: 3 parties: 2 by mail, 1 to phone. Empty where the tap tells nobody anything."""
    keys = await _keys(entry, site_id, zone, now)
    told = await figures.of_keys(keys, now=now)
    if not told.parties:
        return translate("Nobody had to be told.") if entry.after.get("parties") == 0 else ""
    return translate("Told: %(figures)s.", figures=told.said)


async def _keys(entry: RecentEdit, site_id: int, zone: ZoneInfo, now: datetime) -> list[str]:
    if entry.action == "slot.release":
        return [f"released:{place_id}:" for place_id in entry.after.get("places", ())]
    if "parties" not in entry.after:
        return []
    if entry.action == "day.delay":
        day = await SiteDay.get_or_none(id=entry.subject_id)
        return [f"delay:{site_id}:{day.on_date.isoformat()}"] if day else []
    soon = await closing.still_to_come(site_id, zone, now=now)
    return [f"door:{slot.id}" for slot in soon]
