"""What a day is planned from, and what a plan is. Pure values: times are whole units (seconds or
minutes, as the caller likes) from any origin, and so are the walks of the matrix.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import IntEnum, StrEnum

import numpy as np
from numpy.typing import NDArray

NO_WAY = 1 << 28
"""A walk of so many units or more does not exist."""


class Importance(IntEnum):
    """How much a candidate was asked for. A plan never gives a higher one up for lower ones."""

    WISH = 0
    MUST = 1
    FIXED = 2
    """Already reserved, or locked by the visitor."""


@dataclass(frozen=True, slots=True)
class Option:
    """A way to visit a site: any time within opening hours, or (earliest = latest) a slot."""

    earliest: int
    """Of the start of the visit, like `latest`. Who arrives early waits."""
    latest: int
    stay: int
    score: int
    full: bool = False
    """Too few seats are left for the party."""

    def __post_init__(self) -> None:
        if self.stay < 0 or self.score < 0:
            raise ValueError("neither the stay nor the score is below zero")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A site that may be visited once, by one of its options."""

    row: int
    """In the walk matrix."""
    options: tuple[Option, ...]
    importance: Importance = Importance.WISH


@dataclass(frozen=True, slots=True)
class Break:
    """Lunch: between two stops, on the way if need be, starting within a window."""

    earliest: int
    latest: int
    length: int

    def __post_init__(self) -> None:
        if self.length < 1:
            raise ValueError("a break takes at least one unit of time")


@dataclass(frozen=True, slots=True)
class DayProblem:
    """Everything that decides which plan is the best."""

    walk: NDArray[np.int64]
    """[places, places] from row to column; NO_WAY or more, or below zero, where none leads."""
    start: int
    end: int
    begins: int
    ends: int
    candidates: tuple[Candidate, ...]
    pause: Break | None = None
    max_walk: int | None = None
    max_leg: int | None = None

    def __post_init__(self) -> None:
        rows, columns = self.walk.shape
        places = [self.start, self.end, *(candidate.row for candidate in self.candidates)]
        if rows != columns or min(places) < 0 or max(places) >= rows:
            raise ValueError("the walk matrix has a row and a column for every place")

    def leg(self, start: int, end: int) -> int:
        """The walk between two places, NO_WAY when there is none."""
        walk = int(self.walk[start, end])
        return walk if 0 <= walk < NO_WAY else NO_WAY

    def with_candidate(self, index: int, candidate: Candidate) -> "DayProblem":
        """The same day with one candidate replaced."""
        before, after = self.candidates[:index], self.candidates[index + 1 :]
        return replace(self, candidates=(*before, candidate, *after))

    def without(self, index: int) -> "DayProblem":
        """The same day, never visiting this candidate; the others keep their numbers."""
        gone = replace(self.candidates[index], options=(), importance=Importance.WISH)
        return self.with_candidate(index, gone)

    def locked(self, index: int, option: int, start: int) -> "DayProblem":
        """The same day with this visit fixed at its start; other options are given up."""
        candidate = self.candidates[index]
        fixed = replace(candidate.options[option], earliest=start, latest=start, full=False)
        options = tuple(
            fixed if number == option else replace(other, full=True)
            for number, other in enumerate(candidate.options)
        )
        return self.with_candidate(index, Candidate(candidate.row, options, Importance.FIXED))


class Trouble(StrEnum):
    """The first rule that a stop breaks."""

    NO_WAY = "no_way"
    LEG_TOO_LONG = "leg_too_long"
    TOO_MUCH_WALKING = "too_much_walking"
    REPEATED = "repeated"
    CLOSED = "closed"
    FULL = "full"
    TOO_LATE = "too_late"
    """One would arrive after the last start; at the end: after the day has ended."""
    NO_BREAK = "no_break"
    """There is no break in its time."""


@dataclass(frozen=True, slots=True)
class TimedStop:
    candidate: int
    option: int | None
    """None only together with a trouble: nothing is on offer."""
    leg: int
    """The walk that leads there."""
    arrive: int
    start: int
    leave: int
    trouble: Trouble | None = None


@dataclass(frozen=True, slots=True)
class TimedBreak:
    before: int
    """The number of the stop that follows; as many as there are stops: before the end."""
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Timeline:
    """A day as it would go, with what is wrong."""

    stops: tuple[TimedStop, ...]
    pause: TimedBreak | None
    last_leg: int
    arrives: int
    """At the end of the day's walk."""
    walking: int
    score: int
    trouble: Trouble | None
    """Of the day as a whole, or of its end."""

    def troubles(self) -> Iterator[Trouble]:
        """Every rule that is broken, in order."""
        yield from (stop.trouble for stop in self.stops if stop.trouble)
        if self.trouble:
            yield self.trouble

    @property
    def possible(self) -> bool:
        return next(self.troubles(), None) is None


class Reason(StrEnum):
    """Why a candidate is not in a plan."""

    CLOSED = "closed"
    NO_SEATS = "no_seats"
    LEG_TOO_LONG = "leg_too_long"
    TOO_FAR = "too_far"
    """More walking in all than the day may have."""
    NO_TIME = "no_time"
    NO_LUNCH = "no_lunch"
    """It fits only without the break."""
    CONFLICT = "conflict"
    """It could be visited, but not together with others asked for by name."""
    NOT_CHOSEN = "not_chosen"
    """A wish that others outweigh."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    candidate: int
    reason: Reason
    conflicts: tuple[int, ...] = ()
    """Of a CONFLICT: the candidates in its way."""


@dataclass(frozen=True, slots=True)
class Plan:
    """The best day that was found."""

    timeline: Timeline
    optimal: bool
    """Proved: no plan keeps more of what was asked for by name, or as much and scores more."""
    left_out: tuple[LeftOut, ...]

    @property
    def stops(self) -> tuple[TimedStop, ...]:
        return self.timeline.stops

    @property
    def score(self) -> int:
        return self.timeline.score

    @property
    def walking(self) -> int:
        return self.timeline.walking
