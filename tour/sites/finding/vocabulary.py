"""The words of the town's texts, stored with their readings when a text is written.

A word once stored stays: it costs a row, and a text that uses it again finds it there.
"""

import asyncio
from collections.abc import Iterable, Iterator, Sequence

from tortoise.functions import Max

from tour.patience import gently
from tour.sites.models import Word
from tour.words.readings import Spoken, words_in
from tour.words.vocabulary import Vocabulary

BATCH = 500
PART = 20
"""Texts read in one go: a thread that reads thousands would slow all pages down for as long."""


async def learn(texts: Iterable[str]) -> None:
    """Store the words of texts that are about to be written.

    Called before the transaction that writes them: the dictionary is slow to open, and words
    without their text do no harm.
    """
    words: set[Spoken] = set()
    async for some in gently(_parts(sorted({text for text in texts if text}))):
        words |= await asyncio.to_thread(words_in, some)
    rows = [Word(surface=w.surface, reading=w.reading, normal=w.normal) for w in words]
    await Word.bulk_create(rows, batch_size=BATCH, ignore_conflicts=True)


def _parts(texts: Sequence[str]) -> Iterator[Sequence[str]]:
    return (texts[start : start + PART] for start in range(0, len(texts), PART))


class VocabularyReader:
    """Hands out the vocabulary, read again when words have come."""

    def __init__(self) -> None:
        self._last: int | None = -1
        self._vocabulary = Vocabulary()

    async def read(self) -> Vocabulary:
        rows = await Word.annotate(last=Max("id")).values("last")
        last = rows[0]["last"] if rows else None
        if last != self._last:
            words = await Word.all().values("surface", "reading", "normal")
            self._vocabulary = Vocabulary(Spoken(**row) for row in words)
            self._last = last
        return self._vocabulary
