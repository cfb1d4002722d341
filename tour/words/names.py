"""What is typed as a name: any script and any emoji, in one line, of something that is seen."""

import re
import unicodedata

TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")
"""Bidirectional overrides would turn what stands beside a name; no name needs them."""
UNSEEN = frozenset("\u115f\u1160\u2800\u3164\uffa0")
"""Hangul fillers and the empty Braille pattern: letters to Unicode, nothing to the eye."""
_NO_CHARACTERS = "".join(chr(p * 0x10000 + n) for p in range(17) for n in (0xFFFE, 0xFFFF))
NOT_WRITTEN = re.compile(
    f"[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\uf8ff\ufdd0-\ufdef\U000f0000-\U0010ffff{_NO_CHARACTERS}]"
)
"""Control characters but the end of a line, halves of characters, private use, which every machine
shows as another letter, and what never will be a character (Unicode, 23.7). What this Python does
not know yet may be a letter of a newer Unicode: it stays."""


def one_line(text: str, most: int) -> str:
    """The name in what was typed: NFC, no control characters, one space between words; "" where
    nothing of it can be seen. Cut long before it is looked at: what is `most` characters long comes
    through whole, and what is longer is still longer."""
    kept = written(TURNING.sub("", text[: 4 * most]).replace("\n", ""))
    name = " ".join(unicodedata.normalize("NFC", kept).split())
    return name if is_seen(name) else ""


def is_seen(text: str) -> bool:
    """Whether there is anything to be seen: not only joiners, fillers, marks and blanks."""
    return any(
        unicodedata.category(c)[0] not in "CZM" or _is_new(c) for c in text if c not in UNSEEN
    )


def written(text: str) -> str:
    """What of a text may be kept, its lines as they are."""
    return NOT_WRITTEN.sub("", text)


def _is_new(character: str) -> bool:
    return unicodedata.category(character) == "Cn" and not _is_no_character(character)


def _is_no_character(character: str) -> bool:
    """The 66 code points that never will be characters (Unicode, 23.7)."""
    code = ord(character)
    return 0xFDD0 <= code <= 0xFDEF or code & 0xFFFE == 0xFFFE
