"""Looking at a map: it is drawn when it comes into view."""

from playwright.async_api import FrameLocator, Page, expect


async def look_at_map(page: Page | FrameLocator, within: str = "") -> None:
    await page.locator(f"{within} .folium-map").scroll_into_view_if_needed()
    await expect(page.locator(f"{within} .folium-map[data-ready]")).to_be_visible()
