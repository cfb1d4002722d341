"""Finding people in a list by whatever is known of them, however it is written.

A row keeps `found_by` beside what was typed; a query is a few `Sought` words, of each of which the
row must have one writing. 山田太郎 finds 山田 太郎, ０９０… a number with hyphens, O’Brien O'Brien.
"""

import re

from tour.contacts.telephones import read_telephone
from tour.words.folding import LATIN, fold, has_letter, romanized, squeeze

MOST_LETTERS = 100
MOST_WORDS = 5
SHORTEST_CODE = 4
"""Signs of a door code by which one is found: fewer stand in many of them."""
SHORTEST_SOUND = 3
"""Letters of a sound that may be a part of a name: fewer are the whole word, or nothing."""
NUMBER = re.compile(r"[0-9+()-]{3,}")
Sought = tuple[str, ...]
"""The writings of one word of a query."""


def found_by(name: str, kana: str, email: str, phone: str, code: str) -> str:
    """What a party is searched by, in lines; erased with the party's name."""
    folded = fold(name)
    sound = fold(kana)
    lines = (
        folded,
        "".join(folded.split()),
        "".join(sound.split()),
        *(romanized(word) for word in kana.split()),
        *(squeeze(word) for word in folded.split() if LATIN.fullmatch(word)),
        fold(email),
        *(_digits(number) for number in phone.split("/")),
        _code(code),
    )
    return "\n".join(dict.fromkeys(line for line in lines if line))


def sought(query: str) -> list[Sought]:
    """The words of a query, or the one telephone number that it is."""
    typed = query[:MOST_LETTERS]
    if number := read_telephone(typed):
        return [(_digits(number.partition("/")[0]),)]
    return [_writings(word) for word in fold(typed).split()[:MOST_WORDS]]


def codes_in(writings: Sought) -> Sought:
    """Those that are long enough to be looked for in door codes."""
    return tuple(each for each in writings if len(each) >= SHORTEST_CODE)


def _writings(word: str) -> Sought:
    found = [word, *codes_in((_code(word),))]
    if NUMBER.fullmatch(word):
        found.append(_digits(word))
    elif LATIN.fullmatch(word) and has_letter(word):
        found.append(_sound(squeeze(word)))
    return tuple(dict.fromkeys(each for each in found if each))


def _sound(squeezed: str) -> str:
    """Of zzzz only z is left, which stands in every fourth code: so short it is a line of its own,
    as ii is of 井伊."""
    return squeezed if len(squeezed) >= SHORTEST_SOUND else f"\n{squeezed}\n"


def _digits(number: str) -> str:
    """Without an extension, which is no part of the number that is rung."""
    return re.sub("[^0-9]", "", number.partition(" 内線")[0])


def _code(text: str) -> str:
    return fold(text).replace("-", "")
