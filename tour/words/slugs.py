"""The end of a page's link, made from its title: words in small Latin letters with hyphens."""

import re
from collections.abc import Collection
from itertools import count

import jaconv

from tour.words.folding import hiragana
from tour.words.readings import read_aloud

LONGEST = 80
FOR_NUMBER = 4
"""Characters that are kept for "-12" behind a title that is there already."""
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
LATIN_WORDS = re.compile(r"[a-z0-9]+")


def is_slug(text: str) -> bool:
    return len(text) <= LONGEST and SLUG.fullmatch(text) is not None


def slug_of(titles: Collection[str], fallback: str) -> str:
    """From the first title that can be read: an English one as it is written, a Japanese one as it
    sounds. `fallback` where none can."""
    for title in titles:
        words = LATIN_WORDS.findall(_latin(title[:LONGEST]))
        if any(word.isalpha() for word in words):
            return _cut("-".join(words))
    return fallback


def free_slug(wished: str, taken: Collection[str]) -> str:
    """The same, or with the lowest number that makes it another: "open-day-2"."""
    numbered = (f"{wished}-{n}" if n > 1 else wished for n in count(1))
    return next(slug for slug in numbered if slug not in taken)


def _latin(title: str) -> str:
    """In Latin letters, a blank between its words."""
    return " ".join(
        jaconv.kana2alphabet(hiragana(word)).replace("-", "") for word in read_aloud(title)
    )


def _cut(slug: str) -> str:
    """At a word, where it is too long."""
    most = LONGEST - FOR_NUMBER
    return slug if len(slug) <= most else slug[:most].rpartition("-")[0] or slug[:most]
