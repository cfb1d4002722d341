"""What a script adds has its room before: nothing moves under a thumb."""

from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.browser.conftest import Phone
from tests.browser.serving import App

pytestmark = pytest.mark.browser

SHIFTS = """() => new Promise((done) => {
  let sum = 0;
  new PerformanceObserver((list) => {
    for (const shift of list.getEntries()) sum += shift.value;
  }).observe({ type: "layout-shift", buffered: true });
  requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(() => done(sum))));
})"""
"""How far things have moved by themselves, as browsers count it; 0.1 is what people notice."""


async def test_nothing_moves_by_itself(phone: Phone, tmp_path: Path, database_url: str) -> None:
    app = App(tmp_path, database_url)
    with app.serving("2026-12-01T12:00:00+09:00"):
        async with phone() as context:
            page = context.pages[0]
            for path, dressed in (
                ("/notifications", "[data-push][data-state]"),
                ("/plan", ".stepper button >> nth=0"),
            ):
                await page.goto(app.base + path)
                await expect(page.locator(dressed)).to_be_visible()
                assert await page.evaluate(SHIFTS) < 0.01, path
