"""Regular days off in words, and what a place's hours come to. Pure.

What is written here can be typed into the form again, in either language.
"""

from collections.abc import Iterable
from datetime import date, timedelta

from tour.i18n import Text, translate
from tour.i18n import lazy as _
from tour.sites.choices import WEEKDAYS
from tour.sites.opening.closures import (
    LAST,
    Closure,
    DayOfMonth,
    EveryYear,
    NthWeekday,
    from_codes,
)
from tour.sites.opening.hours import Hours
from tour.words.ranges import from_to

NTHS: dict[int, Text] = {
    1: _("1st"),
    2: _("2nd"),
    3: _("3rd"),
    4: _("4th"),
    5: _("5th"),
    LAST: _("last"),
}
LOOK_AHEAD = 400
"""Days: every rule but a fifth weekday or a 29 February falls on one of them."""


def closures_text(closures: Iterable[Closure], lang: str | None = None) -> str:
    """第2水曜、月末、12/29～1/3; 2nd Wed, last day of the month, 12/29–1/3."""
    return translate(", ", lang).join(_words(each, lang) for each in closures)


def codes_text(codes: str, lang: str | None = None) -> str:
    """The same of how they are kept; what was never a code is shown as it is."""
    try:
        return closures_text(from_codes(codes), lang)
    except ValueError:
        return codes


def next_days_off(hours: Hours, closure: Closure, today: date, most: int = 2) -> list[date]:
    """The next days on which a rule has the place closed, from today on: of a stretch the first
    day that is left, for its end is said. Not those that a date of its own or a holiday opens."""
    found: list[date] = []
    for day in (today + timedelta(days=n) for n in range(LOOK_AHEAD)):
        if closure.falls_on(day) and not hours.on(day):
            found.append(day)
        if len(found) == (1 if isinstance(closure, EveryYear) else most):
            break
    return found


def _words(closure: Closure, lang: str | None) -> str:
    match closure:
        case NthWeekday(nth, weekday):
            named = {"nth": _in(NTHS[nth], lang), "weekday": _in(WEEKDAYS[weekday], lang)}
            return translate("%(nth)s %(weekday)s", lang, **named)
        case DayOfMonth(day) if day == LAST:
            return translate("last day of the month", lang)
        case DayOfMonth(day):
            return translate("day %(n)s of the month", lang, n=day)
    first, last = _month_day(closure.first), _month_day(closure.last)
    return from_to(first, last, lang)


def _month_day(at: tuple[int, int]) -> str:
    return f"{at[0]}/{at[1]}"


def _in(text: Text, lang: str | None) -> str:
    return str(text) if lang is None else text.in_language(lang)
