"""Places, distances and GeoJSON."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tour.geo import (
    Bounds,
    Point,
    bounds_of,
    distance_m,
    feature,
    feature_collection,
    from_lon_lat,
    line_geometry,
    metres_per_degree,
    parse_bbox,
    parse_lon_lat,
    point_geometry,
    to_lon_lat,
)

OJI = Point(lat=35.753173, lon=139.737886)
AKABANE = Point(lat=35.778141, lon=139.720801)

lats = st.floats(-90, 90)
lons = st.floats(-180, 180)


def test_a_point_is_built_by_name_only():
    with pytest.raises(TypeError):
        Point(35.7, 139.7)


@given(lats, lons)
def test_a_point_survives_geojson_to_six_decimals(lat, lon):
    again = from_lon_lat(to_lon_lat(Point(lat=lat, lon=lon)))
    assert again.lat == pytest.approx(lat, abs=5.1e-7)
    assert again.lon == pytest.approx(lon, abs=5.1e-7)


def test_longitude_comes_first_in_geojson():
    assert point_geometry(OJI) == {"type": "Point", "coordinates": [139.737886, 35.753173]}
    assert from_lon_lat([139.7, 35.7, 12.0]) == Point(lat=35.7, lon=139.7)


@pytest.mark.parametrize(
    "position", [[], [139.7], ["a", "b"], [35.7, 139.7], [math.nan, 35], [139.7, None], None, 5]
)
def test_what_is_no_position_is_refused(position):
    with pytest.raises(ValueError, match=r"position|longitude"):
        from_lon_lat(position)


def test_longitude_comes_first_in_text():
    assert parse_lon_lat(" 139.737886, 35.753173 ") == OJI
    assert parse_lon_lat("-0.5,+51") == Point(lat=51, lon=-0.5)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "139.7",
        "139.7,35.7,1",
        "35.7,139.7",
        "nan,35",
        "1e2,35",
        "東京",
        "181,0",
        "1٣,35",
        "139.7;35",
    ],
)
def test_what_is_no_place_in_text_is_refused(text):
    with pytest.raises(ValueError, match="longitude"):
        parse_lon_lat(text)


def test_a_box_is_west_south_east_north():
    box = parse_bbox("139.7,35.7,139.8,35.8")
    assert box == Bounds(south=35.7, west=139.7, north=35.8, east=139.8)
    assert box.as_bbox() == [139.7, 35.7, 139.8, 35.8]
    assert OJI in box
    assert Point(lat=35.9, lon=139.75) not in box


@pytest.mark.parametrize(
    "text", ["", "1,2,3", "1,2,3,4,5", "139.8,35.7,139.7,35.8", "0,91,1,92", "a,b,c,d", "0,0,nan,1"]
)
def test_what_is_no_box_is_refused(text):
    with pytest.raises(ValueError, match=r"box|latitude"):
        parse_bbox(text)


def test_bounds_hold_their_points():
    box = bounds_of([OJI, AKABANE])
    assert OJI in box
    assert AKABANE in box
    assert box.north == AKABANE.lat


def test_the_distance_is_that_of_the_ellipsoid():
    """One minute of latitude at 45° is 1852.2 m on WGS 84; a sphere says 1853.2."""
    south = Point(lat=45 - 1 / 120, lon=139)
    north = Point(lat=45 + 1 / 120, lon=139)
    assert distance_m(south, north) == pytest.approx(1852.2, abs=0.1)


@given(st.floats(-70, 70), st.floats(-0.01, 0.01), st.floats(-0.01, 0.01))
def test_the_flat_earth_of_a_neighbourhood_is_nearly_the_geodesic(lat, north, east):
    lat_m, lon_m = metres_per_degree(lat + north / 2)
    flat = math.hypot(north * lat_m, east * lon_m)
    exact = distance_m(Point(lat=lat, lon=139), Point(lat=lat + north, lon=139 + east))
    assert flat == pytest.approx(exact, rel=1e-4, abs=0.01)


def test_metres_per_degree_takes_arrays():
    lat_m, lon_m = metres_per_degree(np.array([0.0, 60.0]))
    assert lat_m == pytest.approx([110_574, 111_412], abs=1)
    assert lon_m == pytest.approx([111_320, 55_800], abs=1)


def test_a_line_has_no_repeats_but_at_least_two_positions():
    near = Point(lat=OJI.lat + 1e-8, lon=OJI.lon)
    assert len(line_geometry([OJI, near, AKABANE])["coordinates"]) == 2
    assert line_geometry([OJI, near])["coordinates"] == [[139.737886, 35.753173]] * 2


def test_features_are_collected():
    one = feature(point_geometry(OJI), {"name": "王子"}, id=7)
    assert one["id"] == 7
    assert feature_collection([one])["features"][0]["properties"] == {"name": "王子"}
