"""From … to …, as each language writes it: 10:00～16:00, 火～土; 10:00–16:00, Tue–Sat. Pure."""

from collections.abc import Sequence
from datetime import datetime, time
from itertools import pairwise

from tour.i18n import current_language

WAVE, DASH = "～", "–"
"""U+FF5E, which Japanese keyboards type; U+2013 without blanks around it."""


def range_sign(lang: str | None = None) -> str:
    """Stands between the ends of a range; in the language of the page where none is given."""
    return WAVE if (lang or current_language.get()).startswith("ja") else DASH


def from_to(first: object, last: object, lang: str | None = None) -> str:
    """10:00～16:00; the one of both where nothing lies between."""
    return str(first) if first == last else f"{first}{range_sign(lang)}{last}"


def clock(at: datetime | time) -> str:
    """9:05: a time of day as the pages, mails and lists write it, in its own zone."""
    return f"{at.hour}:{at.minute:02d}"


def week_order(days: Sequence[int]) -> list[int]:
    """Weekdays (Monday 0) as one says them: what follows each other over the end of the week stays
    together, so Sunday and Monday are 日・月."""
    ordered = sorted(days)
    gaps = [n for n, (day, after) in enumerate(pairwise(ordered), 1) if after - day > 1]
    wraps = ordered[:1] == [0] and ordered[-1:] == [6] and len(gaps) > 0
    return ordered[gaps[-1] :] + ordered[: gaps[-1]] if wraps else ordered


def follow_each_other(days: Sequence[int]) -> bool:
    """Whether these weekdays, in `week_order`, have none between them."""
    return all((after - day) % 7 == 1 for day, after in pairwise(days))
