"""Finding parties, changing on their behalf, lists for the office."""

import io
import threading
import zipfile
from datetime import timedelta
from typing import Any

import httpx
import pytest

from tests.conftest import NOON, TurnableClock
from tests.factories import make_party as make_waiting
from tests.factories import make_place
from tests.reservations.factories import typed
from tests.staff.town import make_party, make_town
from tour.audit.models import AuditEntry
from tour.notifications.models import Reminder
from tour.programmes.models import Slot
from tour.reservations import retention
from tour.reservations.lists.files import BOM, as_csv, as_xlsx, harmless
from tour.reservations.models import Place, Reservation, WaitlistEntry
from tour.reservations.states import PlaceStatus, WaitlistStatus
from tour.staff.reservations import handlers

BY_CODE_OR_NAME = ["K7M4", "k7m4-92qx", "Ｋ７Ｍ４９２ＱＸ", "花子", "北 花", "北花子"]
AS_WRITTEN = [
    "山田太郎",
    "やまだ",
    "yamada",
    "０９０12345678",
    "+81 90 1234 5678",
    "ＴＡＲＯ＠example.jp",
]


@pytest.mark.parametrize("query", BY_CODE_OR_NAME)
async def test_a_party_is_found_by_code_or_name(staff: httpx.AsyncClient, query: str) -> None:
    _event, slot, _party = await make_town()
    await make_party(slot, name="Other Guest", code="AAAA-BBBB")
    page = await staff.get("/staff/reservations", params={"q": query})
    assert "K7M4-92QX" in page.text
    assert "AAAA-BBBB" not in page.text


@pytest.mark.parametrize("query", AS_WRITTEN)
async def test_a_party_is_found_as_it_wrote_itself_until_it_is_renamed_or_erased(
    staff: httpx.AsyncClient, query: str
) -> None:
    _event, slot, _party = await make_town()
    data = {**typed(), "name": "山田 太郎", "kana": "やまだ たろう", "phone": "090-1234-5678"}
    made = await staff.post(f"/slots/{slot.id}/reserve", data={**data, "email": "taro@example.jp"})
    assert made.status_code == 303, made.text
    code = (await Reservation.get(name="山田 太郎")).door_code

    async def is_found() -> bool:
        return code in (await staff.get("/staff/reservations", params={"q": query})).text

    assert await is_found()
    change = {"adults": "1", "children": "0", "name": "鈴木 一", "kana": ""}
    await staff.post(f"{made.headers['location']}/change", data=change)
    assert await is_found() == (query not in ("山田太郎", "やまだ", "yamada"))
    await retention.erase_due(now=NOON + timedelta(days=200))
    assert not await is_found()


async def test_the_past_is_shown_when_asked_for(
    staff: httpx.AsyncClient, clock: TurnableClock
) -> None:
    await make_town()
    clock.turn(days=10)
    assert "K7M4-92QX" not in (await staff.get("/staff/reservations")).text
    assert "K7M4-92QX" in (await staff.get("/staff/reservations?past=1")).text
    assert "K7M4-92QX" in (await staff.get("/staff/reservations?q=K7M4")).text


async def test_no_page_shows_the_key_to_a_reservation(staff: httpx.AsyncClient) -> None:
    _event, _slot, party = await make_town()
    for path in ("", f"/{party.id}", "/doors"):
        assert party.reference not in (await staff.get(f"/staff/reservations{path}")).text
    await staff.post(f"/staff/reservations/{party.id}/size", data={"adults": "1", "children": "0"})
    assert party.reference not in str(await AuditEntry.all().values())


async def test_a_nonsense_search_finds_nobody(staff: httpx.AsyncClient) -> None:
    _event, slot, party = await make_town()
    await make_party(slot, name="西 次郎", code="ZQX2-KM7M")
    for query in ("zzzz", "qqqq", "xxxx"):
        page = (await staff.get("/staff/reservations", params={"q": query})).text
        assert "ZQX2-KM7M" not in page, query
        assert party.door_code not in page, query


async def test_who_only_waits_is_shown_with_the_session_and_the_turn(
    staff: httpx.AsyncClient,
) -> None:
    _event, slot, _party = await make_town()
    turns = []
    for number in (1, 2):
        waits = await make_waiting(1, name=f"待つ {number}")
        turns.append(waits)
        await WaitlistEntry.create(reservation=waits, slot=slot, seats=1, joined_at=NOON)
    page = (await staff.get(f"/staff/reservations/{turns[1].id}")).text
    assert "木版を摺る" in page
    assert "キャンセル待ち 2番目" in page
    await WaitlistEntry.filter(reservation=turns[0]).update(
        status=WaitlistStatus.OFFERED, offer_ends_at=NOON + timedelta(hours=1)
    )
    assert "キャンセル待ち 1番目" in (await staff.get(f"/staff/reservations/{turns[1].id}")).text
    assert "席を案内中" in (await staff.get(f"/staff/reservations/{turns[0].id}")).text


@pytest.mark.parametrize(
    ("email", "button", "done"),
    [
        ("a@example.org", "保存して知らせる", "保存し、本人にお知らせしました。"),
        ("", "保存する（お電話をお願いします）", "保存しました。お電話でお知らせください。"),
    ],
)
async def test_a_button_promises_to_tell_only_whom_a_message_reaches(
    staff: httpx.AsyncClient, email: str, button: str, done: str
) -> None:
    _event, slot, _party = await make_town()
    place = await make_place(slot, 1, name="西 次郎", email=email, phone="03-1234-5678")
    path = f"/staff/reservations/{(await place.reservation).id}"
    assert f'<button class="button">{button}</button>' in (await staff.get(path)).text
    answer = await staff.post(f"{path}/size", data={"adults": "2", "children": "0"})
    assert done in (await staff.get(answer.headers["location"])).text


async def test_another_size_moves_the_seats_and_tells_the_party(staff: httpx.AsyncClient) -> None:
    _event, slot, party = await make_town()
    answer = await staff.post(
        f"/staff/reservations/{party.id}/size", data={"adults": "3", "children": "1"}
    )
    assert answer.status_code == 303
    assert (await Slot.get(id=slot.id)).seats_taken == 4
    assert (await Reservation.get(id=party.id)).party_size == 4
    assert await Reminder.filter(recipient_id=party.recipient_id, key__startswith="staff:").exists()
    assert await AuditEntry.filter(action="reservation.size", subject_id=party.id).exists()


async def test_a_size_that_does_not_fit_changes_nothing(staff: httpx.AsyncClient) -> None:
    _event, slot, party = await make_town()
    await make_party(slot, code="AAAA-BBBB", size=5)
    path = f"/staff/reservations/{party.id}/size"
    assert (await staff.post(path, data={"adults": "4", "children": "0"})).status_code == 409
    assert (await staff.post(path, data={"adults": "0", "children": "0"})).status_code == 422
    assert (await staff.post(path, data={"adults": "many"})).status_code == 422
    assert (await Slot.get(id=slot.id)).seats_taken == 7
    assert not await AuditEntry.filter(action="reservation.size").exists()


async def test_cancelling_gives_the_seats_back_once(staff: httpx.AsyncClient) -> None:
    _event, slot, party = await make_town()
    path = f"/staff/reservations/{party.id}/slots/{slot.id}/cancel"
    for _ in range(2):
        await staff.post(path, data={"reason": "台風のため"})
    assert (await Slot.get(id=slot.id)).seats_taken == 0
    assert (await Place.get(reservation=party)).status == PlaceStatus.CANCELLED
    told = await Reminder.get(recipient_id=party.recipient_id, key__startswith="staff:")
    assert "台風" in told.body


async def test_a_party_is_told_of_each_change(staff: httpx.AsyncClient) -> None:
    _event, slot, party = await make_town()
    size = {"adults": "3", "children": "0"}
    for _ in range(2):
        await staff.post(f"/staff/reservations/{party.id}/size", data=size)
    cancel = f"/staff/reservations/{party.id}/slots/{slot.id}/cancel"
    await staff.post(cancel, data={"reason": "台風のため"})
    told = Reminder.filter(recipient_id=party.recipient_id, key__startswith="staff:")
    assert await told.order_by("id").values_list("body", flat=True) == ["3 + 0", "台風のため"]


async def test_the_door_list_has_who_holds_seats(staff: httpx.AsyncClient) -> None:
    _event, slot, party = await make_town()
    gone = await make_party(slot, name="来ない人", code="AAAA-BBBB")
    await Place.filter(reservation=gone).update(status=PlaceStatus.CANCELLED)
    page = await staff.get(f"/staff/reservations/doors?slot={slot.id}")
    assert party.door_code in page.text
    assert "来ない人" not in page.text


@pytest.mark.parametrize(("lang", "word"), [("ja", "来場なし"), ("en", "Did not come")])
async def test_an_export_calls_states_as_the_page_does(
    staff: httpx.AsyncClient, lang: str, word: str
) -> None:
    _event, _slot, party = await make_town()
    await Place.filter(reservation=party).update(status=PlaceStatus.RELEASED)
    assert word in (await staff.get(f"/staff/reservations?lang={lang}")).text
    answer = await staff.post("/staff/reservations/export", data={"as": "csv"})
    assert f",{word}," in answer.text
    assert "released" not in answer.text


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
async def test_a_long_list_keeps_nobody_waiting(
    staff: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    """It is written beside the event loop, in the reader's language all the same."""
    await make_town()
    written_in: list[tuple[int, str]] = []

    def write(*told: Any) -> bytes:
        written_in.append((threading.get_ident(), told[-2][0]))
        return as_csv(*told[-2:])

    monkeypatch.setattr(handlers, f"as_{kind}", write)
    assert (await staff.post("/staff/reservations/export", data={"as": kind})).status_code == 200
    [(thread, first)] = written_in
    assert thread != threading.get_ident()
    assert first == "日付"


async def test_exports_hold_no_formula(staff: httpx.AsyncClient) -> None:
    _event, slot, _party = await make_town()
    await make_party(slot, name='=HYPERLINK("http://evil.example")', code="AAAA-BBBB")
    answer = await staff.post("/staff/reservations/export", data={"as": "csv"})
    text = answer.content.decode()
    assert text.startswith(BOM)
    assert "\r\n" in text
    assert "\"'=HYPERLINK(" in text
    assert "2026年12月5日,12:00" in text
    xlsx = await staff.post("/staff/reservations/export", data={"as": "xlsx"})
    with zipfile.ZipFile(io.BytesIO(xlsx.content)) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
        strings = book.read("xl/sharedStrings.xml").decode()
    assert "<f>" not in sheet
    assert "=HYPERLINK(" in strings
    assert await AuditEntry.filter(action="reservation.export").count() == 2


@pytest.mark.parametrize(
    "cell",
    [
        *("=1+1", "+81", "-1", "@SUM", "\tx", "\rx", "\nx"),
        *("＝1+1", "＋81", "－1", "＠SUM", "﹦1", "﹫x"),
        *(" =1+1", "\u3000＝1+1", "\ufeff=1", "\u200b=1", "\u2066@x"),
    ],
)
def test_what_looks_like_a_formula_becomes_text(cell: str) -> None:
    assert harmless(cell) == f"'{cell}"
    assert cell.encode() in as_csv(["x"], [[cell]])
    with zipfile.ZipFile(io.BytesIO(as_xlsx("x", ["x"], [[cell]]))) as book:
        assert b"<f>" not in book.read("xl/worksheets/sheet1.xml")


KEPT = [-1, "北 花子", "a=b", "", " ", "03-1234-5678", "'=1"]


def test_numbers_and_names_stay_as_they_are() -> None:
    assert [harmless(cell) for cell in KEPT] == KEPT
