"""Rows of a CSV file and their cells, read so that every slip names file, line and mend."""

import csv
import io
import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import NoReturn

from tour.errors import ConfigurationError
from tour.words.typed import number_in, padded, read_minute

LATEST = 29 * 60 + 59
"""Minutes after midnight: a night may go on until 29:59."""
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_KATAKANA = re.compile(r"[ァ-ヶー・ 　]+")


class CatalogueError(ConfigurationError):
    """A slip in a data file: one line with the file, the place in it and what to mend."""


def minute_in(text: str) -> int | None:
    """The minute of an `HH:MM` as our own files write it, with two digits; None for others."""
    minute = read_minute(text, LATEST)
    return minute if minute is not None and padded(minute) == text else None


def is_slug(text: str) -> bool:
    return _SLUG.fullmatch(text) is not None


@dataclass(frozen=True, slots=True)
class Row:
    """One record of a CSV file; `line` is the 1-based line of the file on which it begins."""

    file: Path
    line: int
    cells: dict[str, str]

    def fail(self, mend: str) -> NoReturn:
        """Raise CatalogueError with the file, the line and what to mend."""
        raise CatalogueError(f"{self.file}, line {self.line}: {mend}")

    def text(self, column: str) -> str:
        """The cell; empty where it is empty."""
        return self.cells[column]

    def required(self, column: str) -> str:
        if not self.cells[column]:
            self.fail(f"{column} must not be empty")
        return self.cells[column]

    def slug(self, column: str) -> str:
        text = self.required(column)
        if not is_slug(text):
            self.fail(f"{column} must be small letters, digits and single hyphens, not {text!r}")
        return text

    def kana(self, column: str) -> str:
        """A reading in full-width katakana, or nothing."""
        text = self.cells[column]
        if text and not _KATAKANA.fullmatch(text):
            self.fail(f"{column} must be full-width katakana, not {text!r}")
        return text

    def number(self, column: str, low: float, high: float) -> float:
        """Both bounds are allowed; CatalogueError outside of them."""
        text = self.cells[column]
        try:
            value = float(text)
        except ValueError:
            value = float("nan")
        if not low <= value <= high:
            self.fail(f"{column} must be a number between {low:g} and {high:g}, not {text!r}")
        return value

    def whole(self, column: str, low: int, high: int) -> int:
        """Both bounds are allowed; CatalogueError outside of them."""
        text = self.cells[column]
        number = number_in(text)
        if number is None or not low <= number <= high:
            self.fail(f"{column} must be a whole number from {low} to {high}, not {text!r}")
        return number

    def time(self, column: str) -> int:
        """Minutes after midnight of the cell's `HH:MM`."""
        return self.time_of(column, self.cells[column])

    def time_of(self, column: str, text: str) -> int:
        """Minutes after midnight; CatalogueError for what is no time."""
        minute = minute_in(text)
        if minute is None:
            self.fail(f"{column} must be a time such as 09:30, not {text!r}")
        return minute

    def choice(self, column: str, choices: Collection[str]) -> str:
        return self._chosen(column, self.cells[column], choices)

    def choices(self, column: str, choices: Collection[str]) -> tuple[str, ...]:
        """The cell's `;`-separated parts, each one of `choices` and none of them twice."""
        parts = tuple(self._chosen(column, part, choices) for part in self.parts(column))
        if len(set(parts)) < len(parts):
            self.fail(f"{column} must not name one thing twice: {self.cells[column]!r}")
        return parts

    def parts(self, column: str) -> list[str]:
        """What stands between semicolons; none in an empty cell."""
        return self.cells[column].split(";") if self.cells[column] else []

    def own(self, column: str, seen: Collection[str]) -> str:
        """The slug of a row that no earlier row has used."""
        slug = self.slug(column)
        if slug in seen:
            self.fail(f"{column} {slug!r} is used twice; each row needs its own")
        return slug

    def site(self, sites: Collection[str]) -> str:
        slug = self.required("site")
        if slug not in sites:
            self.fail(f"site must be a slug of sites.csv, not {slug!r}")
        return slug

    def translations(
        self, languages: Sequence[str], columns: Sequence[str]
    ) -> dict[str, dict[str, str]]:
        """{language: {column: text}} of the cells `column_language` that are not empty."""
        texts = {lang: {c: self.cells[f"{c}_{lang}"] for c in columns} for lang in languages}
        return {lang: {c: t for c, t in row.items() if t} for lang, row in texts.items()}

    def _chosen(self, column: str, text: str, choices: Collection[str]) -> str:
        if text not in choices:
            self.fail(f"{column} must be one of {', '.join(choices)}, not {text!r}")
        return text


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of a file. A town leaves out the optional ones that it has nothing to say in."""

    needed: tuple[str, ...]
    optional: tuple[str, ...] = ()

    def check(self, file: Path, header: Sequence[str]) -> None:
        """Raises CatalogueError where one is missing, or seems to be there under another name: a
        slip of the pen would otherwise say that there is nothing to say."""
        if missing := [column for column in self.needed if column not in header]:
            raise CatalogueError(f"{file}, line 1: the column {missing[0]} is missing")
        known = (*self.needed, *self.optional)
        left_out = [column for column in self.optional if column not in header]
        for unknown in (column for column in header if column not in known):
            # `name_fr` is a language that the town does not have (yet).
            is_translation = unknown.rpartition("_")[0] in known
            if not is_translation and (meant := get_close_matches(unknown, left_out, 1)):
                raise CatalogueError(
                    f"{file}, line 1: the column {unknown} is not known; is it {meant[0]}?"
                )


def in_languages(names: Iterable[str], languages: Sequence[str]) -> tuple[str, ...]:
    """The columns of translations: each name again for every other language of the town."""
    return tuple(f"{name}_{lang}" for lang in languages for name in names)


def read_rows(file: Path, wanted: Columns) -> list[Row]:
    """The rows of a UTF-8 CSV file (RFC 4180); cells stripped, empty where there is no column.

    A field may run over several lines: a row's line is the one on which it begins.
    """
    reader = csv.reader(io.StringIO(_text_of(file), newline=""), strict=True)
    rows: list[Row] = []
    line = 1
    try:
        header = next(reader, [])
        wanted.check(file, header)
        line = reader.line_num + 1
        for values in reader:
            if values:
                rows.append(_row(file, line, header, values, wanted))
            line = reader.line_num + 1
    except csv.Error as exc:
        raise CatalogueError(f"{file}, line {line}: {exc}; check the quotation marks") from exc
    return rows


def _row(file: Path, line: int, header: list[str], values: list[str], wanted: Columns) -> Row:
    cells = {column: value.strip() for column, value in zip(header, values, strict=False)}
    row = Row(file, line, {**dict.fromkeys(wanted.optional, ""), **cells})
    if len(values) != len(header):
        row.fail(f"has {len(values)} cells where the header has {len(header)}; mend the commas")
    return row


def _text_of(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")
    except OSError as exc:
        raise CatalogueError(f"{file}: cannot be read: {exc.strerror}") from exc
    except UnicodeDecodeError as exc:
        line = exc.object.count(b"\n", 0, exc.start) + 1
        raise CatalogueError(f"{file}, line {line}: is not UTF-8; save the file as UTF-8") from exc
