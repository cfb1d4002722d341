"""A code by mail before seats are anybody's: what holds them, who is told what, and its ends."""

import re
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest

from tests.conftest import NOON, TurnableClock
from tests.factories import DAY_AHEAD, make_event, make_programme, make_slot
from tests.reservations.factories import make_wish, typed
from tests.reservations.ledger import assert_ledger_holds
from tour.audit.service import Actor
from tour.notifications.message import MADE_AS_IT_LEAVES
from tour.notifications.models import Delivery, PushSubscription, Reminder
from tour.notifications.sending.fan_out import fan_out
from tour.notifications.sending.wording import Promised
from tour.notifications.sending.worker import FULL, open_worker
from tour.programmes.models import BookingRules, Slot
from tour.programmes.states import Allocation
from tour.reservations import service, worker
from tour.reservations.changes import slots
from tour.reservations.draws import draws
from tour.reservations.models import ContactCheck, DrawEntry, Place, Reservation, WaitlistEntry
from tour.reservations.parties import contact_check
from tour.reservations.parties.contact_check import LASTS, MOST_LAPSED, MOST_SENDS, MOST_TRIES
from tour.reservations.states import EntryStatus

Client = httpx.AsyncClient


async def checked_slot(*starts_at: datetime, **values: Any) -> Slot:
    event = await make_event(day=DAY_AHEAD.date())
    limit = values.pop("limit", None)
    await BookingRules.create(event=event, checks_contact=True, reservations_per_contact=limit)
    return await make_slot(*starts_at, programme=await make_programme(event=event), **values)


async def reserve(client: Client, slot: Slot, **values: str) -> str:
    """The path of the page that asks for the code."""
    answer = await client.post(f"/slots/{slot.id}/reserve", data=typed(**values))
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


async def code_of(path: str) -> str:
    """As its owner reads it in the mail, which takes the digits from here as it leaves."""
    check = await ContactCheck.get(reservation__reference=path.rpartition("/")[2])
    return str(check.code)


async def send_code(client: Client, path: str) -> int:
    """The status with which the right code is answered."""
    data = {"code": await code_of(path)}
    return (await client.post(f"{path}/code", data=data)).status_code


async def status_of(path: str) -> str:
    place = await Place.get(reservation__reference=path.rpartition("/")[2])
    return str(place.status)


async def title_of(path: str) -> str:
    """Of the letter with the code, as it leaves."""
    made = await Reservation.get(reference=path.rpartition("/")[2])
    promised = Promised(made.recipient_id, contact_check.CODE_KEY, MADE_AS_IT_LEAVES)
    said = await contact_check.words(promised, NOON)
    assert said is not None
    return said.message.title


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06d}"


async def test_the_list_tells_what_is_no_reservation_yet(client: Client) -> None:
    path = await reserve(client, await checked_slot())
    page = (await client.get("/reservations")).text
    assert "まだ予約ではないもの" in page
    assert "これからの予約" not in page
    assert re.search(r'badge--todo">.*認証番号の入力待ち', page)
    assert f'href="{path}#code-head">認証番号を入力</a>' in page
    assert await send_code(client, path) == 303
    page = (await client.get("/reservations")).text
    assert "まだ予約ではないもの" not in page
    assert re.search(r'badge--sure">.*確定', page)


async def test_seats_are_held_for_the_code_and_confirmed_by_it(client: Client) -> None:
    slot = await checked_slot(capacity=2)
    path = await reserve(client, slot, adults="2")
    page = await client.get(path)
    assert "認証番号を入力" in page.text
    assert "ticket__code" not in page.text, "no QR code before the contact is proved"
    assert (await Slot.get(id=slot.id)).seats_taken == 2, "nobody else gets them meanwhile"
    full = await client.post(f"/slots/{slot.id}/reserve", data=typed())
    assert full.status_code == 409
    code = await code_of(path)
    wide = "".join(chr(ord(digit) + 0xFEE0) for digit in code)
    answer = await client.post(f"{path}/code", data={"code": f" {wide[:3]} {wide[3:]} "})
    assert (answer.status_code, answer.headers["location"]) == (303, path)
    assert "予約が確定しました" in (await client.get(path)).text
    assert await Reminder.filter(key="receipt").count() == 1
    again = await client.post(f"{path}/code", data={"code": code})
    assert again.status_code == 303, "the second tap is the same as the first"
    await assert_ledger_holds()


async def test_the_wrong_code_is_counted_and_ends_it(client: Client) -> None:
    slot = await checked_slot(capacity=2)
    path = await reserve(client, slot)
    code = await code_of(path)
    for left in range(MOST_TRIES - 1, 0, -1):
        answer = await client.post(f"{path}/code", data={"code": wrong(code)})
        assert answer.status_code == 422
        assert f"あと{left}回" in answer.text
    assert (await client.post(f"{path}/code", data={"code": "x" * 5000})).status_code == 409
    assert (await client.post(f"{path}/code", data={"code": code})).status_code == 409
    assert await status_of(path) == "cancelled"
    assert (await Slot.get(id=slot.id)).seats_taken == 0
    assert "予約できませんでした" in (await client.get(path)).text


async def test_what_is_held_lapses_and_nothing_makes_it_longer(
    client: Client, clock: TurnableClock
) -> None:
    slot = await checked_slot(capacity=1)
    path = await reserve(client, slot)
    check = await ContactCheck.get()
    said = []
    for _time in range(MOST_SENDS + 2):
        answer = await client.post(f"{path}/code/send")
        assert answer.status_code == 303
        said.append(
            "番号をもう一度送りました" in (await client.get(answer.headers["location"])).text
        )
    assert said == [True] * (MOST_SENDS - 1) + [False] * 3
    after = await ContactCheck.get()
    assert (after.ends_at, after.sends) == (check.ends_at, MOST_SENDS)
    clock.turn(minutes=LASTS.total_seconds() / 60)
    assert (await client.post(f"{path}/code", data={"code": check.code})).status_code == 409
    await worker.run_due(clock())
    assert (await Slot.get(id=slot.id)).seats_taken == 0
    assert await Reminder.filter(status="waiting").count() == 0
    await assert_ledger_holds()


async def test_seats_cannot_be_held_in_a_chain(client: Client, clock: TurnableClock) -> None:
    slot = await checked_slot()
    for _time in range(MOST_LAPSED):
        await reserve(client, slot, email="chain@example.org")
        clock.turn(minutes=16)
        await worker.run_due(clock())
    again = await client.post(f"/slots/{slot.id}/reserve", data=typed(email="Chain+1@example.org"))
    assert again.status_code == 429
    await reserve(client, slot, email="other@example.org")


@pytest.mark.parametrize("is_away", [True, False])
async def test_codes_that_never_left_were_not_let_lapse(
    client: Client, settings, clock, post_office, is_away: bool
) -> None:
    """Without a mail server nobody can use a code, and nobody is shut out for that."""
    slot = await checked_slot(capacity=10)
    office, port = post_office
    if is_away:
        await office.close()
    with_server = replace(settings, smtp_url=f"smtp://127.0.0.1:{port}")
    async with open_worker(with_server, clock, FULL) as sender:
        for _time in range(MOST_LAPSED):
            await reserve(client, slot, email="patient@example.org")
            await sender.run_once()
            clock.turn(minutes=16)
            await worker.run_due(clock())
    typed_again = typed(email="patient@example.org")
    again = await client.post(f"/slots/{slot.id}/reserve", data=typed_again)
    assert again.status_code == (303 if is_away else 429)


async def test_nobody_learns_what_a_contact_holds_without_its_mail(client: Client) -> None:
    """The limit of the event speaks only after the code; before it every address looks alike."""
    slot = await checked_slot(limit=1)
    first = await reserve(client, slot, email="yui@example.org")
    await client.post(f"{first}/code", data={"code": await code_of(first)})
    client.cookies.clear()  # another device: this one would be known
    stranger = await client.get(await reserve(client, slot, email="nobody@example.org"))
    path = await reserve(client, slot, email="yui@example.org")
    known = await client.get(path)

    def masked(text: str) -> str:
        return re.sub(r"[a-z0-9]{26}|(yui|nobody)@example.org|nonce=\S+|nonce-\S+", "…", text)

    assert masked(known.text) == masked(stranger.text)
    refused = await client.post(f"{path}/code", data={"code": await code_of(path)})
    assert refused.status_code == 409
    assert "一つの連絡先" in refused.text
    assert await status_of(path) == "cancelled"
    await assert_ledger_holds()


async def test_the_code_goes_to_the_mail_box_never_to_a_browser(client: Client) -> None:
    path = await reserve(client, await checked_slot())
    made = await Reservation.get(reference=path.rpartition("/")[2])
    await PushSubscription.create(
        recipient_id=made.recipient_id,
        endpoint="https://push.example/1",
        p256dh="p",
        auth="a",
        service="push.example",
        created_at=NOON,
    )
    await fan_out(NOON, 10)
    assert await Delivery.all().values_list("service", flat=True) == ["mail"]


async def test_without_an_address_the_field_says_why(client: Client) -> None:
    slot = await checked_slot()
    data = typed(email="", phone="03-1234-5678")
    answer = await client.post(f"/slots/{slot.id}/reserve", data=data)
    assert answer.status_code == 422
    assert "メールアドレスを入力してください" in answer.text
    assert 'value="03-1234-5678"' in answer.text
    assert (await Slot.get(id=slot.id)).seats_taken == 0


async def test_a_mail_scanner_that_opens_the_link_changes_nothing(client: Client) -> None:
    path = await reserve(client, await checked_slot())
    for _time in range(3):
        assert (await client.get(path)).status_code == 200
    for verb in ("code", "code/send", "cancel"):
        assert (await client.get(f"{path}/{verb}")).status_code == 405
    assert await status_of(path) == "held"
    assert (await ContactCheck.get()).tries == 0


async def test_giving_up_frees_the_seats_at_once(client: Client) -> None:
    slot = await checked_slot()
    path = await reserve(client, slot)
    assert (await client.post(f"{path}/cancel")).status_code == 303
    assert (await Slot.get(id=slot.id)).seats_taken == 0
    assert await ContactCheck.filter(ended_at=None).count() == 0


async def test_a_held_party_cannot_grow(client: Client) -> None:
    slot = await checked_slot()
    path = await reserve(client, slot)
    data = {"adults": "3", "children": "0", "name": "北 花子"}
    assert (await client.post(f"{path}/change", data=data)).status_code == 409
    await assert_ledger_holds()


async def test_a_time_that_is_called_off_takes_what_was_held_with_it(client: Client) -> None:
    slot = await checked_slot()
    path = await reserve(client, slot)
    await slots.cancel_slot(slot.id, "", actor=Actor(None, "test"), now=NOON)
    assert (
        await client.post(f"{path}/code", data={"code": await code_of(path)})
    ).status_code == 409
    await assert_ledger_holds()


async def test_a_queue_is_joined_by_the_code(client: Client) -> None:
    slot = await checked_slot(capacity=1)
    holder = await reserve(client, slot)
    await client.post(f"{holder}/code", data={"code": await code_of(holder)})
    answer = await client.post(f"/slots/{slot.id}/queue", data=typed())
    path = answer.headers["location"]
    page = (await client.get(path)).text
    assert "キャンセル待ちの登録はまだ完了していません" in page
    assert "キャンセル待ちに登録する</button>" in page
    assert re.search(r"<li><strong>.+</strong>.*<time datetime=", page)
    assert "【キャンセル待ちの登録はまだ完了していません】" in await title_of(path)
    await client.post(f"{holder}/cancel")
    assert (await WaitlistEntry.get()).status == "unproved", "no offer before the code"
    await client.post(f"{path}/code", data={"code": await code_of(path)})
    assert (await WaitlistEntry.get()).status == "offered"
    await assert_ledger_holds()


async def test_a_draw_is_entered_by_the_code_and_nobody_is_locked_out(client: Client) -> None:
    """Who types a stranger's address neither enters them nor keeps them from entering."""
    slot = await checked_slot(allocation=Allocation.DRAW)
    event_id = slot.programme.event_id  # type: ignore[attr-defined]
    draw = await draws.open_draw(
        [slot.id], event_id=event_id, entries_close_at=NOON + timedelta(days=1)
    )
    form = {**typed(email="yui@example.org"), "choice-1": str(slot.id)}
    first = await client.post(f"/draws/{draw.id}/enter", data=form)
    assert await DrawEntry.filter(status=EntryStatus.UNPROVED).count() == 1
    form = {**typed(email="yui@example.org"), "choice-1": str(slot.id)}
    second = await client.post(f"/draws/{draw.id}/enter", data=form)
    path = second.headers["location"]
    page = (await client.get(path)).text
    assert "抽選の申込みはまだ完了していません" in page
    assert "申込みを確定する</button>" in page
    assert "予約はまだ完了していません" not in page
    assert re.search(r"<li><strong>.+</strong>.*<time datetime=", page)
    assert "【抽選の申込みはまだ完了していません】" in await title_of(path)
    assert (
        await client.post(f"{path}/code", data={"code": await code_of(path)})
    ).status_code == 303
    assert await DrawEntry.filter(status=EntryStatus.ENTERED).count() == 1
    path = first.headers["location"]
    assert (
        await client.post(f"{path}/code", data={"code": await code_of(path)})
    ).status_code == 409
    assert await DrawEntry.filter(status=EntryStatus.ENTERED).count() == 1


async def test_programs_are_told_where_to_send_the_code(client: Client) -> None:
    slot = await checked_slot()
    wish = {
        "slots": [slot.id],
        "party": {"adults": 1},
        "contact": {"name": "北 花子", "email": "yui@example.org"},
        "consent": True,
    }
    headers = {"Idempotency-Key": "one-wish-of-yui"}
    answer = await client.post("/api/v1/reservations", json=wish, headers=headers)
    problem = answer.json()
    assert answer.status_code == 409
    assert problem["type"].endswith("contact-check")
    again = await client.post("/api/v1/reservations", json=wish, headers=headers)
    assert again.json() == problem, "a retry is told the same and holds nothing twice"
    path = problem["confirm"].removeprefix("http://testserver")
    code = await code_of(f"/{problem['reference']}")
    bad = await client.post(path, json={"code": wrong(code)})
    assert (bad.status_code, list(bad.json()["errors"])) == (422, ["code"])
    made = await client.post(path, json={"code": code})
    assert made.status_code == 200
    assert made.json()["slots"][0]["status"] == "confirmed"
    assert (await Slot.get(id=slot.id)).seats_taken == 1


@pytest.mark.usefixtures("database")
async def test_a_code_for_several_sessions_ends_with_the_first_of_their_cut_offs() -> None:
    soon = NOON + LASTS / 2
    one, two = await checked_slot(), await checked_slot(booking_closes_at=soon)
    three = await checked_slot(NOON + timedelta(days=9))
    made = await service.reserve(make_wish(one, three), now=NOON)
    assert (await ContactCheck.get(reservation_id=made.id)).ends_at == NOON + LASTS
    wish = make_wish(one, two, three, split=True)
    made = await service.reserve(wish, now=NOON)
    check = await ContactCheck.get(reservation_id=made.id)
    assert (check.ends_at, check.latest_at) == (soon, soon)
