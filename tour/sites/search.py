"""Finding a site by what it is called, however that is written.

もくはん, モクハン, mokuhan, Mokuhan and 木版 find the same craft: everything is folded (NFKC, case,
katakana to hiragana), and every kana reading is also kept in Latin letters.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

import jaconv

KANA = re.compile(r"[ぁ-ゖァ-ヺー]")
LATIN = re.compile(r"[a-z0-9.'-]+")
DASHES = re.compile("[‐‑‒–—―−]")


@dataclass(frozen=True, slots=True)
class SearchIndex:
    """The folded texts of one site: as written, and its words in Latin letters."""

    written: str
    latin: str


def make_index(texts: Iterable[str], readings: Iterable[str]) -> SearchIndex:
    """`texts` in any language; `readings` in kana."""
    folded = [fold(text) for text in texts if text]
    kana = [fold(reading) for reading in readings if reading]
    latin = [squeeze(word) for text in folded if not KANA.search(text) for word in text.split()]
    unspaced = ["".join(reading.split()) for reading in kana]
    return SearchIndex(
        written="\n".join([*folded, *kana, *unspaced]),
        latin="\n".join([*latin, *(romanized(reading) for reading in kana)]),
    )


def matches(query: str, index: SearchIndex) -> bool:
    """Whether every word of the query is in the site's texts."""
    for word in fold(query).split():
        if word not in index.written and not _sounds_like(word, index):
            return False
    return True


def _sounds_like(word: str, index: SearchIndex) -> bool:
    """Whether a word in Latin letters is there in another spelling."""
    squeezed = squeeze(word) if LATIN.fullmatch(word) else ""
    return bool(squeezed) and squeezed in index.latin


def fold(text: str) -> str:
    """One form for what reads the same: width, case, kana, macrons, dashes."""
    kana = jaconv.kata2hira(unicodedata.normalize("NFKC", text).casefold())
    kana = DASHES.sub("-", kana)
    decomposed = unicodedata.normalize("NFD", kana)
    without_macrons = re.sub("(?<=[a-z])[\u0300-\u036f]", "", decomposed)
    return unicodedata.normalize("NFC", without_macrons)


def romanized(hiragana: str) -> str:
    return squeeze(jaconv.kana2alphabet(hiragana))


def squeeze(latin: str) -> str:
    """Spellings of one sound made one: kougei and kogei, shimbun and shinbun, matcha and maccha."""
    text = re.sub(r"[^a-z0-9]+", "", latin)
    text = re.sub(r"ou|oo|oh(?![aiueo])", "o", text)
    text = re.sub(r"m(?=[bp])", "n", text).replace("tch", "ch")
    return re.sub(r"(.)\1", r"\1", text)
