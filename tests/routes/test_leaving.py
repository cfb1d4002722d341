"""When it is time to leave for the next stop of a plan."""

import re
from datetime import UTC, datetime, timedelta

import httpx

from tests.routes.test_plan_pages import CONTACT, a_town, changed, planned
from tour.notifications.models import Reminder
from tour.notifications.schedule import SPARE
from tour.programmes.models import Programme, Slot
from tour.reservations import changes
from tour.reservations.models import Reservation
from tour.routes.models import Itinerary

NOW = datetime(2026, 12, 1, 3, tzinfo=UTC)


async def reserved_plan(client: httpx.AsyncClient) -> tuple[str, list[Slot]]:
    slots = await a_town()
    url = await planned(client)
    page = (await client.get(f"{url}/reserve")).text
    fields = dict(re.findall(r'name="(idempotency_key)" value="([^"]+)"', page))
    chosen = re.findall(r'name="slot" value="(\d+)"', page)
    party = {"adults": "2", "children": "1"}
    data = fields | party | CONTACT | {"slot": chosen}
    assert (await client.post(f"{url}/reserve", data=data)).status_code == 303
    return url, slots


async def leaving() -> dict[str, tuple[str, datetime]]:
    """{key: (status, due)} of what is said about leaving."""
    rows = await Reminder.filter(key__startswith="leave:").order_by("id")
    return {row.key: (str(row.status), row.due_at) for row in rows}


async def test_by_the_walks_of_the_plan(client: httpx.AsyncClient) -> None:
    _url, slots = await reserved_plan(client)
    said = await leaving()
    assert set(said) == {f"leave:{slot.id}" for slot in slots}
    for slot in slots:
        status, due_at = said[f"leave:{slot.id}"]
        assert status == "waiting"
        walk = slot.starts_at - SPARE - due_at
        assert timedelta(minutes=1) <= walk <= timedelta(minutes=30)
    row = await Reminder.get(key=f"leave:{slots[0].id}")
    walk = slots[0].starts_at - SPARE - row.due_at
    assert f"徒歩 {int(walk.total_seconds() // 60)}分" in row.body
    assert row.actions[0]["url"] == "/sites/workshop-a#way"


async def test_a_stop_that_leaves_the_plan_is_not_left_for(client: httpx.AsyncClient) -> None:
    url, slots = await reserved_plan(client)
    await changed(client, url, do="remove", site="workshop-a")
    said = await leaving()
    assert said[f"leave:{slots[0].id}"][0] == "cancelled"
    assert said[f"leave:{slots[1].id}"][0] == "waiting"
    await changed(client, url, do="undo")
    assert (await leaving())[f"leave:{slots[0].id}"][0] == "waiting"


async def test_cancelling_one_stop_keeps_the_walk_to_the_other(client: httpx.AsyncClient) -> None:
    _url, slots = await reserved_plan(client)
    party = await Reservation.get()
    await changes.cancel_place(party.reference, slots[0].id, now=NOW)
    said = await leaving()
    assert said[f"leave:{slots[0].id}"][0] == "cancelled"
    assert said[f"leave:{slots[1].id}"][0] == "waiting"


async def test_nothing_after_cancelling(client: httpx.AsyncClient) -> None:
    url, slots = await reserved_plan(client)
    party = await Reservation.get()
    await changes.cancel(party.reference, now=NOW)
    await changed(client, url, do="later", site="workshop-a")
    said = await leaving()
    assert [said[f"leave:{slot.id}"][0] for slot in slots] == ["cancelled", "cancelled"]


async def test_a_plan_without_reservations_says_nothing(client: httpx.AsyncClient) -> None:
    await a_town()
    url = await planned(client)
    await changed(client, url, do="remove", site="workshop-a")
    assert await leaving() == {}
    assert await Itinerary.exists()


async def test_a_plan_whose_session_is_paused_can_still_be_changed(
    client: httpx.AsyncClient,
) -> None:
    url, slots = await reserved_plan(client)
    await Programme.filter(id=slots[0].programme_id).update(is_published=False)
    await changed(client, url, do="remove", site="workshop-b")
    said = await leaving()
    assert said[f"leave:{slots[0].id}"][0] == "waiting"
    assert said[f"leave:{slots[1].id}"][0] == "cancelled"
