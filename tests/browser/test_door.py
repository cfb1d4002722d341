"""The check-in at a door without a network: the app is really switched off."""

from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import Phone
from tests.browser.serving import App
from tests.browser.test_hosts import (
    SITE,
    THAT_MORNING,
    WEEKS_BEFORE,
    add_account,
    list_six_slots,
    reserve,
    sign_in_by_mail,
)

pytestmark = pytest.mark.browser


async def enter(page: Page, code: str) -> None:
    await page.locator("#code").fill(code)
    await page.locator("#code").press("Enter")


async def test_scans_wait_through_a_reload_and_a_bad_code_blocks_nobody(
    phone: Phone, database_url: str, tmp_path: Path
) -> None:
    app = App(tmp_path, database_url)
    door = f"{app.base}/host/{SITE}/check-in"
    async with phone() as context:
        page, visitor = await context.new_page(), await context.new_page()
        with app.serving(WEEKS_BEFORE):
            add_account(app, "first@example.org", "host")
            await sign_in_by_mail(app, page, "first@example.org")
            await list_six_slots(page)
            shown = page.get_by_role("link", name="公開ページを見る").last
            public = f"{app.base}{await shown.get_attribute('href')}"
            first = await reserve(visitor, public, 0, "北 花子")
            second = await reserve(visitor, public, 0, "北 太郎")
        with app.serving(THAT_MORNING):
            await page.goto(door)
            await page.evaluate("navigator.serviceWorker.ready")
            await page.wait_for_function(
                "caches.match(location.pathname).then((kept) => Boolean(kept))"
            )
        waiting = page.locator("[data-queue-list] .badge", has_text="未送信")
        await enter(page, first.lower())
        await expect(page.locator("[data-verdict]")).to_contain_text("つながりません")
        await page.reload()
        await expect(page.locator("h1")).to_have_text("来場確認")
        await expect(waiting).to_have_count(1)
        await enter(page, first)
        await expect(waiting).to_have_count(1)
        await enter(page, "ABCD-EFGH")
        await enter(page, second)
        await expect(waiting).to_have_count(3)
        await page.goto("about:blank")
        await page.goto(door)
        await expect(waiting).to_have_count(3)
        with app.serving(THAT_MORNING):
            await page.reload()
            await expect(waiting).to_have_count(0)
            said = page.locator("[data-queue-list] .badge")
            await expect(said).to_have_count(3)
            await expect(said.filter(has_text="来場を確認しました")).to_have_count(2)
            await expect(said.filter(has_text="この会場の予約ではありません")).to_have_count(1)
            await page.goto(f"{app.base}/host/{SITE}")
            await expect(page.locator(".party--here")).to_have_count(2)
            kept = await page.evaluate("JSON.stringify(localStorage)")
            assert first not in kept
            assert "花子" not in kept
