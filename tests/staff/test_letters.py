"""Letters to many: whom, how many by which way, once, and taken back within a minute."""

import asyncio
from datetime import timedelta
from zoneinfo import ZoneInfo

import httpx
import pytest

from tests.accounts.signing import make_account, sign_in_as
from tests.conftest import NOON, TurnableClock
from tests.factories import make_party, make_place, make_programme, make_slot
from tests.staff.town import make_town
from tour.accounts.models import Account
from tour.accounts.roles import Role
from tour.audit.models import AuditEntry
from tour.i18n import current_language
from tour.notifications.message import Message
from tour.notifications.models import Reminder
from tour.notifications.recipients import new_recipient
from tour.notifications.sending.worker import Worker
from tour.notifications.service import queue
from tour.notifications.states import ReminderStatus
from tour.programmes.models import Slot
from tour.programmes.states import Allocation, SlotStatus
from tour.reservations.calls.figures import Figures
from tour.reservations.draws import draws
from tour.reservations.models import DrawEntry, Reservation, WaitlistEntry
from tour.reservations.retention import erase_due
from tour.sites.models import Site

LETTER = {"title": "雨の日の入口", "text": "南口へどうぞ。", "title_en": "", "text_en": ""}
SILENT = {"email": "", "phone": "03-1234-5678"}


async def look(desk: httpx.AsyncClient, **choices: object) -> str:
    fields = {name: str(value) for name, value in choices.items()}
    return (await desk.get("/staff/messages", params=fields)).text


async def send(desk: httpx.AsyncClient, **choices: object) -> httpx.Response:
    fields = {name: str(value) for name, value in choices.items()}
    data = {**LETTER, "token": "abcdefgh12345678", **fields}
    return await desk.post("/staff/messages", data=data)


async def told() -> set[str]:
    letters = Reminder.filter(key__startswith="letter:").exclude(status=ReminderStatus.CANCELLED)
    return {
        party.name
        for party in await Reservation.filter(
            recipient_id__in=[row["recipient_id"] for row in await letters.values("recipient_id")]
        )
    }


async def test_it_goes_to_whom_the_choices_find(staff: httpx.AsyncClient) -> None:
    event, slot, _party = await make_town()
    other = await make_slot(
        NOON + timedelta(days=5),
        programme=await make_programme(
            site=await Site.get(slug="site-2"), event=event, title="鋳物をつくる"
        ),
    )
    await make_place(other, 2, name="西 次郎")
    await Slot.filter(id=other.id).update(status=SlotStatus.CLOSED)
    assert "2組（メール2組）" in await look(staff, event=event.id)
    assert "1組（メール1組）" in await look(staff, q="鋳物")
    assert "1組（メール1組）" in await look(staff, day="2026-12-06")
    assert "1組（メール1組）" in await look(staff, slot=slot.id)
    answer = await send(staff, q="鋳物")
    assert answer.status_code == 303
    assert await told() == {"西 次郎"}, "whose session takes no more reservations still comes"


async def test_figures_say_the_ways_before_and_after(staff: httpx.AsyncClient) -> None:
    event, slot, _party = await make_town()
    await make_place(slot, 1, name="電話 のみ", **SILENT)
    assert "2組（メール1組、電話1組）" in await look(staff, event=event.id)
    answer = await send(staff, event=event.id)
    page = (await staff.get(answer.headers["location"])).text
    assert "2組（メール1組、電話1組）" in page
    calls = (await staff.get("/staff/calls")).text
    assert "電話 のみ" in calls
    assert "南口へどうぞ。" in calls


async def test_sent_twice_at_once_is_sent_once(staff: httpx.AsyncClient) -> None:
    event, _slot, _party = await make_town()
    answers = await asyncio.gather(*(send(staff, event=event.id) for _time in range(2)))
    assert [answer.status_code for answer in answers] == [303, 303]
    [letter] = await Reminder.filter(key__startswith="letter:")
    assert letter.revision == 1
    assert await AuditEntry.filter(action="letter.send").count() == 1


async def test_it_is_taken_back_within_the_minute_and_not_later(
    staff: httpx.AsyncClient, clock: TurnableClock, postman: Worker
) -> None:
    event, _slot, _party = await make_town()
    page = await staff.get((await send(staff, event=event.id)).headers["location"])
    assert "元に戻す" in page.text
    await postman.run_once()
    undone = await staff.post("/staff/messages/undo", data={"token": "abcdefgh12345678"})
    assert undone.status_code == 303
    assert await told() == set()
    again = {"token": "abcdefgh12345678"}
    assert (await staff.post("/staff/messages/undo", data=again)).status_code == 409
    await send(staff, event=event.id)
    clock.turn(minutes=1, seconds=1)
    await postman.run_once()
    late = await staff.post("/staff/messages/undo", data={"token": "abcdefgh12345678"})
    assert late.status_code == 409
    assert (await Reminder.get(key__startswith="letter:")).status == ReminderStatus.SENT


async def test_those_who_wait_those_in_draws_and_hosts_are_chosen_too(
    staff: httpx.AsyncClient,
) -> None:
    event, slot, _party = await make_town()
    waits, hopes = await make_party(2, name="待つ 人"), await make_party(2, name="申込 人")
    await WaitlistEntry.create(reservation=waits, slot=slot, seats=2, joined_at=NOON)
    drawn: Slot = await make_slot(
        NOON + timedelta(days=9),
        programme=await make_programme(site=await Site.get(slug="site-1"), event=event),
        allocation=Allocation.DRAW,
    )
    draw = await draws.open_draw(
        [drawn.id], event_id=None, entries_close_at=NOON + timedelta(days=1)
    )
    await DrawEntry.create(
        draw=draw, reservation=hopes, receipt="R1", ranking=[drawn.id], entered_at=NOON
    )
    await make_account("host@example.org", Role.HOST, await Site.get(slug="site-1"))
    for who, name in (("waiting", "待つ 人"), ("draw", "申込 人")):
        assert "1組（メール1組）" in await look(staff, who=who, event=event.id)
        await send(staff, who=who, event=event.id, token=f"token-{who}")
        assert name in await told()
    await send(staff, who="hosts", event=event.id, token="token-hosts")
    [letter] = await Reminder.filter(key="letter:token-hosts")
    assert letter.url == "/host/site-1"


async def test_each_language_that_is_written_is_looked_at(staff: httpx.AsyncClient) -> None:
    event, _slot, _party = await make_town()
    fields = {**LETTER, "event": str(event.id), "token": "t"}
    page = (await staff.post("/staff/messages/preview", data=fields)).text
    assert page.count('class="letter"') == 1
    both = {**fields, "title_en": "Rain", "text_en": "South entrance."}
    page = (await staff.post("/staff/messages/preview", data=both)).text
    assert page.count('class="letter"') == 2
    assert await Reminder.all().count() == 0


@pytest.mark.parametrize("choices", [{}, {"event": "x"}, {"who": "nobody"}, {"day": "soon"}])
async def test_nobody_writes_to_the_whole_town_by_a_slip(
    staff: httpx.AsyncClient, choices: dict[str, str]
) -> None:
    await make_town()
    assert (await send(staff, **choices)).status_code == 422
    assert (await send(staff, q="どこにもない")).status_code == 422
    assert await Reminder.all().count() == 0


async def test_whether_somebody_got_it_is_found_however_they_are_written(
    staff: httpx.AsyncClient, clock: TurnableClock, postman: Worker
) -> None:
    event, slot, _party = await make_town()
    wish = {"name": "佐藤 花子", "kana": "サトウ ハナコ", "phone": "090-1234-5678"}
    await make_place(slot, 2, door_code="AAAA-BBBB", email="sato@example.org", **wish)
    await send(staff, event=event.id)
    clock.turn(minutes=2)
    await postman.run_once()
    for written in ("佐藤", "佐藤花子", "さとう", "09012345678", "sato@example.org", "aaaabbbb"):
        page = (await staff.get("/staff/messages/sent", params={"q": written})).text
        assert "佐藤 花子" in page, written
        assert "北 花子" not in page, written
        assert "雨の日の入口" in page
        assert "届いています" in page
    assert "北 花子" in (await staff.get("/staff/messages/sent")).text


async def test_whom_nothing_reaches_is_to_be_phoned_until_somebody_has(
    staff: httpx.AsyncClient,
) -> None:
    event, slot, _party = await make_town()
    await make_place(slot, 2, name="電話 のみ", **SILENT)
    await send(staff, event=event.id)
    sent = {"q": "電話"}
    page = (await staff.get("/staff/messages/sent", params=sent)).text
    assert ">電話</td>" in page
    assert '<a href="/staff/calls">電話待ち</a>' in page
    assert "電話待ち" not in (await staff.get("/staff/messages/sent", params={"q": "北"})).text
    letter = await Reminder.get(recipient__email="", key__startswith="letter:")
    noted = await staff.post(f"/staff/calls/{letter.id}", data={"do": "told", "shown": ""})
    assert noted.status_code == 303
    page = (await staff.get("/staff/messages/sent", params=sent)).text
    assert ">電話</td>" in page
    assert "電話待ち" not in page


async def test_who_was_forgotten_has_no_name_any_more(
    staff: httpx.AsyncClient, clock: TurnableClock
) -> None:
    event, _slot, _party = await make_town()
    await send(staff, event=event.id)
    clock.turn(days=300)
    await erase_due(now=clock())
    await sign_in_as(staff, await Account.get(email="staff@example.org"), now=clock())
    page = (await staff.get("/staff/messages/sent")).text
    assert "個人情報は削除済み" in page
    assert "北 花子" not in page
    assert "雨の日" not in page


@pytest.mark.parametrize(
    ("key", "who"),
    [
        ("invitation", "招待した方"),
        ("asked:sign-in:abc", "ログイン用のメールアドレス"),
        ("news", "今は分からない方"),
    ],
)
async def test_who_has_no_account_is_no_reader_of_a_plan(
    staff: httpx.AsyncClient, key: str, who: str
) -> None:
    reader = await new_recipient(lang="ja", timezone="Asia/Tokyo", email="new@example.org")
    message = Message("題", "本文", "/")
    day = timedelta(days=1)
    await queue(reader.id, key, message, due_at=NOON, expires_at=NOON + day, now=NOON)
    page = (await staff.get("/staff/messages/sent")).text
    assert who in page
    assert "プランの閲覧者" not in page


@pytest.mark.parametrize(
    ("hours", "said"),
    [(5, "きょう17:00"), (-4, "今朝8:00"), (20, "明朝8:00"), (29, "12月2日(水)")],
)
def test_this_morning_is_said_in_the_morning_only(hours: int, said: str) -> None:
    told = Figures({}, NOON + timedelta(hours=hours))
    token = current_language.set("ja")
    try:
        assert said in told.later(ZoneInfo("Asia/Tokyo"), NOON)
    finally:
        current_language.reset(token)


async def test_the_log_has_pages_of_a_hundred(staff: httpx.AsyncClient) -> None:
    event, slot, _party = await make_town()
    await Slot.filter(id=slot.id).update(capacity=200)
    for number in range(104):
        await make_place(slot, 1, name=f"客 {number:03}")
    await send(staff, event=event.id)
    first = (await staff.get("/staff/messages/sent")).text
    assert first.count('<th scope="row">') == 100
    following = first.partition("?before=")[2].partition('"')[0]
    second = (await staff.get(f"/staff/messages/sent?before={following}")).text
    assert second.count('<th scope="row">') == 5
