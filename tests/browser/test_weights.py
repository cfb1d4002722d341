"""What a page asks a phone to fetch: how many files, how many bytes, and nothing for a map at which
nobody looks."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from playwright.async_api import Page, Request, expect

from tests.browser.conftest import Phone
from tests.browser.maps import look_at_map
from tests.browser.serving import App

pytestmark = pytest.mark.browser

TUESDAY = "2026-12-01T12:00:00+09:00"
FILES, BYTES = 14, 60_000
"""Of a place's page, on which a slow phone must not wait."""
PLACE = "/sites/sample-woodblock-oji"
MAP_FILES = ("js/maps.js", "css/map.css", "js/clusters.js")


@asynccontextmanager
async def fetched(page: Page) -> AsyncIterator[list[tuple[str, int]]]:
    """The address and the bytes, heads included, of what the page asks for meanwhile."""
    found: list[tuple[str, int]] = []

    async def note(request: Request) -> None:
        sizes = await request.sizes()
        found.append((request.url, sizes["responseBodySize"] + sizes["responseHeadersSize"]))

    page.on("requestfinished", note)
    yield found
    await page.wait_for_load_state("networkidle")
    page.remove_listener("requestfinished", note)


def of_maps(found: list[tuple[str, int]]) -> list[str]:
    return [url for url, _size in found if url.endswith(MAP_FILES)]


async def test_a_place_is_light_until_its_map_is_looked_at(
    phone: Phone, tmp_path: Path, database_url: str
) -> None:
    app = App(tmp_path, database_url)
    with app.serving(TUESDAY):
        async with phone(width=360, height=740) as context:
            page = context.pages[0]
            async with fetched(page) as found:
                await page.goto(app.base + PLACE)
            assert len(found) <= FILES, found
            assert sum(size for _url, size in found) <= BYTES, found
            assert of_maps(found) == []
            async with fetched(page) as more:
                await look_at_map(page)
            assert len(of_maps(more)) == 2


async def test_a_map_that_did_not_come_says_so_and_comes_with_the_network(
    phone: Phone, tmp_path: Path, database_url: str
) -> None:
    app = App(tmp_path, database_url)
    with app.serving(TUESDAY):
        async with phone(width=360, height=740) as context:
            page = context.pages[0]
            await page.goto(app.base + PLACE)
            await context.set_offline(True)
            await page.locator(".folium-map").scroll_into_view_if_needed()
            await expect(page.locator(".map [role=status]")).to_be_visible()
            await context.set_offline(False)
            await expect(page.locator(".map [role=status]")).to_have_count(0)
            await look_at_map(page)
