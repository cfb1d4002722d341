"""What the log keeps as codes, in words."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from tour.accounts.roles import ROLES
from tour.i18n import Text, current_language
from tour.i18n import lazy as _
from tour.programmes.states import SlotStatus
from tour.sites.choices import ACCESS, HOLIDAYS, LANGUAGES, Feature
from tour.sites.closing_words import codes_text
from tour.sites.opening.hours import clock_text
from tour.sites.states import DoorState
from tour.staff.log import part_words
from tour.staff.log.labels import AUDIENCES, SILENT, WEEKDAYS, field_label
from tour.web.templates import full_day_text
from tour.words.days_text import read_day
from tour.words.typed import minute_of_day

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
DATES = frozenset({"starts_on", "ends_on", "days_off"})


def shown(name: str, value: Any) -> str:
    """A field's logged value as text; empty for what says nothing to a reader."""
    if value is not None and is_hours(name):
        return str(value) or str(_("Closed"))
    if value is None or value == "" or name in SILENT:
        return ""
    if part_words.site_of(name) is not None:
        return part_words.word(name, value)
    if isinstance(value, bool) or name in TICKS or name.endswith(QUESTION_TICKS):
        return str(_("yes") if value else _("no"))
    if isinstance(value, list):
        return str(_(", ")).join(shown(name, each) for each in value)
    if isinstance(value, Mapping):
        return str(value.get("alt", ""))  # a cover picture is called what it shows
    if name == "closed_minute":
        return clock_text(value)
    if name == "closures":
        return codes_text(value)
    if name in DATES and (day := read_day(str(value))):
        return full_day_text(day, current_language.get())
    return str(CODES.get(name, {}).get(value, value))


def is_hours(name: str) -> bool:
    """Whether a field has the hours of a weekday or of one date; empty, it is closed then."""
    return name in WEEKDAYS or read_day(name) is not None


def in_words(
    fields: Mapping[str, Any], names: Mapping[int, str], zone: ZoneInfo, subject: str = ""
) -> str:
    """Logged fields as text, without those that were empty; `names` of sites by id, `subject` what
    they are of."""
    parts = part_words.labels(names)
    pairs = [
        (parts.get(name) or field_label(name, subject), shown(name, _local(name, value, zone)))
        for name, value in fields.items()
    ]
    return str(_("; ")).join(f"{label}{_(': ')}{text}" for label, text in pairs if text)


def _local(name: str, value: Any, zone: ZoneInfo) -> Any:
    """Instants are kept in UTC, and read in the town's time."""
    if name not in INSTANTS:
        return value
    if isinstance(value, list):
        return [_local(name, each, zone) for each in value]
    try:
        at = datetime.fromisoformat(value).astimezone(zone)
        return f"{full_day_text(at, current_language.get())} {clock_text(minute_of_day(at))}"
    except (TypeError, ValueError):
        return value
