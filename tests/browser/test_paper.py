"""What is printed: a ticket on one sheet, a place on two, nothing that only a screen can use."""

from io import BytesIO
from pathlib import Path

import pypdfium2
import pytest
from playwright.async_api import Page

from tests.browser.conftest import Phone
from tests.browser.serving import App
from tests.browser.test_main_job import TUESDAY, reserve_for_three

pytestmark = pytest.mark.browser

SCREEN_ONLY = "main form, main button, main .button, [data-push], #cancel, .tabs, .site-footer nav"
RING = "[href^='tel:']"


async def sheets(page: Page) -> list[str]:
    """The page on A4, sheet by sheet, as text."""
    with pypdfium2.PdfDocument(BytesIO(await page.pdf(format="A4"))) as paper:
        return [sheet.get_textpage().get_text_bounded() for sheet in paper]


async def left_on_paper(page: Page) -> list[str]:
    """What a pen cannot press, and is printed all the same."""
    await page.emulate_media(media="print")
    seen = await page.locator(SCREEN_ONLY).locator("visible=true").all_text_contents()
    await page.emulate_media(media="null")
    return seen


async def test_a_ticket_is_one_sheet_and_a_place_two(
    phone: Phone, tmp_path: Path, database_url: str
) -> None:
    app = App(tmp_path, database_url)
    with app.serving(TUESDAY):
        async with phone() as context:
            page = context.pages[0]
            await page.goto(f"{app.base}/sites/sample-woodblock-oji")
            assert 1 <= len(await sheets(page)) <= 2
            assert await left_on_paper(page) == []
            await reserve_for_three(page)
            printed = await sheets(page)
            assert len(printed) == 1, printed
            code = await page.locator(".ticket__door").text_content()
            telephone = await page.locator(f".ticket {RING}").get_attribute("href")
            assert await left_on_paper(page) == []
    for text in (code, "10:30", "木版", "北花子", (telephone or "").removeprefix("tel:")):
        assert text
        assert text in "".join(printed[0].split())
