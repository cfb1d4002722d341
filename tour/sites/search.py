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
LATIN = re.compile(r"[a-z0-9 .'-]+")


@dataclass(frozen=True, slots=True)
class SearchIndex:
    """The folded texts of one site: as written, and in Latin letters."""

    written: str
    latin: str


def make_index(texts: Iterable[str], readings: Iterable[str]) -> SearchIndex:
    """`texts` in any language; `readings` in kana."""
    folded = [fold(text) for text in texts if text]
    kana = [fold(reading) for reading in readings if reading]
    latin = [squeeze(text) for text in folded if not KANA.search(text)]
    return SearchIndex(
        written="\n".join([*folded, *kana]),
        latin="\n".join([*latin, *(romanized(reading) for reading in kana)]),
    )


def matches(query: str, index: SearchIndex) -> bool:
    """Whether every word of the query is in the site's texts."""
    for word in fold(query).split():
        if word in index.written:
            continue
        if not (LATIN.fullmatch(word) and squeeze(word) in index.latin):
            return False
    return True


def fold(text: str) -> str:
    """One form for what reads the same: width, case, kana, macrons."""
    kana = jaconv.kata2hira(unicodedata.normalize("NFKC", text).casefold())
    decomposed = unicodedata.normalize("NFD", kana)
    without_macrons = re.sub("(?<=[a-z])[\u0300-\u036f]", "", decomposed)
    return unicodedata.normalize("NFC", without_macrons)


def romanized(hiragana: str) -> str:
    return squeeze(jaconv.kana2alphabet(hiragana))


def squeeze(latin: str) -> str:
    """Spellings of one sound made one: kougei and kogei, shimbun and shinbun, tokkyo and tokyo."""
    text = re.sub(r"[^a-z0-9]+", "", latin)
    text = re.sub(r"ou|oo|oh(?![aiueo])", "o", text)
    text = re.sub(r"m(?=[bp])", "n", text)
    return re.sub(r"(.)\1", r"\1", text)
