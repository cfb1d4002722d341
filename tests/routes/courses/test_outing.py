"""A walk through several places: read from an address, ordered, drawn, said again."""

from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.datastructures import QueryParams

from tests.factories import make_site, make_station
from tour.changes import NewsReader
from tour.errors import BadInput
from tour.geo import Point
from tour.routes.courses.outing import MOST_STOPS, OutingQuery, outing_geojson, plan_outing
from tour.routes.paths import Profile
from tour.routes.walks.walks import Walks
from tour.sites.catalogue import CatalogueCache
from tour.sites.entries import Catalogue
from tour.sites.states import PointQuality

pytestmark = pytest.mark.once("walks are measured in memory")

NORTHWARDS = (35.750, 35.755, 35.760, 35.765)


@pytest.fixture
async def catalogue(database: str) -> Catalogue:
    """A station in the south and four places north of it, one behind the other."""
    assert database
    await make_station(id="south", lat=35.745, lon=139.73)
    await make_station(id="north", lat=35.770, lon=139.73)
    for number, lat in enumerate(NORTHWARDS):
        await make_site(slug=f"place-{number}", lat=lat, lon=139.73)
    await make_site(slug="rough", point_quality=PointQuality.TOWN)
    return await CatalogueCache(lambda _sites, _stations: {}, NewsReader()).current()


def plan(catalogue: Catalogue, text: str):
    return plan_outing(OutingQuery.read(QueryParams(text)), catalogue, Walks(None), "en")


def slugs(outing) -> list[str]:
    return [place.slug for place in outing.waypoints]


async def test_places_are_visited_in_the_best_order(catalogue: Catalogue) -> None:
    shuffled = "from=south&stop=place-2&stop=place-0&stop=place-3&stop=place-1"
    outing = plan(catalogue, shuffled + "&to=north")
    assert slugs(outing) == ["", "place-0", "place-1", "place-2", "place-3", ""]
    assert len(outing.legs) == 5
    assert outing.distance_m == sum(leg.walk.distance_m for leg in outing.legs)
    assert outing.minutes == sum(leg.walk.minutes for leg in outing.legs)
    assert outing.approximate


async def test_a_given_order_is_kept(catalogue: Catalogue) -> None:
    outing = plan(catalogue, "from=south&stop=place-2&stop=place-0&to=north&order=given")
    assert slugs(outing) == ["", "place-2", "place-0", ""]


async def test_it_may_end_at_the_last_place_or_go_straight(catalogue: Catalogue) -> None:
    assert slugs(plan(catalogue, "from=south&stop=place-1")) == ["", "place-1"]
    assert slugs(plan(catalogue, "from=south&to=place-3")) == ["", "place-3"]
    assert slugs(plan(catalogue, "from=139.73,35.74&to=place-0")) == ["", "place-0"]


async def test_the_same_place_twice_takes_no_time(catalogue: Catalogue) -> None:
    outing = plan(catalogue, "from=place-0&to=place-0")
    assert (outing.distance_m, len(outing.legs)) == (0, 1)


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ("from=nowhere&to=south", {"from"}),
        ("from=south&to=nowhere", {"to"}),
        ("from=south&stop=nowhere", {"stop"}),
        ("from=south&stop=rough", {"stop"}),
        ("from=south", {"to"}),
        ("from=", {"from"}),
        ("from=999,999&to=south", {"from"}),
        ("from=nowhere&stop=rough&to=nowhere", {"from", "stop", "to"}),
    ],
)
async def test_each_place_that_is_not_known_is_named(
    catalogue: Catalogue, text: str, fields: set[str]
) -> None:
    with pytest.raises(BadInput) as caught:
        plan(catalogue, text)
    assert set(caught.value.errors) == fields


async def test_it_is_drawn_as_lines_and_numbered_places(catalogue: Catalogue) -> None:
    drawn = outing_geojson(plan(catalogue, "from=south&stop=place-0&to=place-1"))
    kinds = [feature["geometry"]["type"] for feature in drawn["features"]]
    assert kinds == ["LineString"] * 2 + ["Point"] * 3
    points = [f["properties"] for f in drawn["features"] if f["geometry"]["type"] == "Point"]
    assert [(p["number"], p["url"]) for p in points] == [
        ("S", ""),
        (1, "/sites/place-0"),
        (2, "/sites/place-1"),
    ]
    course = outing_geojson(plan(catalogue, "from=place-0&to=place-1"))
    numbers = [f["properties"].get("number") for f in course["features"][1:]]
    assert numbers == [1, 2]


def test_an_address_is_read_leniently() -> None:
    query = OutingQuery.read(QueryParams("from= south &stop=&stop=a&profile=fly&order=x"))
    assert query == OutingQuery(start="south", stops=("a",))
    many = "&".join(f"stop={n}" for n in range(50))
    assert len(OutingQuery.read(QueryParams(many)).stops) == MOST_STOPS
    assert OutingQuery.read(QueryParams("profile=no_steps")).profile == Profile.NO_STEPS
    assert not OutingQuery.read(QueryParams("to=south")).is_begun


NAMES = st.text(alphabet="ab-,.&= 木", min_size=1, max_size=8).map(str.strip).filter(bool)


@given(NAMES, st.lists(NAMES, max_size=MOST_STOPS), NAMES, st.booleans())
def test_an_outing_is_said_again_the_same(
    start: str, stops: list[str], end: str, keep_order: bool
) -> None:
    query = OutingQuery(start, tuple(stops), end, Profile.NO_STEPS, keep_order)
    assert OutingQuery.read(QueryParams(parse_qsl(query.query_string()))) == query


async def test_the_catalogue_knows_where_stations_and_places_are(catalogue: Catalogue) -> None:
    assert catalogue.point_of("south") == Point(lat=35.745, lon=139.73)
    assert catalogue.point_of("rough") is None
