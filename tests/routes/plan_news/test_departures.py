"""When it is time to leave for the next stop of a plan."""

import re
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

import httpx

from tests.factories import EVENT_DAY, catalogue_changed
from tests.routes.plan_pages.test_pages import CONTACT, a_town, changed, planned, shown_sites
from tour.audit.service import Actor
from tour.notifications.models import Recipient, Reminder
from tour.notifications.schedule import SPARE
from tour.notifications.states import ReminderStatus
from tour.programmes.models import Programme, Slot
from tour.reservations.changes.slots import cancel_slot
from tour.reservations.door.arrivals import Arrival
from tour.reservations.held import changes
from tour.reservations.models import Place, Reservation
from tour.routes.models import Itinerary
from tour.routes.plan_news.look_out import LookOut
from tour.routes.plans import itineraries
from tour.sites.models import HoursException, OpeningHours, Site

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


async def test_a_change_whose_request_broke_off_is_followed_all_the_same(app, client) -> None:
    """The plan was written, and the process ended before it said anew when to leave."""
    url, _slots = await reserved_plan(client)
    look_out = LookOut(app.state.parts)
    await look_out.look()
    right = await leaving()
    wrong = NOW + timedelta(hours=1)
    await Reminder.filter(key__startswith="leave:").update(due_at=wrong)
    await look_out.look()
    assert {due for _status, due in (await leaving()).values()} == {wrong}
    plan = await itineraries.find(url.rpartition("/")[2])
    await itineraries.change(plan, itineraries.Sent(plan.version), plan.stops)
    await look_out.look()
    assert await leaving() == right


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
    assert f"から：徒歩 {int(walk.total_seconds() // 60)}分" in row.body
    stops = shown_sites((await client.get(_url)).text)
    before = dict(zip(stops[1:], stops, strict=False)).get("workshop-a", "oji")
    assert row.actions[0]["url"] == f"/walk?from={before}&to=workshop-a"
    assert (await client.get(row.actions[0]["url"])).status_code == 200


async def test_the_ticket_says_the_same_way_with_its_place_and_minutes(
    client: httpx.AsyncClient,
) -> None:
    url, _slots = await reserved_plan(client)
    reference = (await Reservation.get()).reference
    slots = await Slot.all().order_by("starts_at").select_related("programme__site")
    first = slots[0]
    row = await Reminder.get(key=f"leave:{first.id}")
    stops = shown_sites((await client.get(url)).text)
    before = dict(zip(stops[1:], stops, strict=False)).get(first.programme.site.slug)
    origin = (await Site.get(slug=before)).name if before else "王子駅"
    leaves = row.due_at.astimezone(ZoneInfo("Asia/Tokyo"))
    minutes = int((first.starts_at - SPARE - row.due_at).total_seconds() // 60)
    page = (await client.get(f"/reservations/{reference}")).text
    assert f"{origin}を{leaves.hour}:{leaves.minute:02}に出る" in page
    assert re.search(f"徒歩約?{minutes}分(（目安）)?＋ゆとり10分", page)
    await Reminder.filter(id=row.id).update(status=ReminderStatus.CANCELLED)
    page = (await client.get(f"/reservations/{reference}")).text
    assert "王子駅を" in page, "what was taken back is not said"


async def test_what_is_reserved_and_not_in_the_plan_is_still_left_for(
    client: httpx.AsyncClient,
) -> None:
    url, _slots = await reserved_plan(client)
    before = await leaving()
    await changed(client, url, do="remove", site="workshop-a")
    said = await leaving()
    assert {status for status, _due in said.values()} == {"waiting"}
    await changed(client, url, do="undo")
    assert await leaving() == before


async def walked_from(slot: Slot) -> str:
    """Where the words about leaving begin."""
    row = await Reminder.get(key=f"leave:{slot.id}")
    return parse_qs(urlsplit(row.actions[0]["url"]).query)["from"][0]


async def straight_plan(client: httpx.AsyncClient) -> tuple[str, list[Slot]]:
    """A reserved plan that goes from the first session to the second without a stop between."""
    url, slots = await reserved_plan(client)
    await changed(client, url, do="remove", site="workshop-c")
    assert await walked_from(slots[0]) == "oji"
    assert await walked_from(slots[1]) == "workshop-a"
    return url, slots


class TestFollowsWhatChangesTheWay:
    """Without anybody opening a page: by the loop beside them."""

    async def test_a_session_before_it_that_is_called_off(self, app, client, clock) -> None:
        _url, slots = await straight_plan(client)
        look_out = LookOut(app.state.parts)
        await look_out.look()
        await cancel_slot(slots[0].id, "", actor=Actor(None, "host"), now=clock())
        await look_out.look()
        assert await walked_from(slots[1]) == "oji"
        assert (await leaving())[f"leave:{slots[0].id}"][0] == "cancelled"

    async def test_an_own_cancellation(self, app, client, clock) -> None:
        _url, slots = await straight_plan(client)
        look_out = LookOut(app.state.parts)
        await look_out.look()
        party = await Reservation.get()
        await changes.cancel_place(party.reference, slots[0].id, now=clock())
        await look_out.look()
        assert await walked_from(slots[1]) == "oji"

    async def test_a_door_before_it_that_closes(self, app, client) -> None:
        url, slots = await reserved_plan(client)
        stops = shown_sites((await client.get(url)).text)
        site = await Site.get(slug="workshop-c")
        await OpeningHours.filter(site=site).delete()
        await HoursException.create(site=site, on_date=EVENT_DAY)
        await catalogue_changed()
        await LookOut(app.state.parts).look()
        open_ones = [stop for stop in stops if stop != "workshop-c"]
        assert await walked_from(slots[1]) == open_ones[open_ones.index("workshop-b") - 1]

    async def test_what_stands_as_it_is_stays_untouched(self, app, client) -> None:
        await straight_plan(client)
        rows = Reminder.filter(key__startswith="leave:").order_by("id")
        before = await rows.values_list("revision", flat=True)
        await LookOut(app.state.parts).look()
        assert await rows.values_list("revision", flat=True) == before

    async def test_said_minutes_early_along_with_another_it_is_not_said_again(
        self, app, client
    ) -> None:
        await straight_plan(client)
        await Reminder.filter(key__startswith="leave:").update(status=ReminderStatus.SENT)
        await LookOut(app.state.parts).look()
        assert {status for status, _due in (await leaving()).values()} == {"sent"}

    async def test_retimed_into_the_past_it_says_to_leave_now_and_once(
        self, app, client, clock
    ) -> None:
        _url, slots = await straight_plan(client)
        clock.turn_to(slots[0].starts_at - timedelta(minutes=8))
        await Slot.filter(id=slots[0].id).update(starts_at=slots[0].starts_at)
        await Reminder.filter(key=f"leave:{slots[0].id}").update(
            due_at=clock() + timedelta(minutes=5)
        )
        await LookOut(app.state.parts).look()
        row = await Reminder.get(key=f"leave:{slots[0].id}")
        assert (row.status, row.due_at) == (ReminderStatus.WAITING, clock())
        assert row.title == "いま出発してください"
        await Reminder.filter(id=row.id).update(status=ReminderStatus.SENT)
        clock.turn(minutes=1)
        await LookOut(app.state.parts).look()
        assert (await Reminder.get(id=row.id)).status == ReminderStatus.SENT

    async def test_nobody_is_sent_to_where_they_are(self, app, client, clock) -> None:
        _url, slots = await straight_plan(client)
        place = await Place.get(slot_id=slots[0].id)
        await Arrival.create(place=place, arrived_at=clock())
        await catalogue_changed()
        await LookOut(app.state.parts).look()
        assert (await leaving())[f"leave:{slots[0].id}"][0] == "cancelled"


class TestWithoutAPlan:
    async def reserved(self, client: httpx.AsyncClient, *choices: str) -> list[Slot]:
        slots = await a_town()
        for slot in slots:
            page = (await client.get(f"/slots/{slot.id}/reserve")).text
            key = dict(re.findall(r'name="(idempotency_key)" value="([^"]+)"', page))
            data = {**key, **CONTACT, "adults": "2", "children": "0"}
            answer = await client.post(f"/slots/{slot.id}/reserve", data=data)
            assert answer.status_code == 303, answer.text
        await Recipient.all().update(choices=list(choices))
        return slots

    async def test_one_leaves_the_station_in_time_and_is_told_where(
        self, app, client, clock
    ) -> None:
        slots = await self.reserved(client, "leave")
        await LookOut(app.state.parts).look()
        assert await leaving() == {}
        clock.turn_to(slots[0].starts_at - timedelta(hours=2))
        look_out = LookOut(app.state.parts)
        await look_out.look()
        await look_out.look()
        assert set(await leaving()) == {f"leave:{slots[0].id}"}
        row = await Reminder.get(key=f"leave:{slots[0].id}")
        assert "王子駅から：徒歩" in row.body
        assert await walked_from(slots[0]) == "oji"

    async def test_who_did_not_choose_it_is_not_told(self, app, client, clock) -> None:
        slots = await self.reserved(client, "two-hours")
        clock.turn_to(slots[0].starts_at - timedelta(hours=2))
        await LookOut(app.state.parts).look()
        assert await leaving() == {}


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
    assert {status for status, _due in said.values()} == {"waiting"}
    assert slots
