"""Who comes, as a host prints it and takes it away, with all that the parties have answered."""

import csv
import io
from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx
import pytest

from tests.accounts.signing import make_account, sign_in_as
from tests.conftest import NOON
from tests.factories import make_place, make_programme, make_site, make_slot
from tests.reservations.factories import make_party, make_wish
from tour.accounts.roles import Role
from tour.audit.models import AuditEntry
from tour.notifications.models import Recipient
from tour.programmes.models import Programme, Slot
from tour.programmes.states import SlotStatus
from tour.reservations import service
from tour.reservations.held import changes
from tour.reservations.lists.files import BOM
from tour.reservations.models import Place, Reservation
from tour.reservations.waitlist import queue
from tour.sites.models import Site

AT = NOON + timedelta(days=4)
"""12:00 on Saturday, 5 December."""
ALLERGY = {"text": "アレルギーは？", "required": True}
AGES = {"text": "お子さんの年齢は？", "required": True, "for_children": True}


@pytest.fixture
async def site(client: httpx.AsyncClient) -> Site:
    """A site whose host is signed in with `client`."""
    made = await make_site(name="北の工房")
    await sign_in_as(client, await make_account("host@example.org", Role.HOST, made))
    return made


async def asking(site: Site, *, capacity: int = 8, **values: Any) -> Slot:
    programme = await make_programme(
        site=site, title="木版を摺る", questions=[ALLERGY, AGES], **values
    )
    return await make_slot(AT, programme=programme, capacity=capacity)


async def coming(
    slot: Slot, *answers: str, adults: int = 2, children: int = 0, **values: Any
) -> Reservation:
    photos = values.pop("photos_allowed", None)
    wish = make_wish(slot, party=make_party(adults, children, **values))
    wish = replace(wish, answers={slot.id: list(answers)}, photos_allowed=photos)
    return await service.reserve(wish, now=NOON)


async def the_list(
    client: httpx.AsyncClient, site: Site, path: str = "/list?day=2026-12-05"
) -> str:
    page = await client.get(f"/host/{site.slug}{path}")
    assert page.status_code == 200
    assert page.headers["cache-control"] == "no-store"
    return page.text


async def the_file(
    client: httpx.AsyncClient, site: Site, path: str = "/list?day=2026-12-05"
) -> list[dict[str, str]]:
    answer = await client.post(f"/host/{site.slug}{path}")
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    text = answer.content.decode()
    assert text.startswith(BOM)
    return list(csv.DictReader(io.StringIO(text.removeprefix(BOM), newline="")))


async def test_the_list_says_who_comes_and_what_they_have_answered(
    client: httpx.AsyncClient, site: Site
) -> None:
    slot = await asking(site)
    await coming(slot, "そば", "7歳と9歳", adults=1, children=2, name="北 花子")
    await coming(slot, "なし", name="南 太郎", photos_allowed=False)
    page = await the_list(client, site)
    for said in ("北 花子", "そば", "お子さんの年齢は？", "7歳と9歳", "南 太郎", "写真は不可"):
        assert said in page
    assert "2組・5人・12月1日(火) 12:00現在" in page


async def test_a_question_for_children_is_asked_of_whoever_brings_some(
    client: httpx.AsyncClient, site: Site
) -> None:
    slot = await asking(site)
    form = {"adults": "2", "name": "北 花子", "phone": "03-1234-5678", "consent": "1"}
    form |= {f"answer-{slot.id}-0": "なし", "idempotency_key": "k" * 12}
    page = (await client.get(f"/slots/{slot.id}/reserve")).text
    assert "お子さまと一緒の場合だけお答えください" in page
    refused = await client.post(f"/slots/{slot.id}/reserve", data={**form, "children": "1"})
    assert refused.status_code == 422
    assert f'id="answer-{slot.id}-1-error"' in refused.text
    made = await client.post(f"/slots/{slot.id}/reserve", data={**form, "children": "0"})
    assert made.status_code == 303, made.text
    assert "お子さんの年齢は？" not in await the_list(client, site)


async def test_children_who_join_later_have_not_been_asked_and_the_list_says_so(
    client: httpx.AsyncClient, site: Site
) -> None:
    party = await coming(await asking(site), "なし")
    await changes.change_party(party.reference, adults=1, children=1, now=NOON)
    page = await the_list(client, site)
    assert "お子さんの年齢は？：<b>回答なし</b>" in page
    [row] = await the_file(client, site)
    assert row["回答"] == "アレルギーは？：なし\nお子さんの年齢は？：回答なし"


async def test_answers_keep_the_words_they_were_asked_with(
    client: httpx.AsyncClient, site: Site
) -> None:
    slot = await asking(site)
    await coming(slot, "そば")
    await Programme.filter(id=slot.programme_id).update(questions=[{"text": "靴のサイズは？"}])
    page = await the_list(client, site)
    assert "アレルギーは？：<b>そば</b>" in page
    assert "靴のサイズは？" not in page


async def test_who_waits_is_on_it_with_their_answers(client: httpx.AsyncClient, site: Site) -> None:
    slot = await asking(site, capacity=2)
    await coming(slot, "そば", name="北 花子")
    wish = make_wish(slot, party=make_party(2, name="西 次郎"))
    wish.answers[slot.id] = ["たまご"]
    await queue.join(wish, now=NOON)
    page = await the_list(client, site)
    assert "1組・2人" in page, "those who wait are not counted as coming"
    assert page.index("北 花子") < page.index("待ち1組") < page.index("西 次郎")
    assert "たまご" in page
    rows = await the_file(client, site)
    assert [(row["お名前"], row["状態"]) for row in rows] == [
        ("北 花子", "確定"),
        ("西 次郎", "キャンセル待ち"),
    ]


async def test_who_takes_a_seat_from_the_queue_brings_the_answers(
    client: httpx.AsyncClient, site: Site
) -> None:
    slot = await asking(site, capacity=2)
    first = await coming(slot, "そば", name="北 花子")
    wish = make_wish(slot, party=make_party(2, name="西 次郎"))
    wish.answers[slot.id] = ["たまご"]
    second = await queue.join(wish, now=NOON)
    await changes.cancel(first.reference, now=NOON)
    await queue.accept(second.reference, slot.id, now=NOON)
    page = await the_list(client, site)
    assert "北 花子" not in page
    assert "アレルギーは？：<b>たまご</b>" in page


async def test_only_those_whom_no_message_reaches_are_to_be_rung(
    client: httpx.AsyncClient, site: Site
) -> None:
    slot = await asking(site)
    await coming(slot, "なし", email="", phone="03-1111-2222", name="電話 花子")
    await coming(slot, "なし", email="a@example.jp", phone="03-3333-4444", name="郵便 太郎")
    stopped = await coming(slot, "なし", email="b@example.jp", phone="03-5555-6666")
    await Recipient.filter(id=stopped.recipient_id).update(stopped_at=NOON)
    page = await the_list(client, site)
    assert "03-1111-2222" in page
    assert "03-5555-6666" in page
    assert "03-3333-4444" not in page, "no more than is needed on paper"
    day = (await client.get(f"/host/{site.slug}?day=2026-12-05")).text
    assert "前日の18:00" in day, "the day's page says of what they are reminded"
    assert "通知は届きません" in day


async def test_the_file_holds_no_formula_and_is_in_the_log(
    client: httpx.AsyncClient, site: Site
) -> None:
    await coming(await asking(site), "=HYPERLINK(1)", name='=HYPERLINK("http://evil.example")')
    [row] = await the_file(client, site)
    assert row["お名前"] == '\'=HYPERLINK("http://evil.example")'
    assert "メールアドレス" not in row
    [line] = await AuditEntry.filter(action="reservation.export")
    assert (line.site_id, line.after["rows"]) == (site.id, 1)


async def test_one_session_alone(client: httpx.AsyncClient, site: Site) -> None:
    slot = await asking(site)
    other = await make_slot(AT + timedelta(hours=2), programme=await slot.programme)
    await make_place(slot, 2, name="北 花子")
    await make_place(other, 3, name="南 太郎")
    path = f"/slots/{other.id}/list"
    page = await the_list(client, site, path)
    assert "北 花子" not in page
    assert "1組・3人" in page
    assert [row["お名前"] for row in await the_file(client, site, path)] == ["南 太郎"]


async def test_what_was_called_off_and_who_gave_up_are_not_on_it(
    client: httpx.AsyncClient, site: Site
) -> None:
    slot = await asking(site)
    gone = await coming(slot, "なし", name="北 花子")
    await changes.cancel(gone.reference, now=NOON)
    assert "北 花子" not in await the_list(client, site)
    await Slot.filter(id=slot.id).update(status=SlotStatus.CANCELLED)
    assert "この日の体験はありません" in await the_list(client, site)
    assert await the_file(client, site, f"/slots/{slot.id}/list") == []


async def test_what_was_erased_is_not_said_to_be_missing(
    client: httpx.AsyncClient, site: Site
) -> None:
    party = await coming(await asking(site), "そば")
    await Reservation.filter(id=party.id).update(name="", erased_at=NOON)
    await Place.all().update(answers=[])
    assert "回答なし" not in await the_list(client, site)
