"""The window of the first page by thumb and by keyboard: chips narrow it where it stands."""

from pathlib import Path

import pytest
from playwright.async_api import Page, Request, expect

from tests.browser.conftest import Phone
from tests.browser.serving import App

pytestmark = pytest.mark.browser

TUESDAY = "2026-12-01T12:00:00+09:00"


def chip(page: Page, name: str):
    return page.locator("[data-window] .chips").get_by_role("link", name=name, exact=True)


async def narrow_by_keyboard(page: Page, base: str) -> None:
    """The focus stays on the chip, the count is said, the address goes along, Back leads back."""
    await page.goto(base)
    # Would be lost if the page were loaded anew.
    await page.evaluate("document.body.dataset.same = 'yes'")
    heading = page.locator("#openings")
    everything = await heading.inner_text()
    await chip(page, "日曜").press("Enter")
    await expect(page).to_have_url(f"{base}/?date=2026-12-13")
    await expect(chip(page, "日曜")).to_have_attribute("aria-current", "true")
    await expect(chip(page, "日曜")).to_be_focused()
    said = page.locator("[data-window-said]")
    await expect(said).to_have_text(await heading.inner_text())
    for when in await page.locator("[data-window] .pane time").all_inner_texts():
        assert when.startswith("12月13日")
    await chip(page, "無料").press("Enter")
    await expect(page).to_have_url(f"{base}/?date=2026-12-13&free=1")
    # It was pushed into sight, and stays there.
    await expect(chip(page, "無料")).to_have_attribute("aria-current", "true")
    await expect(chip(page, "無料")).to_be_in_viewport(ratio=1)
    await page.go_back()
    await expect(chip(page, "無料")).not_to_have_attribute("aria-current", "true")
    await expect(chip(page, "日曜")).to_have_attribute("aria-current", "true")
    await page.go_back()
    await expect(heading).to_have_text(everything)
    assert await page.evaluate("document.body.dataset.same") == "yes"


async def find_nothing_and_what_is_near(page: Page, base: str) -> None:
    await page.goto(f"{base}/?part=pm&children=1&free=1&date=2026-12-13")
    if await page.locator("[data-window] .pane").count():
        await page.goto(f"{base}/?part=am&free=1&date=2026-12-24")
    near = page.locator("[data-window] .near a").first
    await expect(near).to_be_visible()
    await near.click()
    await expect(page.locator("[data-window] .pane").first).to_be_visible()


async def facts_and_button_on_the_first_screen(page: Page, base: str) -> None:
    await page.goto(base)
    for found in (
        page.locator(".band__title"),
        page.get_by_text("あと11日"),
        page.get_by_role("link", name="1日のプランをつくる"),
        page.get_by_role("link", name="全会場の地図"),
        page.locator(".pane--first .button"),
    ):
        await expect(found).to_be_in_viewport(ratio=1)
    first = await page.locator(".pane--first").bounding_box()
    second = await page.locator(".pane").nth(1).bounding_box()
    assert first is not None
    assert second is not None
    assert second["x"] < 390 - 16, "the next one is in sight"
    tabs = await page.locator(".tabs").bounding_box()
    button = await page.locator(".pane--first .button").bounding_box()
    assert tabs is not None
    assert button is not None
    assert button["y"] + button["height"] <= tabs["y"]
    assert await page.evaluate("document.documentElement.scrollWidth") <= 390


async def push_the_row_along_by_keyboard(page: Page) -> None:
    """What is reached by Tab comes into sight."""
    last = page.locator(".panes").first.locator(".pane").last.locator(".pane__title a")
    await last.focus()
    await expect(last).to_be_in_viewport()


async def test_the_window_narrows_in_place_and_shows_its_first_at_once(
    phone: Phone, database_url: str, tmp_path: Path
) -> None:
    app = App(tmp_path, database_url)
    with app.serving(TUESDAY):
        async with phone() as context:
            page = await context.new_page()
            violations: list[str] = []
            page.on("console", lambda m: violations.append(m.text) if m.type == "error" else None)
            asked: list[Request] = []
            page.on("request", lambda request: asked.append(request))
            await facts_and_button_on_the_first_screen(page, app.base)
            assert len(asked) <= 20
            await push_the_row_along_by_keyboard(page)
            await narrow_by_keyboard(page, app.base)
            await find_nothing_and_what_is_near(page, app.base)
            assert violations == []


async def test_without_scripts_chips_are_links(
    phone: Phone, database_url: str, tmp_path: Path
) -> None:
    app = App(tmp_path, database_url)
    with app.serving(TUESDAY):
        async with phone(java_script_enabled=False) as context:
            page = await context.new_page()
            await page.goto(app.base)
            await chip(page, "日曜").click()
            await expect(page).to_have_url(f"{app.base}/?date=2026-12-13")
            await expect(chip(page, "日曜")).to_have_attribute("aria-current", "true")
            await page.go_back()
            await expect(chip(page, "日曜")).not_to_have_attribute("aria-current", "true")
