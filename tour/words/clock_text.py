"""Times of day as people write them: 10:30, 午後1時半, 13時, 正午, 9am. Pure.

`typed.read_minute` is the strict one, for files and other programs.
"""

import re
from dataclasses import dataclass

from tour.words.amounts import NARROW
from tour.words.typed import DAY

LATEST = DAY + 6 * 60
"""A night goes on until 30:00."""
LONGEST = 40
NOON = 12 * 60
MORNING, AFTERNOON = ("午前", "朝", "am", "a.m."), ("午後", "夕方", "夜", "pm", "p.m.")
DASH = re.compile(r"\s*(?:[-~〜–—−ー―‐‑‒─━ｰ→⁓∼〰﹣⁻]|から|より|to|till|until)\s*(?=[^\s])")
"""Every sign that keyboards and word processors make of a dash or a wave."""
_HALVES = "|".join(re.escape(word) for word in (*MORNING, *AFTERNOON))
TIME = re.compile(
    rf"(?:(?P<before>{_HALVES})の?\s*)?"
    r"(?:(?P<noon>正午|noon)|(?P<hour>[0-9]{1,2})\s*"
    r"(?:[:.](?P<past>[0-9]{2})(?::00)?分?|時\s*(?:(?P<minutes>[0-9]{1,2})分?|(?P<half>半))?"
    r"|(?P<compact>[0-9]{2}))?)"
    rf"(?:\s*(?P<after>{_HALVES})(?![a-z]))?"
)


@dataclass(frozen=True, slots=True)
class Said:
    """A time as it was written: its minute, which half of the day was named, where it ends."""

    minute: int
    half: str
    end: int

    @property
    def may_be_afternoon(self) -> bool:
        return not self.half and self.minute < NOON

    @property
    def later(self) -> "Said":
        """The same in the afternoon."""
        return Said(self.minute + NOON, "pm", self.end)


def read_clock(text: str) -> int | None:
    """The minute of the day; None for anything that is no time of a day."""
    plain = plainly(text)
    said = time_at(plain, 0) if len(text) <= LONGEST else None
    whole = said is not None and plain[said.end :] in ("", "から", "まで", "開始", "終了")
    return said.minute if said and whole and said.minute < DAY else None


def plainly(text: str) -> str:
    return text.translate(NARROW).strip().lower()


def time_at(text: str, start: int) -> Said | None:
    """The time that stands at `start` of a plain text, if one does."""
    match = TIME.match(text, start)
    if match is None:
        return None
    if match["noon"]:
        return Said(NOON, "pm", match.end())
    past = match["past"] or match["minutes"] or match["compact"] or (30 if match["half"] else 0)
    if int(past) > 59:
        return None
    half = _half(match["before"] or match["after"] or "")
    minute = _hour(int(match["hour"]), half) * 60 + int(past)
    return Said(minute, half, match.end()) if minute <= LATEST else None


def _half(word: str) -> str:
    if not word:
        return ""
    return "am" if word in MORNING else "pm"


def _hour(hour: int, half: str) -> int:
    """午後1時 is 13; 午前12時 and 午後12時30分 are about noon, as people say them."""
    return hour + 12 if half == "pm" and hour < 12 else hour
