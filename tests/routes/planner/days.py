"""Small days for the planner's tests, and what is the best of them by trying everything."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from hypothesis import strategies as st

from tour.routes.planner.problem import NO_WAY, Break, Candidate, DayProblem, Importance, Option

DAY = 100


def day(
    walk: list[list[int]], *candidates: Candidate, ends: int = DAY, **rules: object
) -> DayProblem:
    """A day from place 0 back to it that begins at 0."""
    return DayProblem(np.array(walk), 0, 0, 0, ends, candidates, **rules)  # type: ignore[arg-type]


def line_of(*places: int) -> list[list[int]]:
    """Walks between places along one street, by their distance from its beginning."""
    return [[abs(a - b) for b in places] for a in places]


def open_site(
    place: int,
    score: int = 10,
    *,
    stay: int = 10,
    hours: tuple[int, int] = (0, DAY),
    importance: Importance = Importance.WISH,
) -> Candidate:
    return Candidate(place, (Option(*hours, stay, score),), importance)


@st.composite
def problems(draw: st.DrawFn, most: int = 5) -> DayProblem:
    """Days with everything that may occur, also walks that no map has: without a triangle rule."""
    count = draw(st.integers(0, most))
    leg = st.integers(0, 30) | st.sampled_from([-1, NO_WAY])
    size = count + 2
    walk = np.array(draw(st.lists(leg, min_size=size**2, max_size=size**2)), np.int64)
    option = st.builds(
        lambda earliest, width, stay, score, full: Option(
            earliest, earliest + width, stay, score, full
        ),
        st.integers(-20, 110),
        st.sampled_from([0, 0, 5, 30, 90]),
        st.integers(0, 30),
        st.integers(0, 9),
        st.sampled_from([False, False, False, True]),
    )
    candidates = tuple(
        Candidate(
            place,
            tuple(draw(st.lists(option, max_size=3))),
            draw(st.sampled_from([Importance.WISH, Importance.WISH, *Importance])),
        )
        for place in range(1, count + 1)
    )
    pause = st.builds(
        lambda earliest, width, length: Break(earliest, earliest + width, length),
        st.integers(-10, 100),
        st.integers(0, 40),
        st.integers(1, 40),
    )
    return DayProblem(
        walk=walk.reshape(size, size),
        start=0,
        end=draw(st.sampled_from([0, size - 1])),
        begins=0,
        ends=draw(st.integers(-5, 120)),
        candidates=candidates,
        pause=draw(st.none() | pause),
        max_walk=draw(st.none() | st.integers(0, 120)),
        max_leg=draw(st.none() | st.integers(0, 40)),
    )


@st.composite
def metric_problems(draw: st.DrawFn, most: int = 5) -> DayProblem:
    """Days in a town of square blocks, without a break: no detour is shorter than the way."""
    count = draw(st.integers(1, most))
    place = st.tuples(st.integers(0, 12), st.integers(0, 12))
    points = np.array(draw(st.lists(place, min_size=count + 1, max_size=count + 1)), np.int64)
    option = st.builds(
        lambda earliest, width, score: Option(earliest, earliest + width, 10, score),
        st.integers(0, 90),
        st.sampled_from([0, 10, 40]),
        st.integers(1, 9),
    )
    candidates = tuple(
        Candidate(number, tuple(draw(st.lists(option, min_size=1, max_size=2))))
        for number in range(1, count + 1)
    )
    return day(np.abs(points[:, None] - points[None]).sum(axis=-1).tolist(), *candidates)


class Merit(NamedTuple):
    """What makes one plan better than another, the most important first."""

    fixed: int
    musts: int
    has_break: bool
    score: int


class _Walker(NamedTuple):
    place: int
    time: int
    walked: int
    has_break: bool
    visited: tuple[tuple[int, int], ...]


def merit(problem: DayProblem, visited: tuple[tuple[int, int], ...], has_break: bool) -> Merit:
    levels = [problem.candidates[index].importance for index, _ in visited]
    return Merit(
        levels.count(Importance.FIXED),
        levels.count(Importance.MUST),
        has_break,
        sum(problem.candidates[index].options[option].score for index, option in visited),
    )


def best_merit(problem: DayProblem) -> Merit | None:
    """The merit of the best plan, by trying all of them; None when none is possible."""
    begin = _Walker(problem.start, problem.begins, 0, False, ())
    return max((merit(problem, *plan) for plan in _plans(problem, begin)), default=None)


def _plans(problem: DayProblem, at: _Walker) -> Iterator[tuple[tuple[tuple[int, int], ...], bool]]:
    for time, walked, has_break in _arrivals(problem, at, problem.end, last=True):
        if time <= problem.ends and walked >= 0:
            yield at.visited, has_break
    for index, candidate in enumerate(problem.candidates):
        if any(index == other for other, _ in at.visited):
            continue
        for time, walked, has_break in _arrivals(problem, at, candidate.row, last=False):
            for number, option in enumerate(candidate.options):
                start = max(time, option.earliest)
                if option.full or start > option.latest or start + option.stay > problem.ends:
                    continue
                visited = (*at.visited, (index, number))
                leave = start + option.stay
                yield from _plans(
                    problem, _Walker(candidate.row, leave, walked, has_break, visited)
                )


def _arrivals(
    problem: DayProblem, at: _Walker, place: int, *, last: bool
) -> Iterator[tuple[int, int, bool]]:
    leg = int(problem.walk[at.place, place])
    straight = last and not at.visited
    if not 0 <= leg < NO_WAY:
        return
    if problem.max_leg is not None and leg > problem.max_leg and not straight:
        return
    walked = at.walked + leg
    if problem.max_walk is not None and walked > problem.max_walk:
        return
    yield at.time + leg, walked, at.has_break
    pause = problem.pause
    if pause is not None and not at.has_break and at.time <= pause.latest:
        yield max(at.time + leg, pause.earliest) + pause.length, walked, True


@st.composite
def just_possible(draw: st.DrawFn, most: int = 5) -> DayProblem:
    """Days that hold everything, and nothing to spare: each window closes when one arrives, lunch
    can wait no minute longer, and the limits are those of the one way through."""
    legs = draw(st.lists(st.integers(1, 12), min_size=2, max_size=most + 1))
    stays = draw(st.lists(st.integers(0, 12), min_size=len(legs), max_size=len(legs)))
    waits = draw(st.lists(st.sampled_from([0, 0, 3]), min_size=len(legs), max_size=len(legs)))
    before = draw(st.none() | st.integers(0, len(legs) - 1))
    length = draw(st.integers(1, 20))
    time, candidates, pause = 0, [], None
    for number, (leg, stay, wait) in enumerate(zip(legs, stays, waits, strict=True)):
        if number == before:
            pause = Break(max(0, time - draw(st.integers(0, 5))), time, length)
            time += length
        time += leg
        if number < len(legs) - 1:
            time += wait
            early = draw(st.sampled_from([time, time - wait, 0]))
            candidates.append(Candidate(number + 1, (Option(early, time, stay, 1),)))
            time += stay
    size = len(legs) + 1
    walk = np.full((size, size), 40, np.int64)
    for number, leg in enumerate(legs):
        walk[number, number + 1] = leg
    walk[0, -1] = 1
    # Beside it a candidate that is worth a try and leads nowhere: then a proof is needed.
    tempting = Candidate(1, (Option(0, time, 1, draw(st.integers(1, 3))),))
    return DayProblem(
        walk=walk,
        start=0,
        end=size - 1,
        begins=0,
        ends=time,
        candidates=(*candidates, tempting),
        pause=pause,
        max_walk=draw(st.sampled_from([None, sum(legs)])),
        max_leg=draw(st.sampled_from([None, max(legs)])),
    )
