"""What a place has said of the days it was asked about. Pure.

An answer is kept by day, as `{"2026-12-05": True, "2026-12-06": False}`. For a day that it does not
name nobody has answered: so a yes given for other dates is none for the new ones, and stands again
when they come back.
"""

from collections.abc import Collection, Mapping
from datetime import date, timedelta

from tour.events.states import ParticipationAnswer

Said = Mapping[str, bool]


def days_from(first: date, last: date) -> tuple[date, ...]:
    """Both included."""
    return tuple(first + timedelta(days=n) for n in range((last - first).days + 1))


def held_days(first: date, last: date, called_off: Collection[date]) -> tuple[date, ...]:
    """The days of an event but those that were called off."""
    return tuple(day for day in days_from(first, last) if day not in called_off)


def said_of(days: Collection[date], yes: Collection[date]) -> dict[str, bool]:
    """An answer for all of these days."""
    return {day.isoformat(): day in yes for day in days}


def standing(said: Said, days: Collection[date]) -> ParticipationAnswer:
    """What an answer means for an event of these days."""
    answers = [said.get(day.isoformat()) for day in days]
    if None in answers:
        return ParticipationAnswer.INVITED
    return ParticipationAnswer.ACCEPTED if any(answers) else ParticipationAnswer.DECLINED


def open_days(said: Said | None, days: Collection[date]) -> tuple[date, ...]:
    """The days of an event on which a place that has agreed opens for it; all of them where staff
    have noted it as agreed."""
    return tuple(day for day in days if said is None or said.get(day.isoformat(), False))
