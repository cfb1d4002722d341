"""The button that asks for notifications names those that come."""

from datetime import timedelta

import httpx
import pytest

from tests.conftest import NOON
from tests.factories import DAY_AHEAD, make_place, make_programme, make_slot
from tests.reservations.draws.test_questions import draw_of, drawn
from tests.reservations.factories import make_wish, typed
from tour.notifications.models import Recipient
from tour.reservations import service

EVENING, TWO_HOURS = "前日18時", "2時間前"


async def page_of(client: httpx.AsyncClient, reference: str) -> str:
    return (await client.get(f"/reservations/{reference}?lang=ja")).text


@pytest.mark.parametrize(
    ("starts_at", "chosen", "asked"),
    [
        (DAY_AHEAD, ["evening", "two-hours"], "前日18時と2時間前に通知を受け取る"),
        (DAY_AHEAD, ["evening"], "前日18時に通知を受け取る"),
        (DAY_AHEAD, [], "変更があったら通知を受け取る"),
        (NOON + timedelta(hours=3), ["evening", "two-hours"], "2時間前に通知を受け取る"),
        (NOON + timedelta(hours=1), ["evening", "two-hours"], "変更があったら通知を受け取る"),
    ],
)
async def test_of_a_reservation(
    client: httpx.AsyncClient, starts_at, chosen: list[str], asked: str
) -> None:
    made = await service.reserve(make_wish(await make_slot(starts_at)), now=NOON)
    await Recipient.filter(id=made.recipient_id).update(choices=chosen)
    assert f"</svg>{asked}</button>" in await page_of(client, made.reference)


async def test_of_a_turn_in_a_queue(client: httpx.AsyncClient) -> None:
    slot = await make_slot(capacity=1)
    await make_place(slot, 1)
    queued = await client.post(f"/slots/{slot.id}/queue", data=typed())
    page = (await client.get(queued.headers["location"] + "?lang=ja")).text
    assert "席が空いたら通知を受け取る" in page
    assert "前日18時と" not in page


async def test_of_an_entry_in_a_draw(client: httpx.AsyncClient) -> None:
    slot = await drawn(await make_programme())
    draw = await draw_of(slot)
    entered = await client.post(
        f"/draws/{draw.id}/enter", data={**typed(), "choice-1": str(slot.id)}
    )
    page = (await client.get(entered.headers["location"] + "?lang=ja")).text
    assert "抽選結果の通知を受け取る" in page


async def test_without_a_mail_address_nothing_comes_by_mail(client: httpx.AsyncClient) -> None:
    slot = await make_slot()
    sent = await client.post(
        f"/slots/{slot.id}/reserve", data={**typed(), "email": "", "phone": "03-1234-5678"}
    )
    page = (await client.get(sent.headers["location"] + "?lang=ja")).text
    assert "メールでお送りします" not in page
