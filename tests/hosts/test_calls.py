"""Parties that no message reaches: whoever tells them something is given a list to ring."""

import asyncio
import re
from datetime import timedelta
from zoneinfo import ZoneInfo

import httpx
import pytest
from starlette.applications import Starlette

from tests.accounts.signing import OPERATOR, browser, make_account, sign_in_as
from tests.conftest import NOON, TurnableClock
from tests.factories import make_place, make_site
from tests.hosts.setting import first_slot, write_programme
from tests.post_office import PostOffice
from tour.accounts.models import Account
from tour.accounts.roles import Role
from tour.audit.models import AuditEntry
from tour.notifications.models import PhoneCall, PushSubscription, Recipient, Reminder
from tour.notifications.sending.worker import Worker
from tour.notifications.states import ReminderStatus
from tour.programmes import service as programmes
from tour.programmes.models import Slot
from tour.reservations.changes import lateness, slots
from tour.reservations.models import Place, Reservation
from tour.reservations.retention import erase_due
from tour.sites.models import Site

LISTED = "お電話をお願いします"
SILENT = "お知らせできない方"
TOKYO = ZoneInfo("Asia/Tokyo")
BY_HOST = {"actor": OPERATOR, "now": NOON}


@pytest.fixture
async def site(client: httpx.AsyncClient) -> Site:
    made = await make_site(name="見本 木版工房")
    await sign_in_as(client, await make_account("host@example.org", Role.HOST, made))
    return made


@pytest.fixture
async def slot(site: Site) -> Slot:
    return await first_slot(await write_programme(site, NOON + timedelta(days=1)))


async def by_phone(slot: Slot, name: str = "北 花子", **values: str) -> Reservation:
    """A party that left a number and nothing else."""
    wish = {"email": "", "phone": "03-1234-5678", "name": name, **values}
    return await (await make_place(slot, 2, **wish)).reservation


async def listed(client: httpx.AsyncClient, site: Site) -> str:
    """What the host's day says of the telephone."""
    page = (await client.get(f"/host/{site.slug}")).text
    found = re.search(r'<section class="calls.*?</section>', page, re.DOTALL)
    return found[0] if found else ""


async def tap(client: httpx.AsyncClient, site: Site, state: str, shown: str = "") -> httpx.Response:
    call = await Reminder.filter(key__startswith="cancelled:").first()
    assert call
    data = {"do": state, "shown": shown}
    return await client.post(f"/host/{site.slug}/calls/{call.id}", data=data)


async def call_off(client: httpx.AsyncClient, site: Site, slot: Slot) -> httpx.Response:
    path = f"/host/{site.slug}/slots/{slot.id}/cancel"
    answer = await client.post(path, data={"message": "停電のため"})
    return await client.get(answer.headers["location"])


async def test_calling_off_lists_whom_nothing_reaches(
    client: httpx.AsyncClient, site: Site, slot: Slot
) -> None:
    await by_phone(slot)
    await make_place(slot, 2, name="客 一郎")
    page = (await call_off(client, site, slot)).text
    assert "2組（メール1組、電話1組）" in page
    told = ("中止になりました", "停電のため")
    for shown in (LISTED, "北 花子", "2人", 'href="tel:0312345678"', *told):
        assert shown in page
    assert "北 花子" in await listed(client, site)
    assert "客 一郎" not in await listed(client, site)


async def test_who_left_no_number_either_is_said_to_be_out_of_reach(
    client: httpx.AsyncClient, site: Site, slot: Slot
) -> None:
    await by_phone(slot, phone="")
    page = (await call_off(client, site, slot)).text
    assert SILENT in page
    assert "1組（お知らせできない方1組）" in page
    assert "tel:" not in await listed(client, site)


async def test_a_browser_or_a_mail_box_is_not_rung_and_a_stopped_one_is(
    client: httpx.AsyncClient, site: Site, slot: Slot
) -> None:
    pushed, stopped = await by_phone(slot, "通知 さん"), await by_phone(slot, "停止 さん")
    for party in (pushed, stopped):
        await PushSubscription.create(
            recipient_id=party.recipient_id,
            endpoint=f"https://push.example/{party.id}",
            p256dh="p",
            auth="a",
            service="push.example",
            created_at=NOON,
        )
    await Recipient.filter(id=stopped.recipient_id).update(stopped_at=NOON)
    await call_off(client, site, slot)
    calls = await listed(client, site)
    assert "停止 さん" in calls
    assert "通知 さん" not in calls


async def test_mail_that_comes_back_is_rung_about(
    client: httpx.AsyncClient, site: Site, slot: Slot, postman: Worker, office: PostOffice
) -> None:
    """Before it comes back there is no telling; afterwards the next message counts it at once."""
    await by_phone(slot, email="gone@example.org")
    other = await first_slot(await write_programme(site, NOON + timedelta(days=2)))
    office.answers = ["550 5.1.1 no such user"]
    await slots.tell_slot(slot.id, "傘をお持ちください", **BY_HOST)
    assert await listed(client, site) == ""
    await postman.run_once()
    assert (await Reminder.get()).status == ReminderStatus.FAILED
    calls = await listed(client, site)
    assert "北 花子" in calls
    assert "傘をお持ちください" in calls
    party = await Reservation.get()
    assert await programmes.take_seats(other.id, 2)
    await Place.create(reservation=party, slot=other, seats=2)
    answer = await client.post(
        f"/host/{site.slug}/messages", data={"slot": str(other.id), "message": "上着を"}
    )
    assert "1組（電話1組）" in (await client.get(answer.headers["location"])).text


async def test_a_mail_box_that_takes_letters_again_is_not_rung(
    client: httpx.AsyncClient, site: Site, slot: Slot, postman: Worker, office: PostOffice
) -> None:
    await by_phone(slot, email="full@example.org")
    office.answers = ["550 5.2.1 disabled", ""]
    await slots.tell_slot(slot.id, "ひとつめ", **BY_HOST)
    await postman.run_once()
    await slots.tell_slot(slot.id, "ふたつめ", **BY_HOST)
    await postman.run_once()
    calls = await listed(client, site)
    assert "ひとつめ" in calls, "that one never arrived"
    assert "ふたつめ" not in calls
    answer = await client.post(
        f"/host/{site.slug}/messages", data={"slot": str(slot.id), "message": "みっつめ"}
    )
    assert "1組（メール1組）" in (await client.get(answer.headers["location"])).text


async def test_a_note_says_who_and_when_and_the_same_tap_takes_it_back(
    client: httpx.AsyncClient, site: Site, slot: Slot
) -> None:
    await by_phone(slot)
    await Account.all().update(name="見本 職人")
    await call_off(client, site, slot)
    for state, words in (("no-answer", "応答なし"), ("told", "電話で伝えた")):
        shown = str((await PhoneCall.first()).state) if await PhoneCall.exists() else ""  # type: ignore[union-attr]
        assert (await tap(client, site, state, shown)).status_code == 303
        assert f"{words}：見本 職人 12月1日(火) 12:00" in await listed(client, site)
    assert "電話する方は残っていません" in await listed(client, site)
    assert (await tap(client, site, "", "told")).status_code == 303
    assert await PhoneCall.all().count() == 0
    assert "電話する方は残っていません" not in await listed(client, site)
    assert await AuditEntry.filter(action="call.note").count() == 3


async def test_nobody_answered_is_still_to_be_rung(
    client: httpx.AsyncClient, site: Site, slot: Slot
) -> None:
    await by_phone(slot)
    await call_off(client, site, slot)
    await tap(client, site, "no-answer")
    calls = await listed(client, site)
    assert 'calls__count">1<' in calls
    assert "電話する方は残っていません" not in calls


async def test_two_who_ring_at_once_do_not_undo_each_other(
    app: Starlette, client: httpx.AsyncClient, site: Site, slot: Slot
) -> None:
    await by_phone(slot)
    await call_off(client, site, slot)
    async with browser(app) as colleague:
        await sign_in_as(colleague, await make_account("other@example.org", Role.HOST, site))
        answers = await asyncio.gather(tap(client, site, "told"), tap(colleague, site, "told"))
        assert [answer.status_code for answer in answers] == [303, 303]
        assert await PhoneCall.all().count() == 1
        late = await tap(colleague, site, "no-answer", shown="")
        assert late.status_code == 409
        assert "さんが先に記録しました" in late.text
    assert str((await PhoneCall.get()).state) == "told"


async def test_a_call_is_noted_by_its_own_place_only(
    app: Starlette, client: httpx.AsyncClient, site: Site, slot: Slot
) -> None:
    await by_phone(slot)
    await call_off(client, site, slot)
    other = await make_site()
    async with browser(app) as stranger:
        await sign_in_as(stranger, await make_account("stranger@example.org", Role.HOST, other))
        assert (await tap(stranger, other, "told")).status_code == 404
        assert "北 花子" not in await listed(stranger, other)
    assert await PhoneCall.all().count() == 0


@pytest.mark.parametrize("state", ["nonsense", "TOLD"])
async def test_a_state_that_is_none_is_refused(
    client: httpx.AsyncClient, site: Site, slot: Slot, state: str
) -> None:
    await by_phone(slot)
    await call_off(client, site, slot)
    assert (await tap(client, site, state)).status_code == 422
    assert await PhoneCall.all().count() == 0


async def test_it_goes_when_the_session_is_over_and_the_party_is_forgotten(
    client: httpx.AsyncClient, site: Site, slot: Slot, clock: TurnableClock
) -> None:
    await by_phone(slot)
    await call_off(client, site, slot)
    await tap(client, site, "told")
    clock.turn_to(slot.ends_at + timedelta(minutes=1))
    assert await listed(client, site) == ""
    assert (await tap(client, site, "", "told")).status_code == 404
    assert await PhoneCall.all().count() == 1
    clock.turn(days=400)
    await erase_due(now=clock())
    assert await PhoneCall.all().count() == 0


async def test_new_words_are_another_call(client: httpx.AsyncClient, site: Site) -> None:
    """Late, rung, and on time again: that is to be rung about, too."""
    slot = await first_slot(await write_programme(site, NOON + timedelta(hours=2)))
    await by_phone(slot)
    await lateness.run_late(site, TOKYO, 20, **BY_HOST)
    assert "20分遅れ" in await listed(client, site)
    assert "14:20" in await listed(client, site)
    call = await Reminder.get(key__startswith="delay:")
    await client.post(f"/host/{site.slug}/calls/{call.id}", data={"do": "told", "shown": ""})
    assert "電話する方は残っていません" in await listed(client, site)
    await lateness.run_late(site, TOKYO, 0, **BY_HOST)
    calls = await listed(client, site)
    assert "電話する方は残っていません" not in calls
    assert "予定どおり" in calls
    assert "14:00" in calls


async def test_who_gave_the_seats_back_needs_no_call(
    client: httpx.AsyncClient, site: Site, slot: Slot
) -> None:
    party = await by_phone(slot)
    await slots.tell_slot(slot.id, "傘をお持ちください", **BY_HOST)
    assert "北 花子" in await listed(client, site)
    await client.post(f"/reservations/{party.reference}/places/{slot.id}/cancel")
    assert await listed(client, site) == ""


async def test_what_waits_for_the_morning_says_so(
    client: httpx.AsyncClient, site: Site, clock: TurnableClock
) -> None:
    slot = await first_slot(await write_programme(site, NOON + timedelta(days=3)))
    await make_place(slot)
    await by_phone(slot)
    clock.turn_to(NOON + timedelta(hours=10))  # 22:00
    answer = await client.post(
        f"/host/{site.slug}/messages", data={"slot": str(slot.id), "message": "傘を"}
    )
    page = (await client.get(answer.headers["location"])).text
    assert "2組（メール1組、電話1組）" in page
    assert "明朝8:00に届きます" in page
    assert "北 花子" in page, "who is rung need not wait for the morning's letters to fail"
