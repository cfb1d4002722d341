"""The archive: the same bytes for the same content, and nothing in it leads outside."""

import json
import re
from io import BytesIO
from zipfile import ZipFile

import httpx
import pytest
from starlette.applications import Starlette

from tests.factories import catalogue_changed
from tests.publishing import reading
from tests.publishing.days import make_day
from tour.sites.models import Site

pytestmark = pytest.mark.once("an archive is made of bytes in memory")

ADDRESS = re.compile(r"""(?:href|src|action|poster|srcset)\s*=\s*["']([^"']*)|url\(([^)]*)\)""")
NAMESPACE = "http://www.w3.org/2000/svg"


async def packed(client: httpx.AsyncClient) -> ZipFile:
    return ZipFile(BytesIO((await client.get("/events/day/map.zip")).content))


async def test_it_has_a_page_and_a_picture_in_every_language(client: httpx.AsyncClient) -> None:
    await make_day(9)
    archive = await packed(client)
    assert set(archive.namelist()) == {
        "index.html",
        "index.en.html",
        "map.ja.svg",
        "map.en.svg",
        "places.geojson",
        "assets/archive.css",
        "assets/archive.js",
    }
    japanese = reading.in_list(archive.read("index.html").decode())
    english = reading.in_list(archive.read("index.en.html").decode())
    assert japanese[9] == "工房その9号"
    assert english[9] == "Workshop No. 9"
    assert len(json.loads(archive.read("places.geojson"))["features"]) == 9


async def test_no_address_in_it_leads_outside(client: httpx.AsyncClient) -> None:
    await make_day(9)
    archive = await packed(client)
    names = set(archive.namelist())
    for name in names:
        content = archive.read(name).decode()
        assert not re.search(r"https?://|//[a-z]", content.replace(NAMESPACE, "")), name
        for found in ADDRESS.findall(content):
            address = (found[0] or found[1]).strip("\"'")
            assert address.startswith("#") or address in names, (name, address)


async def test_every_pin_leads_to_its_line(client: httpx.AsyncClient) -> None:
    await make_day(9)
    page = (await packed(client)).read("index.html").decode()
    pins = set(re.findall(r'<a href="#(place-\d+)"', page))
    assert pins == {f"place-{number}" for number in range(1, 10)}
    assert pins <= set(re.findall(r'id="(place-\d+)"', page))


async def test_the_same_content_is_the_same_bytes(
    app: Starlette, client: httpx.AsyncClient
) -> None:
    await make_day(9)
    first = (await client.get("/events/day/map.zip")).content
    for kept in (app.state.parts.settings.var / "print").glob("*.zip"):
        kept.unlink()
    assert (await client.get("/events/day/map.zip")).content == first
    await Site.filter(slug="site-1").update(name="別の名")
    await catalogue_changed()
    assert (await client.get("/events/day/map.zip")).content != first
