"""An invited artisan's first hour, on a phone: from the letter to a public page with a photo and a
session, without a dead end. The ward's desk sends the letter, looks, and publishes."""

import io
import re
import time
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from pathlib import Path

import httpx
import pytest
from PIL import Image
from playwright.async_api import Page, Response, expect

from tests.browser.conftest import Phone
from tests.browser.maps import look_at_map
from tests.browser.serving import App
from tests.browser.test_hosts import WEEKS_BEFORE, mailed

pytestmark = pytest.mark.browser

TEN_MINUTES = 600
FILE = """名称,名称_カナ,名称_英語,住所,緯度,経度
見本 桐箱工房,ミホンキリバココウボウ,Sample Kiri Boxes,東京都北区王子1-1-3,35.7531,139.7378
"""
SLUG = "sample-kiri-boxes"
ARTISAN = "artisan@example.org"
TO_DO = "準備すること"


class Desk:
    """The ward's side, in a browser of its own."""

    def __init__(self, client: httpx.Client) -> None:
        self.client = client

    def send(self, path: str, **sent: object) -> str:
        answer = self.client.post(path, **sent)  # type: ignore[arg-type]
        assert answer.status_code == 200, f"{path}: {answer.text[:500]}"
        return answer.text

    def invite(self) -> None:
        """A place from the ward's file, a draft; and the letter to whom it belongs."""
        self.send("/sign-in/sample", data={"as": "staff", "next": ""})
        file = {"file": ("places.csv", FILE.encode(), "text/csv")}
        page = self.send("/staff/imports", data={"kind": "craft"}, files=file)
        [fingerprint] = re.findall(r'name="fingerprint" value="([^"]*)"', page)
        sure = {"text": FILE, "fingerprint": fingerprint, "kind": "craft"}
        self.send("/staff/imports/confirm", data=sure)
        letter = {"email": ARTISAN, "own_name": "見本 職員", "note": ""}
        assert ARTISAN in self.send(f"/host/{SLUG}/people", data=letter)

    def publish(self) -> None:
        page = self.client.get("/staff/approvals").text
        [path] = re.findall(
            rf'href="/host/{SLUG}/preview".*?action="(/staff/sites/\d+/visibility)"', page, re.S
        )
        self.send(path, data={"do": "publish"})


class Hour:
    """What the artisan reads: each page answers, and fits the phone."""

    def __init__(self, page: Page, pictures: Path) -> None:
        self.page = page
        self.pictures = pictures
        self.dead_ends: list[str] = []
        page.on("response", self._note)

    def _note(self, response: Response) -> None:
        if response.status >= 400 and response.request.is_navigation_request():
            self.dead_ends.append(f"{response.status} {response.url}")

    async def looked_at(self, name: str) -> None:
        await self.page.screenshot(path=self.pictures / f"{name}.png", full_page=True)
        width = await self.page.evaluate("document.documentElement.scrollWidth")
        assert width <= 390, f"{name} is {width} px wide"
        assert self.dead_ends == []

    async def step(self, title: str) -> None:
        """From the first page to the form of a step."""
        await self.page.goto(self.first_page)
        await self.page.locator(".step", has_text=title).click()

    @property
    def first_page(self) -> str:
        base, _sign, _path = self.page.url.partition("/host/")
        return f"{base}/host/{SLUG}"

    async def done(self, *titles: str) -> None:
        await self.page.goto(self.first_page)
        for title in titles:
            await expect(self.page.locator(".step--done", has_text=title)).to_be_visible()


def photo(folder: Path) -> Path:
    """As a phone takes it."""
    out = io.BytesIO()
    Image.radial_gradient("L").resize((1600, 1200)).convert("RGB").save(out, "JPEG")
    (folder / "photo.jpg").write_bytes(out.getvalue())
    return folder / "photo.jpg"


async def accept(app: App, hour: Hour) -> None:
    page = hour.page
    await page.goto(await mailed(app, page, r"/invitations/[\w-]+"))
    await hour.looked_at("1-letter")
    await page.get_by_label("お名前").fill("見本 花子")
    await page.get_by_role("button", name="招待を受ける").click()
    await page.wait_for_url(f"**/host/{SLUG}")
    await expect(page.get_by_role("heading", name=TO_DO)).to_be_visible()
    await expect(page.locator("main")).to_contain_text("職員が確認してから公開します")
    await hour.looked_at("2-first-page")


async def write_profile(hour: Hour) -> None:
    page = hour.page
    await hour.step("会場の紹介")
    await page.locator("#summary").fill("桐の板で小箱を作ります。")
    await page.locator("#phone").fill("０３－１２３４－５６７８")
    await look_at_map(page, "#entrance")
    await page.locator("#entrance .folium-map").click(position={"x": 150, "y": 120})
    await hour.looked_at("3-profile")
    await page.get_by_role("button", name="保存").last.click()
    await page.wait_for_url("**/profile?done=1")
    await hour.done("会場の紹介", "電話番号", "入口の位置")


async def write_hours(hour: Hour) -> None:
    page = hour.page
    await hour.step("開いている時間")
    for day in range(5):
        await page.locator(f"[name=weekday{day}]").fill("午前9時～午後5時")
    await page.get_by_role("button", name="保存").first.click()
    await page.wait_for_url("**/hours?done=1")
    await hour.looked_at("4-hours")
    await hour.done("開いている時間")


async def add_photo(hour: Hour, folder: Path) -> None:
    page = hour.page
    await hour.step("写真")
    await page.locator("input[type=file]").first.set_input_files(photo(folder))
    form = page.locator("form", has=page.locator("input[type=file]")).first
    await form.locator("[name=alt]").first.fill("桐の小箱")
    await hour.looked_at("5-photo")
    await form.get_by_role("button", name="写真を追加").click()
    await expect(page.locator("main img[alt='桐の小箱']").first).to_be_visible()
    await hour.done("写真")


async def offer_session(hour: Hour) -> None:
    page = hour.page
    await hour.step("はじめての体験")
    await page.locator("#title").fill("小箱を組み立てる")
    await page.locator("[name=days][type=date]").first.fill("2026-12-11")
    await page.locator("[name=first]").fill("10:00")
    await page.locator("[name=last]").fill("14:00")
    await hour.looked_at("6-session")
    await page.get_by_role("button", name="ページと同時に公開する").click()
    await page.wait_for_url("**/programmes/*?done=made")
    await expect(page.locator("main")).to_contain_text("会場のページが公開されると")
    await hour.looked_at("7-session-made")


async def preview(hour: Hour) -> None:
    """How it will look; all is done by now, and no visitor sees it."""
    page = hour.page
    await page.goto(hour.first_page)
    await expect(page.get_by_role("heading", name=TO_DO)).to_have_count(0)
    await page.get_by_role("link", name="表示を確かめる").click()
    await page.wait_for_url("**/preview")
    await shows_photo(page)
    await expect(page.locator("main")).to_contain_text("小箱を組み立てる")
    await expect(page.locator("main a", has_text="予約")).to_have_count(0)
    await hour.looked_at("8-preview")


async def shows_photo(page: Page) -> None:
    picture = page.locator("main img[alt='桐の小箱']").first
    await picture.scroll_into_view_if_needed()
    await picture.evaluate("img => img.decode()")


@asynccontextmanager
async def visitor(page: Page) -> AsyncIterator[httpx.AsyncClient]:
    base = page.url.partition("/host/")[0]
    async with httpx.AsyncClient(base_url=base, headers={"Accept-Language": "ja"}) as client:
        yield client


async def test_an_invited_artisan_gets_from_the_letter_to_a_public_page(
    phone: Phone, database_url: str, tmp_path: Path
) -> None:
    app = App(tmp_path, database_url)
    async with phone() as context:
        page = await context.new_page()
        hour = Hour(page, tmp_path)
        with app.serving(WEEKS_BEFORE), ExitStack() as stack:
            own = {"Origin": app.base, "Accept-Language": "ja"}
            browser = httpx.Client(base_url=app.base, headers=own, follow_redirects=True)
            desk = Desk(stack.enter_context(browser))
            desk.invite()
            began = time.monotonic()
            await accept(app, hour)
            await write_profile(hour)
            await write_hours(hour)
            await add_photo(hour, tmp_path)
            await offer_session(hour)
            await preview(hour)
            async with visitor(page) as stranger:
                assert (await stranger.get(f"/sites/{SLUG}")).status_code == 404
                desk.publish()
                assert (await stranger.get(f"/sites/{SLUG}")).status_code == 200
            await page.goto(hour.first_page)
            await expect(page.get_by_role("link", name="公開ページを見る")).to_be_visible()
            await page.goto(await mailed(app, page, rf"/sites/{SLUG}"))
            await shows_photo(page)
            await hour.looked_at("9-public")
            await page.locator(".slot").get_by_role("link", name="予約").first.click()
            await page.wait_for_url("**/slots/*/reserve")
            assert hour.dead_ends == []
            assert time.monotonic() - began < TEN_MINUTES
