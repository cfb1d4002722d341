"""Costly work waits in lanes of its own, and what finds no room there is told so at once."""

import asyncio
from contextlib import AsyncExitStack

import httpx
import pytest
from starlette.applications import Starlette

from tests.accounts.signing import make_account, sign_in_as
from tests.parts import exchange
from tests.test_roles import address, make_everything, table, values_of
from tour.accounts.roles import Role
from tour.errors import Busy
from tour.limits.lanes import RETRY_AFTER, Lane, make_lanes

COSTLY = {
    "walks": {
        *("api:walks", "api:walks_matrix", "routes:walk", "routes:walk_geojson", "routes:course"),
        *("routes:course_from_here", "routes:streets_geojson", "staff:walk", "itineraries:show"),
        *("itineraries:gpx", "itineraries:calendar", "itineraries:geojson"),
    },
    "plans": {
        "api:plans",
        "routes:plan_create",
        "routes:into_plan",
        "routes:put_into_plan",
        "itineraries:change",
        "itineraries:edit",
        "itineraries:join_form",
    },
    "drawings": {"publishing:picture", "publishing:archive", "publishing:print"},
}


async def test_so_many_at_once_so_many_waiting_and_no_more() -> None:
    lane = Lane(at_once=2, waiting=4)
    async with AsyncExitStack() as stack:
        for number in range(2):
            await stack.enter_async_context(lane.turn(f"192.0.2.{number}"))
        waiting = [asyncio.create_task(hold(lane, f"198.51.100.{n}")) for n in range(4)]
        await asyncio.sleep(0)
        assert lane.present == 6
        with pytest.raises(Busy):
            await hold(lane, "203.0.113.1")
        assert not any(task.done() for task in waiting)
    await asyncio.gather(*waiting)
    assert (lane.present, lane.refused) == (0, 1)


async def test_one_network_has_half_of_it_at_most() -> None:
    lane = Lane(at_once=1, waiting=5)
    async with lane.turn("192.0.2.1"):
        others = [asyncio.create_task(hold(lane, "192.0.2.1")) for _number in range(2)]
        await asyncio.sleep(0)
        with pytest.raises(Busy):
            await hold(lane, "192.0.2.1")
        others.append(asyncio.create_task(hold(lane, "192.0.2.2")))
        await asyncio.sleep(0)
    await asyncio.gather(*others)
    assert not lane.by_client


async def test_nobody_waits_for_ever_and_who_goes_leaves_room() -> None:
    lane = Lane(at_once=1, waiting=3, patience=0.02)
    async with lane.turn("192.0.2.1"):
        with pytest.raises(Busy):
            await hold(lane, "192.0.2.2")
        lane.patience = 60
        gone = asyncio.create_task(hold(lane, "192.0.2.3"))
        await asyncio.sleep(0)
        gone.cancel()
        with pytest.raises(asyncio.CancelledError):
            await gone
        assert lane.present == 1
    await asyncio.wait_for(hold(lane, "192.0.2.4"), 1)


async def test_what_fails_gives_its_turn_back() -> None:
    lane = Lane(at_once=1, waiting=1)
    for _number in range(3):
        with pytest.raises(ZeroDivisionError):
            async with lane.turn("192.0.2.1"):
                raise ZeroDivisionError
    await asyncio.wait_for(hold(lane, "192.0.2.1"), 1)


async def hold(lane: Lane, client: str) -> None:
    async with lane.turn(client):
        await asyncio.sleep(0)


async def test_a_full_lane_is_a_page_and_pages_do_not_notice(
    app: Starlette, client: httpx.AsyncClient
) -> None:
    """Every costly address, while all lanes are full; and every other page."""
    values = await make_everything(app)
    await sign_in_as(client, await make_account("admin@example.org", Role.ADMINISTRATOR))
    exchange(app, lanes={name: Lane(at_once=0, waiting=0) for name in make_lanes()})
    refused = set()
    for name, route in table(app).items():
        method = next(iter((route.methods or set()) - {"HEAD"}))
        if method != "GET" and name not in set().union(*COSTLY.values()):
            continue
        answer = await client.request(method, address(route, values_of(name, values)))
        if answer.status_code == 503 and "ご利用が集中" in answer.text:
            refused.add(name)
            assert answer.headers["retry-after"] == str(RETRY_AFTER)
            assert "default-src 'none'" in answer.headers["content-security-policy"]
            is_api = name.startswith("api:")
            assert ("application/problem+json" in answer.headers["content-type"]) == is_api
        else:
            assert answer.status_code < 500 or name == "publishing:print", name
    assert refused | {"publishing:print"} == set().union(*COSTLY.values())
    assert sum(lane.refused for lane in app.state.parts.lanes.values()) == len(refused)


async def test_a_drawing_that_was_made_is_shown_though_the_lane_is_full(
    app: Starlette, client: httpx.AsyncClient
) -> None:
    values = await make_everything(app)
    path = f"/events/{values['event_slug']}/map.svg"
    assert (await client.get(path)).status_code == 200
    exchange(app, lanes={name: Lane(at_once=0, waiting=0) for name in make_lanes()})
    assert (await client.get(path)).status_code == 200
