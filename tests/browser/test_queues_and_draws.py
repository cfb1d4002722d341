"""Fairness, end to end, in a real Chromium: an offer arrives as a true push and is accepted; a draw
is entered, held and run again in the browser; a three-stop day is reserved by one tap."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import Phone
from tests.browser.desktop import told_phone
from tests.browser.serving import App
from tests.browser.test_main_job import TUESDAY
from tour.db import opened
from tour.programmes.models import Programme, Slot
from tour.programmes.states import Allocation

pytestmark = pytest.mark.browser

ENTRIES_JUST_CLOSED = "2026-12-07T11:00:02+09:00"
"""Five days before the first of the drawn sessions, of 12 December at 11:00."""
DRAW_JUST_DUE = "2026-12-07T12:00:02+09:00"
"""An hour later: the list has been public, the seed comes out."""


@contextmanager
def program(base: str) -> Iterator[httpx.Client]:
    """Another visitor, by the API."""
    with httpx.Client(base_url=f"{base}/api/v1", trust_env=False, timeout=20) as client:
        yield client


def slots(api: httpx.Client, **wanted: Any) -> list[dict[str, Any]]:
    found = api.get("/slots", params={"limit": 200}).json()["items"]
    return [s for s in found if all(s[name] == value for name, value in wanted.items())]


def take_all_seats(api: httpx.Client, slot: dict[str, Any]) -> list[str]:
    """The references of the parties that hold them."""
    made = []
    for _party in range(slot["seats_left"]):
        contact = {"name": "王子 一郎", "email": f"{uuid4().hex}@example.org"}
        wish = {"slots": [slot["id"]], "party": {"adults": 1}, "contact": contact, "consent": True}
        answer = api.post("/reservations", json=wish)
        assert answer.status_code == 201, answer.text
        made.append(answer.json()["reference"])
    return made


async def give_details(page: Page) -> None:
    await page.locator("input[name='name']").fill("北 花子")
    await page.locator("input[name='email']").fill("hanako@example.org")
    await page.locator("input[name='consent']").check()


async def test_an_offer_arrives_as_a_push_and_is_accepted(
    phone: Phone, database_url: str, tmp_path: Path
) -> None:
    async with told_phone(phone, database_url, tmp_path) as (context, desktop, app):
        page = await context.new_page()
        with app.serving(TUESDAY), program(app.base) as api:
            slot = next(s for s in slots(api, status="open", allocation="first_come"))
            held = take_all_seats(api, slot)
            await page.goto(f"{app.base}/slots/{slot['id']}/reserve")
            await give_details(page)
            await page.get_by_role("button", name="キャンセル待ちに登録する").click()
            await expect(page.locator("main")).to_contain_text("お待ちの順番：1番目")
            reservation = page.url
            await page.locator("[data-push-ask]").click()
            await expect(page.locator("[data-push][data-state='on']")).to_be_visible()
            assert api.delete(f"/reservations/{held[0]}").status_code == 204
            [note] = await desktop.notes("席が空きました")
            assert page.url == reservation, "it still shows the queue"
            desktop.tap(note)
            await page.get_by_role("button", name="この席で予約する").click()
            await expect(page.locator("main")).to_contain_text("予約が確定しました")
            await page.get_by_role("link", name="QRコードを見せる").click()
            await expect(page.locator(".ticket__code")).to_be_visible()


async def ask_in_a_draw_of_two(database_url: str) -> list[tuple[int, str]]:
    """Give each drawn programme of an event with several a question; a slot and the question of
    two of them."""
    async with opened(database_url):
        by_event: dict[int, dict[int, int]] = {}
        drawn = Slot.filter(allocation=Allocation.DRAW, programme__event_id__not_isnull=True)
        for row in await drawn.order_by("id").values("id", "programme_id", "programme__event_id"):
            by_event.setdefault(row["programme__event_id"], {})[row["programme_id"]] = row["id"]
        several = next(found for found in by_event.values() if len(found) > 1)
        asked = [(slot, f"見本の質問{programme}") for programme, slot in several.items()]
        for programme, (_slot, text) in zip(several, asked, strict=True):
            await Programme.filter(id=programme).update(
                questions=[{"text": text, "required": True}]
            )
    return asked[:2]


async def test_a_draw_shows_only_what_the_chosen_hosts_ask(
    phone: Phone, database_url: str, tmp_path: Path
) -> None:
    app = App(tmp_path, database_url)
    with app.serving(TUESDAY):
        """It loads the catalogue."""
    (first, asked), (other, not_asked) = await ask_in_a_draw_of_two(database_url)
    async with phone() as context:
        page = await context.new_page()
        with app.serving(TUESDAY):
            await page.goto(f"{app.base}/slots/{first}/reserve")
            await page.get_by_role("link", name="抽選のしくみ").click()
            await page.get_by_role("link", name="抽選に申し込む").click()
            await expect(page.get_by_label(asked)).to_have_count(1)
            await expect(page.get_by_label(asked)).to_be_hidden()
            await page.locator("select[name='choice-2']").select_option(str(first))
            await expect(page.get_by_label(asked)).to_be_visible()
            await expect(page.get_by_label(not_asked)).to_be_hidden()
            await give_details(page)
            await page.get_by_role("button", name="抽選に申し込む").click()
            await page.get_by_role("link", name="この質問に答えてください").click()
            await expect(page.get_by_label(asked)).to_be_focused()
            await page.get_by_label(asked).fill("はい")
            await page.locator("select[name='choice-1']").select_option(str(other))
            await expect(page.get_by_label(not_asked)).to_be_visible()
            await page.locator("select[name='choice-1']").select_option("")
            await page.get_by_role("button", name="抽選に申し込む").click()
            await expect(page.locator("main")).to_contain_text("抽選の申込みを受け付けました")


async def test_a_draw_is_entered_and_run_again_in_the_browser(
    phone: Phone, database_url: str, tmp_path: Path
) -> None:
    app = App(tmp_path, database_url)
    async with phone() as context:
        page = await context.new_page()
        with app.serving(TUESDAY), program(app.base) as api:
            slot = slots(api, allocation="draw")[0]
            await page.goto(f"{app.base}/slots/{slot['id']}/reserve")
            await page.get_by_role("link", name="抽選のしくみ").click()
            draw = page.url
            promised = await page.locator("code.code-wrap").text_content() or ""
            assert len(promised) == 64
            await page.get_by_role("link", name="抽選に申し込む").click()
            await page.locator("select[name='choice-1']").select_option(str(slot["id"]))
            await give_details(page)
            await page.get_by_role("button", name="抽選に申し込む").click()
            await expect(page.locator("main")).to_contain_text("抽選の申込みを受け付けました")
            reservation = page.url
            receipt = await page.locator("main code").first.inner_text()
        with app.serving(ENTRIES_JUST_CLOSED):
            await wait_for_record(page, draw, "entries")
        with app.serving(DRAW_JUST_DUE):
            await wait_for_record(page, draw, "result")
            await page.goto(reservation)
            await expect(page.locator("main")).to_contain_text("抽選に当選しました")
            await page.get_by_role("link", name="抽選を見る").click()
            await expect(page.locator("code.code-wrap").first).to_have_text(promised)
            await expect(page.locator(f"[id='{receipt}']")).to_be_visible()
            await page.get_by_text("くわしい方へ").click()
            await page.get_by_role("button", name="やり直して確かめる").click()
            await expect(page.locator("[data-draw][data-state='right']")).to_be_visible()
            await page.route("**/draws/*.json", forge)
            await page.get_by_role("button", name="やり直して確かめる").click()
            await expect(page.locator("[data-draw][data-state='wrong']")).to_be_visible()


async def forge(route: Any) -> None:
    """The same record, with nobody winning."""
    record = await (await route.fetch()).json()
    record["result"] = [[receipt, None] for receipt, _slot in record["result"]]
    await route.fulfill(json=record)


async def wait_for_record(page: Page, draw: str, part: str) -> None:
    """The worker has a minute to do what fell due."""
    for _poll in range(300):
        answer = await page.request.get(f"{draw}.json")
        if part in await answer.json():
            return
        await page.wait_for_timeout(200)
    raise AssertionError(f"the draw shows no {part}")


def one_after_the_other(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Sessions at different places, none at the time of another."""
    chosen: list[dict[str, Any]] = []
    for slot in sorted(found, key=lambda slot: slot["starts_at"]):
        is_elsewhere = slot["site"] not in [other["site"] for other in chosen]
        if is_elsewhere and (not chosen or slot["starts_at"] >= chosen[-1]["ends_at"]):
            chosen.append(slot)
    return chosen


async def test_a_three_stop_day_is_reserved_by_one_tap(
    phone: Phone, database_url: str, tmp_path: Path
) -> None:
    app = App(tmp_path, database_url)
    async with phone() as context:
        page = await context.new_page()
        with app.serving(TUESDAY), program(app.base) as api:
            chosen = one_after_the_other(slots(api, status="open", allocation="first_come"))
            day = "&".join(f"slot={slot['id']}" for slot in chosen[:3])
            await page.goto(f"{app.base}/reserve?{day}")
            await give_details(page)
            for question in await page.locator("input[name^='answer-'][required]").all():
                await question.fill("はい")
            await page.get_by_role("button", name="3件・").click()
            await expect(page.locator("main")).to_contain_text("予約が確定しました")
            await expect(page.locator(".ticket__body")).to_have_count(3)


async def test_a_party_grows_as_far_as_it_fits_and_its_button_says_the_sum(
    phone: Phone, database_url: str, tmp_path: Path
) -> None:
    app = App(tmp_path, database_url)
    async with phone() as context:
        page = await context.new_page()
        with app.serving(TUESDAY), program(app.base) as api:
            open_slots = slots(api, status="open", allocation="first_come")
            slot = next(s for s in open_slots if s["max_party"] > 2 and s["price_yen"])
            most, price = slot["max_party"], slot["price_yen"]
            await page.goto(f"{app.base}/slots/{slot['id']}/reserve")
            await expect(page.locator(".tabs")).to_be_hidden()
            children, more = page.locator("#children"), page.locator(".stepper button:last-child")
            await children.fill("1")
            for _press in range(most - 2):
                await more.first.click()
            await expect(more.first).to_be_disabled()
            await expect(more.last).to_be_disabled()
            said = f"{most}人・{most * price:,}円"
            await expect(page.locator("[data-sum]")).to_have_text(said)
            await expect(page.get_by_role("button", name=f"{said}で予約する")).to_be_visible()
