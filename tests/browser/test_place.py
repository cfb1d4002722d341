"""A place on a phone: price, first time and the button that books it are on the first screen."""

from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import Phone
from tests.browser.serving import App
from tests.browser.test_main_job import TUESDAY

pytestmark = pytest.mark.browser

PLACE = "/sites/sample-woodblock-oji"
SCREEN = 844
TAB_BAR = 60
SMALLEST_TARGET = 44
LARGEST_BAR = 64


async def top_of(page: Page, selector: str) -> float:
    box = await page.locator(selector).first.bounding_box()
    assert box
    return box["y"]


async def height_of(page: Page, selector: str) -> float:
    box = await page.locator(selector).first.bounding_box()
    assert box
    return box["height"]


async def first_screen(page: Page) -> None:
    bar = await top_of(page, ".next-bar")
    assert await height_of(page, ".next-bar") <= LARGEST_BAR
    assert bar + LARGEST_BAR <= SCREEN - TAB_BAR + 1
    assert await top_of(page, ".programme__line") < bar
    chip = await top_of(page, ".slot__way >> visible=true")
    assert chip + SMALLEST_TARGET < SCREEN
    await expect(page.locator(".next-bar")).to_contain_text("12/12(土) 10:30")
    await expect(page.locator(".next-bar")).to_contain_text("1,500円")
    await expect(page.locator(".next-bar .button")).to_be_in_viewport()


async def chips_are_as_large_as_a_finger(page: Page) -> None:
    for chip in await page.locator(".slot__way >> visible=true").all():
        box = await chip.bounding_box()
        assert box
        assert min(box["width"], box["height"]) >= SMALLEST_TARGET


async def a_tab_shows_its_day_alone(page: Page) -> None:
    first = page.locator(".programme").first
    times, tabs = first.locator(".slots"), first.locator(".days__tab label")
    await expect(times.nth(0)).to_be_visible()
    await expect(times.nth(1)).to_be_hidden()
    await tabs.nth(1).click()
    await expect(times.nth(0)).to_be_hidden()
    await expect(times.nth(1)).to_be_visible()
    assert await tabs.nth(0).evaluate("tab => tab.offsetHeight") >= SMALLEST_TARGET


@pytest.mark.parametrize("scripts", [True, False])
async def test_what_it_costs_and_how_to_book_is_on_the_first_screen(
    phone: Phone, tmp_path: Path, database_url: str, scripts: bool
) -> None:
    app = App(tmp_path, database_url)
    with app.serving(TUESDAY):
        async with phone(java_script_enabled=scripts) as context:
            page = context.pages[0]
            await page.goto(f"{app.base}{PLACE}")
            await first_screen(page)
            await chips_are_as_large_as_a_finger(page)
            await a_tab_shows_its_day_alone(page)
            await page.set_viewport_size({"width": 1280, "height": 800})
            hidden = page.locator(".days .slots >> visible=false")
            await expect(hidden).to_have_count(0)
