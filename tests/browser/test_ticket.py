"""A ticket in the hand: its face first, a tap turns it to a code that a scanner reads at arm's
length; on its side, and without scripts, as well."""

from pathlib import Path

import pytest
from PIL import Image
from playwright.async_api import Page, expect

from tests.browser.conftest import Phone
from tests.browser.serving import App
from tests.browser.test_main_job import TUESDAY, reserve_for_three

pytestmark = pytest.mark.browser

CODE, FACE, TURN = (
    "[role='img'][aria-label^='この予約のQR']",
    ".ticket__front h1",
    "QRコードを見せる",
)
CODE_PX = 240
CARD_PX = 1200
LEAST_COLOURS = 100
THE_DAY_AFTER = "2026-12-13T18:00:00+09:00"
LEAST_NUMBER_PX = 28
LEAST_IN_LANDSCAPE_PX = 120


async def a_tap_turns_it(page: Page) -> None:
    await expect(page.locator(FACE)).to_be_in_viewport()
    await expect(page.locator(CODE)).to_be_hidden()
    height = await page.locator(".ticket").evaluate("ticket => ticket.offsetHeight")
    await page.get_by_role("link", name=TURN).click()
    await expect(page.locator(CODE)).to_be_in_viewport(ratio=1)
    await expect(page.locator(".ticket__door")).to_be_in_viewport(ratio=1)
    await expect(page.locator(FACE)).to_be_hidden()
    assert await page.locator(CODE).evaluate("code => code.offsetWidth") == CODE_PX
    assert await page.locator(CODE).evaluate("code => code.offsetHeight") == CODE_PX
    size = await page.locator(".ticket__door").evaluate(
        "e => parseFloat(getComputedStyle(e).fontSize)"
    )
    assert size >= LEAST_NUMBER_PX
    turned = await page.locator(".ticket").evaluate("ticket => ticket.offsetHeight")
    assert turned == height, "nothing below it moves"
    await page.get_by_role("link", name="予約票の表に戻る").click()
    await expect(page.locator(CODE)).to_be_hidden()
    await page.reload()
    await expect(page.locator(FACE)).to_be_visible()


async def on_its_side_the_code_is_on_the_first_screen(page: Page) -> None:
    await page.set_viewport_size({"width": 844, "height": 390})
    await page.goto(page.url.partition("#")[0])
    await page.reload()
    box = await page.locator(f"{CODE} svg").bounding_box()
    assert box
    assert box["width"] >= LEAST_IN_LANDSCAPE_PX
    assert box["y"] + box["height"] <= 390
    await expect(page.locator(FACE)).to_be_in_viewport()


@pytest.mark.parametrize("scripts", [True, False])
async def test_a_ticket_turns(
    phone: Phone, tmp_path: Path, database_url: str, scripts: bool
) -> None:
    app = App(tmp_path, database_url)
    with app.serving(TUESDAY):
        async with phone(java_script_enabled=scripts) as context:
            page = context.pages[0]
            await page.goto(f"{app.base}/sites/sample-woodblock-oji")
            await reserve_for_three(page)
            await a_tap_turns_it(page)
            await on_its_side_the_code_is_on_the_first_screen(page)


async def kept(page: Page) -> Image.Image:
    async with page.expect_download() as saving:
        await page.get_by_role("link", name="画像として保存").click()
    return Image.open(await (await saving.value).path())


async def test_the_card_of_a_session_is_kept_as_a_picture(
    phone: Phone, tmp_path: Path, database_url: str
) -> None:
    app = App(tmp_path, database_url)
    async with phone(accept_downloads=True) as context:
        page = context.pages[0]
        with app.serving(TUESDAY):
            await page.goto(f"{app.base}/sites/sample-woodblock-oji")
            ticket = await reserve_for_three(page)
        with app.serving(THE_DAY_AFTER):
            await page.goto(ticket)
            card = await kept(page)
    assert card.width == CARD_PX
    scene = card.convert("RGB").crop((0, 0, CARD_PX, CARD_PX * 9 // 16))
    colours = scene.resize((48, 27)).getcolors(48 * 27)
    assert colours
    assert len(colours) > LEAST_COLOURS, "the scene is on it, not its paper alone"
