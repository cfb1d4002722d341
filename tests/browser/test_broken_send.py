"""A form whose sending breaks off: the button works again, what nobody knows is said, and the next
tap brings the ticket of the first. Through a proxy that cuts for real (`wire.py`)."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from playwright.async_api import BrowserContext, Locator, Page, expect

from tests.browser.conftest import Phone
from tests.browser.serving import App
from tests.browser.signing_in import sign_in
from tests.browser.test_main_job import TUESDAY
from tests.browser.test_queues_and_draws import program, slots, take_all_seats
from tests.browser.wire import Fault, Wire
from tour.db import opened
from tour.events.models import Event
from tour.reservations.models import DrawEntry, Place, Reservation
from tour.sites.models import HoursException

pytestmark = pytest.mark.browser

STATE_MS = 100
PATIENCE_MS = 8_000
CUTS = (Fault.BEFORE, Fault.WITHIN, Fault.AFTER)
UNKNOWN = "届いたかどうか分かりません"
NOT_TWICE = "二重に予約されることはありません"
TAP = """(button) => new Promise((done) => {
  const began = performance.now();
  new MutationObserver(() => done(performance.now() - began))
    .observe(button, { attributeFilter: ["aria-busy"] });
  button.click();
})"""
"""Milliseconds from a tap until the button says that it works."""


@dataclass
class Visitor:
    """A phone behind a wire, and what may be asked of the app beside it."""

    page: Page
    wire: Wire
    api: httpx.Client
    database_url: str
    count: int = 0

    async def goto(self, path: str) -> None:
        self.wire.fault = Fault.NONE
        await self.page.goto(self.wire.base + path)

    async def rows(self, model: Any, **wanted: Any) -> int:
        async with opened(self.database_url):
            return int(await model.filter(**wanted).count())

    async def give_details(self) -> str:
        """The address of the party, which is another each time."""
        self.count += 1
        address = f"hanako{self.count}@example.org"
        await self.page.locator("input[name='name']").fill("北 花子")
        await self.page.locator("input[name='email']").fill(address)
        await self.page.locator("input[name='consent']").check()
        return address


@asynccontextmanager
async def visitor(phone: Phone, folder: Path, database_url: str) -> AsyncIterator[Visitor]:
    app = App(folder, database_url)
    async with phone() as context, Wire(app.port).open() as wire:
        with app.serving(TUESDAY), program(app.base) as api:
            yield Visitor(await _page(context), wire, api, database_url)


async def _page(context: BrowserContext) -> Page:
    """One whose clock the test can turn: eight seconds pass at once."""
    page = await context.new_page()
    await page.clock.install()
    return page


async def tapped(button: Locator) -> None:
    """It says at once, to everybody, that it works."""
    assert await button.evaluate(TAP) < STATE_MS
    await expect(button).to_have_attribute("aria-busy", "true")


async def breaks_and_is_sent_again(
    seen: Visitor, button: Locator, fault: Fault, said: str = UNKNOWN
) -> None:
    """Tapped while the wire is broken, then tapped again."""
    seen.wire.fault, before = fault, len(seen.wire.arrived)
    if fault == Fault.HANGING:
        await tapped(button)
        await seen.page.clock.fast_forward(PATIENCE_MS)
    else:
        await button.click()
    note = seen.page.locator("[data-no-answer]")
    await expect(note).to_contain_text(said)
    await expect(seen.page.locator("[data-sending]")).to_contain_text(said)
    await expect(button).not_to_have_attribute("aria-busy", "true")
    if fault in CUTS:
        # A browser may send a form twice by itself where it takes a connection for a stale one.
        assert bool(seen.wire.arrived[before:]) == (fault == Fault.AFTER)
    seen.wire.fault = Fault.NONE
    await button.click()
    await expect(note).to_have_count(0)


def roomy(seen: Visitor) -> list[dict[str, Any]]:
    """Sessions with seats, those with the most first: lists are a second or two old."""
    found = slots(seen.api, status="open", allocation="first_come")
    return sorted(found, key=lambda slot: -slot["seats_left"])


async def reserve(seen: Visitor, fault: Fault) -> None:
    slot = roomy(seen)[0]
    await seen.goto(f"/slots/{slot['id']}/reserve")
    await seen.give_details()
    before = await seen.rows(Reservation)
    button = seen.page.locator("main form[method=post] button").last
    await breaks_and_is_sent_again(seen, button, fault, NOT_TWICE)
    await expect(seen.page.locator("main")).to_contain_text("予約が確定しました")
    assert await seen.rows(Reservation) == before + 1


async def reserve_several(seen: Visitor, fault: Fault) -> None:
    first, *others = roomy(seen)
    later = next(s for s in others if s["starts_at"] > first["ends_at"])
    await seen.goto(f"/reserve?slot={first['id']}&slot={later['id']}")
    await seen.give_details()
    before = await seen.rows(Place)
    button = seen.page.locator("main form[method=post] button").last
    await breaks_and_is_sent_again(seen, button, fault, NOT_TWICE)
    await expect(seen.page.locator("main")).to_contain_text("予約が確定しました")
    assert await seen.rows(Place) == before + 2


async def queue(seen: Visitor, fault: Fault) -> None:
    slot = next(s for s in slots(seen.api, status="full", allocation="first_come"))
    await seen.goto(f"/slots/{slot['id']}/reserve")
    await seen.give_details()
    before = await seen.rows(Reservation)
    button = seen.page.get_by_role("button", name="キャンセル待ちに登録する")
    await breaks_and_is_sent_again(seen, button, fault, NOT_TWICE)
    await expect(seen.page.locator("main")).to_contain_text("お待ちの順番")
    assert await seen.rows(Reservation) == before + 1


async def enter_a_draw(seen: Visitor, fault: Fault) -> None:
    slot = slots(seen.api, allocation="draw")[0]
    await seen.goto(f"/slots/{slot['id']}/reserve")
    await seen.page.get_by_role("link", name="抽選のしくみ").click()
    await seen.page.get_by_role("link", name="抽選に申し込む").click()
    await seen.give_details()
    await seen.page.locator("select[name='choice-1']").select_option(str(slot["id"]))
    before = await seen.rows(DrawEntry)
    button = seen.page.get_by_role("button", name="抽選に申し込む")
    await breaks_and_is_sent_again(seen, button, fault, NOT_TWICE)
    await expect(seen.page.locator("main")).to_contain_text("抽選の申込みを受け付けました")
    assert await seen.rows(DrawEntry) == before + 1


async def a_ticket(seen: Visitor) -> str:
    seen.count += 1
    slot = roomy(seen)[0]
    contact = {"name": "北 花子", "email": f"hanako{seen.count}@example.org"}
    wish = {"slots": [slot["id"]], "party": {"adults": 2}, "contact": contact, "consent": True}
    return str(seen.api.post("/reservations", json=wish).json()["reference"])


async def change(seen: Visitor, fault: Fault) -> None:
    reference = await a_ticket(seen)
    await seen.goto(f"/reservations/{reference}/change")
    await seen.page.locator("input[name='adults']").first.fill("1")
    button = seen.page.locator("main form[method=post] button").last
    await breaks_and_is_sent_again(seen, button, fault)
    await expect(seen.page).to_have_url(f"{seen.wire.base}/reservations/{reference}")
    assert await seen.rows(Reservation, reference=reference, adults=1) == 1


async def cancel(seen: Visitor, fault: Fault) -> None:
    reference = await a_ticket(seen)
    await seen.goto(f"/reservations/{reference}/cannot-come")
    button = seen.page.locator("main form[method=post] button").last
    await breaks_and_is_sent_again(seen, button, fault)
    await expect(seen.page.locator("main")).to_contain_text("取り消し")
    assert await seen.rows(Place, reservation__reference=reference, status="confirmed") == 0


async def back_makes_no_second(seen: Visitor) -> None:
    """The form comes back with its key, or says what is held; the ticket is one tap away."""
    ticket, before = seen.page.url, await seen.rows(Reservation)
    await seen.page.go_back()
    button = seen.page.locator("main form[method=post] button").last
    await expect(button).not_to_have_attribute("aria-busy", "true")
    if await seen.page.get_by_text("すでにご予約があります。").count():
        await seen.page.locator(f"main a[href='{ticket.removeprefix(seen.wire.base)}']").click()
    else:
        await button.click()
    await seen.page.wait_for_url(ticket)
    assert await seen.rows(Reservation) == before


async def hours(seen: Visitor, fault: Fault) -> None:
    """A host's form."""
    seen.count += 1
    await seen.goto("/host/sample-woodblock-oji/hours")
    form = seen.page.locator("form", has=seen.page.locator("input[name=days]"))
    await form.locator("input[name=days]").fill(f"2026/12/{seen.count % 28 + 1}")
    before = await seen.rows(HoursException)
    await breaks_and_is_sent_again(seen, form.locator("button").last, fault)
    await expect(form.locator("input[name=days]")).to_have_value("")
    assert await seen.rows(HoursException) == before + 1


async def event(seen: Visitor, fault: Fault) -> None:
    """A staff's form."""
    seen.count += 1
    await seen.goto("/staff/events/new")
    for name, text in {
        "title": f"見本の日{seen.count}",
        "starts_on": "2027-02-06",
        "ends_on": "2027-02-07",
        "opens": "10:00",
        "closes": "16:00",
    }.items():
        await seen.page.locator(f"main input[name={name}]").fill(text)
    before = await seen.rows(Event)
    button = seen.page.locator("main form[method=post] button").last
    await breaks_and_is_sent_again(seen, button, fault)
    await seen.page.wait_for_url("**/staff/events/*/sites**")
    assert await seen.rows(Event) == before + 1


Flow = Callable[[Visitor, Fault], Awaitable[None]]
FLOWS: tuple[Flow, ...] = (reserve, reserve_several, queue, enter_a_draw, change, cancel)


async def test_a_visitors_form_that_breaks_off(
    phone: Phone, tmp_path: Path, database_url: str
) -> None:
    async with visitor(phone, tmp_path, database_url) as seen:
        take_all_seats(seen.api, roomy(seen)[-1])
        for flow in FLOWS:
            for fault in (*CUTS, Fault.HANGING):
                await flow(seen, fault)
        await reserve(seen, Fault.AFTER)
        await back_makes_no_second(seen)


async def test_a_hosts_and_a_staffs_form_that_breaks_off(
    phone: Phone, tmp_path: Path, database_url: str
) -> None:
    async with visitor(phone, tmp_path, database_url) as seen:
        for who, flow in (("host", hours), ("staff", event)):
            seen.wire.fault = Fault.NONE
            await sign_in(seen.page, seen.wire.base, who)
            for fault in (*CUTS, Fault.HANGING):
                await flow(seen, fault)


async def test_without_scripts_the_same_form_brings_the_same_ticket(
    tmp_path: Path, database_url: str
) -> None:
    """Sent by a plain client whose first answer was lost on the way."""
    app = App(tmp_path, database_url)
    async with Wire(app.port).open() as wire:
        with app.serving(TUESDAY), program(app.base) as api:
            free = slots(api, status="open", allocation="first_come")
            full, drawn = min(free, key=lambda s: s["seats_left"]), slots(api, allocation="draw")[0]
            take_all_seats(api, full)
            first = max(free, key=lambda s: s["seats_left"])
            later = next(s for s in free if s["starts_at"] > first["ends_at"] and s != full)
            for path, more in {
                f"/slots/{first['id']}/reserve": {},
                "/reserve": {"slot": [first["id"], later["id"]]},
                f"/slots/{full['id']}/queue": {},
                f"{await draw_of(wire, drawn)}/enter": {"choice-1": drawn["id"]},
            }.items():
                await one_ticket(wire, path, more)


async def draw_of(wire: Wire, slot: dict[str, Any]) -> str:
    async with httpx.AsyncClient(base_url=wire.base, trust_env=False, timeout=20) as client:
        form = (await client.get(f"/slots/{slot['id']}/reserve")).headers["Location"]
    found = re.match(r"/draws/\d+", form)
    assert found
    return found[0]


async def one_ticket(wire: Wire, path: str, more: dict[str, Any]) -> None:
    form = {"adults": "1", "children": "0", "name": "北 花子", "consent": "1", **more}
    form |= {"email": f"{uuid4().hex}@example.org", "idempotency_key": uuid4().hex}
    async with httpx.AsyncClient(base_url=wire.base, trust_env=False, timeout=20) as client:
        wire.fault = Fault.AFTER
        with pytest.raises(httpx.RemoteProtocolError):
            await client.post(path, data=form)
        wire.fault = Fault.NONE
        answers = [await client.post(path, data=form) for _time in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303], (path, answers[0].text)
    assert len({answer.headers["location"] for answer in answers}) == 1
