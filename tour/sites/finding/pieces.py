"""What to look for instead of words that find nothing: pieces of them that find something."""

from collections.abc import Iterator

from tour.sites.finding.ranking import MOST_LETTERS, PARTS, Finder
from tour.words.folding import LATIN, fold

MOST_PIECES = 3
MOST_TRIES = 24
"""Each costs as much as a search."""
LONGEST = 8
"""Letters of a word that is cut; what matters stands at its beginning."""
SHORTEST, SHORTEST_BY_SOUND = 2, 4
"""Letters: two of kanji name a thing, four of a sound or of Latin script hardly ever by chance."""


def pieces(finder: Finder, query: str) -> list[str]:
    """Of several words those that find something alone; else the longest pieces of the words that
    do, each found alone, as they were typed. Empty where nothing of it is known."""
    words = [word for word in PARTS.split(query[:MOST_LETTERS]) if word]
    alone = [word for word in words if len(words) > 1 and finder.find(word)]
    return (alone or list(_found(finder, words)))[:MOST_PIECES]


def _found(finder: Finder, words: list[str]) -> Iterator[str]:
    tries = 0
    for word in words:
        for piece in _shorter(word[:LONGEST]):
            tries += 1
            if tries > MOST_TRIES:
                return
            if finder.find(piece):
                yield piece
                break


def _shorter(word: str) -> Iterator[str]:
    plain = fold(word)
    by_sound = LATIN.fullmatch(plain) or all("\u3040" <= letter <= "\u30ff" for letter in plain)
    least = SHORTEST_BY_SOUND if by_sound else SHORTEST
    for length in range(len(word) - 1, least - 1, -1):
        for start in range(len(word) - length + 1):
            yield word[start : start + length]
