"""One slip of the finger: a letter too many, one missing, another one, or two in turned order."""

from collections.abc import Iterable


def one_slip_apart(typed: str, meant: str) -> bool:
    """Whether the two differ by exactly one slip (Damerau 1964)."""
    if typed == meant or abs(len(typed) - len(meant)) > 1:
        return False
    start = next((i for i, (a, b) in enumerate(zip(typed, meant, strict=False)) if a != b), None)
    if start is None:
        return True
    a, b = typed[start:], meant[start:]
    turned = a[:2] == b[1::-1] and len(a) > 1 and a[2:] == b[2:]
    return turned or a[1:] == b[1:] or a[1:] == b or a == b[1:]


class NearWords:
    """Finds the words that are one slip from a typed one, of `SHORTEST` letters or more.

    Words are kept by what remains of them without one letter: what is one slip apart has such a
    remainder in common, so a look-up costs a few steps, not a walk over all words.
    """

    SHORTEST = 5
    LONGEST = 30

    def __init__(self, words: Iterable[str]) -> None:
        self._words: dict[str, list[str]] = {}
        for word in words:
            if self.SHORTEST - 1 <= len(word) <= self.LONGEST:
                for remainder in _remainders(word):
                    self._words.setdefault(remainder, []).append(word)

    def near(self, typed: str) -> list[str]:
        """In order of the alphabet; nothing for a word too short to know it again."""
        if not self.SHORTEST <= len(typed) <= self.LONGEST:
            return []
        found = {w for remainder in _remainders(typed) for w in self._words.get(remainder, ())}
        return sorted(word for word in found if one_slip_apart(typed, word))


def _remainders(word: str) -> set[str]:
    return {word, *(word[:i] + word[i + 1 :] for i in range(len(word)))}
