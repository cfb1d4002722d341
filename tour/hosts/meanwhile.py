"""Two people saved the same page: the second sees what the first did, and loses nothing typed."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tour.audit.models import AuditEntry
from tour.sites.editing import Stale, Version, meanwhile


@dataclass(frozen=True, slots=True)
class Other:
    """One field that somebody else has changed. `is_taken`: their text now stands in the form."""

    field: str
    before: str
    after: str
    who: str
    at: datetime
    is_taken: bool


@dataclass(frozen=True, slots=True)
class Merge:
    values: dict[str, str]
    others: tuple[Other, ...]


async def merged(values: dict[str, str], subject: str, row_id: int, version: str) -> Merge:
    """The typed form with the others' changes taken over where this person typed nothing.

    A field that was left as it was when the form was filled gets the other's text; in one that
    both changed the typed text stays, and the other's is shown beside it.
    """
    try:
        since = Version.parse(version)
    except Stale:
        return Merge(values, ())
    others = [
        _other(values, entry, field)
        for entry in await meanwhile(subject, row_id, since)
        for field in entry.after
        if field in values
    ]
    taken = {other.field: other.after for other in others if other.is_taken}
    return Merge({**values, **taken}, tuple(others))


def _other(values: dict[str, str], entry: AuditEntry, field: str) -> Other:
    before, after = as_text(entry.before.get(field)), as_text(entry.after.get(field))
    return Other(field, before, after, entry.who, entry.at, values[field] == before)


def as_text(value: Any) -> str:
    """A logged value as the form writes it."""
    if isinstance(value, list):
        return ",".join(str(part) for part in value)
    return "" if value is None else str(value)
