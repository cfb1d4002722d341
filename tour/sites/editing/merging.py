"""Two people saved the same page: the second sees what the first did, and loses nothing typed."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tour.changes.models import RecentEdit
from tour.sites.editing.page import Stale, Version, meanwhile

Writing = Callable[[str, Any], str]


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
    """`values` is the form to show again; `version` is the one that it now stands on."""

    values: dict[str, str]
    others: tuple[Other, ...]
    version: str


def as_typed(_field: str, logged: Any) -> str:
    """A logged value as the form writes it."""
    if isinstance(logged, list):
        return ",".join(str(part) for part in logged)
    if isinstance(logged, bool):
        return "1" if logged else ""
    return "" if logged is None else str(logged)


async def merged(
    values: Mapping[str, str],
    subject: str,
    row: Any,
    version: str,
    *,
    write: Writing = as_typed,
) -> Merge:
    """The typed form with the others' changes taken over where this person typed nothing.

    A field that was left as it was when the form was filled gets the other's text; in one that
    both changed the typed text stays, and the other's is shown beside it. `row` is as it is now,
    with `id` and `updated_at`; the log calls the fields as the form does.
    """
    # Before the log is read: what comes after this version makes the next save stale again.
    present = str(await Version.of(row, subject))
    try:
        entries = await meanwhile(subject, row.id, Version.parse(version))
    except Stale:
        return Merge(dict(values), (), present)
    others = tuple(_others(values, entries, write))
    taken = {other.field: other.after for other in others if other.is_taken}
    return Merge({**values, **taken}, others, present)


def _others(
    values: Mapping[str, str], entries: Iterable[RecentEdit], write: Writing
) -> Iterable[Other]:
    """Field by field from before the first change to after the last."""
    before: dict[str, Any] = {}
    last: dict[str, RecentEdit] = {}
    for entry in entries:
        for field in entry.after:
            if field in values:
                before.setdefault(field, entry.before.get(field))
                last[field] = entry
    for field, entry in last.items():
        was, now_is = before[field], entry.after[field]
        listed = isinstance(was, list) or isinstance(now_is, list)
        old, new = write(field, was), write(field, now_is)
        typed = _same(values[field], listed)
        if _same(new, listed) not in (_same(old, listed), typed):
            is_taken = typed == _same(old, listed)
            yield Other(field, old, new, entry.who, entry.at, is_taken)


def _same(text: str, listed: bool) -> str:
    """What is equal in two texts that look the same: a browser sends its own line ends, and the
    ticks of a page come in the page's order."""
    if listed:
        return ",".join(sorted(text.split(",")))
    return "\n".join(text.splitlines()).strip()
