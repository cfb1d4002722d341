import pytest
from hypothesis import given
from hypothesis import strategies as st

from tour.geo import Point, distance_m
from tour.publishing.drawing.paper import LEAST_EXTENT_M, Box, Spot, frame_around

OJI, AKABANE = Point(lat=35.7532, lon=139.7380), Point(lat=35.7780, lon=139.7208)
towns = st.builds(Point, lat=st.floats(35.5, 35.9), lon=st.floats(139.5, 139.9))


def test_a_metre_is_as_long_as_the_scale_says() -> None:
    frame = frame_around([OJI, AKABANE], 1900, 2000, 100)
    a, b = frame.spot_of(OJI), frame.spot_of(AKABANE)
    drawn = ((a.x - b.x) ** 2 + (a.y - b.y) ** 2) ** 0.5
    assert drawn / frame.units_per_metre == pytest.approx(distance_m(OJI, AKABANE), rel=0.003)


def test_north_is_up_and_east_is_right() -> None:
    frame = frame_around([OJI, AKABANE], 1900, 2000, 100)
    oji, akabane = frame.spot_of(OJI), frame.spot_of(AKABANE)
    assert akabane.y < oji.y
    assert akabane.x < oji.x


@given(st.lists(towns, min_size=1, max_size=20))
def test_every_place_is_within_the_margin(points: list[Point]) -> None:
    frame = frame_around(points, 1900, 1500, 130)
    inner = frame.box.grown(-129.9)
    assert all(inner.holds(frame.spot_of(point)) for point in points)
    assert all(point in frame.bounds for point in points)


def test_one_place_is_seen_with_the_streets_around_it() -> None:
    frame = frame_around([OJI], 1900, 1500, 100)
    assert frame.width / frame.units_per_metre >= LEAST_EXTENT_M


@pytest.mark.parametrize(
    ("start", "end", "inside"),
    [
        (Spot(-5, 5), Spot(15, 5), (Spot(0, 5), Spot(10, 5))),
        (Spot(2, 2), Spot(8, 8), (Spot(2, 2), Spot(8, 8))),
        (Spot(-5, -5), Spot(5, 5), (Spot(0, 0), Spot(5, 5))),
        (Spot(-5, 11), Spot(15, 11), None),
        (Spot(-4, 8), Spot(4, 16), None),
        (Spot(12, 0), Spot(12, 10), None),
    ],
)
def test_a_stretch_is_cut_at_the_edges(
    start: Spot, end: Spot, inside: tuple[Spot, Spot] | None
) -> None:
    assert Box(0, 0, 10, 10).cut(start, end) == inside
