"""The Jinja environment: catalogues, filters for dates and numbers, addresses of static files."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

import jinja2
from babel import Locale
from babel.dates import format_date

from tour.i18n import bracketed, current_language, localized, translate, translate_plural
from tour.i18n import lazy as _
from tour.settings import ROOT
from tour.town import Town
from tour.web.fragments import Fragments
from tour.web.scenes.titles import scene_of
from tour.web.tokens import colour
from tour.words import prices
from tour.words.ranges import clock, from_to, range_sign

OURSELVES = {
    "app": _("The app itself"),
    "command line": _("Command line"),
    "demo": _("Demonstration data"),
    "invited": _("Who was invited"),
}
"""Who acts without an account, as the log keeps it."""
DAY_PATTERNS = {"ja": "M月d日(E)", "zh": "M月d日(E)", "ko": "M월 d일(E)"}
BRIEF_PATTERNS = {"ja": "M/d(E)", "zh": "M/d(E)", "ko": "M/d(E)"}
"""Where there is room for no more."""
SHORT_PATTERNS = {"ja": "d日(E)", "zh": "d日(E)", "ko": "d일(E)"}
"""Of a day whose month has been named just before (in English: is named just after)."""
FULL_PATTERNS = {"ja": "y年M月d日", "zh": "y年M月d日", "ko": "y년 M월 d일"}


def make_environment(town: Town, asset: Callable[[str], str]) -> jinja2.Environment:
    """Everything a template may use beside its own context."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(ROOT / "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        auto_reload=False,  # a look at the disk for every fragment of every page
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals |= {
        "_": translate,
        "ngettext": translate_plural,
        "town": town,
        "asset": asset,
        "colour": colour,
        "range_sign": range_sign,
        "scene_of": scene_of,
        "once": Fragments(),
    }
    show = Formats(town.timezone)
    environment.filters |= {
        "day": show.day,
        "clock": show.clock,
        "day_clock": show.day_clock,
        "full_day": show.full_day,
        "days": lambda days: dates_text(days, current_language.get()),
        "brief_day": show.brief_day,
        "iso_day": show.iso_day,
        "localized": in_reading_language,
        "yen": prices.yen,
        "for_one": prices.for_one,
        "in_all": prices.in_all,
        "metres": metres,
        "duration": duration,
        "bracketed": bracketed,
        "person": person,
    }
    return environment


@lru_cache
def locale_for(lang: str) -> Locale:
    return Locale.parse(lang.partition("-easy")[0].replace("-", "_"))


def day_text(day: date, lang: str) -> str:
    return format_date(day, DAY_PATTERNS.get(lang[:2], "EEE d MMM"), locale_for(lang))


def dates_text(days: Sequence[date], lang: str) -> str:
    """12月12日(土)・13日(日); Sat 12, Sun 13 Dec. More than two in a row are from … to …, each end
    with its month where the other has another: 12月29日(火)～1月3日(日)."""
    if len(days) > 2 and days[-1].toordinal() - days[0].toordinal() == len(days) - 1:
        first, last = _beside_each_other([days[0], days[-1]], lang)
        return from_to(first, last, lang)
    return ("・" if lang[:2] in SHORT_PATTERNS else ", ").join(_beside_each_other(days, lang))


def _beside_each_other(days: Sequence[date], lang: str) -> list[str]:
    """Each without its month where what is printed beside it names that."""
    step = -1 if lang[:2] in SHORT_PATTERNS else 1
    said = []
    for place, day in enumerate(days):
        beside = place + step
        has_month = 0 <= beside < len(days) and _month_of(days[beside]) == _month_of(day)
        said.append(_short_day(day, lang) if has_month else day_text(day, lang))
    return said


def _month_of(day: date) -> tuple[int, int]:
    return day.year, day.month


def _short_day(day: date, lang: str) -> str:
    return format_date(day, SHORT_PATTERNS.get(lang[:2], "EEE d"), locale_for(lang))


def full_day_text(day: date, lang: str) -> str:
    """2026年12月5日, 5 Dec 2026: with its year, as spreadsheets read it, too."""
    return format_date(day, FULL_PATTERNS.get(lang[:2], "d MMM y"), locale_for(lang))


def in_reading_language(row: Any, name: str) -> str:
    """A text of a row with `translations`, in the reader's language where it has one."""
    own = {name: getattr(row, name)}
    return localized(own, name, current_language.get(), row.translations)


class Formats:
    """Instants and dates as they are read in the town's time zone."""

    def __init__(self, zone: ZoneInfo) -> None:
        self.zone = zone

    def _local(self, moment: datetime | date) -> datetime | date:
        return moment.astimezone(self.zone) if isinstance(moment, datetime) else moment

    def day(self, moment: datetime | date) -> str:
        """12月5日(土), Sat 5 Dec."""
        return day_text(self._local(moment), current_language.get())

    def brief_day(self, moment: datetime | date) -> str:
        """12/5(土), Sat 5 Dec: where there is room for no more, as on a bar."""
        lang = current_language.get()
        pattern = BRIEF_PATTERNS.get(lang[:2], "EEE d MMM")
        return format_date(self._local(moment), pattern, locale_for(lang))

    def iso_day(self, moment: datetime | date) -> str:
        """2026-12-05: for addresses, never to be read."""
        local = self._local(moment)
        return (local.date() if isinstance(local, datetime) else local).isoformat()

    def full_day(self, moment: datetime | date) -> str:
        """2026年12月5日, 5 Dec 2026."""
        return full_day_text(self._local(moment), current_language.get())

    def clock(self, moment: datetime) -> str:
        """10:30."""
        return clock(moment.astimezone(self.zone))

    def day_clock(self, moment: datetime) -> str:
        return f"{self.day(moment)} {self.clock(moment)}"


def person(name: str) -> str:
    """Who did something, as the log has it; the app's own doings have no other name in it."""
    return str(OURSELVES.get(name, name)) or translate("(no name given)")


def metres(distance: float) -> str:
    """To the next ten metres below a kilometre, then to the next hundred: 590 m, 1.2 km."""
    lang = current_language.get()
    space = "" if lang.startswith(("ja", "zh")) else " "
    if distance < 995:
        return f"{max(10, round(distance / 10) * 10)}{space}m"
    return f"{distance / 1000:.1f}{space}km"


def duration(minutes: int) -> str:
    """60分, 1時間11分; 60 min."""
    if minutes <= 60:
        return translate("%(n)s min", n=minutes)
    hours, rest = divmod(minutes, 60)
    if rest:
        return translate("%(h)s h %(n)s min", h=hours, n=rest)
    return translate("%(h)s h", h=hours)
