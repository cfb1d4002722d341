"""True pushes into a real Chromium: replaced by their update, tapped, renewed, unsubscribed.

What is said is queued as the app itself queues it, beside the running app, on the same database.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import BrowserContext, Page, expect

from tests.browser.conftest import Phone
from tests.browser.desktop import Desktop, told_phone
from tests.browser.serving import App
from tests.browser.test_plan import move_the_first_stop, plan_in_three_taps
from tests.factories import catalogue_changed
from tour import db
from tour.notifications import recipients, service
from tour.notifications.message import Action, Message
from tour.notifications.models import Delivery, PushSubscription
from tour.notifications.push.keys import new_private_key
from tour.programmes.models import Slot
from tour.programmes.states import SlotStatus
from tour.reservations.models import Reservation
from tour.routes.models import Itinerary

pytestmark = pytest.mark.browser

TUESDAY = "2026-12-01T12:00:00+09:00"
LONG_AGO = datetime(2026, 12, 1, tzinfo=UTC)
"""Due at once by the app's clock, whatever it shows."""
NOTES = """navigator.serviceWorker.ready.then(r => r.getNotifications())
    .then(l => l.map(n => ({title: n.title, tag: n.tag, actions: n.actions.map(a => a.title)})))"""
CLICK_WITHOUT_WINDOW = """async () => {
    const [note] = await self.registration.getNotifications();
    self.dispatchEvent(new NotificationEvent("notificationclick", {notification: note}));
}"""
"""A click that no finger made may not open a window: as on an iPhone, where the app that was closed
opens at its start page instead."""
ENDPOINT = """navigator.serviceWorker.ready.then(r => r.pushManager.getSubscription())
    .then(s => s && s.endpoint)"""
UNSUBSCRIBE = """navigator.serviceWorker.ready.then(r => r.pushManager.getSubscription())
    .then(s => s.unsubscribe())"""


@dataclass(frozen=True, slots=True)
class Visit:
    """A visitor's browser and the app it visits."""

    context: BrowserContext
    page: Page
    desktop: Desktop
    app: App
    database_url: str

    async def reserve(self) -> str:
        """A place in the wood-block workshop, with a telephone number only; its address."""
        page = self.page
        await page.goto(f"{self.app.base}/sites?q=もくはん")
        await page.get_by_role("link", name="見本 王子木版工房").click()
        await expect(page.get_by_role("heading", level=1)).to_have_text("見本 王子木版工房")
        await page.get_by_role("link", name="予約").and_(page.locator(".button")).first.click()
        await page.locator("input[name='name']").fill("北 花子")
        await page.locator("input[name='phone']").fill("090-1234-5678")
        await page.locator("input[name='consent']").check()
        await page.get_by_role("button", name="予約する").click()
        await expect(page.locator("main")).to_contain_text("予約が確定しました")
        return page.url

    async def allow(self) -> None:
        await self.page.locator("[data-push-ask]").click()
        await self.is_on()

    async def is_on(self) -> None:
        await expect(self.page.locator("[data-push][data-state='on']")).to_be_visible()

    async def tell(self, title: str) -> None:
        """News for the party; again replaces it."""
        async with db.opened(self.database_url):
            party = await Reservation.get(name="北 花子")
            page = f"/reservations/{party.reference}"
            said = Message(title, "10:00", page, (Action("QRコード", f"{page}#qr"),))
            until = LONG_AGO + timedelta(days=30)
            draft = service.Draft("news:1", said, LONG_AGO, until)
            await service.queue_all(party.recipient_id, [draft], now=LONG_AGO)

    async def shown(self, title: str) -> list[dict[str, Any]]:
        """What the phone shows as soon as `title` is among it."""
        for _half in range(120):
            notes: list[dict[str, Any]] = await self.page.evaluate(NOTES)
            if title in [note["title"] for note in notes]:
                return notes
            await self.page.wait_for_timeout(500)
        raise AssertionError(f"{title!r} was not shown")

    async def endpoints(self) -> list[str]:
        async with db.opened(self.database_url):
            found = await PushSubscription.all().order_by("id").values_list("endpoint", flat=True)
        return [str(endpoint) for endpoint in found]

    async def delivered(self, status: str) -> None:
        """Wait until a delivery stands so."""
        for _half in range(120):
            async with db.opened(self.database_url):
                if await Delivery.filter(status=status).exists():
                    return
            await self.page.wait_for_timeout(500)
        raise AssertionError(f"no delivery is {status}")


@asynccontextmanager
async def visiting(phone: Phone, database_url: str, folder: Path) -> AsyncIterator[Visit]:
    async with told_phone(phone, database_url, folder) as (context, desktop, app):
        yield Visit(context, await context.new_page(), desktop, app, database_url)


async def test_shown_replaced_by_its_update_and_tapped(
    phone: Phone, database_url: str, tmp_path: Path
) -> None:
    async with visiting(phone, database_url, tmp_path) as visit:
        with visit.app.serving(TUESDAY):
            reservation = await visit.reserve()
            await visit.allow()
            await visit.tell("場所が変わりました")
            [first] = await visit.desktop.notes("場所が変わりました")
            await visit.tell("時間も変わりました")
            [second] = await visit.desktop.notes("時間も変わりました")
            assert second.number == first.number, "the phone shows it once"
            await visit.page.goto(f"{visit.app.base}/about")
            async with visit.context.expect_page() as opening:
                visit.desktop.tap(second, "QRコード")
            opened = await opening.value
            await opened.wait_for_url(f"{reservation}#qr")
            await visit.desktop.is_empty()


async def test_a_tap_opens_the_page_where_no_page_is_open(
    phone: Phone, database_url: str, tmp_path: Path
) -> None:
    async with visiting(phone, database_url, tmp_path) as visit:
        with visit.app.serving(TUESDAY):
            reservation = await visit.reserve()
            await visit.allow()
            await visit.page.goto("about:blank")
            await visit.tell("場所が変わりました")
            [note] = await visit.desktop.notes("場所が変わりました")
            async with visit.context.expect_page() as opening:
                visit.desktop.tap(note)
            await (await opening.value).wait_for_url(reservation)


async def test_an_app_that_opens_at_its_start_page_goes_on_to_where_the_tap_led(
    phone: Phone, database_url: str, tmp_path: Path
) -> None:
    async with visiting(phone, database_url, tmp_path) as visit:
        with visit.app.serving(TUESDAY):
            reservation = await visit.reserve()
            await visit.allow()
            await visit.page.goto(f"{visit.app.base}/about")
            await visit.tell("場所が変わりました")
            await visit.desktop.notes("場所が変わりました")
            await visit.context.service_workers[0].evaluate(CLICK_WITHOUT_WINDOW)
            await visit.desktop.is_empty()
            await visit.page.goto(visit.app.base)
            await visit.page.wait_for_url(reservation)


async def test_a_tap_brings_the_open_page_to_the_front_as_it_is_now(
    phone: Phone, database_url: str, tmp_path: Path
) -> None:
    async with visiting(phone, database_url, tmp_path) as visit:
        with visit.app.serving(TUESDAY):
            await visit.reserve()
            await visit.allow()
            other = await visit.context.new_page()
            await other.goto(f"{visit.app.base}/about")
            await visit.tell("場所が変わりました")
            [note] = await visit.desktop.notes("場所が変わりました")
            pages = len(visit.context.pages)
            async with visit.page.expect_navigation():
                visit.desktop.tap(note, "QRコード")
            assert visit.page.url.endswith("#qr")
            await expect(visit.page.locator(".ticket__code")).to_be_in_viewport()
            assert len(visit.context.pages) == pages


async def test_a_browser_that_unsubscribed_is_forgotten_and_no_other(
    phone: Phone, database_url: str, tmp_path: Path
) -> None:
    async with visiting(phone, database_url, tmp_path) as visit:
        with visit.app.serving(TUESDAY):
            await visit.reserve()
            await visit.allow()
            [mine] = await visit.endpoints()
            other = await _another_browser(visit)
            await visit.page.evaluate(UNSUBSCRIBE)
            await visit.tell("だれにも届きません")
            await visit.delivered("gone")
            assert mine not in await visit.endpoints()
            assert other in await visit.endpoints()


async def test_a_lost_subscription_is_told_again_at_the_next_visit(
    phone: Phone, database_url: str, tmp_path: Path
) -> None:
    async with visiting(phone, database_url, tmp_path) as visit:
        with visit.app.serving(TUESDAY):
            await visit.reserve()
            await visit.allow()
            before = await visit.endpoints()
            async with db.opened(database_url):
                await PushSubscription.all().delete()
            await visit.page.reload()
            await visit.is_on()
            assert await visit.endpoints() == before


async def test_another_vapid_key_means_subscribing_again(
    phone: Phone, database_url: str, tmp_path: Path
) -> None:
    async with visiting(phone, database_url, tmp_path) as visit:
        with visit.app.serving(TUESDAY):
            await visit.reserve()
            await visit.allow()
            [before] = await visit.endpoints()
        with visit.app.serving(TUESDAY, TOUR_VAPID_PRIVATE_KEY=new_private_key()):
            await visit.page.reload()
            await visit.is_on()
            now = await visit.page.evaluate(ENDPOINT)
            assert now != before
            assert now in await visit.endpoints()
            await visit.tell("新しい鍵で")
            assert len(await visit.shown("新しい鍵で")) == 1


async def test_a_lost_subscription_is_noticed_on_any_page_and_said_once(
    phone: Phone, database_url: str, tmp_path: Path
) -> None:
    async with visiting(phone, database_url, tmp_path) as visit:
        with visit.app.serving(TUESDAY):
            await plan_in_three_taps(visit.page, visit.app.base)
            await visit.allow()
            [before] = await visit.endpoints()
            page, said = visit.page, "この端末に通知が届かなくなっています"
            await page.goto(f"{visit.app.base}/sites")
            await page.wait_for_load_state("networkidle")
            await expect(page.locator("main")).not_to_contain_text(said)
            await page.evaluate(UNSUBSCRIBE)
            await page.goto(f"{visit.app.base}/")
            await expect(page.locator("main")).to_contain_text(said)
            await page.goto(f"{visit.app.base}/sites")
            await page.wait_for_load_state("networkidle")
            await expect(page.locator("main")).not_to_contain_text(said)
            await page.goto(f"{visit.app.base}/notifications")
            await page.get_by_role("button", name="もう一度受け取る").click()
            await visit.is_on()
            [now] = await visit.endpoints()
            assert now == await page.evaluate(ENDPOINT) != before
            await _call_off_a_session_of_the_plan(visit)
            assert len(await visit.shown("12月12日(土)のプランが変わりました")) == 1


async def test_one_now_and_then_stop_all(phone: Phone, database_url: str, tmp_path: Path) -> None:
    async with visiting(phone, database_url, tmp_path) as visit:
        with visit.app.serving(TUESDAY):
            await visit.reserve()
            await visit.allow()
            page = visit.page
            await page.goto(f"{visit.app.base}/notifications")
            await page.locator("[data-push-test]").click()
            assert len(await visit.shown("お試しの通知です")) == 1
            await page.locator("[data-push-test]").click()
            await expect(page.locator("[data-push][data-state='tested']")).to_be_visible()
            await page.locator("[data-push-stop]").click()
            await expect(page.locator("[data-push][data-state='off']")).to_be_visible()
            assert await visit.endpoints() == []
            assert await page.evaluate(ENDPOINT) is None


async def test_who_saved_a_plan_hears_that_a_session_of_it_is_called_off(
    phone: Phone, database_url: str, tmp_path: Path
) -> None:
    async with visiting(phone, database_url, tmp_path) as visit:
        with visit.app.serving(TUESDAY):
            await plan_in_three_taps(visit.page, visit.app.base)
            await visit.allow()
            await move_the_first_stop(visit.page)
            await visit.is_on()
            await visit.page.reload()
            await visit.is_on()
            await _call_off_a_session_of_the_plan(visit)
            [note] = await visit.shown("12月12日(土)のプランが変わりました")
            await visit.page.reload()
            await expect(visit.page.locator("main")).to_contain_text("残りを組み直す")
            await visit.page.get_by_role("button", name="通知を止める").click()
            await expect(visit.page.locator("[data-push][data-state='ask']")).to_be_visible()
            assert note["actions"] == []


async def _call_off_a_session_of_the_plan(visit: Visit) -> None:
    async with db.opened(visit.database_url):
        plan = await Itinerary.get()
        slot_id = next(stop["slot_id"] for stop in plan.stops if stop["slot_id"])
        await Slot.filter(id=slot_id).update(status=SlotStatus.CANCELLED)
        await catalogue_changed()


async def _another_browser(visit: Visit) -> str:
    """Somebody else's, at the same service."""
    async with db.opened(visit.database_url):
        mine = await PushSubscription.get()
        host = mine.endpoint.split("/")[2]
        other = f"https://{host}/fcm/send/{'x' * 24}"
        party = await recipients.new_recipient(lang="ja", timezone="Asia/Tokyo")
        await PushSubscription.create(
            recipient_id=party.id,
            endpoint=other,
            p256dh=mine.p256dh,
            auth=mine.auth,
            service=mine.service,
            created_at=LONG_AGO,
        )
    return other
