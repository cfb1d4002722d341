"""Played days of one person who reserved by mail and asked on the plan's page for push: whatever a
host says of a session reaches them once, and somebody else who shares the plan once, too."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import httpx
import pytest

from tests.accounts.signing import browser, make_account, sign_in_as
from tests.days import Host, PlayedDay
from tests.notifications.push_service import Phone
from tests.routes.plan_news.test_readers import (
    ENGLISH,
    a_phone,
    a_plan,
    asked,
    this_browser,
    withdrawn,
)
from tests.routes.plan_pages.test_pages import CONTACT, a_town, at
from tour.accounts.roles import Role
from tour.audit.service import Actor
from tour.db import transaction
from tour.events.models import Event
from tour.notifications import service as notifications
from tour.notifications.answers import Outcome, Verdict
from tour.notifications.mail.boxes import MOST_LETTERS
from tour.notifications.message import Message
from tour.notifications.models import MAIL, Delivery, PushSubscription, Recipient, Reminder
from tour.notifications.sending import outbox, results
from tour.notifications.sending.fan_out import fan_out
from tour.notifications.service import Draft
from tour.notifications.states import DeliveryStatus
from tour.programmes.models import Slot
from tour.reservations.changes import call_offs
from tour.reservations.models import Reservation
from tour.routes.plan_news.look_out import LookOut
from tour.sites.models import Site

NEWS = ("cancelled", "delay", "door", "event-off", "shared")
FRIEND = a_phone("friend")
AGO = at(8)


@dataclass
class OnePlan:
    """A day with a plan of two sessions, the host of the first, and me, who reserved it."""

    day: PlayedDay
    slots: list[Slot]
    url: str
    me: httpx.AsyncClient
    look_out: LookOut
    phone: Phone = field(default_factory=a_phone)
    heard: set[int] = field(default_factory=set)

    async def host_says(self, **button: str) -> None:
        assert (await self.day.host.taps("door", **button)).status_code == 303

    async def host_calls_off(self) -> None:
        path = f"slots/{self.slots[0].id}/cancel"
        assert (await self.day.host.taps(path, message="停電のため")).status_code == 303

    async def listens(self) -> list[str]:
        """Where news came since: the name of a phone, or "mail"."""
        await self.look_out.look()
        await self.day.work()
        return await self.came()

    async def came(self) -> list[str]:
        sent = Delivery.filter(status=DeliveryStatus.SENT).exclude(id__in=list(self.heard))
        rows = await sent.order_by("id").values(
            "id", "service", key="reminder__key", endpoint="subscription__endpoint"
        )
        self.heard |= {row["id"] for row in rows}
        news = [row for row in rows if row["key"].partition(":")[0] in NEWS]
        names = {endpoint(self.phone): "mine", endpoint(FRIEND): "friend"}
        return sorted(MAIL if r["service"] == MAIL else names[r["endpoint"]] for r in news)


def endpoint(phone: Phone) -> str:
    return str(phone.subscription()["endpoint"])


async def reserves(client: httpx.AsyncClient, url: str, slot: Slot, **values: str) -> str:
    """By the plan's form, told by mail; the reference."""
    typed = {**CONTACT, "adults": "2", "children": "1", "slot": [slot.id], **values}
    made = await client.post(f"{url}/reserve", data={"idempotency_key": "k" * 20, **typed})
    assert made.status_code == 303, made.text
    return made.headers["location"].partition("?")[0].rpartition("/")[2]


async def my_recipient() -> Recipient:
    party = await Reservation.get().select_related("recipient")
    return party.recipient


@pytest.fixture
async def plan(app, client, clock) -> AsyncIterator[OnePlan]:
    slots = await a_town()
    clock.turn_to(at(9))
    site = await Site.get(programmes__id=slots[0].programme_id)  # type: ignore[attr-defined]
    async with browser(app) as signed_in:
        account = await make_account("host@example.org", Role.HOST, site)
        await sign_in_as(signed_in, account, now=clock())
        day = PlayedDay(app, clock, site, None, [])  # type: ignore[arg-type]
        day.host = Host(day, signed_in, site)
        url = await a_plan(client, *slots)
        made = OnePlan(day, slots, url, client, LookOut(app.state.parts))
        await reserves(client, url, slots[0])
        await made.listens()
        yield made


@pytest.fixture
async def mine(plan: OnePlan) -> OnePlan:
    """The person by mail and by push."""
    assert (await asked(plan.me, plan.url, plan.phone)).status_code == 201
    return plan


async def test_called_off(mine: OnePlan) -> None:
    await mine.host_calls_off()
    assert await mine.listens() == ["mine"]
    assert await mine.listens() == []


async def test_late_and_later_and_on_time(mine: OnePlan) -> None:
    for minutes in ("15", "30", "0"):
        await mine.host_says(do=f"delay:{minutes}")
        assert await mine.listens() == ["mine"], minutes
        assert await mine.listens() == [], minutes


async def test_closed_early_and_open_again(mine: OnePlan) -> None:
    for button in ({"do": "closed", "sure": "1"}, {"do": "open"}):
        await mine.host_says(**button)
        assert await mine.listens() == ["mine"], button
        assert await mine.listens() == [], button


async def test_what_the_party_holds_no_seat_in_is_told_once(mine: OnePlan) -> None:
    """That is the plan's own news, to the reservation and to the browser."""
    mine.slots.reverse()
    site = await Site.get(programmes__id=mine.slots[0].programme_id)  # type: ignore[attr-defined]
    account = await make_account("other@example.org", Role.HOST, site)
    async with browser(mine.day.app) as signed_in:
        await sign_in_as(signed_in, account, now=mine.day.clock())
        mine.day.host = Host(mine.day, signed_in, site)
        await mine.host_calls_off()
    assert await mine.listens() == ["mine"]


async def test_a_withdrawal_that_is_taken_back_is_told_to_nobody(mine: OnePlan, clock) -> None:
    event = await Event.get()
    await withdrawn(event, mine.slots, now=clock())
    assert await mine.listens() == []
    await call_offs.undo(event_id=event.id, actor=Actor(None, "staff"), now=clock())
    clock.turn(seconds=90)
    assert await mine.listens() == []


async def test_who_shares_the_plan_hears_it_by_the_plan(mine: OnePlan) -> None:
    async with browser(mine.day.app) as friend:
        friend.headers.update(ENGLISH)
        await friend.get(f"/reservations/{(await Reservation.get()).reference}")
        assert (await asked(friend, mine.url, FRIEND)).status_code == 201
    await mine.host_says(do="delay:15")
    assert await mine.listens() == ["friend", "mine"]
    await mine.host_calls_off()
    assert await mine.listens() == ["friend", "mine"]


async def test_a_ticket_that_was_only_opened_goes_on_by_mail(plan: OnePlan) -> None:
    """Another who saw the ticket, and changed it, asks on the plan's page: the party's letters are
    not theirs."""
    ticket = f"/reservations/{(await Reservation.get()).reference}"
    async with browser(plan.day.app) as friend:
        changed = {"adults": "3", "children": "1", "name": "北 花子"}
        assert (await friend.post(f"{ticket}/change", data=changed)).status_code == 303
        await friend.get(ticket)
        await asked(friend, plan.url, FRIEND)
    await plan.host_calls_off()
    assert await plan.listens() == ["friend", MAIL]


async def test_in_the_language_of_the_reservation(mine: OnePlan) -> None:
    mine.me.headers.update(ENGLISH)
    await asked(mine.me, mine.url, mine.phone, resync=True)
    await mine.host_calls_off()
    assert await mine.listens() == ["mine"]
    [told] = await Reminder.filter(key__startswith="cancelled:")
    assert told.title.startswith("中止")
    assert (told.url, [action["title"] for action in told.actions]) == (mine.url, ["予約の確認"])


async def test_who_stops_on_the_plan_is_told_by_mail_alone(mine: OnePlan) -> None:
    async with browser(mine.day.app) as friend:
        await asked(friend, mine.url, FRIEND)
    await mine.me.post(f"{mine.url}/stop-news", data=this_browser(mine.phone))
    await mine.host_calls_off()
    assert await mine.listens() == ["friend", MAIL]


async def test_who_has_no_mail_box_keeps_the_push_of_the_reservation(mine: OnePlan) -> None:
    await Recipient.exclude(email="").update(email="")
    await mine.me.post(f"{mine.url}/stop-news", data=this_browser(mine.phone))
    await mine.host_calls_off()
    assert await mine.listens() == ["mine"]


async def test_the_friend_stops_and_i_am_told_as_before(mine: OnePlan) -> None:
    async with browser(mine.day.app) as friend:
        await asked(friend, mine.url, FRIEND)
        await friend.post(f"{mine.url}/stop-news", data=this_browser(FRIEND))
    await mine.host_calls_off()
    assert await mine.listens() == ["mine"]


async def test_who_stopped_the_reservation_hears_it_by_the_plan(plan: OnePlan) -> None:
    """All messages about the reservation were stopped; the plan's were asked for since."""
    now = plan.day.clock()
    me = await my_recipient()
    await Recipient.filter(id=me.id).update(stopped_at=now, mail_stopped_at=now)
    await asked(plan.me, plan.url, plan.phone)
    assert (await my_recipient()).stopped_at == now
    for minutes in ("15", "30"):
        await plan.host_says(do=f"delay:{minutes}")
        assert await plan.listens() == ["mine"]


async def test_letters_are_stopped_and_push_tells(mine: OnePlan) -> None:
    await Recipient.exclude(email="").update(mail_stopped_at=mine.day.clock())
    await mine.host_calls_off()
    assert await mine.listens() == ["mine"]


async def test_an_unproved_mail_box_has_had_its_letters_and_push_tells(plan: OnePlan) -> None:
    me = await my_recipient()
    letters = [Draft(f"news:{n}", Message("t", "b", "/"), AGO, at(20)) for n in range(MOST_LETTERS)]
    await notifications.queue_all(me.id, letters, now=AGO)
    await plan.listens()
    await asked(plan.me, plan.url, plan.phone)
    await plan.host_calls_off()
    assert await plan.listens() == ["mine"]


async def test_the_browser_is_gone_and_a_letter_tells(mine: OnePlan) -> None:
    await mine.host_calls_off()
    await mine.look_out.look()
    now = mine.day.clock()
    async with transaction():
        await fan_out(now, 100)
        jobs = await outbox.claim(now, 100, {}, default_room=10)
    gone = [(job, Outcome(Verdict.GONE, "410")) for job in jobs if job.endpoint]
    assert len(gone) == 1
    async with transaction():
        await results.record(gone, now)
    assert await PushSubscription.all().count() == 0
    assert await mine.listens() == [MAIL]


async def test_a_browser_forgotten_before_is_passed_over(mine: OnePlan) -> None:
    await PushSubscription.all().delete()
    await mine.host_says(do="delay:15")
    assert await mine.listens() == [MAIL]


async def test_reserved_for_somebody_else_as_well(plan: OnePlan) -> None:
    """Two contacts in one browser: whose it is is not known, and the other's letter must go."""
    other = {"name": "王子 太郎", "email": "taro@example.org", "idempotency_key": "o" * 20}
    await reserves(plan.me, plan.url, plan.slots[0], adults="1", **other)
    await asked(plan.me, plan.url, plan.phone)
    await plan.host_calls_off()
    assert await plan.listens() == [MAIL, MAIL, "mine"]


async def test_the_plan_says_what_the_tap_means(plan: OnePlan, client) -> None:
    said = "ご予約の通知もこのブラウザに届きます"
    assert said in (await client.get(plan.url)).text
    async with browser(plan.day.app) as friend:
        assert said not in (await friend.get(plan.url)).text
