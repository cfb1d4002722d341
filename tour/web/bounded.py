"""Text from outside, cut before anything else looks at it.

Much of what we do with text costs the square of its length for somebody who means harm: above all
Unicode normalisation of a long run of combining marks (40,000 of them: 1.6 s). So length and runs
are bounded first, here, for forms, JSON, addresses and files alike.
"""

import re
import unicodedata

LARGEST_BODY = 400_000
"""Bytes. Japanese in a form takes nine a character; uploads have limits of their own."""
LONGEST = 10_000
"""Characters of one field, well above what any may have, so that "at most 8,000" is still said."""
UNWRITABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
"""Nobody types them; of these PostgreSQL takes neither NUL nor halves of characters."""
MOST_MARKS = 30
"""Combining marks on one character: the Stream-Safe Text Format of UAX #15, 13."""


def _marks() -> str:
    """All characters that normalisation sorts, as the inside of a character class."""
    last_but_emoji = 0x1F000
    return "".join(chr(c) for c in range(0x300, last_but_emoji) if unicodedata.combining(chr(c)))


_RUNS = re.compile(f"[{_marks()}]{{{MOST_MARKS + 1},}}")


def bounded(text: str, most: int = LONGEST) -> str:
    """At most `most` characters of it, none that no database keeps, no endless run of marks."""
    kept = UNWRITABLE.sub("", text[:most])
    return kept if kept.isascii() else _RUNS.sub(lambda run: run[0][:MOST_MARKS], kept)
