"""What a list of stops makes of the day: times, and the first rule that each stop breaks.

For the finished plan, and for editing it by hand: whatever was moved, added or removed, the
answer says at once what that does to the rest.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from tour.routes.planner.problem import (
    NO_WAY,
    Break,
    Candidate,
    DayProblem,
    Option,
    TimedBreak,
    TimedStop,
    Timeline,
    Trouble,
)


@dataclass(frozen=True, slots=True)
class Choice:
    """A stop in a list: by which option, or by whichever lets one go on first."""

    candidate: int
    option: int | None = None


def timeline(problem: DayProblem, choices: Sequence[Choice]) -> Timeline:
    """The day with these stops in this order, starting each as early as possible.

    A broken rule does not end it: the visit is timed as if allowed, so that later stops show
    what an earlier one does to them. The break is put where it does the least harm.
    """
    if problem.pause is None:
        return _Walkthrough(problem, None).run(choices)
    gaps = range(len(choices) + 1)
    days = [_Walkthrough(problem, before).run(choices) for before in gaps]
    return min(days, key=lambda day: (sum(1 for _ in day.troubles()), day.arrives))


class _Walkthrough:
    """One pass through the stops, with the break in a given gap."""

    def __init__(self, problem: DayProblem, break_before: int | None) -> None:
        self._problem, self._break_before = problem, break_before
        self._now, self._place = problem.begins, problem.start
        self._walked = 0
        self._pause: TimedBreak | None = None
        self._seen: set[int] = set()

    def run(self, choices: Sequence[Choice]) -> Timeline:
        problem = self._problem
        stops = tuple(self._visit(number, choice) for number, choice in enumerate(choices))
        leg, _, trouble = self._go(len(stops), problem.end)
        if trouble is Trouble.LEG_TOO_LONG and not stops:
            trouble = None  # One may always go straight to the end.
        if self._now > problem.ends:
            trouble = trouble or Trouble.TOO_LATE
        if problem.pause is not None and self._pause is None:
            trouble = trouble or Trouble.NO_BREAK
        return Timeline(
            stops=stops,
            pause=self._pause,
            last_leg=leg,
            arrives=self._now,
            walking=self._walked,
            score=sum(
                problem.candidates[stop.candidate].options[stop.option].score
                for stop in stops
                if stop.option is not None and stop.trouble is None
            ),
            trouble=trouble,
        )

    def _visit(self, number: int, choice: Choice) -> TimedStop:
        candidate = self._problem.candidates[choice.candidate]
        leg, arrive, trouble = self._go(number, candidate.row)
        if choice.candidate in self._seen:
            trouble = trouble or Trouble.REPEATED
        self._seen.add(choice.candidate)
        index = _soonest(candidate, self._now) if choice.option is None else choice.option
        if index is None:
            return TimedStop(
                choice.candidate, None, leg, arrive, self._now, self._now, trouble or Trouble.CLOSED
            )
        option = candidate.options[index]
        start = max(self._now, option.earliest)
        self._now = start + option.stay
        trouble = trouble or _trouble_of(option, start)
        return TimedStop(choice.candidate, index, leg, arrive, start, self._now, trouble)

    def _go(self, number: int, place: int) -> tuple[int, int, Trouble | None]:
        """Walk to the next place; the leg, the arrival and what is wrong with it."""
        problem = self._problem
        leg = problem.leg(self._place, place)
        self._place = place
        if leg == NO_WAY:
            return 0, self._now, Trouble.NO_WAY
        self._walked += leg
        arrive = self._now = self._now + leg
        if problem.pause is not None and number == self._break_before:
            arrive = self._take_break(problem.pause, number, leg)
        if problem.max_walk is not None and self._walked > problem.max_walk:
            return leg, arrive, Trouble.TOO_MUCH_WALKING
        if problem.max_leg is not None and leg > problem.max_leg:
            return leg, arrive, Trouble.LEG_TOO_LONG
        return leg, arrive, None

    def _take_break(self, pause: Break, number: int, leg: int) -> int:
        """The arrival after a leg with the break, which starts as soon as it may.

        It is taken before the leg or after it; on the way only where it would be too late at its
        end. When it is too late at its beginning, not at all.
        """
        arrive, left = self._now, self._now - leg
        if left > pause.latest:
            return arrive
        self._now = max(arrive, pause.earliest) + pause.length
        if left < pause.earliest and self._now - pause.length <= pause.latest:
            start = self._now - pause.length
        else:
            start = max(left, pause.earliest)
        self._pause = TimedBreak(number, start, start + pause.length)
        return arrive if arrive <= start else self._now


def _soonest(candidate: Candidate, arrive: int) -> int | None:
    """The option that lets one leave first; failing that the one that closes last."""
    options = list(enumerate(candidate.options))
    open_ones = [(i, o) for i, o in options if not o.full and arrive <= o.latest]
    if open_ones:
        return min(open_ones, key=lambda pair: max(arrive, pair[1].earliest) + pair[1].stay)[0]
    if options:
        return max(options, key=lambda pair: (not pair[1].full, pair[1].latest))[0]
    return None


def _trouble_of(option: Option, start: int) -> Trouble | None:
    if option.full:
        return Trouble.FULL
    return Trouble.TOO_LATE if start > option.latest else None
