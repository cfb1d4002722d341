"""Map, list and plan as one screen: by finger, by keyboard, with Back, and without scripts."""

import re
from math import dist
from pathlib import Path

import pytest
from playwright.async_api import Locator, Page, expect

from tests.browser.conftest import Phone
from tests.browser.maps import look_at_map
from tests.browser.serving import App

pytestmark = pytest.mark.browser

TUESDAY = "2026-12-01T12:00:00+09:00"
MAP = "/events/oji-open-factory/map"


def pin(page: Page, number: int) -> Locator:
    return page.locator(f".pin-holder[aria-label^='{number} ']")


async def chosen(page: Page, number: int) -> None:
    """Card and pin are of the same place."""
    await expect(page.locator(".card--chosen .number")).to_have_text(str(number))
    await expect(page.locator(".pin-holder--chosen")).to_have_attribute(
        "aria-label", re.compile(f"^{number} ")
    )
    await expect(page.locator(".pin-holder--chosen[aria-pressed='true']")).to_have_count(1)


async def in_sight(page: Page) -> None:
    """The chosen pin is not behind the sheet."""
    await page.wait_for_function(
        """() => document.querySelector(".pin-holder--chosen").getBoundingClientRect().bottom
            <= document.querySelector(".mapsheet__sheet").getBoundingClientRect().top + 12"""
    )


async def three_heights(page: Page) -> None:
    root = page.locator("[data-mapsheet]")
    more = page.get_by_role("button", name="一覧を大きくする")
    less = page.get_by_role("button", name="一覧を小さくする")
    await expect(root).to_have_attribute("data-height", "half")
    await more.press("Enter")
    await expect(root).to_have_attribute("data-height", "full")
    await expect(more).to_be_disabled()
    await less.click()
    await less.click()
    await expect(root).to_have_attribute("data-height", "peek")
    await expect(page.locator("#results .card").first).to_be_hidden()
    await drag(page, -200)
    await expect(root).to_have_attribute("data-height", "half")
    assert await page.evaluate("document.documentElement.scrollHeight <= innerHeight")


async def drag(page: Page, by: int) -> None:
    box = await page.locator(".mapsheet__count").bounding_box()
    assert box
    x, y = box["x"] + 20, box["y"] + 10
    await page.mouse.move(x, y)
    await page.mouse.down()
    await page.mouse.move(x, y + by / 2)
    await page.mouse.move(x, y + by)
    await page.mouse.up()


async def by_keyboard(page: Page) -> None:
    """Enter and Space open, Escape closes and gives the focus back; so for a cluster."""
    for key in ("Enter", "Space"):
        await pin(page, 4).press(key)
        await chosen(page, 4)
        await expect(page.locator(".card--chosen .card__title a")).to_be_focused()
        await page.keyboard.press("Escape")
        await expect(pin(page, 4)).to_be_focused()
        await expect(page.locator(".card--chosen")).to_have_count(0)
    cluster = page.locator(".cluster-holder").first
    await expect(cluster).to_have_attribute("aria-label", re.compile(r"^\d+, \d+.*の会場"))
    await cluster.press("Enter")
    await page.wait_for_function(
        "() => document.activeElement.matches('.pin-holder, .cluster-holder')"
    )


async def swipe_and_add(page: Page) -> None:
    await pin(page, 16).click()
    await chosen(page, 16)
    await in_sight(page)
    await page.locator(".mapsheet__cards").evaluate("row => row.scrollBy({ left: -330 })")
    await chosen(page, 15)
    line = page.locator("[data-plan-line]")
    await page.locator(".card--chosen a[data-into-plan]").click()
    await expect(line).to_contain_text(re.compile(r"1か所・[\d.]+k?m・\d+:\d\dまで"))
    await expect(page.locator(".leaflet-overlay-pane path").first).to_be_attached()
    put = page.locator(".card--chosen a[data-in]")
    await expect(put).to_have_accessible_name(re.compile("^プランに入れた"))
    await expect(line.get_by_role("button")).to_have_text("元に戻す")
    await in_sight(page)
    await pin(page, 4).click()
    await page.locator(".card--chosen a[data-into-plan]").click()
    await expect(line).to_contain_text("2か所・")
    await line.get_by_role("button", name="元に戻す").click()
    await expect(line).to_contain_text("1か所・")


VIEW = "() => history.state.mapsheet"


async def back_again(page: Page) -> None:
    await pin(page, 10).click()
    await chosen(page, 10)
    slug = await page.locator(".card--chosen").get_attribute("data-place")
    await page.wait_for_function(f"() => history.state.mapsheet?.chosen === '{slug}'")
    before = await page.evaluate(VIEW)
    await page.locator(".card--chosen .card__title a").click()
    await expect(page).to_have_url(re.compile(str(slug)))
    await page.go_back()
    await look_at_map(page)
    await chosen(page, 10)
    after = await page.evaluate(VIEW)
    assert (after["view"]["zoom"], after["height"]) == (before["view"]["zoom"], before["height"])
    await expect(page.locator("[data-plan-line]")).to_contain_text("1か所・")


async def choose_in_the_sheet(page: Page, base: str) -> None:
    """The button of the choices says how many it shows, and the map shows those."""
    await page.goto(f"{base}/map")
    await look_at_map(page)
    await page.locator(".filters--sheet > summary").click()
    show = page.locator("[data-show-results]")
    await expect(show).to_have_text("77か所を見る")
    await page.locator("#seats").fill("2")
    await page.locator("#seats").press("Tab")
    await expect(show).not_to_have_text("77か所を見る")
    said = await show.inner_text()
    await show.click()
    await expect(page.locator(".filters--sheet")).not_to_have_attribute("open", "")
    await expect(page.locator(".mapsheet__count")).to_contain_text(said.removesuffix("を見る"))
    await expect(page).to_have_url(re.compile(r"seats=2"))


async def test_the_sheet_the_pins_and_the_plan_are_one(
    phone: Phone, tmp_path: Path, database_url: str
) -> None:
    app = App(tmp_path, database_url)
    with app.serving(TUESDAY):
        async with phone(has_touch=True, reduced_motion="reduce") as context:
            page = context.pages[0]
            await page.goto(app.base + MAP)
            await look_at_map(page)
            await three_heights(page)
            await by_keyboard(page)
            # The same address again would be a reload, which keeps where one was.
            await page.goto(app.base + "/about")
            await page.goto(app.base + MAP)
            await look_at_map(page)
            await swipe_and_add(page)
            await back_again(page)
            await choose_in_the_sheet(page, app.base)


async def all_in_sight(page: Page) -> None:
    """No pin of the whole map is behind the sheet, and they fill what is free."""
    await page.wait_for_function(
        """() => {
          const box = (chosen) => document.querySelector(chosen).getBoundingClientRect();
          const ends = [...document.querySelectorAll(".pin-holder, .cluster-holder")]
            .map((holder) => holder.getBoundingClientRect().bottom);
          const [top, free] = [box(".map").top, box(".mapsheet__sheet").top];
          const lowest = Math.max(...ends);
          return lowest <= free && lowest > top + 0.75 * (free - top);
        }"""
    )


async def test_a_map_nobody_moved_is_fitted_to_what_the_sheet_leaves(
    phone: Phone, tmp_path: Path, database_url: str
) -> None:
    app = App(tmp_path, database_url)
    with app.serving(TUESDAY):
        async with phone(has_touch=True, reduced_motion="reduce") as context:
            page = context.pages[0]
            await page.goto(app.base + MAP)
            await look_at_map(page)
            await page.locator("a[data-into-plan]").first.click()
            await expect(page.locator("[data-plan-line]")).to_contain_text("1か所・")
            for path in (MAP, "/map"):
                # From another page: the same address again would keep where one was.
                await page.goto(app.base + "/about")
                await page.goto(app.base + path)
                await look_at_map(page)
                await expect(page.locator("[data-plan-line]")).to_contain_text("1か所・")
                await all_in_sight(page)
                await page.get_by_role("button", name="一覧を小さくする").click()
                await all_in_sight(page)

            await page.locator(".folium-map").press("ArrowDown")
            before = await page.evaluate(MAP_VIEW)
            await page.get_by_role("button", name="一覧を大きくする").click()
            await expect(page.locator("[data-mapsheet]")).to_have_attribute("data-height", "half")
            await page.evaluate("new Promise((done) => setTimeout(done, 500))")
            assert await page.evaluate(MAP_VIEW) == before, "who moved the map keeps it"


MAP_VIEW = """() => {
  const { tourMap } = document.querySelector(".folium-map");
  return [tourMap.getZoom(), tourMap.getCenter().lat];
}"""


async def test_pins_at_360_fill_the_map_and_do_not_hide_each_other(
    phone: Phone, tmp_path: Path, database_url: str
) -> None:
    app = App(tmp_path, database_url)
    with app.serving(TUESDAY):
        async with phone(width=360, height=740) as context:
            page = context.pages[0]
            await page.goto(app.base + MAP)
            await look_at_map(page)
            shown = await page.evaluate(PINS)
            pins = shown["pins"]
            nearest = [min(dist(pin, other) for other in pins if other is not pin) for pin in pins]
            assert min(nearest) > 12, "none stands on another"
            assert sum(1 for px in nearest if px < 24) <= len(pins) / 3
            width = max(x for x, _y in shown["pins"]) - min(x for x, _y in shown["pins"])
            height = max(y for _x, y in shown["pins"]) - min(y for _x, y in shown["pins"])
            assert width > 0.7 * (shown["width"] - 56) or height > 0.7 * (shown["free"] - 76)
        async with phone(java_script_enabled=False) as context:
            page = context.pages[0]
            await page.goto(app.base + MAP)
            await expect(page.locator("#results .card")).to_have_count(24)
            await expect(page.locator("#results .card").last).to_be_visible()
            await page.get_by_role("link", name="プラン 見本 王子木版工房").click()
            await expect(page.get_by_role("heading", level=1)).to_have_text("プランに入れる")


PINS = """() => {
  const map = document.querySelector(".map").getBoundingClientRect();
  const sheet = document.querySelector(".mapsheet__sheet").getBoundingClientRect();
  const holders = [...document.querySelectorAll(".pin-holder, .cluster-holder")];
  const middle = (box) => [box.x + box.width / 2, box.y + box.height / 2];
  return {
    pins: holders.map((holder) => middle(holder.getBoundingClientRect())),
    width: map.width,
    free: sheet.top - map.top,
  };
}"""
