"""The forms of a place's hours: the week, days off beside it, other hours on some dates."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from starlette.datastructures import FormData

from tour.i18n import Text
from tour.i18n import lazy as _
from tour.sites.closing_words import closures_text, codes_text
from tour.sites.opening.closures import Closure
from tour.sites.opening.closures_text import read_closures
from tour.sites.opening.hours import HolidayRule, Span
from tour.sites.opening.hours_text import read_spans
from tour.web.forms import Form, Reading, read_date, texts
from tour.words.days_text import MOST_DAYS, read_days, stretch

WEEKDAY_FIELDS = tuple(f"weekday{day}" for day in range(7))
WEEK_FIELDS = (*WEEKDAY_FIELDS, "holiday_rule", "closures")
COPY_FROM, COPY_TO = "copy_from", "copy_to"
DATE_FIELDS = ("days", "on_date", "until", "hours", "note")
HOURS_HINT = _("Write hours such as 10:00-12:00, 1:00-4:00 pm, or nothing for closed.")
CLOSURES_HINT = _("Write such as: 2nd Wed, 1st and 3rd Mon, last day of the month, 12/29-1/3.")
DAYS_HINT = _("Write such as: 12/29-1/3, or 12/5, 12/12.")


@dataclass(frozen=True, slots=True)
class Week:
    """`days` are seven, Monday first."""

    days: Sequence[tuple[Span, ...]]
    holiday_rule: HolidayRule
    closures: tuple[Closure, ...]


def as_typed(field: str, logged: str) -> str:
    """What the log keeps of the week, as its form writes it."""
    return codes_text(logged) if field == "closures" else logged


def submitted_week(form: FormData) -> dict[str, str]:
    """What was typed; the days that shall be as another one have its hours."""
    values = texts(form, WEEK_FIELDS)
    source = str(form.get(COPY_FROM, ""))
    if source in WEEKDAY_FIELDS:
        copied = [name for name in form.getlist(COPY_TO) if name in WEEKDAY_FIELDS]
        values |= {str(name): values[source] for name in copied}
    return values


def read_week(values: dict[str, str]) -> tuple[Week, Form]:
    """The week, and the form with what is wrong in it."""
    read = Reading(values)
    days = [_spans(read, name) for name in WEEKDAY_FIELDS]
    return Week(days, _holiday_rule(read), _closures(read)), read.typed


def read_dates(
    values: Mapping[str, str], today: date
) -> tuple[tuple[date, ...], tuple[Span, ...], str, Form]:
    """(dates, hours, note) of what is another than usual, and the form with what is wrong."""
    read = Reading(values)
    dates = _typed_days(read, today) if values["days"] else _picked_days(read)
    if dates and dates[0] < today:
        read.errors["days" if values["days"] else "on_date"] = _("This date is over.")
    return dates, _spans(read, "hours"), read.text("note", 200), read.typed


def _typed_days(read: Reading, today: date) -> tuple[date, ...]:
    dates = read_days(read.values["days"], today)
    if not dates:
        read.errors["days"] = DAYS_HINT
    return dates or ()


def _picked_days(read: Reading) -> tuple[date, ...]:
    """From the first to the last; the last may be left out."""
    first = read_date(read.values["on_date"])
    if first is None:
        read.errors["days"] = DAYS_HINT
        return ()
    last = read_date(read.values["until"]) if read.values["until"] else first
    try:
        return tuple(stretch(first, last or date.min))
    except ValueError:
        read.errors["until"] = _too_far()
        return ()


def _too_far() -> Text:
    return _("The last day is not before the first, and at most %(n)s days on.", n=MOST_DAYS)


def _closures(read: Reading) -> tuple[Closure, ...]:
    found = read_closures(read.values["closures"])
    if found is None:
        read.errors["closures"] = CLOSURES_HINT
        return ()
    read.values["closures"] = closures_text(found)
    return found


def _spans(read: Reading, name: str) -> tuple[Span, ...]:
    spans = read_spans(read.values[name])
    if spans is None:
        read.errors[name] = HOURS_HINT
        return ()
    return spans


def _holiday_rule(read: Reading) -> HolidayRule:
    """A form that does not ask about holidays leaves them days like any other."""
    try:
        return HolidayRule(read.values["holiday_rule"] or HolidayRule.NONE)
    except ValueError:
        read.errors["holiday_rule"] = _("Choose one of these.")
        return HolidayRule.NONE
