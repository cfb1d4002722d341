"""The forms of an event and of who takes part: text to values, everything typed kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from unicodedata import normalize
from zoneinfo import ZoneInfo

from tour.events.editing import PART_FIELDS, TEXTS, EventDraft, Part, as_fields, part_fields
from tour.events.states import ParticipationAnswer, ParticipationRole
from tour.i18n import bracketed
from tour.i18n import lazy as _
from tour.sites.opening.hours import Span
from tour.staff.queries import SiteLine
from tour.web.forms import Form, Reading, read_date, read_instant
from tour.words.slugs import is_slug
from tour.words.typed import number_in

LIMITS = {"title": 200, "summary": 500, "description": 8000}
FIELDS = (
    *TEXTS,
    *(f"{name}_en" for name in TEXTS),
    "starts_on",
    "ends_on",
    "opens",
    "closes",
    "booking_opens_at",
)
FIELD_LABELS = {
    "title": _("Heading"),
    "summary": _("In one sentence"),
    "description": _("About the event"),
    "starts_on": _("First day"),
    "ends_on": _("Last day"),
    "opens": _("Opens"),
    "closes": _("Closes"),
    "booking_opens_at": _("Reservations open"),
}
MOST_DAYS = 31
MOST_NUMBER = 999


def event_values(draft: EventDraft, zone: ZoneInfo) -> dict[str, str]:
    """A form filled from what is stored; the booking opening as local time."""
    return {name: as_typed(name, stored, zone) for name, stored in as_fields(draft).items()}


def as_typed(field: str, logged: Any, zone: ZoneInfo) -> str:
    """A stored or logged value as the form writes it: local time, and 09:00 with its nought."""
    text = "" if logged is None else str(logged)
    if field == "booking_opens_at" and text:
        return f"{datetime.fromisoformat(text).astimezone(zone):%Y-%m-%dT%H:%M}"
    return text.rjust(5, "0") if field in ("opens", "closes") and text else text


def read_event(values: Mapping[str, str], zone: ZoneInfo) -> tuple[EventDraft | None, Form]:
    """The event, or None with what is wrong field by field."""
    read = Reading(values)
    texts = {name: read.text(name, LIMITS[name], required=name == "title") for name in TEXTS}
    english = {name: read.text(f"{name}_en", LIMITS[name] * 2) for name in TEXTS}
    starts_on, ends_on = _date(read, "starts_on"), _date(read, "ends_on")
    if not read.errors and not 0 <= (ends_on - starts_on).days < MOST_DAYS:
        read.errors["ends_on"] = _("The last day is not before the first, and within a month.")
    opens, closes = read.clock("opens"), read.clock("closes")
    if not {"opens", "closes"} & read.errors.keys() and closes <= opens:
        read.errors["closes"] = _("It closes after it opens.")
    opens_at = _instant(read, "booking_opens_at", zone)
    if read.errors:
        return None, read.typed
    span = Span(opens, closes)
    return EventDraft(texts, english, starts_on, ends_on, span, opens_at), read.typed


def read_slug(values: Mapping[str, str]) -> Form:
    """The end of the link of something new: small letters, digits and hyphens; empty, it is made
    from the title."""
    slug = normalize("NFKC", values.get("slug", "")).strip().lower()
    if not slug or is_slug(slug):
        return Form({**values, "slug": slug})
    problem = _("Use small letters, digits and single hyphens, such as open-factory-2026.")
    return Form(values, {"slug": problem})


def part_values(parts: Sequence[Part]) -> dict[str, str]:
    """{number-12: "3", role-12: "host"} for every site that takes part."""
    return part_fields(parts)


def whole_parts(values: Mapping[str, str], site_ids: Sequence[int]) -> dict[str, str]:
    """The form with every field that it has not sent: of a place without a tick all are empty,
    and one that is only shown is not asked for its answer."""
    whole = {f"{name}-{i}": "" for i in site_ids for name in PART_FIELDS}
    for i in site_ids:
        if values.get(f"takes-{i}"):
            sent = {f"{name}-{i}": values.get(f"{name}-{i}", "") for name in PART_FIELDS}
            is_shown = sent[f"role-{i}"] == ParticipationRole.NEARBY
            asked = {f"answer-{i}": ParticipationAnswer.ACCEPTED.value} if is_shown else {}
            whole |= {**sent, **asked}
    return whole


def read_parts(
    values: Mapping[str, str], site_ids: Sequence[int], new_answer: ParticipationAnswer
) -> tuple[list[Part], Form]:
    """Who takes part. A site without a number gets the lowest that is free.

    `new_answer` is of places that are ticked for the first time; the others keep theirs.
    """
    read = Reading(values)
    chosen = [i for i in site_ids if values.get(f"takes-{i}")]
    numbers: dict[int, int] = {}
    for site_id in chosen:
        field = f"number-{site_id}"
        if not values.get(field):
            continue
        number = read.whole(field, 1, MOST_NUMBER)
        if field not in read.errors and number in numbers.values():
            read.errors[field] = _("Two places have the number %(n)s.", n=number)
        numbers[site_id] = number
    free = (n for n in range(1, MOST_NUMBER + 1) if n not in set(numbers.values()))
    parts = [
        Part(
            site_id,
            numbers[site_id] if site_id in numbers else next(free),
            _role(values, site_id),
            _answer(values, site_id, new_answer),
        )
        for site_id in chosen
    ]
    return parts, read.typed


def _role(values: Mapping[str, str], site_id: int) -> ParticipationRole:
    role = values.get(f"role-{site_id}", "")
    known = role in list(ParticipationRole)
    return ParticipationRole(role) if known else ParticipationRole.HOST


def labels() -> dict[str, str]:
    """What the fields are called, for the list of what somebody else has changed."""
    named = {name: str(label) for name, label in FIELD_LABELS.items()}
    return {**named, **{f"{name}_en": f"{named[name]}{bracketed('English')}" for name in TEXTS}}


def _answer(
    values: Mapping[str, str], site_id: int, new: ParticipationAnswer
) -> ParticipationAnswer:
    """Of a place that is only shown nobody asks anything."""
    if _role(values, site_id) == ParticipationRole.NEARBY:
        return ParticipationAnswer.ACCEPTED
    said = values.get(f"answer-{site_id}", "")
    return ParticipationAnswer(said) if said in list(ParticipationAnswer) else new


def _date(read: Reading, name: str) -> date:
    if day := read_date(read.values[name]):
        return day
    read.errors[name] = _("Give a date such as 2026/12/5.")
    return date.min


def _instant(read: Reading, name: str, zone: ZoneInfo) -> datetime | None:
    """A local date and time as aware UTC; nothing where it is empty."""
    text = read.values[name].strip()
    if not text:
        return None
    if instant := read_instant(text):
        return instant.replace(tzinfo=zone).astimezone(UTC)
    read.errors[name] = _("Give a date and a time, such as 2026/11/20 9:00.")
    return None


def in_order(lines: list[SiteLine], form: Form) -> list[SiteLine]:
    """Those that take part first, by number; the others by name."""

    def rank(line: SiteLine) -> tuple[bool, int]:
        number = number_in(form.value(f"number-{line.id}")) or 0
        takes_part = bool(form.value(f"takes-{line.id}"))
        return not takes_part, number if takes_part else 0

    return sorted(lines, key=rank)


@dataclass(frozen=True, slots=True)
class ShownPart:
    """A place's part as the form stands. `answers`: it has one to write down; of a place that is
    only shown nobody asks anything."""

    is_nearby: bool
    answers: bool


def shown_part(form: Form, site_id: int) -> ShownPart:
    is_nearby = form.value(f"role-{site_id}") == ParticipationRole.NEARBY
    return ShownPart(is_nearby, answers=bool(form.value(f"answer-{site_id}")) and not is_nearby)
