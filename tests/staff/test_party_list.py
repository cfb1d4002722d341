"""The list of parties: a hundred on a page, and those who only wait or are in a draw among them."""

from datetime import timedelta

import httpx

from tests.conftest import NOON
from tests.factories import make_party as make_alone
from tests.factories import make_place
from tests.staff.town import make_town
from tour.programmes.models import Slot
from tour.reservations.models import Draw, DrawEntry, DrawSlot, WaitlistEntry
from tour.reservations.states import EntryStatus
from tour.staff.reservations.lists import PAGE

WHERE = "/staff/reservations"


async def in_draw(slot: Slot, name: str) -> DrawEntry:
    draw = await Draw.create(
        entries_close_at=NOON + timedelta(days=1),
        draws_at=NOON + timedelta(days=2),
        commitment="c",
        seed="s",
    )
    await DrawSlot.create(draw=draw, slot=slot)
    return await DrawEntry.create(
        draw=draw,
        reservation=await make_alone(2, name=name),
        receipt="R-1",
        ranking=[slot.id],
        entered_at=NOON,
    )


async def waiting(slot: Slot, name: str) -> WaitlistEntry:
    party = await make_alone(1, name=name)
    return await WaitlistEntry.create(reservation=party, slot=slot, seats=1, joined_at=NOON)


async def test_every_party_is_on_some_page(staff: httpx.AsyncClient) -> None:
    _event, slot, _party = await make_town()
    await Slot.filter(id=slot.id).update(capacity=2 * PAGE)
    for number in range(PAGE):
        await make_place(slot, 1, name=f"客{number:03}")
    first = (await staff.get(WHERE)).text
    assert f"{PAGE + 1}組" in first
    assert 'rel="next"' in first
    assert 'rel="prev"' not in first
    second = (await staff.get(f"{WHERE}?kind=held&page=2")).text
    assert 'rel="next"' not in second
    names = [f"客{number:03}" for number in range(PAGE)] + ["北 花子"]
    assert all((name in first) != (name in second) for name in names)


async def test_a_page_that_is_not_there_is_the_last_one(staff: httpx.AsyncClient) -> None:
    await make_town()
    for page in ("9", "0", "-1", "x", "99999999999999999999"):
        assert "K7M4-92QX" in (await staff.get(f"{WHERE}?page={page}&kind=x")).text, page


async def test_pages_keep_what_was_searched(staff: httpx.AsyncClient) -> None:
    _event, slot, _party = await make_town()
    await Slot.filter(id=slot.id).update(capacity=2 * PAGE)
    for number in range(PAGE):
        await make_place(slot, 1, name=f"客{number:03}")
    page = (await staff.get(WHERE, params={"q": "客", "slot": slot.id, "page": 1})).text
    assert "K7M4-92QX" not in page
    assert f"slot={slot.id}&amp;kind=queue" in page


async def test_who_only_waits_or_is_in_a_draw_is_found(staff: httpx.AsyncClient) -> None:
    _event, slot, _party = await make_town()
    waits, hopes = await waiting(slot, "待田 一"), await in_draw(slot, "籤田 二")
    for name, hoping, said in (
        ("待田", waits, "キャンセル待ち"),
        ("籤田", hopes, "抽選待ち"),
    ):
        page = (await staff.get(WHERE, params={"q": name})).text
        assert f"{WHERE}/{hoping.reservation_id}" in page
        assert said in page
        assert "木版を摺る" in page
        assert f"{slot.id}" in page
    assert "抽選待ち" in (await staff.get(f"{WHERE}/{hopes.reservation_id}")).text


async def test_kinds_are_counted_and_kept_apart(staff: httpx.AsyncClient) -> None:
    event, slot, party = await make_town()
    waits, hopes = await waiting(slot, "待田 一"), await in_draw(slot, "籤田 二")
    for query in ("", f"slot={slot.id}", f"event={event.id}"):
        page = (await staff.get(f"{WHERE}?{query}")).text
        for label in ("予約 1", "キャンセル待ち 1", "抽選 1"):
            assert f"{label}</a>" in page, (query, label)
        assert party.name in page
        assert "待田" not in page
    assert "籤田" in (await staff.get(f"{WHERE}?kind=draw")).text
    await DrawEntry.filter(id=hopes.id).update(status=EntryStatus.LEFT)
    await waits.delete()
    page = (await staff.get(f"{WHERE}?kind=draw")).text
    assert "籤田" not in page
    assert "抽選 0</a>" in page
