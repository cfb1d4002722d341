"""Finding the sites that a query asks for, best first, each with what it was found by.

Every word of the query must be in a site, in one of its other writings where not as it is (of one
sound, of one normal form, of one meaning); and only where that finds nothing, with one slip.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from operator import itemgetter
from typing import NamedTuple

from tour.sites.finding.search import Entry, Found, Index
from tour.words.folding import LATIN, fold, has_letter, squeeze
from tour.words.same_things import SAME_THING
from tour.words.slips import NearWords
from tour.words.vocabulary import Vocabulary

MOST_LETTERS = 100
MOST_WORDS = 8
MOST_NEAR = 5
"""Words one slip from the typed one that are looked for."""
MOST_ANSWERS = 50
"""A list, its map and its next page ask for the same."""
PARTS = re.compile(r"[\s、,・/]+")
UP_TO = re.compile(r"([0-9]{1,6})円?(?:以下|以内|まで)")
WEIGHTS: Mapping[Found, float] = {
    Found.NAME: 100,
    Found.CRAFT: 75,
    Found.SESSION: 65,
    Found.KIND: 60,
    Found.ACCESS: 60,
    Found.LANGUAGE: 60,
    Found.PRICE: 60,
    Found.INDOORS: 55,
    Found.STATION: 50,
    Found.SUMMARY: 45,
    Found.ADDRESS: 35,
    Found.TEXT: 30,
}
WHOLE, START, WITHIN, WITHIN_LATIN = 1.0, 0.85, 0.7, 0.4
"""A line of its own, at the beginning of a word, somewhere in it; rain is in training, too."""
AS_TYPED, SOUNDS_THE_SAME, MEANS_THE_SAME, WITH_A_SLIP = 1.0, 0.6, 0.45, 0.4
NAMES = frozenset({Found.NAME, Found.CRAFT, Found.STATION})
"""What people misspell."""
SHORTEST_WITHIN = 4
"""Fewer Latin letters are found at the beginning of words only: an is in every other word."""
TOGETHER = 20
"""More for words that stand in one text."""


class Hit(NamedTuple):
    """A site that was found. `shown` is the text, or the key of the fact, by which."""

    site_id: int
    score: float
    by: Found
    shown: str


@dataclass(frozen=True, slots=True)
class Needle:
    """What to look for, in the written or in the Latin lines; worth `share` of the entry."""

    text: str
    share: float
    is_latin: bool = False

    def adds_nothing_to(self, other: "Needle") -> bool:
        """Whether whatever has this one has the other, too."""
        return self.is_latin == other.is_latin and other.text in self.text


Best = dict[int, tuple[float, Entry]]
"""By site: what the word is worth there, and the entry that it is in."""


class Finder:
    """The sites of a town as they were read once.

    What many sites share (a kind, a language, a station) is looked at once for all of them.
    """

    def __init__(self, indexes: Mapping[int, Index], vocabulary: Vocabulary) -> None:
        sites: dict[Entry, list[int]] = {}
        for site_id, index in indexes.items():
            for entry in index:
                sites.setdefault(entry, []).append(site_id)
        self._order = {site_id: number for number, site_id in enumerate(indexes)}
        self._entries = list(sites)
        self._sites = list(sites.values())
        self._written = Lines([entry.written for entry in self._entries])
        self._latin = Lines([entry.latin for entry in self._entries])
        self._vocabulary = vocabulary
        self._answers: dict[str, list[Hit]] = {}

    def find(self, query: str) -> list[Hit]:
        """The sites that have all words, best first, else in the order that they were given in."""
        if query not in self._answers:
            if len(self._answers) >= MOST_ANSWERS:
                self._answers.clear()
            self._answers[query] = self._find(query)
        return self._answers[query]

    def _find(self, query: str) -> list[Hit]:
        words = [w for w in PARTS.split(fold(query[:MOST_LETTERS])) if w][:MOST_WORDS]
        found: Best | None = None
        for word in words:
            best = self._word(word)
            found = best if found is None else _both(found, best)
        ranked = sorted((found or {}).items(), key=self._rank)
        return [Hit(site_id, score, entry.by, entry.shown) for site_id, (score, entry) in ranked]

    def _rank(self, found: tuple[int, tuple[float, Entry]]) -> tuple[float, int]:
        return -found[1][0], self._order[found[0]]

    def _word(self, word: str) -> Best:
        if price := UP_TO.fullmatch(word):
            return self._up_to(int(price[1]))
        return self._look_for(self._needles(word)) or self._with_a_slip(word)

    def _needles(self, word: str) -> Iterable[Needle]:
        yield from _written_as(word, AS_TYPED)
        for other in SAME_THING.get(word, ()):
            yield from _written_as(other, MEANS_THE_SAME)
        for other in self._vocabulary.others(word):
            yield from _written_as(other, SOUNDS_THE_SAME)

    def _with_a_slip(self, word: str) -> Best:
        near = self._vocabulary.near(word) or self._near_words.near(squeeze(word))
        return self._look_for(
            needle
            for other in near[:MOST_NEAR]
            for writing in (other, *self._vocabulary.others(other))
            for needle in _written_as(writing, WITH_A_SLIP)
        )

    @cached_property
    def _near_words(self) -> NearWords:
        names = [entry.latin for entry in self._entries if entry.by in NAMES]
        return NearWords({word for name in names for word in name.split("\n")})

    def _look_for(self, needles: Iterable[Needle]) -> Best:
        """Each site that has one of the needles, with where it is worth most."""
        worths: dict[int, float] = {}
        done: list[Needle] = []
        for needle in needles:
            if any(needle.adds_nothing_to(other) for other in done):
                continue
            done.append(needle)
            for number in (self._latin if needle.is_latin else self._written).having(needle.text):
                worth = _worth(self._entries[number], needle)
                worths[number] = max(worth, worths.get(number, 0))
        best: Best = {}
        for number, worth in sorted(worths.items(), key=itemgetter(1)):
            best |= dict.fromkeys(self._sites[number], (worth, self._entries[number]))
        return best

    def _up_to(self, yen: int) -> Best:
        worth = WEIGHTS[Found.PRICE]
        prices = [(n, e) for n, e in enumerate(self._entries) if e.by == Found.PRICE]
        return {
            site_id: (worth, entry)
            for number, entry in prices
            if int(entry.shown) <= yen
            for site_id in self._sites[number]
        }


class Lines:
    """Many texts in one string: looking through it is one walk in C."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._all = "\0".join(texts)
        self._starts: list[int] = []
        start = 0
        for text in texts:
            self._starts.append(start)
            start += len(text) + 1

    def having(self, needle: str) -> Iterable[int]:
        """The numbers of the texts that have it, each once."""
        at = self._all.find(needle)
        while at >= 0:
            number = bisect_right(self._starts, at) - 1
            yield number
            if number + 1 == len(self._starts):
                return
            at = self._all.find(needle, self._starts[number + 1])


def _written_as(word: str, share: float) -> Iterable[Needle]:
    if not LATIN.fullmatch(word) or not has_letter(word):
        yield Needle(word, share)
        return
    sound = squeeze(word)
    if share < AS_TYPED:
        yield Needle(f"\n{sound}\n", share, is_latin=True)
        return
    yield Needle(f"\n{sound}", share, is_latin=True)
    if len(sound) >= SHORTEST_WITHIN:
        yield Needle(sound, share, is_latin=True)


def _worth(entry: Entry, needle: Needle) -> float:
    text = entry.latin if needle.is_latin else entry.written
    bare = needle.text.strip("\n")
    fit = WITHIN_LATIN if needle.is_latin else WITHIN
    if f"\n{bare}\n" in text:
        fit = WHOLE
    elif f"\n{bare}" in text or f" {bare}" in text:
        fit = START
    return WEIGHTS[entry.by] * needle.share * fit


def _both(some: Best, others: Best) -> Best:
    """The sites of both; told is what the better of the two was found by."""
    found = {}
    for site_id in some.keys() & others.keys():
        (one, entry), (other, second) = some[site_id], others[site_id]
        together = TOGETHER if entry is second else 0
        found[site_id] = one + other + together, entry if one >= other else second
    return found
