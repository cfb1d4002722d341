"""A photo of a telephone's size, from the pocket to the head of the place's page, at 390 px."""

from pathlib import Path

import pytest
from PIL import Image
from playwright.async_api import Page, expect

from tests.browser.conftest import Phone
from tests.browser.serving import App
from tests.browser.signing_in import sign_in
from tour.sites.editing.photo_files import MAX_BYTES

pytestmark = pytest.mark.browser

WEEKS_BEFORE = "2026-12-01T12:00:00+09:00"
SITE = "sample-woodblock-oji"


def of_a_telephone(folder: Path) -> Path:
    """14 MB as a camera writes them: lying on its side, and turned by what its head says."""
    path, exif = folder / "IMG_0001.jpg", Image.Exif()
    exif[0x0112] = 6
    grain = Image.effect_noise((4032, 3024), 90).convert("RGB")
    grain.save(path, "JPEG", quality=97, exif=exif)
    assert 13_500_000 < path.stat().st_size < 16_000_000
    return path


def small(folder: Path, colour: str) -> Path:
    path = folder / f"{colour}.png"
    Image.new("RGB", (600, 400), colour).save(path)
    return path


async def see_photos(app: App, page: Page) -> None:
    await sign_in(page, app.base, "host")
    await page.goto(f"{app.base}/host/{SITE}/photos")


async def send(page: Page, *paths: Path) -> None:
    await page.locator("#photo").set_input_files(list(paths))
    await page.get_by_role("button", name="写真を追加").click()


async def test_a_large_photo_is_sent_described_later_and_made_the_main_one(
    phone: Phone, database_url: str, tmp_path: Path
) -> None:
    app = App(tmp_path, database_url)
    async with phone() as context:
        page = await context.new_page()
        with app.serving(WEEKS_BEFORE):
            await see_photos(app, page)
            await send(page, small(tmp_path, "brown"), small(tmp_path, "navy"))
            waiting = page.locator("#waiting input[name^='alt-w']")
            await expect(waiting).to_have_count(2)
            await waiting.nth(0).fill("版木")
            await waiting.nth(1).fill("絵の具")
            await waiting.nth(1).press("Enter")
            await expect(page.locator("#shown > li")).to_have_count(2)

            async with page.expect_request(lambda sent: sent.method == "POST") as sending:
                await send(page, of_a_telephone(tmp_path))
            await expect(page.locator(".error-summary")).to_contain_text("写真の内容を短く")
            head = await (await sending.value).all_headers()
            assert int(head["content-length"]) < MAX_BYTES, "made small before it left"
            kept = page.locator("#waiting img")
            assert await kept.evaluate("e => e.naturalHeight > e.naturalWidth"), "upright"
            await waiting.fill("摺り台")
            await page.get_by_role("button", name="ページにのせる").last.click()
            last = page.locator("#shown > li").nth(2)
            await last.get_by_role("button", name="メイン写真にする").press("Enter")
            main = page.locator("#shown > li").nth(0)
            await expect(main).to_contain_text("メイン写真")
            await expect(main.locator("input[name=alt]")).to_have_value("摺り台")

            await page.goto(f"{app.base}/sites/{SITE}")
            top = page.locator("main .scene--wide").first
            await expect(top).to_have_attribute("alt", "摺り台")
            assert await top.evaluate("e => e.complete ? e.naturalWidth : 0") > 300
            assert await page.evaluate("document.documentElement.scrollWidth") <= 390


async def test_what_stays_too_large_is_said_before_it_is_sent(
    phone: Phone, database_url: str, tmp_path: Path
) -> None:
    """No browser can open it, so it cannot be made small; nothing that was typed is lost."""
    app = App(tmp_path, database_url)
    no_photo = tmp_path / "scan.jpg"
    no_photo.write_bytes(bytes(14_000_000))
    async with phone() as context:
        page = await context.new_page()
        with app.serving(WEEKS_BEFORE):
            await see_photos(app, page)
            await page.locator("#alt").fill("摺り台")
            await send(page, no_photo)
            said = page.locator("#photo + [role=status]")
            await expect(said).to_have_text(
                "scan.jpgは14 MBあります。ファイルは1件10 MBまでです。別のものを選んでください。"
            )
            await expect(page.locator("#alt")).to_have_value("摺り台")
            await send(page, small(tmp_path, "brown"))
            await expect(page.locator("#shown > li")).to_have_count(1)

            await page.goto(f"{app.base}/host/{SITE}/profile")
            story = page.locator("main textarea").first
            await story.evaluate("area => area.removeAttribute('maxlength')")
            await story.fill("あ" * 50_000)
            await page.locator("input[name=phone]").fill("03-1234-5678")
            await page.locator("main form button").last.click()
            await expect(page.get_by_role("alert")).to_contain_text("一度に送れる量を超えています")
            await expect(page.locator("input[name=phone]")).to_have_value("03-1234-5678")
