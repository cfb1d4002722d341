"""How words are read, by SudachiPy and its small dictionary (both Apache-2.0).

The dictionary is mapped into memory when the first text is read (about 30 MB and 0.1 s), so this is
called only where something is written, never on a visitor's way: what it finds is stored.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from threading import Lock
from typing import Any

from tour.words.folding import fold, hiragana

MAX_TEXT = 10_000
MAX_WORD = 20
SENTENCE = re.compile(r"[。\n!?！？]+")
LETTER = re.compile("[ぁ-ゖァ-ヺ々㐀-䶿一-鿿\U00020000-\U000323af]")
CONTENT = frozenset({"名詞", "動詞", "形容詞", "形状詞", "接尾辞", "接頭辞"})
JOINING = frozenset({"名詞", "接尾辞", "接頭辞"})
"""Nouns and what stands on them: 木版 and 画 are also 木版画."""
MOST_JOINED = 4
_one_at_a_time = Lock()
"""A tokenizer that two threads ask at once raises an error instead of waiting."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """A word as texts write it (folded), its reading in hiragana, and its normal form (folded)."""

    surface: str
    reading: str
    normal: str


def words_in(texts: Iterable[str]) -> set[Spoken]:
    """Every word of Japanese texts that can be searched by its sound."""
    found: set[Spoken] = set()
    for text in texts:
        for sentence in SENTENCE.split(text[:MAX_TEXT]):
            if LETTER.search(sentence):
                with _one_at_a_time:
                    found.update(_words(sentence))
    return found


def read_aloud(text: str) -> list[str]:
    """A title word by word, each as it sounds (in katakana) or, in Latin letters, as written."""
    with _one_at_a_time:
        words = _tokenizer().tokenize(text[:MAX_TEXT])
        return [
            word.reading_form() if LETTER.search(word.surface()) else word.surface()
            for word in words
        ]


def _words(sentence: str) -> Iterator[Spoken]:
    """Each word of content, and each run of up to four nouns that ends in it."""
    run: list[Any] = []
    for word in _tokenizer().tokenize(sentence):
        kind, detail = word.part_of_speech()[:2]
        run = [*run, word][-MOST_JOINED:] if kind in JOINING and detail != "数詞" else []
        if kind in CONTENT:
            for joined in [run[start:] for start in range(len(run))] or [[word]]:
                if spoken := _joined(joined):
                    yield spoken


def _joined(words: list[Any]) -> Spoken | None:
    return _spoken(
        "".join(word.surface() for word in words).strip(),
        "".join(word.reading_form() for word in words),
        "".join(word.normalized_form() for word in words).strip(),
    )


@lru_cache(maxsize=50_000)
def _spoken(written: str, kana: str, plain: str) -> Spoken | None:
    surface = fold(written)
    if len(kana) < 2 or len(surface) > MAX_WORD or not LETTER.search(surface):
        return None
    return Spoken(surface, hiragana(kana)[: 2 * MAX_WORD], fold(plain)[: 2 * MAX_WORD])


@lru_cache(maxsize=1)
def _tokenizer() -> Any:
    from sudachipy import dictionary

    return dictionary.Dictionary(dict="small").tokenizer()
