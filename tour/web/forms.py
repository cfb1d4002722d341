"""What was typed into a form and what is wrong with it, kept together for the next try."""

import logging
from collections.abc import Awaitable, Iterable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from typing import Any, Self
from unicodedata import normalize

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from tour.errors import (
    NOT_NOW,
    BadInput,
    Busy,
    NotFound,
    Refusal,
    TooManyRequests,
    TooMuch,
    Unavailable,
)
from tour.i18n import Text
from tour.i18n import lazy as _
from tour.patience import AGAIN_WAITS, waiting_at_most
from tour.web.bounded import LONGEST, bounded
from tour.words.amounts import WHOLE_NUMBER, Amount
from tour.words.clock_text import read_clock
from tour.words.days_text import read_day
from tour.words.names import is_seen, written
from tour.words.typed import read_minute

LONGEST_NAME = 100
"""Characters of a field's name."""
MOST_TEXT = 60_000
"""Characters of all fields together: the longest form of ours, a place's profile, has 20,000."""
SHORT = 40
"""Characters of a number, a date or a time, with all the space that anybody types around it."""

YEARS = range(2000, 2101)
"""Others are slips, and the first and the last of all years cannot be moved to another zone."""


log = logging.getLogger("tour.web")
NOBODY_COULD = _(
    "Nobody could take this just now. What you typed is still here: please wait a moment and press"
    " the button again."
)
WHOLE = "form"
"""Stands among errors for what is wrong with no single field."""


@dataclass(frozen=True, slots=True)
class Form:
    """What was typed, by field, and what is wrong with it, named by the fields to mend."""

    values: Mapping[str, Any]
    errors: dict[str, Text] = field(default_factory=dict)

    def value(self, name: str) -> str:
        return str(self.values.get(name, ""))

    def error(self, name: str) -> Text | None:
        return self.errors.get(name)

    def check(self) -> None:
        """Raise BadInput where something is wrong with it."""
        if self.errors:
            raise BadInput(_("Some fields need correcting."), self.errors)

    def refused(self, **problems: Text) -> Self:
        """The same form with more to mend."""
        return replace(self, errors={**self.errors, **problems})

    def refused_by(self, refusal: Refusal) -> Self:
        """The same form with what it was refused by, each reason at its field."""
        if isinstance(refusal, BadInput) and refusal.errors:
            return self.refused(**refusal.errors)
        if isinstance(refusal, NOT_NOW):
            return self.refused(**{WHOLE: NOBODY_COULD})
        return self.refused(**{refusal.field or WHOLE: refusal.message})


async def form_again(page: Awaitable[Response], refusal: Refusal) -> Response:
    """The page of a refused form. One that was sent too often, or that nobody could take, says when
    it can be sent again, and no more than that where there is no such page, or none just now."""
    is_late = isinstance(refusal, NOT_NOW)
    try:
        with waiting_at_most(AGAIN_WAITS) if is_late else nullcontext():
            response = await page
    except (NotFound, *NOT_NOW) as exc:
        raise (refusal if is_late or isinstance(refusal, TooManyRequests) else exc) from None
    return refused_page(response, refusal)


def refused_page(page: Response, refusal: Refusal) -> Response:
    """The page with when its form can be sent again, if that is a matter of time alone."""
    if isinstance(refusal, Unavailable):
        log.error("not served: %s", refusal.reason)
    if isinstance(refusal, TooManyRequests | Unavailable | Busy):
        page.headers["Retry-After"] = str(refusal.retry_after)
    return page


async def read_form(
    request: Request, most: int, *, longest: int = LONGEST, in_all: int = MOST_TEXT
) -> FormData:
    """A submitted form of at most `most` fields and no files, as text that can be written down.

    Every form without a file is read here, and nothing uncut comes further than here: a field has
    at most `longest` characters. Raises TooMuch where all together are more than `in_all`.
    """
    sent = await request.form(max_fields=most, max_files=0)
    texts = [(name, text) for name, text in sent.multi_items() if isinstance(text, str)]
    if sum(len(text) for _name, text in texts) > in_all:
        raise TooMuch
    return FormData([(bounded(name, LONGEST_NAME), bounded(v, longest)) for name, v in texts])


def read_date(text: str) -> date | None:
    """A date with its year, of our century: 2026-12-05, 2026/12/5, 2026年12月5日; None for anything
    else."""
    day = read_day(text[:SHORT])
    return day if day is not None and day.year in YEARS else None


def read_instant(text: str) -> datetime | None:
    """A date and time of our century, as browsers send them, with or without an offset, or such as
    2026/11/20 9:00; None for anything else."""
    typed = text[:SHORT].strip()
    instant = _sent_instant(typed) or _typed_instant(typed)
    return instant if instant and instant.year in YEARS else None


def _sent_instant(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _typed_instant(text: str) -> datetime | None:
    first, _blank, last = text.rpartition(" ")
    day, minute = read_day(first), read_minute(last)
    if day is None or minute is None:
        return None
    return datetime.combine(day, time(minute // 60, minute % 60))


def texts(form: Mapping[str, Any], names: Iterable[str] | None = None) -> dict[str, str]:
    """The named fields of a submitted form (or all) as text; uploads and what is missing read as
    empty."""
    wanted = form.keys() if names is None else names
    return {name: cleaned(v) if isinstance(v := form.get(name), str) else "" for name in wanted}


def cleaned(text: str) -> str:
    """Bounded, without what cannot be written down, and without space around it."""
    return bounded(text).strip()


class Reading:
    """Reads a submitted form field by field, and notes what is wrong with each."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self.values = dict(values)
        self.errors: dict[str, Text] = {}

    @property
    def typed(self) -> Form:
        return Form(self.values, self.errors)

    def text(self, name: str, most: int, *, required: bool = False) -> str:
        """Lines as they are; other control characters are taken out."""
        text = normalize("NFC", written(self.values[name])).strip()
        if required and not is_seen(text):
            self.errors[name] = _("Please fill this in.")
        elif len(text) > most:
            self.errors[name] = _("At most %(n)s characters.", n=most)
        return text

    def whole(self, name: str, low: int, high: int, kind: Amount = WHOLE_NUMBER) -> int:
        """A whole number, as people write those of its kind."""
        if (number := kind.read(self.values[name], low, high)) is not None:
            return number
        self.errors[name] = _(
            "Give a number from %(low)s to %(high)s, such as: %(such)s.",
            low=low,
            high=high,
            such=kind.example,
        )
        return low

    def whole_or_none(
        self, name: str, low: int, high: int, kind: Amount = WHOLE_NUMBER
    ) -> int | None:
        """None where there is none, which is what nothing and なし say."""
        return None if kind.is_none(self.values[name]) else self.whole(name, low, high, kind)

    def clock(self, name: str) -> int:
        """A time of day, as a minute of the day."""
        if (minute := read_clock(self.values[name])) is not None:
            return minute
        self.errors[name] = _("Give a time such as 10:30 or 1:30 pm.")
        return 0
