"""The main job, end to end, in a real Chromium with a true push (issue: the whole chain)."""

from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import Phone
from tests.browser.desktop import told_phone
from tests.browser.maps import look_at_map

pytestmark = pytest.mark.browser

TUESDAY = "2026-12-01T12:00:00+09:00"
"""The demonstration's first event is then on Saturday, 12 December."""
FRIDAY_BEFORE_SIX = "2026-12-11T17:59:50+09:00"
"""Ten seconds before the reminder of the evening before is due."""


async def find_on_the_map(page: Page, base: str) -> None:
    """From home to the wood-block workshop, by kana, with a look at the map."""
    await page.goto(base)
    await page.get_by_role("searchbox").fill("もくはん")
    await page.get_by_role("button", name="さがす").click()
    await expect(page.get_by_role("link", name="見本 王子木版工房")).to_be_visible()
    await page.get_by_role("link", name="地図で見る").click()
    pin = page.locator(".leaflet-marker-icon[aria-label*='王子木版工房']")
    await expect(pin).to_be_visible()
    await pin.press("Enter")
    chosen = page.locator(".card--chosen").get_by_role("link", name="見本 王子木版工房", exact=True)
    await expect(chosen).to_be_focused()
    await chosen.press("Enter")
    await expect(page.get_by_role("heading", level=1)).to_have_text("見本 王子木版工房")


async def walk_from_oji(page: Page) -> None:
    """The walk from Oji station along the streets, and back to the workshop."""
    workshop = page.url
    await page.locator("select[name='from']").select_option("oji")
    await page.get_by_role("button", name="道順").click()
    await expect(page.locator("main")).to_contain_text("550m")
    await expect(page.locator("main")).not_to_contain_text("目安")
    await look_at_map(page)
    assert await page.locator(".leaflet-overlay-pane path").count() == 2
    await page.goto(workshop)


async def reserve_for_three(page: Page) -> str:
    """Two adults and a child; the reservation's address."""
    await page.get_by_role("link", name="予約").and_(page.locator(".button")).first.click()
    await page.get_by_role("spinbutton", name="大人").fill("2")
    await page.get_by_role("spinbutton", name="子ども").fill("1")
    await page.locator("input[name='name']").fill("北 花子")
    await page.locator("input[name='email']").fill("hanako@example.org")
    await page.locator("input[name='consent']").check()
    await page.get_by_role("button", name="予約する").click()
    await expect(page.locator("main")).to_contain_text("予約が確定しました")
    await expect(page.locator("main")).to_contain_text("3人")
    return page.url


async def test_a_visitor_finds_walks_reserves_and_is_reminded(
    phone: Phone, database_url: str, tmp_path: Path
) -> None:
    async with told_phone(phone, database_url, tmp_path) as (context, desktop, app):
        page = await context.new_page()
        with app.serving(TUESDAY):
            await find_on_the_map(page, app.base)
            await walk_from_oji(page)
            reservation = await reserve_for_three(page)
            await page.locator("[data-push-ask]").click()
            await expect(page.locator("[data-push][data-state='on']")).to_be_visible()
        with app.serving(FRIDAY_BEFORE_SIX):
            await page.goto(f"{app.base}/about")
            # The confirmation may have come by push, too, if it was not mailed yet.
            shown = await desktop.notes("あしたの体験")
            [note] = [note for note in shown if note.title == "あしたの体験"]
            assert "木版を摺る" in note.body
            async with context.expect_page() as opening:
                desktop.tap(note)
            opened = await opening.value
            await opened.wait_for_url(reservation)
            # A window that a notification opens has the browser's own language.
            await opened.locator(".ticket__turn[href='#qr']").click()
            await expect(opened.locator(".ticket__code")).to_be_visible()
            await desktop.is_gone(note)
