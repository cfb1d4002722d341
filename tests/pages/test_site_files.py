"""What browsers, search engines and monitors ask for by a fixed name."""

import asyncio
import shutil
import xml.etree.ElementTree as ET
from dataclasses import replace

import httpx
from tortoise import Tortoise

from tests.conftest import make_settings
from tests.factories import make_event, make_site
from tour.app import create_app


async def test_the_service_worker_looks_after_every_page_and_is_never_old(client) -> None:
    answer = await client.get("/sw.js")
    assert answer.headers["content-type"].startswith("text/javascript")
    assert answer.headers["cache-control"] == "no-cache"


async def test_the_manifest_lets_the_town_onto_the_home_screen(client) -> None:
    answer = await client.get("/manifest.webmanifest")
    assert answer.headers["content-type"] == "application/manifest+json"
    manifest = answer.json()
    assert manifest["name"] == "北区オープンファクトリー"
    assert manifest["start_url"] == "/"
    for icon in manifest["icons"]:
        assert (await client.get(icon["src"])).status_code == 200


async def test_robots_are_sent_to_the_sitemap_and_away_from_reservations(client) -> None:
    text = (await client.get("/robots.txt")).text
    assert "Disallow: /reservations" in text
    assert "Sitemap: http://testserver/sitemap.xml" in text


async def test_the_sitemap_lists_every_public_page_in_every_language(client) -> None:
    site = await make_site(slug="tom-and-jerry")
    event = await make_event(site)
    hidden = await make_site(is_published=False)
    answer = await client.get("/sitemap.xml")
    assert answer.headers["content-type"].startswith("application/xml")
    root = ET.fromstring(answer.text)  # noqa: S314 - our own answer
    locations = [element.text or "" for element in root.iter() if element.tag.endswith("}loc")]
    assert f"http://testserver/sites/{site.slug}" in locations
    assert f"http://testserver/events/{event.slug}" in locations
    assert not [location for location in locations if hidden.slug in location]
    for location in locations:
        assert (await client.get(location)).status_code == 200, location


async def test_the_base_layer_is_geojson_and_may_be_shared(client) -> None:
    answer = await client.get("/base.geojson")
    assert answer.headers["content-type"] == "application/geo+json"
    assert "s-maxage" in answer.headers["cache-control"]
    assert answer.json()["type"] == "FeatureCollection"


async def test_a_town_without_a_base_layer_has_an_empty_one(settings, clock, tmp_path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    shutil.copy(settings.data / "town.toml", data)
    chosen = make_settings(settings.database_url, tmp_path, TOUR_DATA=str(data))
    transport = httpx.ASGITransport(app=create_app(chosen, clock=clock))
    async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as browser:
        answer = await browser.get("/base.geojson")
    assert answer.status_code == 200
    assert answer.json() == {"type": "FeatureCollection", "features": []}


async def test_monitors_learn_whether_the_process_and_the_database_answer(client) -> None:
    assert (await client.get("/healthz")).json() == {"status": "ok"}
    ready = await client.get("/readyz")
    assert (ready.status_code, ready.json()["status"]) == (200, "ok")
    assert ready.headers["cache-control"] == "no-store"


async def test_without_its_database_a_process_is_alive_but_not_ready(client) -> None:
    connection = Tortoise.get_connection("default")
    await connection.execute_script("DROP TABLE catalogue_revision")
    assert (await client.get("/healthz")).status_code == 200
    ready = await client.get("/readyz")
    assert ready.status_code == 503
    assert "catalogue_revision" not in ready.text


async def test_a_process_whose_background_work_has_ended_is_not_ready(client, app) -> None:
    ended = asyncio.get_running_loop().create_future()
    ended.set_result(None)
    going = app.state.parts.rounds[-1]
    app.state.parts.rounds[-1] = replace(going, loop=ended)
    ready = await client.get("/readyz")
    assert ready.status_code == 503
    assert ready.json()["problems"] == {"chores": "background work has ended: purge-covers"}
