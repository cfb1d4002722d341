"""The town's own streets: fetched once beside the start, followed without a new one."""

import asyncio
import re
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from aiohttp import web
from starlette.applications import Starlette

from tests.browser.serving import ROOT, free_ports, running
from tests.conftest import make_settings
from tests.factories import make_site, make_station
from tests.routes.sketch import at, block_town
from tests.routes.streets.test_download import ok, overpass
from tour.app import create_app
from tour.routes.streets.download import Overpass
from tour.routes.streets.file import StreetsError
from tour.routes.walks.town_streets import area_of, fetch, opened, town_graph
from tour.settings import Settings
from tour.sites.entries import Approach
from tour.sites.models import Site
from tour.town import read_town

START, END = at(60, 0), at(390, 100)
WALK = f"/api/v1/walks?from={START.lon},{START.lat}&to={END.lon},{END.lat}"
PATIENCE_SECONDS = 60


@pytest.fixture(scope="module")
def town_xml(tmp_path_factory: pytest.TempPathFactory) -> str:
    return (
        block_town().write(tmp_path_factory.mktemp("town") / "town.osm").read_text(encoding="utf-8")
    )


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    return make_settings(database_url, tmp_path, TOUR_STREETS="auto")


@pytest.fixture
def graph(settings: Settings) -> Path:
    return town_graph(settings, read_town(settings.data))


async def fetched(settings: Settings, server: Overpass) -> list[str]:
    """What the fetch says."""
    town, said = read_town(settings.data), []
    await fetch(area_of(town), town_graph(settings, town), server, said.append)
    return said


async def walked(client: httpx.AsyncClient) -> dict:
    return (await client.get(WALK)).raise_for_status().json()


async def approach(app: Starlette, site: Site) -> Approach | None:
    """The way from the nearest station, as the site's page says it."""
    return (await app.state.parts.catalogue.current()).by_id[site.id].approach


async def walked_on_streets(client: httpx.AsyncClient) -> dict:
    for _tenth in range(PATIENCE_SECONDS * 10):
        walk = await walked(client)
        if not walk["approximate"]:
            return walk
        await asyncio.sleep(0.1)
    raise AssertionError("walks are still straight lines")


async def test_a_running_app_walks_on_streets_as_soon_as_they_are_there(
    settings, app, client, town_xml
) -> None:
    await make_station(lat=START.lat, lon=START.lon)
    site = await make_site(lat=END.lat, lon=END.lon)
    assert (await walked(client))["approximate"]
    estimate = await approach(app, site)
    async with overpass(lambda _query: ok(town_xml)) as server:
        said = await fetched(settings, server)
    assert said[0].startswith("Fetching the town's streets in 9 parts")
    assert said[-2:] == ["Streets: 9/9", "Walks follow the streets now, 1 km of them."]
    walk = await walked_on_streets(client)
    assert [step["text"] for step in walk["directions"]]
    assert await approach(app, site) != estimate, "measured anew along the streets"
    box = f"{START.lon - 0.001},{START.lat - 0.001},{START.lon + 0.001},{START.lat + 0.001}"
    assert (await client.get(f"/streets.geojson?bbox={box}&zoom=17")).json()["features"]


async def test_what_was_fetched_once_is_there_at_the_next_start(settings, clock, town_xml) -> None:
    asked: list[str] = []
    async with overpass(lambda query: asked.append(query) or ok(town_xml)) as server:
        await fetched(settings, server)
        assert await fetched(settings, server) == []
    assert len(asked) == 9
    walks = create_app(settings, clock=clock).state.parts.walks
    assert not walks.walk(START, END).approximate


async def test_a_graph_of_another_version_is_built_anew_from_what_came(
    settings, graph, town_xml
) -> None:
    async with overpass(lambda _query: ok(town_xml)) as server:
        await fetched(settings, server)
    graph.write_bytes(graph.read_bytes()[:8] + b"\xff" * 64)
    assert opened(graph) is None
    assert len(await fetched(settings, Overpass("http://127.0.0.1:9/"))) == 1
    assert opened(graph)


async def test_a_second_start_leaves_the_first_to_fetch(settings, town_xml) -> None:
    asked, go_on = asyncio.Event(), asyncio.Event()

    async def slow(_query: str) -> web.Response:
        asked.set()
        await go_on.wait()
        return ok(town_xml)

    async with overpass(slow) as server:
        first = asyncio.create_task(fetched(settings, server))
        await asyncio.wait_for(asked.wait(), PATIENCE_SECONDS)
        assert await fetched(settings, server) == ["The town's streets are being fetched already."]
        go_on.set()
        assert "Streets: 9/9" in await first


@pytest.mark.parametrize("answer", ["absent", "broken", "cut off"])
async def test_without_an_answer_the_pages_go_on_in_straight_lines(
    settings, graph, client, answer, town_xml, unused_tcp_port
) -> None:
    responses = {
        "broken": lambda _query: web.Response(status=500),
        "cut off": lambda _query: ok(town_xml[:900]),
    }
    if answer == "absent":
        with pytest.raises(StreetsError, match="check the network"):
            await fetched(settings, Overpass(f"http://127.0.0.1:{unused_tcp_port}/"))
    else:
        async with overpass(responses[answer]) as server:
            with pytest.raises(StreetsError, match=r"500|cut off"):
                await fetched(settings, server)
    assert not graph.exists()
    assert (await walked(client))["approximate"]
    async with overpass(lambda _query: ok(town_xml)) as server:
        await fetched(settings, server)
    await walked_on_streets(client)


def test_none_declines(database_url, tmp_path) -> None:
    assert make_settings(database_url, tmp_path, TOUR_STREETS="none").streets == ""


@pytest.fixture
async def overpass_beside(town_xml) -> AsyncIterator[str]:
    async with overpass(lambda _query: ok(town_xml)) as server:
        yield server.url


@pytest.mark.slow
async def test_serve_fetches_them_beside_its_pages(tmp_path, overpass_beside) -> None:
    [port] = free_ports(1)
    town = (ROOT / "data" / "geo" / "town.toml").read_text(encoding="utf-8")
    small = re.sub(r"(?m)^bounds = .*$", "bounds = [139.729, 35.749, 139.736, 35.753]", town)
    (tmp_path / "town.toml").write_text(small, encoding="utf-8")
    variables = {
        "TOUR_DATA": str(tmp_path),
        "TOUR_DATABASE_URL": f"sqlite://{tmp_path}/tour.sqlite3",
        "TOUR_VAR": str(tmp_path / "var"),
        "TOUR_STREETS": "auto",
        "TOUR_OVERPASS_URL": overpass_beside,
    }
    command = [sys.executable, "-m", "tour", "serve", "--port", str(port)]
    base, log = f"http://127.0.0.1:{port}", tmp_path / "log"
    serving = running(command, f"{base}/readyz", log, **variables)
    await asyncio.to_thread(serving.__enter__)  # the fake server answers meanwhile
    try:
        async with httpx.AsyncClient(base_url=base) as client:
            await walked_on_streets(client)
    finally:
        await asyncio.to_thread(serving.__exit__, None, None, None)
    assert "Streets: 1/1" in log.read_text(encoding="utf-8")
