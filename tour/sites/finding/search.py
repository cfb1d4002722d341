"""What a site can be found by: each text or fact of it with the letters that searches compare.

もくはん, モクハン, mokuhan, Mokuhan and 木版 find the same craft: everything is folded, and every
kana reading is also kept in Latin letters. `finding` looks through the sites of a town. Pure.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from tour.words.folding import LATIN, fold, has_letter, hiragana, romanized, squeeze


class Found(StrEnum):
    """By what a site was found."""

    NAME = "name"
    CRAFT = "craft"
    KIND = "kind"
    SESSION = "session"
    SUMMARY = "summary"
    TEXT = "text"
    ADDRESS = "address"
    STATION = "station"
    ACCESS = "access"
    LANGUAGE = "language"
    PRICE = "price"
    INDOORS = "indoors"


@dataclass(frozen=True, slots=True)
class Entry:
    """One text or fact; `shown` is the text, or the key of the fact. Both others are in lines."""

    by: Found
    shown: str
    written: str
    latin: str


Index = tuple[Entry, ...]


@lru_cache(maxsize=100_000)
def make_entry(
    by: Found, shown: str, texts: tuple[str, ...], readings: tuple[str, ...] = ()
) -> Entry:
    """`texts` in any language; `readings` in kana. A town is read again at each change of it, so
    what was made is kept."""
    folded = [fold(text) for text in texts if text]
    kana = [hiragana(reading) for reading in readings if reading]
    words = [word for text in folded for word in LATIN.findall(text) if has_letter(word)]
    written = [*folded, *(fold(reading) for reading in kana)]
    written += ["".join(fold(reading).split()) for reading in kana]
    latin = [squeeze(word) for word in words]
    latin += [romanized(word) for reading in kana for word in [*reading.split(), reading]]
    return Entry(by, shown, _lines(written), _lines(latin))


def make_index(texts: Iterable[str], readings: Iterable[str]) -> Index:
    """Of what has no more to say than a few texts."""
    return (make_entry(Found.TEXT, "", tuple(texts), tuple(readings)),)


def matches(query: str, index: Index) -> bool:
    """Whether every word of the query is in the texts."""
    return all(_is_in(word, index) for word in fold(query).split())


def _is_in(word: str, index: Index) -> bool:
    sound = squeeze(word) if LATIN.fullmatch(word) and has_letter(word) else ""
    return any(word in each.written or (sound and sound in each.latin) for each in index)


def _lines(texts: Iterable[str]) -> str:
    """Each text once, a line before and after it."""
    return "\n".join(["", *dict.fromkeys(text for text in texts if text), ""])
