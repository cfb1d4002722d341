"""What a visitor meets: the whole day in one tap, queues, draws, changes. Through the whole app."""

import json
import re
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner

from tests.conftest import NOON, TurnableClock
from tests.factories import make_programme, make_slot
from tests.reservations.factories import make_party, make_wish, typed
from tests.reservations.ledger import assert_ledger_holds
from tour.notifications.models import Reminder
from tour.programmes.models import Programme, Slot
from tour.programmes.states import Allocation
from tour.reservations import service, worker
from tour.reservations.draws import draws
from tour.reservations.draws.cli import draw as draw_command
from tour.reservations.models import Place, Reservation, WaitlistEntry
from tour.reservations.parties.parties import new_reference
from tour.reservations.states import PlaceStatus
from tour.web.qr import qr_svg


async def reserve(client: httpx.AsyncClient, slot: Slot, **values: str) -> str:
    """The path of the reservation made."""
    answer = await client.post(f"/slots/{slot.id}/reserve", data=typed(**values))
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


async def test_a_day_of_three_is_reserved_in_one_tap(client: httpx.AsyncClient) -> None:
    slots = [await make_slot(NOON + timedelta(days=7, hours=h)) for h in (0, 2, 4)]
    query = "&".join(f"slot={slot.id}" for slot in slots)
    assert "3件をまとめて予約する" in (await client.get(f"/reserve?{query}")).text
    form = {**typed(2), "slot": [str(slot.id) for slot in slots]}
    answer = await client.post("/reserve", data=form)
    assert answer.status_code == 303
    page = (await client.get(answer.headers["location"])).text
    assert page.count("ticket__body") == 3
    assert {s.seats_taken for s in await Slot.all()} == {2}


async def test_a_day_with_a_full_stop_takes_nothing_and_names_the_next_time(
    client: httpx.AsyncClient,
) -> None:
    programme = await make_programme()
    free = await make_slot(NOON + timedelta(days=7))
    full = await make_slot(NOON + timedelta(days=7, hours=3), capacity=2, programme=programme)
    later = await make_slot(NOON + timedelta(days=7, hours=5), programme=programme)
    await service.reserve(make_wish(full, party=make_party(2)), now=NOON)
    form = {**typed(2, name="川口 健"), "slot": [str(free.id), str(full.id)]}
    answer = await client.post("/reserve", data=form)
    assert answer.status_code == 409
    assert f"slot={free.id}&amp;slot={later.id}" in answer.text
    assert "川口 健" in answer.text
    assert (await Slot.get(id=free.id)).seats_taken == 0


async def test_a_full_slot_queues_and_a_cancellation_is_offered_and_accepted(
    client: httpx.AsyncClient,
) -> None:
    slot = await make_slot(capacity=2)
    taken = await reserve(client, slot, adults="2")
    assert "キャンセル待ちに登録する" in (await client.get(f"/slots/{slot.id}/reserve")).text
    joined = await client.post(f"/slots/{slot.id}/queue", data=typed(2))
    queued = joined.headers["location"]
    waiting = (await client.get(queued)).text
    assert "お待ちの順番：1番目" in waiting
    assert "通知の時刻" not in waiting
    programme = await Programme.get()
    assert waiting.partition("<main")[2].count(programme.title) == 1
    await client.post(f"{taken}/cancel")
    page = (await client.get(queued)).text
    assert "席を取り置いています" in page
    assert await Reminder.filter(key__startswith="offer:").count() == 1
    for _tap in range(2):
        assert (await client.post(f"{queued}/queues/{slot.id}/accept")).status_code == 303
    assert "予約が確定しました" in (await client.get(queued)).text
    await assert_ledger_holds()


async def test_an_offer_that_runs_out_moves_on_and_cannot_be_accepted(
    client: httpx.AsyncClient, clock: TurnableClock
) -> None:
    slot = await make_slot(capacity=1)
    taken = await reserve(client, slot)
    queued = [
        (await client.post(f"/slots/{slot.id}/queue", data=typed())).headers["location"]
        for _party in range(2)
    ]
    await client.post(f"{taken}/cancel")
    clock.turn(hours=25)
    await worker.run_due(clock())
    late = await client.post(f"{queued[0]}/queues/{slot.id}/accept")
    assert late.status_code == 409
    assert "席を取り置いています" in (await client.get(queued[1])).text
    await assert_ledger_holds()


async def test_no_offer_is_sent_after_the_cut_off(
    client: httpx.AsyncClient, clock: TurnableClock
) -> None:
    slot = await make_slot(capacity=1)
    taken = (await reserve(client, slot)).split("/")[-1]
    queued = (await client.post(f"/slots/{slot.id}/queue", data=typed())).headers["location"]
    clock.turn_to(slot.booking_closes_at)
    assert (await client.post(f"/reservations/{taken}/cancel")).status_code == 409
    await worker.run_due(clock())
    assert "席は空きませんでした" in (await client.get(queued)).text


async def test_a_party_that_fits_is_told_to_reserve_instead(client: httpx.AsyncClient) -> None:
    slot = await make_slot(capacity=4)
    answer = await client.post(f"/slots/{slot.id}/queue", data=typed(2))
    assert answer.status_code == 409
    assert "すぐに予約できます" in answer.text


async def test_a_party_changes_its_size_and_the_seats_follow(client: httpx.AsyncClient) -> None:
    slot = await make_slot(capacity=4)
    path = await reserve(client, slot, adults="2")
    change = {"adults": "３", "children": "1", "name": "北 次郎", "kana": "きた"}
    assert (await client.post(f"{path}/change", data=change)).status_code == 303
    page = (await client.get(path)).text
    assert "4人" in page
    assert "北 次郎" in page
    too_many = await client.post(f"{path}/change", data={**change, "adults": "5"})
    assert too_many.status_code == 409
    assert (await Slot.get(id=slot.id)).seats_taken == 4
    await assert_ledger_holds()


async def test_cancelling_by_a_link_is_impossible(client: httpx.AsyncClient) -> None:
    """Mail scanners open every link they find."""
    path = await reserve(client, await make_slot())
    assert (await client.get(f"{path}/cancel")).status_code == 405


async def test_a_foreign_key_opens_nobodys_reservation(client: httpx.AsyncClient) -> None:
    slot = await make_slot()
    await reserve(client, slot, key="guessed-key")
    answer = await client.post(f"/slots/{slot.id}/reserve", data=typed(key="guessed-key"))
    assert answer.status_code == 409 or "location" not in answer.headers
    assert await Reservation.all().count() == 1


async def test_before_the_opening_the_page_counts_down(client: httpx.AsyncClient) -> None:
    slot = await make_slot(booking_opens_at=NOON + timedelta(minutes=5))
    page = await client.get(f"/slots/{slot.id}/reserve")
    assert "data-opens" in page.text
    assert 300 < int(page.headers["refresh"]) < 310
    answer = await client.post(f"/slots/{slot.id}/reserve", data=typed())
    assert answer.status_code == 409


@pytest.mark.parametrize(
    ("field", "value"),
    [("adults", "0"), ("adults", "100"), ("adults", "-1"), ("name", "x" * 10_000), ("email", "a@")],
)
async def test_what_is_wrong_is_said_and_nothing_typed_is_lost(
    client: httpx.AsyncClient, field: str, value: str
) -> None:
    slot = await make_slot()
    form = {**typed(kana="キタ"), field: value}
    answer = await client.post(f"/slots/{slot.id}/reserve", data=form)
    assert answer.status_code == 422
    assert "field__error" in answer.text
    assert "キタ" in answer.text
    assert await Reservation.all().count() == 0


async def test_a_required_question_is_asked_until_it_is_answered(
    client: httpx.AsyncClient,
) -> None:
    programme = await make_programme(questions=[{"text": "利き手は？", "required": True}])
    slot = await make_slot(programme=programme)
    answer = await client.post(f"/slots/{slot.id}/reserve", data=typed())
    assert answer.status_code == 422
    assert "この質問に答えてください" in answer.text
    await reserve(client, slot, **{f"answer-{slot.id}-0": "左"})


async def test_a_draw_is_promised_entered_held_and_checked(
    client: httpx.AsyncClient, clock: TurnableClock, tmp_path: Path
) -> None:
    slots = [
        await make_slot(NOON + timedelta(days=9, hours=h), capacity=2, allocation=Allocation.DRAW)
        for h in (0, 2)
    ]
    draw = await draws.open_draw(
        [s.id for s in slots], event_id=None, entries_close_at=NOON + timedelta(days=2)
    )
    promised = (await client.get(f"/draws/{draw.id}.json")).json()
    assert "seed" not in promised
    assert draw.seed not in (await client.get(f"/draws/{draw.id}")).text
    entered = []
    for _party in range(4):
        choices = {"choice-1": str(slots[0].id), "choice-2": str(slots[1].id)}
        answer = await client.post(f"/draws/{draw.id}/enter", data={**typed(2), **choices})
        entered.append(answer.headers["location"])
    clock.turn(days=2)
    await worker.run_due(clock())
    frozen = (await client.get(f"/draws/{draw.id}.json")).json()
    assert len(frozen["entries"]) == 4
    assert "seed" not in frozen
    clock.turn(hours=1)
    await worker.run_due(clock())
    record = (await client.get(f"/draws/{draw.id}.json")).json()
    assert record["commitment"] == promised["commitment"]
    assert "いま確かめました" in (await client.get(f"/draws/{draw.id}")).text
    file = tmp_path / "draw.json"
    file.write_text(json.dumps(record))
    checked = CliRunner().invoke(draw_command, ["verify", str(file)])
    assert (checked.exit_code, checked.output) == (0, "As promised: 4 parties, 2 with a place.\n")
    pages = [(await client.get(path)).text for path in entered]
    assert sum("抽選に当選しました" in page for page in pages) == 2
    assert sum("キャンセル待ち中" in page for page in pages) == 2
    await assert_ledger_holds()


async def test_the_confirmation_goes_again_to_an_address_that_is_hinted_at(
    client: httpx.AsyncClient,
) -> None:
    slot = await make_slot(NOON + timedelta(days=7))
    made = await service.reserve(make_wish(slot, party=make_party()), now=NOON)
    local, _at, domain = (await Reservation.get()).email.partition("@")
    page = (await client.get(f"/reservations/{made.reference}")).text
    assert f"{local[0]}…@{domain}" in page
    assert f"{local}@{domain}" not in page


async def test_who_enters_a_draw_comes_to_its_form_at_once(
    client: httpx.AsyncClient, clock: TurnableClock
) -> None:
    slot = await make_slot(NOON + timedelta(days=7), allocation=Allocation.DRAW)
    ends_at = NOON + timedelta(days=2)
    draw = await draws.open_draw([slot.id], event_id=None, entries_close_at=ends_at)
    answer = await client.get(f"/slots/{slot.id}/reserve")
    assert answer.status_code == 303
    assert answer.headers["location"] == f"/draws/{draw.id}/enter?slot={slot.id}"
    page = (await client.get(answer.headers["location"])).text
    assert f'value="{slot.id}" selected' in page
    assert page.index("先着順ではありません") < page.index("<form class")
    clock.turn_to(ends_at)
    late = await client.get(f"/slots/{slot.id}/reserve")
    assert late.status_code == 200
    assert "抽選に申し込む" not in late.text


async def test_one_contact_enters_a_draw_once(client: httpx.AsyncClient) -> None:
    slot = await make_slot(allocation=Allocation.DRAW)
    draw = await draws.open_draw(
        [slot.id], event_id=None, entries_close_at=NOON + timedelta(days=2)
    )
    choice = {"choice-1": str(slot.id)}
    first = typed(email="Hanako+tour@Example.org", phone="０９０（１２３４）５６７８")
    assert (
        await client.post(f"/draws/{draw.id}/enter", data={**first, **choice})
    ).status_code == 303
    for again in ({"email": "hanako@example.org"}, {"phone": "+81 90-1234-5678"}):
        answer = await client.post(f"/draws/{draw.id}/enter", data={**typed(), **again, **choice})
        assert answer.status_code == 409


async def test_the_api_queues_changes_and_cancels(client: httpx.AsyncClient) -> None:
    slot = await make_slot(capacity=2)
    wish = {
        "slots": [slot.id],
        "party": {"adults": 2},
        "contact": {"name": "Yui", "email": "yui@example.org"},
        "consent": True,
    }
    made = (await client.post("/api/v1/reservations", json=wish)).json()
    other = {**wish, "contact": {"name": "Ken", "email": "ken@example.org"}}
    full = await client.post("/api/v1/reservations", json=other)
    assert (full.status_code, full.json()["slot"]) == (409, slot.id)
    queued = (await client.post("/api/v1/waitlist-entries", json=other)).json()
    assert queued["waitlist"][0]["status"] == "waiting"
    url = f"/api/v1/reservations/{made['reference']}"
    smaller = await client.patch(url, json={"party": {"adults": 1}})
    assert smaller.json()["party"] == {"adults": 1, "children": 0}
    assert (await client.delete(url)).status_code == 204
    turn = f"/api/v1/reservations/{queued['reference']}/waitlist/{slot.id}"
    accepted = (await client.post(f"{turn}/accept")).json()
    assert accepted["slots"][0]["status"] == "confirmed"
    await assert_ledger_holds()


def test_no_reference_is_short() -> None:
    assert re.fullmatch(r"[a-z2-9]{26}", new_reference())


async def test_we_cannot_come_is_one_button_and_opening_it_changes_nothing(
    client: httpx.AsyncClient, clock: TurnableClock
) -> None:
    slot = await make_slot()
    answer = await client.post(f"/slots/{slot.id}/reserve", data=typed())
    path = answer.headers["location"]
    reminder = await Reminder.filter(key__startswith="evening:").first()
    assert reminder is not None
    assert reminder.actions[1]["url"] == f"{path}/cannot-come"
    page = (await client.get(f"{path}/cannot-come")).text
    assert page.partition("<main")[2].count("<form") == 1
    assert (await Slot.get(id=slot.id)).seats_taken == 1
    assert (await client.post(f"{path}/cancel")).status_code == 303
    assert (await Slot.get(id=slot.id)).seats_taken == 0
    again = await client.get(f"{path}/cannot-come")
    assert "取り消" in again.text
    assert "<h1>行けなくなった" not in again.text
    clock.turn_to(slot.starts_at)
    assert (await client.get(f"{path}/cannot-come")).status_code == 200


async def test_from_the_cut_off_on_the_door_list_stays_true(
    client: httpx.AsyncClient, clock: TurnableClock
) -> None:
    """Hosts print their list then: nobody joins, grows, leaves or is promoted any more."""
    slot = await make_slot(capacity=2)
    answer = await client.post(f"/slots/{slot.id}/reserve", data=typed(2))
    path = answer.headers["location"]
    await client.post(f"/slots/{slot.id}/queue", data=typed(1))
    clock.turn_to(slot.booking_closes_at)
    change = {"adults": "1", "children": "0", "name": "北 花子"}
    assert (await client.post(f"{path}/change", data=change)).status_code == 409
    assert (await client.post(f"{path}/cancel")).status_code == 409
    assert (await client.post(f"/slots/{slot.id}/reserve", data=typed())).status_code == 409
    await worker.run_due(clock())
    turn = await WaitlistEntry.get()
    assert turn.status == "closed"
    place = await Place.get()
    assert (place.seats, str(place.status)) == (2, "confirmed")
    await assert_ledger_holds()


async def test_a_promoted_party_is_reminded_and_on_its_own_calendar(
    client: httpx.AsyncClient,
) -> None:
    """After promotion everything follows: reminders, ticket, calendar, door list."""
    slot = await make_slot(capacity=1)
    held = (await client.post(f"/slots/{slot.id}/reserve", data=typed())).headers["location"]
    queued = (await client.post(f"/slots/{slot.id}/queue", data=typed())).headers["location"]
    await client.post(f"{held}/cancel")
    await client.post(f"{queued}/queues/{slot.id}/accept")
    waiting = Reminder.filter(status="waiting", key__startswith="evening:")
    parties = await waiting.values_list("recipient__reservations__reference", flat=True)
    assert parties == [queued.rpartition("/")[2]]
    calendar = (await client.get(f"{queued}/calendar.ics")).text
    assert calendar.count("STATUS:CONFIRMED") == 1
    assert "STATUS:CANCELLED" in (await client.get(f"{held}/calendar.ics")).text
    assert (await client.post(f"{queued}/resend")).status_code == 303
    assert await Reminder.filter(key="receipt").count() == 2


async def test_who_scans_a_ticket_holds_no_key_to_it(client: httpx.AsyncClient) -> None:
    """The QR code says the number beside it, and that number opens no page."""
    path = await reserve(client, await make_slot())
    made = await Reservation.get()
    page = (await client.get(path)).text
    assert str(qr_svg(made.door_code)) in page
    for name in ("", "/cancel", "/change"):
        answer = await client.get(f"/reservations/{made.door_code}{name}")
        assert answer.status_code in (404, 405)
    assert (await client.post(f"/reservations/{made.door_code}/cancel")).status_code == 404
    assert (await Place.get()).status == PlaceStatus.CONFIRMED
