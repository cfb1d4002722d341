"""What is known of people goes when their day is long enough ago; the counts stay."""

from datetime import timedelta

import httpx
import pytest

from tests.conftest import NOON, TurnableClock
from tests.factories import DAY_AHEAD, make_event, make_programme, make_slot
from tests.reservations.factories import typed
from tests.reservations.ledger import assert_ledger_holds
from tour.notifications.models import PushSubscription, Recipient, Reminder
from tour.programmes.models import BookingRules, Slot
from tour.programmes.states import Allocation
from tour.reservations import retention, worker
from tour.reservations.draws import draws
from tour.reservations.models import (
    ContactCheck,
    DrawEntry,
    Place,
    Reservation,
    WaitlistEntry,
)
from tour.reservations.retention import erase_due

PERSONAL = {"name": "北 花子", "kana": "キタ ハナコ", "phone": "03-1234-5678", "note": "車いす"}
KNOWN = ("花子", "ハナコ", "yui", "1234", "車いす", "左です")


KEPT = {
    Reservation: {
        *("id", "reference", "door_code", "adults", "children", "lang", "is_sample"),
        *("recipient_id", "idempotency_key", "again", "split"),
        *("consented_at", "created_at", "erased_at"),
    },
    Place: {"id", "reservation_id", "slot_id", "seats", "status"},
    WaitlistEntry: {"id", "reservation_id", "slot_id", "seats", "status", "joined_at"},
}
"""What is known of nobody: counts, states, instants, and keys that open an empty page."""


async def everything_said_of_people() -> str:
    models = (Reservation, Place, WaitlistEntry, DrawEntry, Recipient, Reminder, ContactCheck)
    return str([await model.all().values() for model in models])


async def slot_in_two_weeks(days: int, **values: object) -> Slot:
    event = await make_event(day=DAY_AHEAD.date())
    await BookingRules.create(event=event, retention_days=days)
    return await make_slot(
        NOON + timedelta(days=14), programme=await make_programme(event=event), **values
    )


@pytest.mark.parametrize("days", [7, 30])
async def test_a_party_is_forgotten_when_its_event_says_so(
    client: httpx.AsyncClient, clock: TurnableClock, days: int
) -> None:
    slot = await slot_in_two_weeks(days, capacity=2)
    data = {**typed(2, email="yui@example.org"), **PERSONAL, f"answer-{slot.id}-0": "左です"}
    path = (await client.post(f"/slots/{slot.id}/reserve", data=data)).headers["location"]
    queued = {**typed(email="yui2@example.org"), **PERSONAL, "phone": "03-5555-0199"}
    await client.post(f"/slots/{slot.id}/queue", data=queued)
    recipient_id = (await Reservation.first()).recipient_id  # type: ignore[union-attr]
    await PushSubscription.create(
        recipient_id=recipient_id,
        endpoint="https://push.example/yui",
        p256dh="p",
        auth="a",
        service="push.example",
        created_at=NOON,
    )
    needed_until = slot.ends_at + timedelta(days=days)
    clock.turn_to(needed_until - timedelta(seconds=1))
    await erase_due(now=clock())
    assert "花子" in await everything_said_of_people()
    clock.turn_to(needed_until)
    await erase_due(now=clock())
    said = await everything_said_of_people()
    assert [known for known in KNOWN if known in said] == []
    for model, kept in KEPT.items():
        for row in await model.all().values():
            left = {name: value for name, value in row.items() if value and name not in kept}
            assert left == {}, f"{model.__name__}: is that to be forgotten, too?"
    assert await PushSubscription.all().count() == 0
    assert await Reservation.filter(erased_at=clock()).count() == 2
    assert (await Slot.get(id=slot.id)).seats_taken == 2, "the counts stay"
    await assert_ledger_holds()
    page = await client.get(path)
    assert page.status_code == 200
    assert "連絡先を削除しました" in page.text


async def test_draw_entries_are_forgotten_too(
    client: httpx.AsyncClient, clock: TurnableClock
) -> None:
    slot = await slot_in_two_weeks(7, allocation=Allocation.DRAW)
    draw = await draws.open_draw(
        [slot.id], event_id=None, entries_close_at=NOON + timedelta(days=1)
    )
    data = {**typed(email="yui@example.org"), **PERSONAL, "choice-1": str(slot.id)}
    data[f"answer-{slot.id}-0"] = "左です"
    await client.post(f"/draws/{draw.id}/enter", data=data)
    clock.turn(days=2)
    await worker.run_due(clock())
    record = (await client.get(f"/draws/{draw.id}.json")).json()
    clock.turn(days=30)
    await erase_due(now=clock())
    said = await everything_said_of_people()
    assert [known for known in KNOWN if known in said] == []
    assert (await client.get(f"/draws/{draw.id}.json")).json() == record, "still to be checked"


async def test_a_coming_session_keeps_the_whole_party(client: httpx.AsyncClient) -> None:
    soon, late = await slot_in_two_weeks(1), await make_slot(NOON + timedelta(days=100))
    data = {**typed(), "slot": [str(soon.id), str(late.id)]}
    assert (await client.post("/reserve", data=data)).status_code == 303
    assert await retention.erase_due(now=NOON + timedelta(days=60)) == 0
    assert await retention.erase_due(now=NOON + timedelta(days=131)) == 1
    assert await retention.erase_due(now=NOON + timedelta(days=131)) == 0


async def test_pages_of_parties_are_all_looked_at(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "BATCH", 2)
    slot = await slot_in_two_weeks(7)
    for _party in range(5):
        await client.post(f"/slots/{slot.id}/reserve", data=typed())
    assert await retention.erase_due(now=NOON + timedelta(days=60)) == 5


async def test_no_form_can_take_the_key_that_an_erased_party_gets(
    client: httpx.AsyncClient,
) -> None:
    slot = await slot_in_two_weeks(7)
    await client.post(f"/slots/{slot.id}/reserve", data=typed())
    first = await Reservation.get()
    late = await make_slot(NOON + timedelta(days=100))
    for key in (f"erased-{first.id}", f"erased:{first.id}"):
        answer = await client.post(f"/slots/{late.id}/reserve", data=typed(key=key))
        assert answer.status_code == 303
    assert await retention.erase_due(now=NOON + timedelta(days=60)) == 1


async def test_an_erased_party_gets_no_name_again(client: httpx.AsyncClient) -> None:
    slot = await slot_in_two_weeks(7, capacity=1)
    await client.post(f"/slots/{slot.id}/reserve", data=typed())
    path = (await client.post(f"/slots/{slot.id}/queue", data=typed())).headers["location"]
    await retention.erase_due(now=NOON + timedelta(days=60))
    change = {"adults": "1", "children": "0", "name": "北 花子"}
    assert (await client.post(f"{path}/change", data=change)).status_code == 409
    assert (await client.get(f"{path}/change")).headers["location"] == path
    assert "花子" not in await everything_said_of_people()
