"""Numbers as people write them into a form: 1,500円, １時間半, 6名, 10人まで, 無料. Pure.

Each kind of number knows the words that may stand around it and an example of what can be read;
`tour.web.forms.Reading` asks by kind, so no form has a way of its own.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from tour.i18n import Text
from tour.i18n import lazy as _

LONGEST = 40
"""Characters of an amount, with all the words that anybody writes around it."""
MOST = 9_999_999
NARROW = {0xFF01 + n: 0x21 + n for n in range(94)} | {0x3000: " ", 0xFFE5: "¥", ord("、"): ","}
"""Letters, digits and signs of full width; what else Unicode calls a digit nobody types."""
WHOLE = re.compile("[0-9]{1,7}")
DIGIT = "(?:[0-9]{1,4}|[一二三四五六七八九])"
IN_KANJI = re.compile(
    "".join(f"(?:({DIGIT}?){unit})?" for unit in "万千百十") + f"({DIGIT})?",
)
UNITS = (10_000, 1_000, 100, 10, 1)
KANJI = "〇一二三四五六七八九"
BLANKS = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Amount:
    """A kind of number. `words` are left out around it; `none` is what stands for nothing."""

    example: Text
    words: re.Pattern[str]
    none: frozenset[str] = frozenset()
    spelled: Callable[[str], int | None] = lambda _text: None
    """What else is read, such as hours and minutes."""

    def read(self, text: str, low: int, high: int) -> int | None:
        """The number within these bounds; None for anything else."""
        plain = narrow(text)
        if plain in self.none:
            number: int | None = 0
        elif (number := self.spelled(plain)) is None:
            number = _number(self.words.sub("", plain))
        return number if number is not None and low <= number <= high else None

    def is_none(self, text: str) -> bool:
        """Whether it says that there is no such number: nothing at all, or なし."""
        return not text.strip() or narrow(text) in self.none

    def in_figures(self, text: str) -> str:
        """The number alone; nothing where there is none; as it is where it cannot be read."""
        if self.is_none(text):
            return ""
        number = self.read(text, 0, MOST)
        return text if number is None else str(number)


def narrow(text: str) -> str:
    """In half width, small letters, without blanks; nothing where it is longer than any amount."""
    return BLANKS.sub("", text.translate(NARROW)).lower() if len(text) <= LONGEST else ""


def _number(text: str) -> int | None:
    plain = text.replace(",", "")
    return int(plain) if WHOLE.fullmatch(plain) else _in_kanji(plain)


def _in_kanji(text: str) -> int | None:
    """千五百, 2千5百, 1万; None for anything else."""
    match = IN_KANJI.fullmatch(text)
    if not text or match is None:
        return None
    digits = zip(UNITS, match.groups(), strict=True)
    return sum(unit * _digit(digit) for unit, digit in digits if digit is not None)


def _digit(text: str) -> int:
    """A unit alone is one of it: 千 is 1,000."""
    return KANJI.index(text) if text in KANJI and text else int(text or 1)


def _around(before: str, after: str) -> re.Pattern[str]:
    return re.compile(f"^(?:{before})+|(?:{after})+$")


NOTHING = frozenset({"なし", "無し", "ない", "none", "no"})
WHOLE_NUMBER = Amount(_("6"), _around("第|no\\.?", "番|回|件"), NOTHING)
PEOPLE = Amount(
    _("6 or 6 people"),
    _around(
        "定員|最大|各回|各|一度に|1度に|upto|atmost|約",
        "名様|名|人様|人|席|組|さま|様|まで|以内|以下|people|persons|person|seats|seat",
    ),
    NOTHING,
)
YEN = Amount(
    _("1,500, 1,500 yen or free"),
    _around(
        "¥|\\\\|jpy|お?[一1]人(?:様|さま)?|料金|参加費", "円|えん|yen|jpy|也|-|\\(?税込み?\\)?"
    ),
    frozenset({"無料", "ただ", "タダ", "むりょう", "free", "nocharge", *NOTHING}),
)
AGE = Amount(
    _("6 or 6 years"),
    _around("満|age|ages|from", "歳|才|さい|以上|以下|から|まで|years|year|yrs|old|\\+"),
    frozenset({"制限なし", "年齢制限なし", "誰でも", "だれでも", "any", *NOTHING}),
)
DAYS = Amount(_("30 or 30 days"), _around("約", "日間|日|days|day|後"), NOTHING)

HOURS = re.compile(
    r"([0-9]{1,2})(?:(?:時間|hours?|hrs?|h):?(?:([0-9]{1,2})(?:分|minutes?|mins?|m)?|(半))?"
    r"|:([0-5][0-9]))"
)
HALVES = re.compile(r"([0-9]{1,2})\.(5|25|75)(?:時間|hours?|hrs?|h)")
AROUND_TIME = _around(
    "約|およそ|about|every|所要", "程度|くらい|ぐらい|ほど|ごと|毎|おき|間隔|間隔|待ち"
)


def _hours(text: str) -> int | None:
    """1時間半, 1時間30分, 1.5時間, 1h30, 1:30 in minutes."""
    plain = AROUND_TIME.sub("", text)
    plain = plain + "間" if plain.endswith("時") else plain
    if match := HALVES.fullmatch(plain):
        return int(match[1]) * 60 + int(match[2].ljust(2, "0")) * 60 // 100
    if match := HOURS.fullmatch(plain):
        return int(match[1]) * 60 + int(match[2] or match[4] or (30 if match[3] else 0))
    return 30 if plain in ("半時間", "半時") else None


MINUTES = Amount(
    _("45, 45 minutes or 1 hour 30"),
    _around(
        "約|およそ|about|every|所要",
        "分|minutes|minute|mins|min|m|程度|くらい|ぐらい|ほど|ごと|毎|おき|間隔|間|待ち|遅れ",
    ),
    NOTHING,
    _hours,
)
