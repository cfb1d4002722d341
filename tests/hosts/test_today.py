import asyncio
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from tests.accounts.signing import OPERATOR, browser, make_account, sign_in_as
from tests.conftest import NOON, TurnableClock
from tests.factories import make_place, make_site
from tests.hosts.setting import first_slot, write_programme
from tour.accounts.roles import Role
from tour.audit.models import AuditEntry
from tour.changes.models import NewsNumber
from tour.notifications.models import Reminder
from tour.programmes import slot_editing
from tour.programmes.models import Slot
from tour.programmes.slot_editing import BelowReserved
from tour.programmes.states import SlotStatus
from tour.reservations.changes import slots
from tour.reservations.door.arrivals import Arrival
from tour.reservations.models import Place
from tour.reservations.states import PlaceStatus
from tour.routes.days.edits import PlannedStop
from tour.routes.plans import itineraries
from tour.sites.editing import day as days
from tour.sites.editing.day import NoMoreWalkIns
from tour.sites.models import Site, SiteDay
from tour.sites.states import DoorState

TODAY = NOON.date()
BY_HOST = {"actor": OPERATOR, "now": NOON}


@pytest.fixture
async def site(client: httpx.AsyncClient) -> Site:
    """A site whose host is signed in with `client`."""
    made = await make_site()
    await sign_in_as(client, await make_account("host@example.org", Role.HOST, made))
    return made


async def undo(client: httpx.AsyncClient, site: Site, answer: httpx.Response) -> httpx.Response:
    entry = answer.headers["location"].partition("done=")[2].split("&")[0]
    return await client.post(f"/host/{site.slug}/undo/{entry}")


async def test_the_day_shows_who_comes(client: httpx.AsyncClient, site: Site) -> None:
    slot = await first_slot(await write_programme(site))
    place = await make_place(slot, 3, children=0, note="左ききです", lang="en")
    await make_place(slot, 2, name="取消 済")
    page = (await client.get(f"/host/{site.slug}")).text
    reservation = await place.reservation
    for shown in (reservation.door_code, "左ききです", "English", "5/8人", "あと2時間0分"):
        assert shown in page
    assert "guest@example.org" not in page


async def test_the_day_is_the_local_one(client: httpx.AsyncClient, site: Site) -> None:
    """9:00 in Tokyo is midnight in UTC; half past midnight is the day before there."""
    tomorrow = datetime(2026, 12, 1, 15, tzinfo=UTC)
    hours = (0, 9, 23)
    await write_programme(site, *(tomorrow + timedelta(hours=h) for h in (-1, *hours, 24)))
    page = (await client.get(f"/host/{site.slug}?day=2026-12-02")).text
    shown = re.findall(r'class="day-slot__time"><time[^>]*>([\d:]+)<', page)
    assert shown == ["0:00", "9:00", "23:00"]


@pytest.mark.parametrize(
    ("button", "words"), [("full", "満員"), ("closed", "12:00で終了"), ("waiting:20", "約20分")]
)
async def test_a_tap_reaches_the_public_page_and_can_be_undone(
    client: httpx.AsyncClient, app: Starlette, site: Site, button: str, words: str
) -> None:
    answer = await client.post(f"/host/{site.slug}/door", data={"do": button, "sure": "1"})
    assert answer.status_code == 303
    async with browser(app) as visitor:
        assert words in (await visitor.get(f"/sites/{site.slug}")).text
        assert (await undo(client, site, answer)).status_code == 303
        assert words not in (await visitor.get(f"/sites/{site.slug}")).text
    assert await AuditEntry.filter(subject="day").count() == 2


async def test_yesterdays_taps_are_over(
    client: httpx.AsyncClient, site: Site, clock: TurnableClock
) -> None:
    await client.post(f"/host/{site.slug}/door", data={"do": "full"})
    clock.turn(days=1)
    assert "満員" not in (await client.get(f"/sites/{site.slug}")).text


async def test_undo_never_takes_back_what_another_did(
    client: httpx.AsyncClient, site: Site
) -> None:
    answer = await client.post(f"/host/{site.slug}/door", data={"do": "full"})
    await days.change_day(site.id, TODAY, {"state": DoorState.CLOSED}, **BY_HOST)  # type: ignore[arg-type]
    assert (await undo(client, site, answer)).status_code == 409
    assert (await SiteDay.get()).state == DoorState.CLOSED


@pytest.mark.parametrize("button", ["close", "full"])
async def test_a_tap_that_changed_nothing_is_not_undone(
    client: httpx.AsyncClient, site: Site, button: str
) -> None:
    slot = await first_slot(await write_programme(site))
    path = f"slots/{slot.id}/seats" if button == "close" else "door"
    first = await client.post(f"/host/{site.slug}/{path}", data={"do": button})
    second = await client.post(f"/host/{site.slug}/{path}", data={"do": button})
    assert "/undo/" in (await client.get(first.headers["location"])).text
    page = (await client.get(second.headers["location"])).text
    assert 'class="done"' in page
    assert ">元に戻す</button>" not in page
    assert (await undo(client, site, second)).status_code == 404
    assert (await undo(client, site, first)).status_code == 303
    assert (await Slot.get(id=slot.id)).status == SlotStatus.OPEN


async def test_a_walk_in_is_taken_back_once(client: httpx.AsyncClient, site: Site) -> None:
    """Also when somebody else has come in meanwhile, and the number is what it was."""
    path = f"/host/{site.slug}/door"
    await client.post(path, data={"do": "walk:1"})
    answer = await client.post(path, data={"do": "walk:1"})
    taps = await asyncio.gather(*(undo(client, site, answer) for _ in range(3)))
    assert sorted(tap.status_code for tap in taps) == [303, 409, 409]
    assert (await SiteDay.get()).walk_ins == 1
    await client.post(path, data={"do": "walk:1"})
    assert (await undo(client, site, answer)).status_code == 409
    assert (await SiteDay.get()).walk_ins == 2


async def test_a_time_that_was_called_off_meanwhile_stays_so(
    client: httpx.AsyncClient, site: Site
) -> None:
    slot = await first_slot(await write_programme(site))
    path = f"/host/{site.slug}/slots/{slot.id}/seats"
    answer = await client.post(path, data={"do": "close"})
    await client.post(path, data={"do": "open"})
    await client.post(path, data={"do": "close"})
    assert (await undo(client, site, answer)).status_code == 409
    assert (await Slot.get(id=slot.id)).status == SlotStatus.CLOSED


async def test_only_the_hosts_own_taps_are_undone(
    client: httpx.AsyncClient, app: Starlette, site: Site
) -> None:
    answer = await client.post(f"/host/{site.slug}/door", data={"do": "full"})
    async with browser(app) as second:
        await sign_in_as(second, await make_account("b@example.org", Role.HOST, site))
        assert (await undo(second, site, answer)).status_code == 404


async def test_closing_early_tells_those_who_still_come(
    client: httpx.AsyncClient, site: Site
) -> None:
    slot = await first_slot(await write_programme(site))
    await make_place(slot)
    await client.post(f"/host/{site.slug}/door", data={"do": "closed", "sure": "1"})
    told = await Reminder.get(key=f"door:{slot.id}")
    assert "早じまい" in told.title
    assert told.due_at == NOON


async def test_closing_early_is_no_news_for_tomorrows_visitors(
    client: httpx.AsyncClient, clock: TurnableClock, site: Site
) -> None:
    clock.turn(hours=8)
    tonight, tomorrow = NOON + timedelta(hours=9), NOON + timedelta(hours=19)
    programme = await write_programme(site, tonight, tomorrow)
    for slot in await Slot.filter(programme_id=programme.id):
        await make_place(slot)
    await client.post(f"/host/{site.slug}/door", data={"do": "closed", "sure": "1"})
    told = await Reminder.filter(key__startswith="door:").values_list("key", flat=True)
    assert told == [f"door:{(await first_slot(programme)).id}"]


@pytest.mark.usefixtures("database")
async def test_walk_ins_never_pass_their_cap() -> None:
    site = await make_site()
    await days.change_day(site.id, TODAY, {"walk_in_cap": 3}, **BY_HOST)  # type: ignore[arg-type]
    tries = [days.count_walk_ins(site.id, TODAY, 1, **BY_HOST) for _ in range(8)]  # type: ignore[arg-type]
    results = await asyncio.gather(*tries, return_exceptions=True)
    assert sum(isinstance(r, NoMoreWalkIns) for r in results) == 5
    assert (await SiteDay.get()).walk_ins == 3
    with pytest.raises(NoMoreWalkIns):
        await days.count_walk_ins(site.id, TODAY, -4, **BY_HOST)  # type: ignore[arg-type]


async def test_seats_are_added_and_taken_by_a_tap(client: httpx.AsyncClient, site: Site) -> None:
    slot = await first_slot(await write_programme(site, capacity=2))
    path = f"/host/{site.slug}/slots/{slot.id}/seats"
    answer = await client.post(path, data={"do": "more"})
    assert (await Slot.get(id=slot.id)).capacity == 3
    await undo(client, site, answer)
    assert (await Slot.get(id=slot.id)).capacity == 2
    await make_place(slot, 2)
    assert (await client.post(path, data={"do": "fewer"})).status_code == 409
    await client.post(path, data={"do": "close"})
    assert (await Slot.get(id=slot.id)).status == SlotStatus.CLOSED


@pytest.mark.usefixtures("database")
async def test_seats_are_never_taken_from_under_a_reservation() -> None:
    """Parties and taps at the same moment: whatever comes first, nobody stands."""
    site = await make_site()
    slot = await first_slot(await write_programme(site, capacity=6))
    fewer = [slot_editing.take_seat_away(slot, site_id=site.id, **BY_HOST) for _ in range(6)]  # type: ignore[arg-type]
    parties = [_try_party(slot) for _ in range(6)]
    results = await asyncio.gather(*fewer, *parties, return_exceptions=True)
    assert {type(r) for r in results if isinstance(r, Exception)} <= {BelowReserved, AssertionError}
    after = await Slot.get(id=slot.id)
    held = await Place.filter(slot_id=slot.id).values_list("seats", flat=True)
    assert sum(held) == after.seats_taken <= after.capacity  # type: ignore[arg-type]


async def _try_party(slot: Slot) -> Place:
    return await make_place(slot, 1)


async def test_a_party_is_checked_in_by_its_code(client: httpx.AsyncClient, site: Site) -> None:
    slot = await first_slot(await write_programme(site))
    place = await make_place(slot)
    reservation = await place.reservation
    path = f"/host/{site.slug}/check-in"
    loose = reservation.door_code.lower().replace("-", "ー")
    answer = await client.post(path, data={"code": loose})
    assert answer.status_code == 303
    assert (await Arrival.get()).arrived_at == NOON
    page = await client.get(answer.headers["location"])
    assert "来場 12:00" in page.text
    again = await client.post(path, data={"code": reservation.door_code})
    assert again.status_code == 422
    assert "12:00に来場確認済み" in again.text
    await undo(client, site, answer)
    assert (await Arrival.get()).taken_back_at == NOON


async def test_a_ticket_printed_before_is_read_by_its_address(
    client: httpx.AsyncClient, site: Site
) -> None:
    slot = await first_slot(await write_programme(site))
    reservation = await (await make_place(slot)).reservation
    code = f"http://testserver/reservations/{reservation.reference}"
    path = f"/host/{site.slug}/check-in"
    assert (await client.post(path, data={"code": code})).status_code == 303
    assert await Arrival.exists()


async def test_the_camera_reads_the_code_and_gets_json(
    client: httpx.AsyncClient, site: Site
) -> None:
    slot = await first_slot(await write_programme(site))
    reservation = await (await make_place(slot)).reservation
    code = reservation.door_code
    scanned = (NOON - timedelta(minutes=5)).isoformat().replace("+00:00", "Z")
    headers = {"Accept": "application/json"}
    sent = {"code": code, "at": scanned}
    answer = await client.post(f"/host/{site.slug}/check-in", data=sent, headers=headers)
    assert answer.json()["good"] is True
    assert "2人" in answer.json()["detail"]
    assert (await Arrival.get()).arrived_at == NOON - timedelta(minutes=5)
    twice = await client.post(f"/host/{site.slug}/check-in", data=sent, headers=headers)
    assert twice.json()["outcome"] == "already"


@pytest.mark.parametrize("code", ["", "x", "ABCD-EFGH", "/", "https://evil.example/a/b", "'; --"])
async def test_a_bad_code_is_an_answer_like_any_other(
    client: httpx.AsyncClient, site: Site, code: str
) -> None:
    headers = {"Accept": "application/json"}
    path = f"/host/{site.slug}/check-in"
    answer = await client.post(path, data={"code": code}, headers=headers)
    assert answer.json()["outcome"] == "unknown"


async def test_a_code_of_another_place_says_no_more_than_a_wrong_one(
    client: httpx.AsyncClient, site: Site
) -> None:
    other = await make_site(slug="other", name="別")
    theirs = await (await make_place(await first_slot(await write_programme(other)))).reservation
    headers = {"Accept": "application/json"}
    path = f"/host/{site.slug}/check-in"
    answers = [
        (await client.post(path, data={"code": code}, headers=headers)).json()
        for code in (theirs.door_code, "ABCD-EFGH")
    ]
    assert answers[0] == answers[1]


async def test_another_day_and_a_cancelled_party_are_told_apart(
    client: httpx.AsyncClient, site: Site
) -> None:
    programme = await write_programme(site, NOON + timedelta(days=1))
    place = await make_place(await first_slot(programme))
    code = (await place.reservation).door_code
    headers, path = {"Accept": "application/json"}, f"/host/{site.slug}/check-in"
    answer = await client.post(path, data={"code": code}, headers=headers)
    assert answer.json()["outcome"] == "other_day"
    await Place.filter(id=place.id).update(status=PlaceStatus.CANCELLED)
    answer = await client.post(path, data={"code": code}, headers=headers)
    assert answer.json()["outcome"] == "cancelled"


async def test_calling_a_time_off_tells_everybody_in_it(
    client: httpx.AsyncClient, site: Site
) -> None:
    programme = await write_programme(site, NOON + timedelta(hours=2), NOON + timedelta(hours=4))
    slot = await first_slot(programme)
    for size in (2, 3):
        await make_place(slot, size)
    path = f"/host/{site.slug}/slots/{slot.id}/cancel"
    answer = await client.post(path, data={"message": "14:30に空きがあります"})
    assert answer.status_code == 303
    after = await Slot.get(id=slot.id)
    assert (after.status, after.seats_taken) == (SlotStatus.CANCELLED, 0)
    told = await Reminder.filter(key=f"cancelled:{slot.id}")
    assert len(told) == 2
    assert "14:30に空きがあります" in told[0].body
    assert (await client.post(path, data={"message": ""})).status_code == 409
    entry = await AuditEntry.get(action="slot.cancel")
    assert entry.after["parties"] == 2


async def test_calling_a_time_off_leads_to_the_plan_it_was_reserved_from(
    client: httpx.AsyncClient, site: Site
) -> None:
    slot = await first_slot(await write_programme(site))
    planner, other = [await make_place(slot, size) for size in (2, 3)]
    plan = await itineraries.create(NOON.date(), {}, (PlannedStop(site.id, slot.id, 60),), {})
    party, without = await planner.reservation, await other.reservation
    await itineraries.attach(plan, party)
    await client.post(f"/host/{site.slug}/slots/{slot.id}/cancel", data={"message": "停電のため"})
    told = {
        reminder.recipient_id: reminder  # type: ignore[attr-defined]
        for reminder in await Reminder.filter(key=f"cancelled:{slot.id}")
    }
    assert told[party.recipient_id].url == f"/itineraries/{plan.token}"
    own = [action["url"] for action in told[party.recipient_id].actions]
    assert own == [f"/reservations/{party.reference}"]
    assert "停電のため" in told[party.recipient_id].body
    assert told[without.recipient_id].url == f"/reservations/{without.reference}"


async def test_a_message_goes_to_every_party_once(client: httpx.AsyncClient, site: Site) -> None:
    slot = await first_slot(await write_programme(site))
    await make_place(slot)
    answer = await client.post(
        f"/host/{site.slug}/messages", data={"slot": str(slot.id), "message": "傘をお持ちください"}
    )
    page = (await client.get(answer.headers["location"])).text
    assert "お知らせする方：1組（メール1組）" in page
    assert (await Reminder.get()).body.endswith("傘をお持ちください")
    empty = await client.post(f"/host/{site.slug}/messages", data={"slot": "9", "message": ""})
    assert empty.status_code == 422


@pytest.mark.usefixtures("database")
async def test_a_paused_programme_can_still_be_called_off() -> None:
    site = await make_site()
    programme = await write_programme(site, published=False)
    slot = await first_slot(programme)
    await make_place(slot)
    assert await slots.cancel_slot(slot.id, "", **BY_HOST) == 1  # type: ignore[arg-type]


async def test_a_second_message_does_not_take_the_first_ones_place(
    client: httpx.AsyncClient, site: Site
) -> None:
    """Neither has left yet. A form that was sent twice is one message all the same."""
    slot = await first_slot(await write_programme(site))
    await make_place(slot)
    for text in ("傘をお持ちください", "入口は北側です", "入口は北側です"):
        await client.post(
            f"/host/{site.slug}/messages", data={"slot": str(slot.id), "message": text}
        )
    told = await Reminder.all().order_by("id").values_list("body", flat=True)
    assert [str(body).splitlines()[-1] for body in told] == ["傘をお持ちください", "入口は北側です"]


@pytest.mark.usefixtures("database")
async def test_seats_kept_for_walk_ins_are_seats() -> None:
    """Neither a typed number nor a tap takes them from under the people they are kept for."""
    site = await make_site()
    slot = await first_slot(await write_programme(site, capacity=6))
    await make_place(slot, 3)
    await Slot.filter(id=slot.id).update(seats_kept=2)
    by_host: dict[str, Any] = {"site_id": site.id, **BY_HOST}
    with pytest.raises(BelowReserved):
        await slot_editing.change_capacity(slot, 4, **by_host)
    await slot_editing.take_seat_away(slot, **by_host)
    with pytest.raises(BelowReserved):
        await slot_editing.take_seat_away(slot, **by_host)
    await slot_editing.change_capacity(slot, 5, **by_host)
    assert (await Slot.get(id=slot.id)).capacity == 5


@pytest.mark.usefixtures("database")
async def test_a_time_that_is_called_off_is_news_to_every_process() -> None:
    slot = await first_slot(await write_programme(await make_site()))
    before = (await NewsNumber.get(id=1)).number
    await slots.cancel_slot(slot.id, "", **BY_HOST)  # type: ignore[arg-type]
    assert (await NewsNumber.get(id=1)).number > before


@pytest.mark.usefixtures("database")
async def test_a_walk_in_finds_no_seat_where_there_is_none() -> None:
    site = await make_site()
    slot = await first_slot(await write_programme(site, capacity=3))
    await make_place(slot, 2)
    by_host: dict[str, Any] = {"site_id": site.id, **BY_HOST}
    taps = [slot_editing.walk_in(slot, 1, **by_host) for _person in range(4)]
    ends = await asyncio.gather(*taps, return_exceptions=True)
    assert sum(isinstance(end, slot_editing.NoSeatAtDoor) for end in ends) == 3
    found = await Slot.get(id=slot.id)
    assert (found.seats_taken, found.walk_ins) == (3, 1)
    with pytest.raises(slot_editing.NoSeatAtDoor):
        await slot_editing.walk_in(slot, -2, **by_host)
