"""A map inside a page: one finger and the wheel belong to the page, two fingers to the map."""

import asyncio
from pathlib import Path

import pytest
from playwright.async_api import CDPSession, Page, expect

from tests.browser.conftest import PATIENCE_MS, Phone
from tests.browser.maps import look_at_map
from tests.browser.serving import App
from tests.browser.test_main_job import TUESDAY

pytestmark = pytest.mark.browser

STEPS = 8
STEP_PX = 12


async def swipe_up(page: Page, cdp: CDPSession, *columns: float) -> None:
    """One finger a column moves upwards from the middle of the map."""
    box = await page.locator(".map").bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    for step in range(STEPS + 1):
        points = [
            {"x": x + column, "y": y - step * STEP_PX, "id": number}
            for number, column in enumerate(columns)
        ]
        kind = "touchMove" if step else "touchStart"
        await cdp.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    await cdp.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


async def ready(page: Page, address: str) -> None:
    """The page with its map in the middle of the window."""
    await page.goto(address)
    await look_at_map(page)
    await page.locator(".map").evaluate("e => e.scrollIntoView({ block: 'center' })")


PIN_ON_MAP = """() => {
  const [map, pin] = [".map", ".map .leaflet-marker-icon.pin-holder"]
    .map((chosen) => document.querySelector(chosen).getBoundingClientRect());
  return [Math.round(pin.x - map.x), Math.round(pin.y - map.y)];
}"""
"""Both are looked at in one moment: the page may still be rolling."""


async def pin_of(page: Page) -> list[int]:
    """Where the first pin stands on its map."""
    return list(await page.evaluate(PIN_ON_MAP))


async def moved(page: Page, before: list[int]) -> None:
    """Waits until the pin stands elsewhere on its map; Leaflet draws with the next frame."""
    async with asyncio.timeout(PATIENCE_MS / 1000):
        while await pin_of(page) == before:
            await page.evaluate("new Promise(requestAnimationFrame)")


async def scrolled(page: Page) -> float:
    return float(await page.evaluate("scrollY"))


async def test_one_finger_scrolls_the_page_and_two_move_the_map(
    phone: Phone, tmp_path: Path, database_url: str
) -> None:
    app = App(tmp_path, database_url)
    with app.serving(TUESDAY):
        async with phone(has_touch=True, is_mobile=True) as context:
            page = context.pages[0]
            cdp = await context.new_cdp_session(page)
            for path in ("/sites/sample-woodblock-oji", "/courses/wood-paper-ink"):
                await ready(page, app.base + path)
                top, pin = await scrolled(page), await pin_of(page)
                await swipe_up(page, cdp, 0)
                await expect(page.locator(".map-hint")).to_have_text("2本の指で地図を動かせます")
                await page.wait_for_function("top => scrollY > top + 20", arg=top)
                assert await pin_of(page) == pin, path

                await ready(page, app.base + path)
                top, pin = await scrolled(page), await pin_of(page)
                await swipe_up(page, cdp, -40, 40)
                await moved(page, pin)
                assert await scrolled(page) == top, path

            await expect(page.locator(".map .leaflet-zoom-anim")).to_have_count(0)
            await page.get_by_role("button", name="地図を大きく開く").click()
            pin = await pin_of(page)
            await swipe_up(page, cdp, 0)
            await moved(page, pin)
            await page.get_by_role("button", name="大きな地図を閉じる").click()
            await expect(page.locator(".map--full")).to_have_count(0)


async def test_the_wheel_scrolls_until_the_map_is_clicked(
    phone: Phone, tmp_path: Path, database_url: str
) -> None:
    app = App(tmp_path, database_url)
    with app.serving(TUESDAY):
        async with phone(width=1280, height=800) as context:
            page = context.pages[0]
            await ready(page, f"{app.base}/sites/sample-woodblock-oji")
            chart = page.locator(".folium-map")
            zoom = str(await chart.get_attribute("data-zoom"))
            box = await chart.bounding_box()
            assert box
            await page.mouse.move(box["x"] + 30, box["y"] + 60)
            await page.mouse.wheel(0, -40)
            await expect(page.locator(".map-hint")).to_be_visible()
            await expect(chart).to_have_attribute("data-zoom", zoom)

            await page.mouse.click(box["x"] + 30, box["y"] + 60)
            pin = await pin_of(page)
            await page.keyboard.press("ArrowRight")
            await moved(page, pin)
            await page.mouse.wheel(0, 400)
            await expect(chart).not_to_have_attribute("data-zoom", zoom)


async def test_a_map_does_not_glide_for_who_asks_for_less_motion(
    phone: Phone, tmp_path: Path, database_url: str
) -> None:
    app = App(tmp_path, database_url)
    with app.serving(TUESDAY):
        async with phone(reduced_motion="reduce") as context:
            page = context.pages[0]
            await ready(page, f"{app.base}/sites/sample-woodblock-oji")
            gliding = page.locator(".leaflet-fade-anim, .leaflet-marker-icon.leaflet-zoom-animated")
            await expect(gliding).to_have_count(0)
            await page.locator(".folium-map").focus()
            pin = await pin_of(page)
            await page.keyboard.press("ArrowRight")
            assert await pin_of(page) != pin, "it is there at once"
