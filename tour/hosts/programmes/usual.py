"""The times that a form offers before anything is typed: within the hours of the place. Pure."""

from collections.abc import Iterable
from datetime import date, timedelta

from tour.programmes.timetable import MOST_A_DAY
from tour.sites.opening.hours import DAY, Hours, Span

EVERY = 60
"""Minutes from start to start where sessions are so short that they would be too many."""
LUNCH = Span(12 * 60, 13 * 60)
USUAL_SPAN = Span(10 * 60, 17 * 60)
"""Where nobody has said when the place is open."""
LOOKS_AHEAD = 14
"""Days in which a place that is open at all is open once."""
USUAL_TIMES = {
    "days": "",
    "capacity": "8",
    "seats_kept": "0",
    "allocation": "first_come",
    "pool_children": "0",
    "pool_residents": "0",
    "may_overlap": "",
    "may_be_outside": "",
}


def usual_times(hours: Hours, dates: Iterable[date], minutes: int, today: date) -> dict[str, str]:
    """The form's values for sessions of so many minutes: on the first of the `dates` of an event
    that is still to come, else on the next day that is open. Each begins as the one before it ends,
    or later where that were more than a day may have; none runs past closing."""
    spans = _spans(hours, dates, today)
    first, closes = spans[0].opens, min(spans[-1].closes, DAY)
    room = max(0, closes - minutes - first)
    every = minutes if room // minutes < MOST_A_DAY else max(EVERY, minutes)
    last = first + room // every * every
    rest = _rest(spans)
    return {
        **USUAL_TIMES,
        "every": str(every),
        "first": _clock(first),
        "last": _clock(last),
        "break": "1" if first < rest.opens < closes else "",
        "break_from": _clock(rest.opens),
        "break_until": _clock(rest.closes),
    }


def _spans(hours: Hours, dates: Iterable[date], today: date) -> tuple[Span, ...]:
    coming = [day for day in dates if day >= today]
    ahead = (today + timedelta(days=n) for n in range(1, LOOKS_AHEAD + 1))
    return next((spans for day in (*coming, *ahead) if (spans := hours.on(day))), (USUAL_SPAN,))


def _rest(spans: tuple[Span, ...]) -> Span:
    """Between the day's first hours and the next, else lunch."""
    return Span(spans[0].closes, spans[1].opens) if len(spans) > 1 else LUNCH


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"
