"""What the log keeps as codes, in words."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from tour.accounts.roles import ROLES
from tour.i18n import Text
from tour.i18n import lazy as _
from tour.programmes.states import SlotStatus
from tour.sites.choices import ACCESS, HOLIDAYS, LANGUAGES, Feature
from tour.sites.closing_words import codes_text
from tour.sites.opening.hours import clock_text
from tour.sites.states import DoorState
from tour.staff.log import part_words
from tour.staff.log.labels import AUDIENCES, SILENT, field_label

SLOT_STATUS: dict[SlotStatus, Text] = {
    SlotStatus.OPEN: _("Takes reservations"),
    SlotStatus.CLOSED: _("Takes no more"),
    SlotStatus.CANCELLED: _("Called off"),
}
DOOR: dict[DoorState, Text] = {
    DoorState.OPEN: _("Letting people in"),
    DoorState.FULL: _("Full now"),
    DoorState.CLOSED: _("Closed early"),
}
CODES: Mapping[str, Mapping[Any, Text | Feature]] = {
    "access_features": ACCESS,
    "holiday_rule": HOLIDAYS,
    "languages": LANGUAGES,
    "role": ROLES,
    "state": DOOR,
    "status": SLOT_STATUS,
    "to": AUDIENCES,
}
TICKS = frozenset({"needs_adult", "asks_photo_consent"})
"""Kept as the form sends them, "1" or nothing; so is each that belongs to a question."""
QUESTION_TICKS = ("_required", "_children")
INSTANTS = frozenset({"times", "booking_opens_at"})


def shown(name: str, value: Any) -> str:
    """A field's logged value as text; empty for what says nothing to a reader."""
    if value is None or value == "" or name in SILENT:
        return ""
    if part_words.site_of(name) is not None:
        return part_words.word(name, value)
    if isinstance(value, bool) or name in TICKS or name.endswith(QUESTION_TICKS):
        return str(_("yes") if value else _("no"))
    if isinstance(value, list):
        return ", ".join(shown(name, each) for each in value)
    if isinstance(value, Mapping):
        return str(value.get("alt", ""))  # a cover picture is called what it shows
    if name == "closed_minute":
        return clock_text(value)
    if name == "closures":
        return codes_text(value)
    return str(CODES.get(name, {}).get(value, value))


def in_words(fields: Mapping[str, Any], names: Mapping[int, str], zone: ZoneInfo) -> str:
    """Logged fields as text, without those that were empty; `names` of sites by id."""
    parts = part_words.labels(names)
    pairs = [
        (parts.get(name) or field_label(name), shown(name, _local(name, value, zone)))
        for name, value in fields.items()
    ]
    return ", ".join(f"{label}: {text}" for label, text in pairs if text)


def _local(name: str, value: Any, zone: ZoneInfo) -> Any:
    """Instants are kept in UTC, and read in the town's time."""
    if name not in INSTANTS:
        return value
    if isinstance(value, list):
        return [_local(name, each, zone) for each in value]
    try:
        return f"{datetime.fromisoformat(value).astimezone(zone):%Y-%m-%d %H:%M}"
    except (TypeError, ValueError):
        return value
