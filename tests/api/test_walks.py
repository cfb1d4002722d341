"""GET walks and POST walks/matrix, where no street graph is there: straight lines, marked so."""

import pytest

from tour.geo import Point, distance_m

pytestmark = pytest.mark.once("walks are measured in memory")

OJI = "139.737886,35.753173"
AKABANE = "139.720928,35.778026"


async def test_a_walk_is_the_straight_line_with_a_detour_and_says_so(client) -> None:
    answer = await client.get("/api/v1/walks", params={"from": OJI, "to": AKABANE})
    walk = answer.json()
    straight = distance_m(
        Point(lat=35.753173, lon=139.737886), Point(lat=35.778026, lon=139.720928)
    )
    assert walk["approximate"] is True
    assert walk["distance_m"] == pytest.approx(straight * 1.3, rel=0.01)
    assert walk["geometry"]["type"] == "LineString"
    assert walk["geometry"]["coordinates"][0] == [139.737886, 35.753173]
    assert isinstance(walk["minutes"], int)


async def test_a_walk_to_where_one_is_takes_no_time(client) -> None:
    walk = (await client.get("/api/v1/walks", params={"from": OJI, "to": OJI})).json()
    assert walk["distance_m"] == 0
    assert len(walk["geometry"]["coordinates"]) >= 2


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"to": OJI}, "from"),
        ({"from": OJI}, "to"),
        ({"from": "Oji", "to": OJI}, "from"),
        ({"from": OJI, "to": "35.75,139.73"}, "to"),
        ({"from": OJI, "to": "nan,nan"}, "to"),
        ({"from": OJI, "to": AKABANE, "profile": "fly"}, "profile"),
    ],
)
async def test_what_makes_no_sense_is_named(client, query, field: str) -> None:
    answer = await client.get("/api/v1/walks", params=query)
    assert answer.status_code == 422
    assert set(answer.json()["errors"]) == {field}


async def test_a_matrix_has_a_row_for_each_start(client) -> None:
    points = [[139.737886, 35.753173], [139.720928, 35.778026], [139.73, 35.76]]
    found = (await client.post("/api/v1/walks/matrix", json={"points": points})).json()
    for name in ("distance_m", "minutes"):
        assert [len(row) for row in found[name]] == [3, 3, 3]
        assert [found[name][n][n] for n in range(3)] == [0, 0, 0]
    walk = (await client.get("/api/v1/walks", params={"from": OJI, "to": AKABANE})).json()
    assert found["distance_m"][0][1] == walk["distance_m"]
    assert found["minutes"][0][1] == walk["minutes"]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"null",
        b"{",
        b"\xff",
        b'{"points": []}',
        b'{"points": "ab"}',
        b'{"points": 3}',
        b'{"points": [[1]]}',
        b'{"points": [["a", "b"]]}',
        b'{"points": [[139.7, 95]]}',
        b'{"points": [[NaN, 35.7]]}',
        b'{"points": [[null, 35.7]]}',
        b'{"points": [[1' + b"0" * 400 + b", 35.7]]}",
        b"[" * 100_000,
    ],
)
async def test_a_body_that_is_no_list_of_points_is_refused(client, body: bytes) -> None:
    answer = await client.post("/api/v1/walks/matrix", content=body)
    assert answer.status_code == 422
    assert set(answer.json()["errors"]) in ({"points"}, {"body"})


async def test_more_points_than_allowed_are_refused(client) -> None:
    points = [[139.73, 35.75 + n * 1e-4] for n in range(61)]
    accepted = await client.post("/api/v1/walks/matrix", json={"points": points[:60]})
    assert accepted.status_code == 200
    assert len(accepted.json()["minutes"]) == 60
    refused = await client.post("/api/v1/walks/matrix", json={"points": points})
    assert refused.status_code == 422
