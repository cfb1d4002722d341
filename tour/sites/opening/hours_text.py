"""Hours as hosts type them: 10:00–12:00, 13時〜16時30分, 午前9時から正午まで, 休み. Pure."""

import re
from itertools import pairwise

from tour.sites.opening.hours import DAY, Span
from tour.words.clock_text import DASH, Said, plainly, time_at

BREAK = re.compile(r"(?:まで)?(?:[,、;/・&+\s]|及び|および|と|and)*")
AROUND_CLOCK = re.compile(r"24時間(?:営業)?|24hours?|24h")
CLOSED = frozenset(
    {
        "休み",
        "休",
        "お休み",
        "やすみ",
        "休業",
        "休館",
        "定休日",
        "定休",
        "閉",
        "なし",
        "closed",
        "-",
        "×",
    }
)
MOST_SPANS = 4
LONGEST = 200
"""Characters that may tell of four stretches."""
LONGEST_SPAN = 18 * 60
"""Minutes. 10時～5時 would be nineteen hours: somebody means 17時, and is asked."""


def read_spans(text: str) -> tuple[Span, ...] | None:
    """The stretches of a day, in order; empty text is closed; None where it cannot be read.

    An end at or before its start is in the night: 22:00-2:00.
    """
    plain = plainly(text)
    if len(text) > LONGEST:
        return None
    if not plain or plain in CLOSED:
        return ()
    if AROUND_CLOCK.fullmatch(plain):
        return (Span(0, DAY),)
    found = _scan(plain)
    if found is None or len(found) > MOST_SPANS:
        return None
    ordered = sorted(found, key=lambda span: span.opens)
    if any(later.opens < earlier.closes for earlier, later in pairwise(ordered)):
        return None
    return tuple(ordered)


def _scan(text: str) -> list[Span] | None:
    """Stretch after stretch to the end, or None."""
    found: list[Span] = []
    at = 0
    while at < len(text):
        opens = time_at(text, at)
        dash = DASH.match(text, opens.end) if opens else None
        closes = time_at(text, dash.end()) if dash else None
        span = _span(opens, closes) if opens and closes else None
        if span is None or closes is None:
            return None
        found.append(span)
        gap = BREAK.match(text, closes.end)
        at = gap.end() if gap else closes.end
        if at == closes.end and at < len(text):
            return None
    return found


def _span(opens: Said, closes: Said) -> Span | None:
    opens, closes = _by_each_other(opens, closes)
    if opens.minute >= DAY:
        return None
    end = closes.minute if closes.minute > opens.minute else closes.minute + DAY
    is_likely = end - opens.minute <= LONGEST_SPAN or end - opens.minute == DAY
    return Span(opens.minute, end) if is_likely else None


def _by_each_other(opens: Said, closes: Said) -> tuple[Said, Said]:
    """午後1時～5時 ends in the afternoon, 1-5pm begins in it."""
    if opens.half == "pm" and closes.may_be_afternoon and closes.later.minute > opens.minute:
        return opens, closes.later
    if closes.half == "pm" and opens.may_be_afternoon and opens.later.minute < closes.minute:
        return opens.later, closes
    return opens, closes
