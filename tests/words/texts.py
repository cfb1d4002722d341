"""Everything that people read, by where it stands: messages, guides, the demonstration's texts."""

import csv
import html
import re
import tomllib
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from babel.messages.pofile import read_po

from tour.i18n import LOCALES
from tour.settings import ROOT

Said = tuple[str, str]
"""Where it stands, and the text."""

JAPANESE = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]")
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w+\}")
TAG = re.compile(r"\{[{%].*?[%}]\}|<[^>]+>", re.DOTALL)
BLOCK = re.compile(r"</?(?:p|li|h\d|section|ol|ul|figcaption|title|table|tr|th|td)\b[^>]*>")


@lru_cache
def messages() -> tuple[tuple[str, str, str], ...]:
    """(context, English, Japanese) of every message; of plurals the form for many."""
    with (LOCALES / "ja" / "LC_MESSAGES" / "messages.po").open("rb") as file:
        return tuple(
            (message.context or "", _many(message.id), _many(message.string))
            for message in read_po(file)
            if message.id
        )


def japanese() -> Iterator[Said]:
    """Every Japanese text that a reader may meet."""
    for _context, english, text in messages():
        yield english, text
    yield from guides("ja")
    yield from _lines("README.ja.md")
    yield from _town(lambda name: not re.search(r"_(en|zh|ko)", name))
    for path in sorted((ROOT / "templates").rglob("*.html")):
        if path.parent.name != "help":
            yield from _japanese_of(path.name, path.read_text(encoding="utf-8"))


def english() -> Iterator[Said]:
    """Every English text that a reader may meet."""
    for _context, text, _japanese in messages():
        yield text, text
    yield from guides("en")
    yield from _town(lambda name: name.endswith("_en") or name == "en")


def guides(lang: str) -> Iterator[Said]:
    """The guides' sentences, without their marks."""
    for path in sorted((ROOT / "templates" / "help").glob(f"*_{lang}.html")):
        for block in BLOCK.split(path.read_text(encoding="utf-8")):
            if text := html.unescape(TAG.sub("", block)).strip():
                yield path.name, " ".join(text.split())


def without_placeholders(text: str) -> str:
    """What is written by hand: `%(session)s` and `{n}` are names of values."""
    return PLACEHOLDER.sub("○", text)


def _japanese_of(name: str, page: str) -> Iterator[Said]:
    for line in re.sub(r"\{#.*?#\}", "", page, flags=re.DOTALL).splitlines():
        if JAPANESE.search(line):
            yield name, line.strip()


def _lines(name: str) -> Iterator[Said]:
    for number, line in enumerate((ROOT / name).read_text(encoding="utf-8").splitlines(), 1):
        if line.strip():
            yield f"{name}:{number}", line


def _town(wanted: Any) -> Iterator[Said]:
    """Texts of the demonstration, from the columns and keys that are `wanted`."""
    for path in sorted((ROOT / "data" / "geo").glob("*.toml")):
        for key, text in _leaves("", tomllib.loads(path.read_text(encoding="utf-8"))):
            if wanted(key):
                yield f"{path.name} {key}", text
    for path in sorted((ROOT / "data" / "geo").glob("*.csv")):
        with path.open(encoding="utf-8-sig", newline="") as file:
            for row in csv.DictReader(file):
                for key, text in row.items():
                    if text and wanted(key) and not key.startswith(("source", "point")):
                        yield f"{path.name} {next(iter(row.values()))} {key}", text


def _leaves(key: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield key, value
    for name, inner in value.items() if isinstance(value, dict) else ():
        yield from _leaves(name, inner)
    for inner in value if isinstance(value, list) else ():
        yield from _leaves(key, inner)


def _many(text: str | tuple[str, ...]) -> str:
    return text if isinstance(text, str) else text[-1]
