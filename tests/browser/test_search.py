"""Searching with a thumb, and with a keyboard: the list and the map change where they stand."""

import re
from pathlib import Path

import pytest
from playwright.async_api import BrowserContext, Page, expect

from tests.browser.conftest import Phone
from tests.browser.maps import look_at_map
from tests.browser.serving import App

pytestmark = pytest.mark.browser

TUESDAY = "2026-12-01T12:00:00+09:00"
OJI_STATION = {"latitude": 35.7528, "longitude": 139.7380}


async def refine_by_keyboard(page: Page, base: str) -> None:
    """The focus stays, the count is said, the map shows what the list shows."""
    await page.goto(f"{base}/map")
    await look_at_map(page)
    before = await page.locator("#results .card").count()
    # Would be lost if the page were loaded anew.
    await page.evaluate("document.body.dataset.same = 'yes'")
    culture = page.get_by_role("checkbox", name="文化")
    await culture.press("Space")
    await expect(page).to_have_url(f"{base}/map?kind=culture")
    said = page.locator("#results-said")
    await expect(said).to_have_text(await page.locator("#results h2").inner_text())
    found = await page.locator("#results .card").count()
    assert 0 < found < before
    await expect(page.locator(".pin-holder")).to_have_count(found)
    await expect(page.locator(".cluster-holder")).to_have_count(0)
    assert await culture.evaluate("e => e === document.activeElement")
    await culture.press("Space")
    await expect(page.locator("#results .card")).to_have_count(before)
    assert await page.evaluate("document.body.dataset.same") == "yes"


async def press_a_cluster(page: Page) -> None:
    cluster = page.locator(".cluster-holder").first
    await expect(cluster).to_have_attribute("role", "button")
    await expect(cluster).to_have_attribute("aria-label", re.compile(r"^\d+か所"))
    zoom = await page.locator(".folium-map").get_attribute("data-zoom")
    await cluster.press("Enter")
    await expect(page.locator(".folium-map")).not_to_have_attribute("data-zoom", zoom or "")


async def find_the_nearest(context: BrowserContext, page: Page, base: str) -> None:
    await page.goto(f"{base}/sites?kind=craft")
    await page.get_by_role("button", name="近い順").click()
    await expect(page.locator("#results-said")).to_contain_text("現在地")
    await context.grant_permissions(["geolocation"], origin=base)
    await context.set_geolocation(OJI_STATION)
    await page.get_by_role("button", name="近い順").click()
    await expect(page.get_by_role("link", name="いまいる所に近い順")).to_be_visible()
    assert "near=139.738%2C35.753" in page.url
    assert "kind=craft" in page.url
    await expect(page.locator("#results .card").first).to_contain_text("見本 王子木版工房")


async def test_kinds_change_list_and_map_in_place_and_the_nearest_come_first(
    phone: Phone, database_url: str, tmp_path: Path
) -> None:
    app = App(tmp_path, database_url)
    with app.serving(TUESDAY):
        async with phone() as context:
            page = await context.new_page()
            violations: list[str] = []
            page.on("console", lambda m: violations.append(m.text) if m.type == "error" else None)
            await refine_by_keyboard(page, app.base)
            await press_a_cluster(page)
            await find_the_nearest(context, page, app.base)
            assert violations == []
