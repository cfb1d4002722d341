"""A site's row as what it can be found by."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from tour.sites.facts import access_entries, kind_entries, language_entries
from tour.sites.search import Entry, Found, Index, make_entry
from tour.sites.states import SiteKind

SENTENCE = re.compile(r"(?<=[。．！？\n])|(?<=[.!?]) ")
LONG_TEXTS = ("description", "access_note")
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
    for text in _everywhere(row, "summary"):
        yield make_entry(Found.SUMMARY, text, (text,))
    for address in _everywhere(row, "address"):
        yield make_entry(Found.ADDRESS, address, (address,))
    for name in LONG_TEXTS:
        for text in _everywhere(row, name):
            for sentence in SENTENCE.split(text):
                if shown := sentence.strip():
                    yield make_entry(Found.TEXT, shown, (shown,))


def _everywhere(row: Row, name: str) -> tuple[str, ...]:
    """A text in every language it is written in."""
    translated = (texts.get(name, "") for texts in row["translations"].values())
    return tuple(text for text in (row[name], *translated) if text)
