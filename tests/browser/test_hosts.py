"""The host's side, end to end, in a real Chromium at phone width; and passkeys."""

import email
import email.policy
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest
from playwright.async_api import Locator, Page, expect

from tests.browser.conftest import Phone
from tests.browser.maps import look_at_map
from tests.browser.serving import ROOT, App

pytestmark = pytest.mark.browser

WEEKS_BEFORE = "2026-12-01T12:00:00+09:00"
THAT_MORNING = "2026-12-11T09:50:00+09:00"
"""A Friday, the day before the demonstration's event."""
DAY = "2026-12-11"
SIX_TIMES = "1日6回：10:00  11:00  13:00  14:00  15:00  16:00"
SITE = "sample-woodblock-oji"
MOST_TAPS = 10
MAIL_SECONDS = 60


class Taps:
    """Counts what a thumb does: each tap into a field, but not the keys typed there."""

    def __init__(self) -> None:
        self.count = 0

    async def tap(self, target: Locator) -> None:
        self.count += 1
        await target.click()

    async def type(self, field: Locator, text: str) -> None:
        await self.tap(field)
        await field.fill(text)


def add_account(app: App, address: str, role: str) -> None:
    command = [sys.executable, "-m", "tour", "account", "add", address, "--role", role]
    environ = {**os.environ, **app.variables}
    subprocess.run([*command, "--site", SITE], cwd=ROOT, env=environ, check=True, timeout=60)


async def mailed(app: App, page: Page, pattern: str, words: str = "") -> str:
    """The address in the latest mail with these words, once the worker has written it."""
    folder = app.folder / "var" / "mail"
    deadline = time.monotonic() + MAIL_SECONDS
    while time.monotonic() < deadline:
        for path in sorted(folder.glob("*.eml"), key=lambda p: p.stat().st_mtime, reverse=True):
            message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
            body = message.get_body(("plain",))
            text = body.get_content() if body else ""
            found = re.search(rf"{app.base}{pattern}", text)
            if found and words in text:
                return found.group()
        await page.wait_for_timeout(200)
    raise AssertionError(f"no mail with {pattern} within {MAIL_SECONDS} s")


async def sign_in_by_mail(app: App, page: Page, address: str) -> None:
    await page.goto(f"{app.base}/sign-in")
    await page.get_by_label("メールアドレス").fill(address)
    await page.get_by_role("button", name="リンクを送る").click()
    await page.wait_for_url("**/sign-in/sent")
    await page.goto(await mailed(app, page, r"/sign-in/[\w-]+"))
    await page.get_by_role("button", name="ログイン").click()
    await page.wait_for_url("**/host/**")


async def invite_and_accept(app: App, page: Page, address: str) -> None:
    """Invited from the people page; taken up by the mail, in a browser that is signed out."""
    await page.goto(f"{app.base}/host/{SITE}/people")
    await page.get_by_label("お名前").fill("見本 一郎")
    await page.get_by_label("メールアドレス").fill(address)
    await page.get_by_role("button", name="招待を送る").click()
    invitation = await mailed(app, page, r"/invitations/[\w-]+")
    await page.context.clear_cookies()
    await page.goto(invitation)
    await expect(page.locator("input[name=email]")).to_have_value(address)
    await page.get_by_label("お名前").fill("見本 次郎")
    await page.get_by_role("button", name="招待を受ける").click()
    await page.wait_for_url(f"**/host/{SITE}")


async def list_six_slots(page: Page) -> Taps:
    """From the first page of the console to a published programme."""
    taps = Taps()
    await taps.tap(page.locator(".tabs").get_by_role("link", name="体験"))
    await taps.tap(page.get_by_role("link", name="体験をつくる"))
    await taps.type(page.locator("#title"), "四色の年賀状を摺る")
    await taps.type(page.get_by_label("料金（円）"), "1500")
    await taps.type(page.get_by_label("ほかの日"), DAY)
    await taps.type(page.get_by_label("最初の開始"), "10:00")
    await taps.type(page.get_by_label("最後の開始"), "16:00")
    await page.locator("#minutes").fill("６０分")
    await page.locator("#every").fill("1時間")
    await expect(page.locator("[data-starts]")).to_have_text(SIX_TIMES)
    await taps.tap(page.get_by_role("button", name="公開する"))
    await page.wait_for_url("**/programmes/*?done=made")
    return taps


async def reserve(page: Page, public_page: str, row: int, name: str) -> str:
    """A visitor reserves one of the times; their door code."""
    await page.goto(public_page)
    await page.locator(".slot").nth(row).get_by_role("link", name="予約").click()
    await page.locator("input[name='name']").fill(name)
    email = f"guest-{name.encode().hex()[-8:]}@example.org"  # each guest has their own
    await page.locator("input[name='email']").fill(email)
    await page.locator("input[name='consent']").check()
    await page.get_by_role("button", name="予約する").click()
    await expect(page.locator("main")).to_contain_text("予約が確定しました")
    return await page.locator(".ticket__door").text_content() or ""


async def check_in(page: Page, site: str, code: str) -> None:
    """A wrong code, the right one, and one more without a network."""
    await page.goto(f"{site}/check-in")
    field, verdict = page.locator("#code"), page.locator("[data-verdict]")
    await field.fill("ABCD-EFGH")
    await field.press("Enter")
    await expect(verdict).to_contain_text("この会場の予約ではありません")
    await page.context.set_offline(True)
    await field.fill(code.lower())
    await field.press("Enter")
    await expect(verdict).to_contain_text("つながりません")
    await expect(page.locator("[data-queue]")).to_contain_text("未送信")
    await page.context.set_offline(False)
    await expect(verdict).to_contain_text("来場を確認しました", timeout=20_000)
    await expect(page.locator("[data-queue]")).not_to_contain_text("未送信")


async def call_off_the_last(page: Page, programme: str) -> None:
    await page.goto(programme)
    await page.locator(".row", has_text="16:00～17:00").click()
    await page.get_by_text("この回を中止する").click()
    await page.get_by_label("ひとこと").fill("急な用事のため、申し訳ありません。")
    await page.get_by_role("button", name="中止して全員にお知らせする").click()
    await page.wait_for_url("**?done=cancelled")


async def test_a_host_is_invited_lists_receives_and_calls_off(
    phone: Phone, database_url: str, tmp_path: Path
) -> None:
    app = App(tmp_path, database_url)
    site = f"{app.base}/host/{SITE}"
    async with phone() as context:
        page, visitor = await context.new_page(), await context.new_page()
        with app.serving(WEEKS_BEFORE):
            add_account(app, "first@example.org", "host")
            await sign_in_by_mail(app, page, "first@example.org")
            await invite_and_accept(app, page, "second@example.org")
            started = time.monotonic()
            taps = await list_six_slots(page)
            assert time.monotonic() - started < 120
            assert taps.count <= MOST_TAPS
            programme = page.url.partition("?")[0]
            shown = page.get_by_role("link", name="公開ページを見る").last
            public = await shown.get_attribute("href")
            code = await reserve(visitor, f"{app.base}{public}", 0, "北 花子")
            await reserve(visitor, f"{app.base}{public}", 5, "北 太郎")
        with app.serving(THAT_MORNING):
            await page.goto(site)
            await expect(page.locator(".day-slot[open]")).to_contain_text(code)
            await check_in(page, site, code)
            await page.goto(site)
            await expect(page.locator(".party--here")).to_contain_text("北 花子")
            await call_off_the_last(page, programme)
            await mailed(app, page, r"/reservations/\w+", "急な用事のため")


async def test_a_passkey_is_made_and_signs_in(
    phone: Phone, database_url: str, tmp_path: Path
) -> None:
    app = App(tmp_path, database_url)
    async with phone() as context:
        page = await context.new_page()
        devtools = await context.new_cdp_session(page)
        await devtools.send("WebAuthn.enable")
        authenticator = {
            "protocol": "ctap2",
            "transport": "internal",
            "hasResidentKey": True,
            "hasUserVerification": True,
            "isUserVerified": True,
            "automaticPresenceSimulation": True,
        }
        made = await devtools.send("WebAuthn.addVirtualAuthenticator", {"options": authenticator})
        with app.serving(WEEKS_BEFORE):
            add_account(app, "first@example.org", "host")
            await sign_in_by_mail(app, page, "first@example.org")
            await page.goto(f"{app.base}/account")
            await page.get_by_role("button", name="この端末のパスキーを追加").click()
            await expect(page.locator("#passkeys + p + ul .row")).to_have_count(1)
            await context.clear_cookies()
            await page.goto(f"{app.base}/sign-in?next=/account")
            await page.get_by_role("button", name="パスキーでログイン").click()
            await page.wait_for_url("**/account")
            await page.get_by_role("button", name="削除").click()
            await expect(page.locator("#passkeys + p + ul .row")).to_have_count(0)
            await context.clear_cookies()
            await page.goto(f"{app.base}/sign-in")
            await page.get_by_role("button", name="パスキーでログイン").click()
            await expect(page.get_by_role("alert")).to_contain_text("うまくいきませんでした")
        assert made["authenticatorId"]


async def test_the_entrance_is_dragged_on_the_map(
    phone: Phone, database_url: str, tmp_path: Path
) -> None:
    app = App(tmp_path, database_url)
    async with phone() as context:
        page = await context.new_page()
        with app.serving(WEEKS_BEFORE):
            add_account(app, "first@example.org", "host")
            await sign_in_by_mail(app, page, "first@example.org")
            await page.goto(f"{app.base}/host/{SITE}/profile")
            pin = page.locator(".pin-pick")
            await look_at_map(page)
            before = await page.locator("#lat").input_value()
            box = await pin.bounding_box()
            assert box is not None
            await page.mouse.move(box["x"] + 22, box["y"] + 22)
            await page.mouse.down()
            await page.mouse.move(box["x"] + 52, box["y"] - 18, steps=5)
            await page.mouse.up()
            after = await page.locator("#lat").input_value()
            assert float(after) > float(before)
            await page.get_by_role("button", name="保存").click()
            await page.wait_for_url("**/profile?done=1")
            assert await page.locator("#lat").input_value() == after
