"""The look at an import as a form: which rows and columns it takes, and which make one doubt."""

from dataclasses import dataclass
from typing import Protocol

from starlette.datastructures import FormData

from tour.i18n import Text
from tour.i18n import lazy as _
from tour.sites.imports.choosing import NEVER_LEFT_OUT, Box, Choice, doubt_of
from tour.sites.imports.file import SiteRow
from tour.sites.imports.importing import Comparison
from tour.words.typed import number_in

SHORT, MOST_SHOWN = 20, 100
"""Rows of a list that stands open, and of the longest that is shown."""
MOST_DOUBTS = 300
MOST_FIELDS = 2 * (2 * MOST_DOUBTS + 2 * MOST_SHOWN) + 100
"""Of the form: each line that is shown, and each that is ticked, and the columns."""


class Would(Protocol):
    """What a row would do, as a comparison has it."""

    @property
    def row(self) -> SiteRow: ...

    @property
    def changes(self) -> tuple[tuple[str, str, str], ...]: ...


@dataclass(frozen=True, slots=True)
class ShownRow:
    """A row that would be written. `is_taken`: its box is ticked."""

    line: int
    name: str
    changes: tuple[tuple[str, str, str], ...]
    doubt: Text | None
    is_taken: bool


@dataclass(frozen=True, slots=True)
class Group:
    """Rows that do the same: those that make one doubt first, and the first of the others."""

    title: Text
    shown: tuple[ShownRow, ...]
    total: int

    @property
    def is_short(self) -> bool:
        return self.total <= SHORT or any(row.doubt for row in self.shown)

    @property
    def more(self) -> int:
        return self.total - len(self.shown)


def groups(found: Comparison, town: Box, choice: Choice | None) -> list[Group]:
    """What an import would do, as it was chosen; at first all but what makes one doubt."""
    kinds = ((_("New"), found.new), (_("Changed"), found.changed))
    made = []
    for title, changes in kinds:
        rows = [_shown(each, town, choice) for each in changes]
        doubtful = [row for row in rows if row.doubt][:MOST_DOUBTS]
        others = [row for row in rows if not row.doubt][:MOST_SHOWN]
        if rows:
            made.append(Group(title, (*doubtful, *others), len(rows)))
    return made


def _shown(each: Would, town: Box, choice: Choice | None) -> ShownRow:
    row = each.row
    doubt = doubt_of(row, town)
    is_taken = doubt is None if choice is None else row.line not in choice.lines
    return ShownRow(row.line, row.name, each.changes, doubt, is_taken)


def fields_of(found: Comparison) -> list[str]:
    """The columns that change something, in the order in which they first do."""
    changes = (change for each in (*found.new, *found.changed) for change in each.changes)
    names = dict.fromkeys(name for name, _old, _new in changes)
    return [name for name in names if name != NEVER_LEFT_OUT]


def read_choice(form: FormData) -> Choice:
    """What was shown and is not ticked stays out; a form without boxes takes everything."""
    lines = _numbers(form, "shown") - _numbers(form, "take")
    fields = _texts(form, "column_shown") - _texts(form, "column")
    return Choice(frozenset(lines), frozenset(fields))


def _numbers(form: FormData, name: str) -> set[int]:
    return {n for text in form.getlist(name) if (n := number_in(text)) is not None}


def _texts(form: FormData, name: str) -> set[str]:
    return {str(text) for text in form.getlist(name)}
