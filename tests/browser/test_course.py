"""A model course from where a visitor stands: the phone knows, no address does."""

from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.browser.conftest import Phone
from tests.browser.maps import look_at_map
from tests.browser.serving import App
from tests.browser.test_plan import TUESDAY

pytestmark = pytest.mark.browser

NEAR_THE_SECOND_STOP = {"latitude": 35.7605, "longitude": 139.7385}


async def test_a_course_begins_where_one_stands(
    phone: Phone, database_url: str, tmp_path: Path
) -> None:
    app = App(tmp_path, database_url)
    asked: list[str] = []
    with app.serving(TUESDAY):
        async with phone(geolocation=NEAR_THE_SECOND_STOP, permissions=["geolocation"]) as context:
            page = await context.new_page()
            page.on("request", lambda request: asked.append(request.url))
            await page.goto(f"{app.base}/courses/wood-paper-ink")
            await page.get_by_role("button", name="いまいる場所から歩く").click()
            await expect(page.locator(".stops__name").first).to_have_text("Sいまいる場所")
            await expect(page.locator(".stops__name")).to_have_count(4)
            await look_at_map(page)
            assert await page.locator(".leaflet-overlay-pane path").count() > 0
            assert page.url == f"{app.base}/courses/wood-paper-ink"
    assert asked
    assert not [url for url in asked if "139.73850" in url]
