"""A family plans Saturday in three taps, moves a stop, reserves all, opens it on another device."""

from pathlib import Path

import pytest
from playwright.async_api import Locator, Page, Route, async_playwright, expect

from tests.browser.conftest import NOWHERE, Phone, chromium_path
from tests.browser.maps import look_at_map
from tests.browser.serving import App

pytestmark = pytest.mark.browser

TUESDAY = "2026-12-01T12:00:00+09:00"
"""The demonstration's first event is then on Saturday, 12 December."""


async def plan_in_three_taps(page: Page, base: str) -> None:
    """Saturday and Oji station stand there already."""
    await page.goto(f"{base}/plan")
    await expect(page.locator("select[name='from']")).to_have_value("oji")
    await page.get_by_text("12月12日(土)").click()
    for more in (page.get_by_role("button", name="1人増やす").nth(n) for n in (0, 1)):
        await more.click()
    await page.get_by_role("button", name="プランを見る").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("12月12日(土)のプラン")


async def shown(page: Page) -> list[str]:
    return list(await page.locator("[id^='stop-']").evaluate_all("l => l.map(e => e.id)"))


async def move_the_first_stop(page: Page) -> None:
    """The page answers in place, with the map drawn anew."""
    before, url = await shown(page), page.url
    first = page.locator(f"#{before[0]}")
    await first.locator(".plan-tools summary").click()
    await first.get_by_role("button", name="後へ").click()
    await expect(page.locator(".plan__effect")).to_contain_text("この変更で")
    assert await shown(page) == [before[1], before[0], *before[2:]]
    await look_at_map(page)
    await expect(page.locator(".leaflet-overlay-pane path").first).to_be_attached()
    assert page.url == url
    await page.get_by_role("button", name="元に戻す").click()
    await expect(page.locator(".plan-rows [id^='stop-'] >> nth=0")).to_have_id(before[0])


async def reserve_all(page: Page) -> None:
    plan = page.url
    await page.get_by_role("link", name="3人分をまとめて予約").click()
    await page.locator("input[name='name']").fill("北 花子")
    await page.locator("input[name='email']").fill("hanako@example.org")
    await page.locator("input[name='consent']").check()
    await page.get_by_role("button", name="予約する").click()
    await expect(page.locator("main")).to_contain_text("予約が確定しました")
    await page.goto(plan)
    await expect(page.locator("main")).to_contain_text("予約済み")


async def open_on_another_device(url: str, stops: list[str]) -> None:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=chromium_path(), args=["--no-sandbox", NOWHERE]
        )
        try:
            page = await browser.new_page(locale="ja-JP")
            await page.goto(url)
            assert await shown(page) == stops
            await expect(page.locator("main")).to_contain_text("予約済み")
        finally:
            await browser.close()


async def test_a_family_plans_its_saturday(phone: Phone, database_url: str, tmp_path: Path) -> None:
    app = App(tmp_path, database_url)
    with app.serving(TUESDAY):
        async with phone() as context:
            page = await context.new_page()
            problems: list[str] = []
            page.on("pageerror", lambda error: problems.append(str(error)))
            await plan_in_three_taps(page, app.base)
            await move_the_first_stop(page)
            await reserve_all(page)
            stops = await shown(page)
            link = await page.locator("#edit-url").input_value()
            assert problems == []
        await open_on_another_device(link, stops)


ANNOUNCED = """() => {
  window.announced = [];
  const line = document.querySelector("[data-plan-says]");
  new MutationObserver(() => announced.push(line.textContent)).observe(line, { childList: true });
}"""


def first_of(page: Page) -> Locator:
    return page.locator("[id^='stop-']").first


async def press(row: Locator, button: str) -> str:
    """A button in the tools of a stop; the stop's id."""
    name = str(await row.get_attribute("id"))
    tools = row.locator(".plan-tools")
    if await tools.get_attribute("open") is None:
        await tools.locator("summary").click()
    await row.get_by_role("button", name=button, exact=True).click()
    return name


async def settled(page: Page, version: int) -> None:
    """The plan of this version stands there, with its map."""
    await expect(page.locator("input[name='version'] >> nth=0")).to_have_value(str(version))
    await look_at_map(page)
    await expect(page.locator(".leaflet-overlay-pane path").first).to_be_attached()
    await expect(page.locator("main")).not_to_contain_text("ほかの端末で変更")


async def focused(page: Page) -> str:
    return str(await page.evaluate("document.activeElement.id"))


async def change_ten_times(page: Page) -> None:
    """Each is answered in its place, the map is there, and the stop that changed has the focus."""
    pressed = ("後へ", "undo", "固定する", "後へ", "固定をやめる", "undo", "後へ", "後へ")
    for version, button in enumerate(pressed, start=2):
        if button == "undo":
            await page.get_by_role("button", name="元に戻す").click()
            await settled(page, version)
            assert await focused(page) in await shown(page)
        else:
            locked = page.locator("[id^='stop-']:has(.plan-stop__lock)")
            name = await press(locked if button == "固定をやめる" else first_of(page), button)
            await settled(page, version)
            assert await focused(page) == name
    before = await shown(page)
    gone = await press(page.locator("[id^='stop-']").nth(1), "外す")
    await settled(page, 10)
    assert await shown(page) == [stop for stop in before if stop != gone]
    assert await focused(page) == before[2]
    await page.get_by_role("button", name="残りを組み直す").click()
    await settled(page, 11)


async def lose_the_answer(route: Route) -> None:
    await route.fetch(max_redirects=0)
    await route.abort()


async def change_on_a_train(page: Page, version: int) -> None:
    """The change arrives, its answer does not; pressed again, it is made once."""
    first, second, *_rest = await shown(page)
    await page.route("**/edit", lose_the_answer, times=1)
    name = await press(first_of(page), "後へ")
    await expect(page.locator("[data-plan-says]")).to_contain_text("接続")
    assert await shown(page) == [first, second, *_rest]
    await page.get_by_role("button", name="後へ", exact=True).first.click()
    await settled(page, version)
    assert (await shown(page))[:2] == [second, first]
    assert await focused(page) == name


async def test_ten_changes_in_a_row(phone: Phone, database_url: str, tmp_path: Path) -> None:
    app = App(tmp_path, database_url)
    with app.serving(TUESDAY):
        async with phone() as context:
            page = await context.new_page()
            problems: list[str] = []
            sent: list[str] = []
            page.on("pageerror", lambda error: problems.append(str(error)))
            page.on("request", lambda r: sent.append(r.url) if r.method == "POST" else None)
            await plan_in_three_taps(page, app.base)
            await page.evaluate(ANNOUNCED)
            sent.clear()
            await change_ten_times(page)
            assert len(sent) == 10
            assert len(await page.evaluate("announced")) == 10
            assert all(await page.evaluate("announced"))
            await change_on_a_train(page, 12)
            assert len(sent) == 12
            assert problems == []
