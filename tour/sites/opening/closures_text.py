"""Regular days off as hosts type them: 第2水曜、第1・第3月曜、月末、12/29～1/3. Pure."""

import re
from collections.abc import Callable, Iterator

from tour.sites.opening.closures import (
    LAST,
    MOST,
    Closure,
    DayOfMonth,
    NthWeekday,
    in_order,
    yearly,
)
from tour.sites.opening.hours_text import CLOSED
from tour.words.clock_text import DASH, plainly

LONGEST = 300
"""Characters of all of them."""
WEEKDAYS = "月火水木金土日"
ENGLISH_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
NTHS = {
    **{
        figure: n
        for n, figures in enumerate(("1一", "2二", "3三", "4四", "5五"), 1)
        for figure in figures
    },
    **{word: n for n, word in enumerate(("1st", "2nd", "3rd", "4th", "5th"), 1)},
    **{word: n for n, word in enumerate(("first", "second", "third", "fourth", "fifth"), 1)},
    **dict.fromkeys(("last", "最終", "最後の"), LAST),
}
OFF = r"(?:は|が)?(?:お?休み?|定休日?|休館日?|休業日?|closed)"
AROUND = re.compile(rf"^定休日?[:は]?|{OFF}[。.]?$")
BETWEEN = re.compile(rf"(?:{OFF}(?=[\s,;/・&+。]))?(?:[\s,;/・&+。]|及び|および|と|and)*")
DAY = r"[月火水木金土日](?!末)"
NTH = "(?:第[1-5一二三四五])"
JAPANESE = re.compile(
    rf"(?:毎月の?)?(?P<nths>{NTH}(?:[・,と&]?{NTH}|[・,と&][1-5](?=[・,と&]|{DAY}))*|最終|最後の)(?:週の?|の)?"
    rf"(?P<days>{DAY}(?:・?{DAY})*)(?:曜日?)?"
)
_WORD = "1st|2nd|3rd|4th|5th|first|second|third|fourth|fifth|last"
ENGLISH = re.compile(
    rf"(?:the |every )?(?P<nths>(?:{_WORD})(?:(?:, ?| ?and | ?& ?)(?:the )?(?:{_WORD}))*) "
    r"(?P<day>mon|tue|wed|thu|fri|sat|sun)[a-z]*(?: (?:of|in) (?:the|each|every|a) month)?"
)
MONTH_END = re.compile(
    r"(?:毎月の?)?(?:月末日?|末日)|(?:the )?(?:last day|end) of (?:(?:the|each|every) )?month"
)
WITH_FIGURE = re.compile(r"(?:毎月)?(?P<figure>[0-9])のつく日")
MONTH_DAY = re.compile(
    r"(?:毎月の?|day )?(?P<day>[0-9]{1,2})(?:日|(?= of))(?: of (?:the|each|every) month)?"
)
YEAR_DAY = re.compile(r"(?:毎年)?(?P<month>[0-9]{1,2})(?:/|月)(?P<day>[0-9]{1,2})日?")
UNTIL = re.compile(r"(?:(?P<month>[0-9]{1,2})(?:/|月))?(?P<day>[0-9]{1,2})日?(?:まで)?")
NAMED = {"年末年始": ((12, 29), (1, 3)), "お盆": ((8, 13), (8, 16)), "元日": ((1, 1), (1, 1))}
NAMES = re.compile("|".join(NAMED))


def read_closures(text: str) -> tuple[Closure, ...] | None:
    """The days off, in order; nothing for nothing; None where any of it cannot be read."""
    plain = AROUND.sub("", plainly(text)).strip()
    if len(text) > LONGEST:
        return None
    if not plain or plain in CLOSED:
        return ()
    try:
        found = in_order(_scan(plain))
    except ValueError:
        return None
    return found if len(found) <= MOST else None


def _scan(text: str) -> Iterator[Closure]:
    """One after the other to the end. Raises ValueError where nothing is known any more."""
    at = 0
    while at < len(text):
        match, read = _next(text, at)
        end, found = read(text, match)
        yield from found
        at = gap.end() if (gap := BETWEEN.match(text, end)) else end
        if at == end and at < len(text):
            raise ValueError(text)


Read = Callable[[str, re.Match[str]], tuple[int, list[Closure]]]


def _next(text: str, at: int) -> tuple[re.Match[str], Read]:
    for pattern, read in READERS:
        if match := pattern.match(text, at):
            return match, read
    raise ValueError(text)


def _japanese(_text: str, match: re.Match[str]) -> tuple[int, list[Closure]]:
    word = match["nths"]
    nths = [NTHS[word]] if word in NTHS else [NTHS[c] for c in word if c in NTHS]
    days = [WEEKDAYS.index(c) for c in match["days"] if c in WEEKDAYS]
    return match.end(), [NthWeekday(nth, day) for nth in nths for day in days]


def _english(_text: str, match: re.Match[str]) -> tuple[int, list[Closure]]:
    day = ENGLISH_DAYS.index(match["day"])
    nths = [NTHS[word] for word in re.findall(_WORD, match["nths"])]
    return match.end(), [NthWeekday(nth, day) for nth in nths]


def _month_end(_text: str, match: re.Match[str]) -> tuple[int, list[Closure]]:
    return match.end(), [DayOfMonth(LAST)]


def _with_figure(_text: str, match: re.Match[str]) -> tuple[int, list[Closure]]:
    """5のつく日: 5, 15, 25."""
    figure = int(match["figure"])
    return match.end(), [DayOfMonth(day) for day in range(1, 32) if day % 10 == figure]


def _month_day(_text: str, match: re.Match[str]) -> tuple[int, list[Closure]]:
    day = int(match["day"])
    if not 1 <= day <= 31:
        raise ValueError(day)
    return match.end(), [DayOfMonth(day)]


def _named(_text: str, match: re.Match[str]) -> tuple[int, list[Closure]]:
    return match.end(), [yearly(*NAMED[match[0]])]


def _year_day(text: str, match: re.Match[str]) -> tuple[int, list[Closure]]:
    """12/29, or 12/29～1/3; the month of the end may be left out: 8/13～16."""
    first = (int(match["month"]), int(match["day"]))
    dash = DASH.match(text, match.end())
    until = UNTIL.match(text, dash.end()) if dash else None
    if until is None:
        return match.end(), [yearly(first, first)]
    last = (int(until["month"] or first[0]), int(until["day"]))
    return until.end(), [yearly(first, last)]


READERS: tuple[tuple[re.Pattern[str], Read], ...] = (
    (NAMES, _named),
    (YEAR_DAY, _year_day),
    (MONTH_END, _month_end),
    (WITH_FIGURE, _with_figure),
    (JAPANESE, _japanese),
    (ENGLISH, _english),
    (MONTH_DAY, _month_day),
)
