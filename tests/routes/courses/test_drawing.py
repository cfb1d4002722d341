"""The line of a course: true in shape, small in bytes, whatever the walk."""

import math
import random

import pytest

from tour.geo import Point
from tour.routes.courses.drawing import CORNERS, HEIGHT, WIDTH, drawn, simplified

OJI = Point(lat=35.7528, lon=139.7380)


def points(*steps: tuple[float, float]) -> list[Point]:
    """So many metres to the north and to the east of the station."""
    per_lat, per_lon = 110_950.0, 90_400.0
    return [Point(lat=OJI.lat + n / per_lat, lon=OJI.lon + e / per_lon) for n, e in steps]


def spots(path: str) -> list[tuple[int, int]]:
    pairs = (step.split() for step in path.removeprefix("M").split("L"))
    return [(int(x), int(y)) for x, y in pairs]


def test_north_is_above_and_east_is_right() -> None:
    line = points((0, 0), (500, 0), (500, 700))
    (start, corner, end) = spots(drawn(line, [line[0], line[-1]]).path)
    assert corner[1] < start[1]
    assert corner[0] == start[0]
    assert end[0] > corner[0]
    assert end[1] == corner[1]


def test_a_metre_is_as_long_up_as_along() -> None:
    line = points((0, 0), (300, 0), (300, 300))
    (start, corner, end) = spots(drawn(line, []).path)
    assert abs(math.dist(start, corner) - math.dist(corner, end)) <= 1


@pytest.mark.parametrize("step", [(5000, 10), (10, 5000), (0.2, 0.1), (0, 0)])
def test_a_long_walk_and_none_stay_inside_the_frame(step: tuple[float, float]) -> None:
    line = points((0, 0), step)
    drawing = drawn(line, line)
    for x, y in (*spots(drawing.path), *drawing.stops):
        assert 14 <= x <= WIDTH - 14
        assert 14 <= y <= HEIGHT - 14


def test_stops_are_on_the_line() -> None:
    line = points((0, 0), (100, 50), (400, 60), (420, 300))
    drawing = drawn(line, [line[0], line[2], line[3]])
    assert set(drawing.stops) <= set(spots(drawing.path))


def test_a_walk_of_thousands_of_corners_is_a_small_drawing() -> None:
    dice = random.Random(7)
    line = points(*((n * 2 + dice.uniform(-9, 9), dice.uniform(0, 900)) for n in range(6000)))
    path = drawn(line, [line[0], line[-1]]).path
    assert len(path) < 3000
    assert 2 <= len(spots(path)) <= CORNERS


def test_corners_that_cannot_be_seen_are_left_out_and_the_others_are_not() -> None:
    bend = [(0, 0), (10, 0), (20, 1), (30, 0), (40, 0), (40, 30)]
    assert simplified(bend, 50) == [(0, 0), (40, 0), (40, 30)]


def test_there_and_back_is_not_taken_for_nothing() -> None:
    assert simplified([(0, 0), (50, 0), (0, 0)], 50) == [(0, 0), (50, 0), (0, 0)]
