"""Staff's list of whom to ring: everybody that no message of any kind reaches, with true words."""

import re
from datetime import timedelta
from zoneinfo import ZoneInfo

import httpx
import pytest

from tests.accounts.signing import OPERATOR
from tests.conftest import NOON, TurnableClock
from tests.factories import make_party, make_place, make_slot
from tests.staff.town import hidden, make_town
from tour.programmes.states import Allocation
from tour.reservations import worker
from tour.reservations.calls.calls import open_calls
from tour.reservations.calls.views import PAGE, dialled
from tour.reservations.changes import slots
from tour.reservations.door import absences
from tour.reservations.door.absences import Asked
from tour.reservations.draws import draws
from tour.reservations.held import changes
from tour.reservations.models import DrawEntry, WaitlistEntry
from tour.reservations.states import WaitlistStatus
from tour.reservations.waitlist import queue
from tour.staff.reservations import parties

TOKYO = ZoneInfo("Asia/Tokyo")
SILENT = {"email": "", "phone": "03-1234-5678"}
BY_STAFF = {"actor": OPERATOR, "now": NOON}


async def said(now: object = NOON) -> list[str]:
    return [str(call.saying.sentence) for call in await open_calls(TOKYO, now=now)]  # type: ignore[arg-type]


async def of_a_day(desk: httpx.AsyncClient) -> str:
    page = (await desk.get("/staff/calls")).text
    found = re.search(r'<section class="calls.*?</section>', page, re.DOTALL)
    return found[0] if found else ""


async def test_withdrawing_an_event_ends_in_a_list_and_its_undo_takes_it_back(
    staff: httpx.AsyncClient,
) -> None:
    event, slot, _reached = await make_town()
    await make_place(slot, 3, name="電話 のみ", **SILENT)
    path = f"/staff/events/{event.id}/visibility"
    page = await staff.post(path, data={"do": "withdraw"})
    sure = {"do": "withdraw", "sure": hidden(page, "sure"), "reason": "台風のため"}
    assert (await staff.post(path, data=sure)).status_code == 303
    calls = await of_a_day(staff)
    for shown in (
        "電話 のみ",
        "3人",
        'href="tel:0312345678"',
        "主催者が中止しました",
        "台風のため",
    ):
        assert shown in calls
    assert "北 花子" not in calls
    assert "電話 のみ" in (await staff.get("/staff")).text
    assert (await staff.post(f"/staff/events/{event.id}/undo")).status_code == 303
    assert await of_a_day(staff) == ""


async def test_an_offer_is_rung_about_while_it_lasts(
    staff: httpx.AsyncClient, clock: TurnableClock
) -> None:
    slot = await make_slot(capacity=2)
    place = await make_place(slot, 2)
    waits = await make_party(2, name="待つ 人", **SILENT)
    await WaitlistEntry.create(reservation=waits, slot=slot, seats=2, joined_at=NOON)
    await changes.cancel_place((await place.reservation).reference, slot.id, now=NOON)
    await queue.offer_free_seats(slot.id, now=NOON)
    entry = await WaitlistEntry.get()
    assert entry.status == WaitlistStatus.OFFERED
    calls = await of_a_day(staff)
    assert "待つ 人" in calls
    assert "席が空きました" in calls
    assert "まで取り置きます" in calls
    assert entry.offer_ends_at
    clock.turn_to(entry.offer_ends_at)
    assert await of_a_day(staff) == "", "nobody is rung about an offer that is over"


async def test_a_place_won_in_a_draw_and_a_lost_one_are_rung_about(
    staff: httpx.AsyncClient, clock: TurnableClock
) -> None:
    slot = await make_slot(NOON + timedelta(days=9), capacity=2, allocation=Allocation.DRAW)
    draw = await draws.open_draw(
        [slot.id], event_id=None, entries_close_at=NOON + timedelta(days=1)
    )
    for number in range(2):
        party = await make_party(2, name=f"申込 {number}", **SILENT)
        await DrawEntry.create(
            draw=draw, reservation=party, receipt=f"R{number}", ranking=[slot.id], entered_at=NOON
        )
    clock.turn(days=3)
    await worker.run_due(clock())
    calls = await of_a_day(staff)
    assert "抽選で当選しました" in calls
    assert "落選でしたが、キャンセル待ちに入っています" in calls


async def test_a_change_by_staff_says_what_holds_now(staff: httpx.AsyncClient) -> None:
    slot = await make_slot()
    party = await (await make_place(slot, 2, **SILENT)).reservation
    await parties.change_size(party.id, 1, 0, **BY_STAFF)
    calls = await of_a_day(staff)
    assert "主催者が予約を変更しました。いまのご予約：" in calls
    assert "1人" in calls
    await parties.cancel_place(party.id, slot.id, "満員のため", **BY_STAFF)
    assert "いまご予約の体験はありません" in await of_a_day(staff)


async def test_seats_given_to_others_are_said_and_given_back_again(
    staff: httpx.AsyncClient, clock: TurnableClock
) -> None:
    slot = await make_slot(NOON - timedelta(minutes=20))
    place = await make_place(slot, 2, **SILENT)
    asked = Asked(slot.id, slot.programme.site.id, (place.id,), clock())
    entry = await absences.give_away(asked, actor=OPERATOR, now=clock())
    assert entry
    assert "席をほかの方にまわしました" in await of_a_day(staff)
    await absences.give_back(entry, actor=OPERATOR, now=clock())
    calls = await of_a_day(staff)
    assert "席はまたご予約の方のものになりました" in calls
    assert "まわしました" not in calls


async def test_english_readers_get_english_and_no_japanese_comma(
    staff: httpx.AsyncClient,
) -> None:
    slot = await make_slot()
    await make_place(slot, 2, **SILENT)
    await slots.cancel_slot(slot.id, "", **BY_STAFF)
    page = (await staff.get("/staff/calls?lang=en")).text
    assert "Please phone these" in page
    assert "is called off." in page
    assert "お電話" not in page


async def test_a_letter_is_rung_about_by_its_title_and_their_session(
    staff: httpx.AsyncClient,
) -> None:
    event, slot, _reached = await make_town()
    await make_place(slot, 2, name="電話 のみ", **SILENT)
    waits = await make_party(1, name="待つ 人", **SILENT)
    await WaitlistEntry.create(reservation=waits, slot=slot, seats=1, joined_at=NOON)
    letter = {"title": "雨の日の入口", "text": "南口へどうぞ。", "title_en": "", "text_en": ""}
    for who in ("confirmed", "waiting"):
        to = {"who": who, "event": str(event.id), "token": f"{who}12345678"}
        await staff.post("/staff/messages", data={**letter, **to})
    calls = await of_a_day(staff)
    assert calls.count("主催者からのお知らせ「雨の日の入口」") == 2
    assert calls.count("木版を摺る") == 2
    assert "ご予約：" in calls
    assert "キャンセル待ち：" in calls


async def test_a_long_list_has_pages(staff: httpx.AsyncClient) -> None:
    slot = await make_slot(capacity=PAGE * 2 + 20)
    for number in range(PAGE + 10):
        await make_place(slot, 1, name=f"客 {number:03}", **SILENT)
    await slots.cancel_slot(slot.id, "", **BY_STAFF)
    first, second = await of_a_day(staff), (await staff.get("/staff/calls?page=2")).text
    assert first.count('class="call"') == PAGE
    assert f'calls__count">{PAGE + 10}<' in first
    assert second.count('class="call"') == 10
    assert "2／2ページ" in second
    assert (await staff.get("/staff/calls?page=99999999")).status_code == 200


@pytest.mark.parametrize(
    ("written", "number"),
    [("03-1234-5678", "0312345678"), ("+81 3 1234 5678", "+81312345678"), ("", "")],
)
def test_a_number_is_dialled_without_what_is_only_read(written: str, number: str) -> None:
    assert dialled(written) == number


def test_an_extension_is_not_dialled() -> None:
    assert dialled("03-1234-5678 内線12") == "0312345678"
