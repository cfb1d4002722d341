"""The guides on three pages of paper; and their pictures, taken here and kept under var/."""

from io import BytesIO
from pathlib import Path

import pypdfium2
import pytest
from playwright.async_api import BrowserContext, async_playwright, expect

from tests.browser.conftest import NOWHERE, chromium_path
from tests.browser.serving import ROOT, App
from tests.browser.signing_in import sign_in

pytestmark = pytest.mark.browser

WEEKS_BEFORE = "2026-12-01T12:00:00+09:00"
SITE = "/host/sample-woodblock-oji"
SHOTS = {
    "today": ("host", SITE, (390, 844)),
    "session": ("host", f"{SITE}/programmes/new", (390, 844)),
    "places": ("staff", "/staff/events/1/sites", (1100, 760)),
    "map": ("staff", "/staff/events/1/map", (1100, 760)),
}
"""The picture's name: as whom, where, how large."""


async def day_with_sessions(context: BrowserContext, app: App) -> str:
    """The sample host's next day of sessions, such as 2026-12-26."""
    page = await context.new_page()
    await sign_in(page, app.base, "host")
    await page.goto(f"{app.base}{SITE}")
    days = await page.locator(".days a").evaluate_all("all => all.map((one) => one.search)")
    await page.close()
    return str(days[1]).removeprefix("?day=")


async def take(context: BrowserContext, app: App, lang: str, folder: Path) -> None:
    page = await context.new_page()
    signed_in_as = ""
    for name, (role, path, (width, height)) in SHOTS.items():
        await page.set_viewport_size({"width": width, "height": height})
        if role != signed_in_as:
            await sign_in(page, app.base, role, f"?lang={lang}")
            signed_in_as = role
        await page.goto(f"{app.base}{path}?lang={lang}")
        for drawing in await page.locator(".folium-map").all():
            await expect(drawing).to_have_attribute("data-ready", "yes")
        await page.locator(".demo-note").evaluate("(note) => note.remove()")
        await page.screenshot(path=folder / f"{name}-{lang}.png")
    await page.close()


async def test_guides_have_pictures_and_fit_on_three_pages(
    database_url: str, tmp_path: Path
) -> None:
    app = App(tmp_path, database_url)
    folder, kept = tmp_path / "var" / "guides", ROOT / "var" / "guides"
    for each in (folder, kept):
        each.mkdir(parents=True, exist_ok=True)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=chromium_path(), args=["--no-sandbox", NOWHERE]
        )
        context = await browser.new_context(timezone_id="Asia/Tokyo", locale="ja-JP")
        with app.serving(WEEKS_BEFORE):
            day = await day_with_sessions(context, app)
        with app.serving(f"{day}T10:20:00+09:00"):
            for lang in ("ja", "en"):
                await take(context, app, lang, folder)
            page = await context.new_page()
            for lang in ("ja", "en"):
                for guide, shots in (("hosts", 2), ("staff", 2)):
                    await page.goto(
                        f"{app.base}/help/{guide}?lang={lang}", wait_until="networkidle"
                    )
                    assert await page.locator("figure img").count() == shots
                    paper = pypdfium2.PdfDocument(BytesIO(await page.pdf(format="A4")))
                    assert len(paper) <= 3, f"{guide} {lang}"
        await browser.close()
    for path in folder.iterdir():
        (kept / path.name).write_bytes(path.read_bytes())
