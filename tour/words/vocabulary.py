"""The words of a town's texts, by how they are written and how they sound."""

from bisect import bisect_left
from collections.abc import Iterable
from functools import cached_property

from tour.words.folding import KANA, LATIN, fold, romanized, squeeze
from tour.words.readings import Spoken
from tour.words.same_things import SAME_THING
from tour.words.slips import NearWords

SHORTEST_SOUND = 3
"""Shorter readings are too many words: はし is a bridge, an end and chopsticks."""
SHORTEST_START = 4
MOST_OTHERS = 12


class Vocabulary:
    """Finds the other ways in which the texts write a word: 硝子 and ガラス for garasu."""

    def __init__(self, words: Iterable[Spoken] = ()) -> None:
        self._sounds: dict[str, set[str]] = {}
        self._surfaces: dict[str, set[str]] = {}
        self._normals: dict[str, set[str]] = {}
        self._of_normal: dict[str, set[str]] = {}
        self._latin: dict[str, set[str]] = {}
        for word in words:
            sound = fold(word.reading)
            self._sounds.setdefault(word.surface, set()).add(sound)
            self._surfaces.setdefault(sound, set()).add(word.surface)
            self._normals.setdefault(word.surface, set()).add(word.normal)
            self._of_normal.setdefault(word.normal, set()).add(word.surface)
            self._latin.setdefault(romanized(word.reading), set()).add(sound)
        self._starts = sorted(self._latin)

    def near(self, word: str) -> list[str]:
        """The words, readings and readings in Latin letters that are one slip from a folded one."""
        return self._near.near(squeeze(word) if LATIN.fullmatch(word) else word)

    @cached_property
    def _near(self) -> NearWords:
        return NearWords({*self._sounds, *self._surfaces, *self._latin, *SAME_THING})

    def others(self, word: str) -> list[str]:
        """Other writings of a folded word, at most a dozen: of one sound, or of one normal form."""
        sounds = self._sounds_of(word)
        normals = {word, *self._normals.get(word, ())}
        found = [*sounds]
        for sound in sounds:
            found += self._surfaces.get(sound, ())
        for normal in normals:
            found += self._of_normal.get(normal, ())
        return [other for other in dict.fromkeys(found) if other != word][:MOST_OTHERS]

    def _sounds_of(self, word: str) -> list[str]:
        if LATIN.fullmatch(word):
            return self._sounds_of_latin(squeeze(word))
        known = [word] if KANA.fullmatch(word) else sorted(self._sounds.get(word, ()))
        return [sound for sound in known if len(sound) >= SHORTEST_SOUND]

    def _sounds_of_latin(self, latin: str) -> list[str]:
        """Of the word itself, else of those that begin with it."""
        if latin in self._latin or len(latin) < SHORTEST_START:
            return sorted(self._latin.get(latin, ()))
        first = bisect_left(self._starts, latin)
        begun = [s for s in self._starts[first : first + MOST_OTHERS] if s.startswith(latin)]
        return sorted({sound for start in begun for sound in self._latin[start]})
