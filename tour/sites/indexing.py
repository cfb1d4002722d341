"""A site's row as what it can be found by."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from tour.sites.finding.facts import access_entries, kind_entries, language_entries
from tour.sites.finding.search import Entry, Found, Index, make_entry
from tour.sites.states import SiteKind
from tour.sites.texts import TEXTS

SENTENCE = re.compile(r"(?<=[。．！？\n])|(?<=[.!?]) ")
Row = Mapping[str, Any]


def site_index(row: Row, craft: Entry | None) -> Index:
    """Of a row as the database gives it."""
    return (
        _name(row),
        *kind_entries(SiteKind(row["kind"])),
        *([craft] if craft else []),
        *_texts(row),
        *access_entries(row["access_features"]),
        *language_entries(row["languages"]),
    )


def _name(row: Row) -> Entry:
    names = _everywhere(row, "name")
    return make_entry(Found.NAME, row["name"], names, (row["name_kana"],))


def _texts(row: Row) -> Iterator[Entry]:
    """What it says of itself, as each text is declared; long ones sentence by sentence."""
    for declared in TEXTS:
        if declared.found_by in (None, Found.NAME):
            continue
        for text in _everywhere(row, declared.name):
            whole = (text,) if declared.found_by != Found.TEXT else SENTENCE.split(text)
            for shown in (part.strip() for part in whole):
                if shown:
                    yield make_entry(declared.found_by, shown, (shown,))


def _everywhere(row: Row, name: str) -> tuple[str, ...]:
    """A text in every language it is written in."""
    translated = (texts.get(name, "") for texts in row["translations"].values())
    return tuple(text for text in (row[name], *translated) if text)
