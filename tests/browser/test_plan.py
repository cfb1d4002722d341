"""A family plans Saturday in three taps, moves a stop, reserves all, opens it on another device."""

from pathlib import Path

import pytest
from playwright.async_api import Page, async_playwright, expect

from tests.browser.conftest import NOWHERE, Phone, chromium_path
from tests.browser.serving import App

pytestmark = pytest.mark.browser

TUESDAY = "2026-12-01T12:00:00+09:00"
"""The demonstration's first event is then on Saturday, 12 December."""


async def plan_in_three_taps(page: Page, base: str) -> None:
    """Saturday and Oji station stand there already."""
    await page.goto(f"{base}/plan")
    await expect(page.locator("select[name='from']")).to_have_value("oji")
    await page.get_by_text("12月12日(土)").click()
    await page.get_by_role("button", name="1人増やす").last.click()
    await page.get_by_role("button", name="プランを見る").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("12月12日(土)のプラン")


async def shown(page: Page) -> list[str]:
    return list(await page.locator("[id^='stop-']").evaluate_all("l => l.map(e => e.id)"))


async def move_the_first_stop(page: Page) -> None:
    """The page answers in place, with the map drawn anew."""
    before, url = await shown(page), page.url
    first = page.locator(f"#{before[0]}")
    await first.locator(".plan-tools summary").click()
    await first.get_by_role("button", name="後へ").click()
    await expect(page.locator(".plan__effect")).to_contain_text("この変更で")
    assert await shown(page) == [before[1], before[0], *before[2:]]
    await expect(page.locator(".folium-map[data-ready]")).to_be_visible()
    await expect(page.locator(".leaflet-overlay-pane path").first).to_be_attached()
    assert page.url == url
    await page.get_by_role("button", name="元に戻す").click()
    await expect(page.locator(".plan-rows [id^='stop-'] >> nth=0")).to_have_id(before[0])


async def reserve_all(page: Page) -> None:
    plan = page.url
    await page.get_by_role("link", name="3人分をまとめて予約").click()
    await page.locator("input[name='name']").fill("北 花子")
    await page.locator("input[name='email']").fill("hanako@example.org")
    await page.locator("input[name='consent']").check()
    await page.get_by_role("button", name="予約する").click()
    await expect(page.locator("main")).to_contain_text("予約が確定しました")
    await page.goto(plan)
    await expect(page.locator("main")).to_contain_text("予約済み")


async def open_on_another_device(url: str, stops: list[str]) -> None:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=chromium_path(), args=["--no-sandbox", NOWHERE]
        )
        try:
            page = await browser.new_page(locale="ja-JP")
            await page.goto(url)
            assert await shown(page) == stops
            await expect(page.locator("main")).to_contain_text("予約済み")
        finally:
            await browser.close()


async def test_a_family_plans_its_saturday(phone: Phone, database_url: str, tmp_path: Path) -> None:
    app = App(tmp_path, database_url)
    with app.serving(TUESDAY):
        async with phone() as context:
            page = await context.new_page()
            problems: list[str] = []
            page.on("pageerror", lambda error: problems.append(str(error)))
            await plan_in_three_taps(page, app.base)
            await move_the_first_stop(page)
            await reserve_all(page)
            stops = await shown(page)
            link = await page.locator("#edit-url").input_value()
            assert problems == []
        await open_on_another_device(link, stops)
