"""Hours as hosts type them: 10:00–12:00, 13時〜16時30分. Pure."""

import re
import unicodedata
from itertools import pairwise

from tour.sites.opening.hours import DAY, Span

TIME = r"(\d{1,2})(?::|時)?(\d{2})?分?"
SPAN = re.compile(rf"{TIME}(?:-|から){TIME}(?:まで)?")
DASHES = re.compile(r"[~〜–—−ー―‐‑]")
BREAKS = re.compile(r"[,、;\s]+")
MOST_SPANS = 4
LONGEST = 200
"""Characters that may tell of four stretches, for a dash between blanks is looked for in each."""


def read_spans(text: str) -> tuple[Span, ...] | None:
    """The stretches of a day, in order; empty text is closed; None where it cannot be read.

    An end at or before its start is in the night: 22:00-2:00.
    """
    if len(text) > LONGEST:
        return None
    plain = DASHES.sub("-", unicodedata.normalize("NFKC", text))
    plain = re.sub(r"\s*-\s*", "-", plain.strip())
    spans = [_span(part) for part in BREAKS.split(plain) if part]
    found = [span for span in spans if span is not None]
    if len(found) < len(spans) or len(found) > MOST_SPANS:
        return None
    ordered = sorted(found, key=lambda span: span.opens)
    follows = pairwise(ordered)
    if any(later.opens < earlier.closes for earlier, later in follows):
        return None
    return tuple(ordered)


def _span(text: str) -> Span | None:
    match = SPAN.fullmatch(text)
    if not match:
        return None
    opens, closes = _minute(match[1], match[2]), _minute(match[3], match[4])
    if opens is None or closes is None or opens >= DAY:
        return None
    return Span(opens, closes if closes > opens else closes + DAY)


def _minute(hour: str, minute: str | None) -> int | None:
    number = int(hour) * 60 + int(minute or 0)
    return number if int(minute or 0) < 60 and number <= DAY + 6 * 60 else None
