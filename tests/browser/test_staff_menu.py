"""The staff menu on a phone: a row to scroll, which begins where one is."""

from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.browser.conftest import Phone
from tests.browser.serving import App
from tests.browser.signing_in import sign_in

pytestmark = pytest.mark.browser


async def test_the_current_entry_is_in_sight(
    phone: Phone, tmp_path: Path, database_url: str
) -> None:
    app = App(tmp_path, database_url)
    with app.serving("2026-12-01T12:00:00+09:00"):
        async with phone() as context:
            page = context.pages[0]
            await sign_in(page, app.base, "staff")
            for path in ("", "/approvals", "/deliveries", "/log"):
                await page.goto(f"{app.base}/staff{path}")
                entry = page.locator(".staff__menu [aria-current]")
                await expect(entry).to_be_in_viewport(ratio=1)
                assert await page.evaluate("scrollY") == 0
