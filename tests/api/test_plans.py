"""POST plans: the contract, and clear answers to what cannot be planned."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest

from tests.conftest import TurnableClock
from tests.factories import EVENT_DAY, OJI, make_event, make_programme, make_site, make_slot
from tour.sites.states import PointQuality, SiteKind

pytestmark = pytest.mark.once("the planner works in memory")

TOKYO = ZoneInfo("Asia/Tokyo")
STATION = [OJI["lon"], OJI["lat"]]


def wish(**values: Any) -> dict[str, Any]:
    defaults = {
        "date": EVENT_DAY.isoformat(),
        "start": {"point": STATION, "time": "10:00"},
        "end": {"point": STATION, "time": "16:00"},
        "party_size": 3,
        "interests": {"craft": 2},
        "must": [],
        "profile": "walk",
        "lunch": True,
    }
    return defaults | values


def at(hour: int, minute: int = 0) -> datetime:
    local = datetime(EVENT_DAY.year, EVENT_DAY.month, EVENT_DAY.day, hour, minute, tzinfo=TOKYO)
    return local.astimezone(UTC)


async def asked(client: httpx.AsyncClient, **values: Any) -> dict[str, Any]:
    answer = await client.post("/api/v1/plans", json=wish(**values))
    assert answer.status_code == 200, answer.text
    plan: dict[str, Any] = answer.json()
    return plan


async def test_a_plan_has_stops_legs_and_a_proof(client: httpx.AsyncClient) -> None:
    site, other = await make_site(slug="a"), await make_site(slug="b")
    await make_event(site, other)
    slot = await make_slot(programme=await make_programme(site=site), starts_at=at(13))
    plan = await asked(client)
    assert plan["optimal"] is True
    assert plan["left_out"] == []
    assert {stop["site"] for stop in plan["stops"]} == {"a", "b"}
    assert len(plan["legs"]) == len(plan["stops"]) + 1
    session = next(stop for stop in plan["stops"] if stop["slot"])
    assert (session["slot"], session["start"]) == (slot.id, "2026-12-05T13:00:00+09:00")
    assert session["arrive"] <= session["start"] < session["leave"]
    assert plan["legs"][0]["geometry"]["type"] == "LineString"


async def test_times_never_run_backwards(client: httpx.AsyncClient) -> None:
    await make_event(*[await make_site() for _number in range(6)])
    plan = await asked(client)
    times = [
        datetime.fromisoformat(stop[name])
        for stop in plan["stops"]
        for name in ("arrive", "start", "leave")
    ]
    assert times == sorted(times)
    for stop, leg in zip(plan["stops"][1:], plan["legs"][1:], strict=False):
        before = plan["stops"][plan["stops"].index(stop) - 1]
        walk = timedelta(minutes=leg["minutes"])
        left = datetime.fromisoformat(before["leave"])
        assert left + walk <= datetime.fromisoformat(stop["arrive"])


async def test_must_sees_are_in_or_named_with_the_reason(client: httpx.AsyncClient) -> None:
    await make_event(await make_site(slug="open"))
    await make_site(slug="rough", point_quality=PointQuality.TOWN)
    await make_site(slug="shut", exceptions=[(EVENT_DAY, None, None)])
    plan = await asked(client, must=["open", "rough", "shut", "nobody-knows"])
    assert [stop["site"] for stop in plan["stops"]] == ["open"]
    assert {left["site"]: left["reason"] for left in plan["left_out"]} == {
        "rough": "not_walkable",
        "shut": "closed",
        "nobody-knows": "unknown",
    }


async def test_an_interest_of_zero_leaves_a_kind_out(client: httpx.AsyncClient) -> None:
    await make_event(
        await make_site(slug="craft"), await make_site(slug="factory", kind=SiteKind.FACTORY)
    )
    plan = await asked(client, interests={"factory": 0})
    assert [stop["site"] for stop in plan["stops"]] == ["craft"]


async def test_a_party_of_twenty_is_planned_without_sessions(client: httpx.AsyncClient) -> None:
    site = await make_site()
    await make_event(site)
    await make_slot(programme=await make_programme(site=site), starts_at=at(13))
    plan = await asked(client, party_size=20)
    assert [stop["slot"] for stop in plan["stops"]] == [None]


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"date": "2026-12-24"}, "date"),
        ({"date": None}, "date"),
        ({"start": {"point": [0, 0], "time": "10:00"}}, "start"),
        ({"start": {"point": STATION, "time": "late"}}, "start"),
        ({"start": "oji"}, "start"),
        ({"end": {"point": STATION, "time": "09:00"}}, "end"),
        ({"party_size": 21}, "party_size"),
        ({"party_size": True}, "party_size"),
        ({"interests": {"ghosts": 1}}, "interests"),
        ({"interests": {"craft": -1}}, "interests"),
        ({"must": "all"}, "must"),
        ({"must": [f"site-{n}" for n in range(40)]}, "must"),
        ({"profile": "fly"}, "profile"),
        ({"profile": []}, "profile"),
    ],
)
async def test_bad_input_is_named(
    client: httpx.AsyncClient, values: dict[str, Any], field: str
) -> None:
    await make_event(await make_site())
    answer = await client.post("/api/v1/plans", json=wish(**values))
    assert answer.status_code == 422
    assert field in answer.json()["errors"]


@pytest.mark.parametrize("body", [b"", b"[]", b"[" * 5000, b"\xff"])
async def test_what_is_no_object_is_refused(client: httpx.AsyncClient, body: bytes) -> None:
    answer = await client.post("/api/v1/plans", content=body)
    assert answer.status_code == 422


async def test_a_plan_of_today_begins_now(client: httpx.AsyncClient, clock: TurnableClock) -> None:
    await make_event(await make_site())
    clock.turn_to(at(14, 30))
    (stop,) = (await asked(client))["stops"]
    assert datetime.fromisoformat(stop["start"]) >= at(14, 30)


async def test_the_document_describes_it(client: httpx.AsyncClient) -> None:
    paths = (await client.get("/api/openapi.json")).json()["paths"]
    assert "post" in paths["/api/v1/plans"]
