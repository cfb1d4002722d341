"""What a form says of the contact and of the consent is what the rules in force do."""

from datetime import timedelta

import httpx

from tests.conftest import NOON
from tests.factories import make_event, make_programme, make_site, make_slot
from tests.reservations.draws.test_questions import draw_of, drawn
from tests.reservations.factories import make_wish, typed
from tour.programmes.models import BookingRules, Slot
from tour.reservations import retention, service
from tour.reservations.models import Reservation

BOTH = "どちらか必須</span></label>"


async def slot_in_event(**rules: object) -> Slot:
    event = await make_event()
    if rules:
        await BookingRules.create(event_id=event.id, **rules)
    site = await make_site(name="見本 木版工房")
    return await make_slot(programme=await make_programme(site=site, event_id=event.id))


async def form_of(client: httpx.AsyncClient, *slots: Slot) -> str:
    if len(slots) == 1:
        return (await client.get(f"/slots/{slots[0].id}/reserve?lang=ja")).text
    asked = "&".join(f"slot={slot.id}" for slot in slots)
    return (await client.get(f"/reserve?{asked}&lang=ja")).text


async def test_one_of_the_two_contacts_is_required(client: httpx.AsyncClient) -> None:
    page = await form_of(client, await slot_in_event())
    assert page.count(BOTH) == 2
    assert "メールアドレスか電話番号のどちらかが必要です" in page


async def test_where_a_code_is_sent_the_mail_is_what_is_required(client: httpx.AsyncClient) -> None:
    slot = await slot_in_event(checks_contact=True)
    page = await form_of(client, slot)
    assert BOTH not in page
    assert "認証番号をお送りします" in page
    refused = await client.post(
        f"/slots/{slot.id}/reserve?lang=ja", data={**typed(), "email": "", "phone": "03-1234-5678"}
    )
    assert 'id="email-error"' in refused.text, "the page says what the rules do"


async def test_a_limit_is_said_before_it_is_reached(client: httpx.AsyncClient) -> None:
    page = await form_of(client, await slot_in_event(reservations_per_contact=2))
    assert "同じ連絡先では2件まで" in page


async def test_the_consent_names_who_sees_it_and_until_when(client: httpx.AsyncClient) -> None:
    slot = await slot_in_event(retention_days=7)
    page = await form_of(client, slot)
    assert "体験を行う会場（見本 木版工房）にも提供します。" in page
    assert "最後の体験の日から7日後に削除します。" in page
    assert "主催：" in page
    made = await service.reserve(make_wish(slot), now=NOON)
    gone_at = slot.ends_at + timedelta(days=7)
    await Reservation.all().update(created_at=NOON)
    assert await retention.erase_due(now=gone_at - timedelta(seconds=1)) == 0
    assert await retention.erase_due(now=gone_at) == 1
    assert (await Reservation.get(id=made.id)).name == ""


async def test_sessions_together_are_kept_as_long_as_the_longest(
    client: httpx.AsyncClient,
) -> None:
    short, usual = await slot_in_event(retention_days=7), await make_slot()
    assert "最後の体験の日から30日後に" in await form_of(client, short, usual)


async def test_the_draw_says_the_same(client: httpx.AsyncClient) -> None:
    draw = await draw_of(await drawn(await make_programme()))
    page = (await client.get(f"/draws/{draw.id}/enter?lang=ja")).text
    assert page.count(BOTH) == 2
    assert "最後の体験の日から30日後に" in page


async def test_what_is_wrong_with_a_contact_is_shown_by_an_example(
    client: httpx.AsyncClient,
) -> None:
    slot = await slot_in_event()
    refused = await client.post(
        f"/slots/{slot.id}/reserve?lang=ja", data={**typed(), "email": "hanako", "phone": "123"}
    )
    assert "メールアドレスを確認してください（例：hanako@example.jp）" in refused.text
    assert "電話番号は市外局番から入力してください（例：03-1234-5678）" in refused.text
