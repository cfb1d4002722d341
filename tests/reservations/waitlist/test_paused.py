"""A programme is paused, a site withdrawn: whoever holds something keeps it, nobody gets anew.
Its queues stand still until it is shown again."""

from datetime import timedelta

import httpx
import pytest

from tests.conftest import NOON
from tests.factories import DAY_AHEAD, make_event, make_site, make_slot
from tests.reservations.factories import typed
from tour.audit.service import Actor
from tour.notifications.models import Reminder
from tour.programmes import editing
from tour.programmes import service as programmes
from tour.programmes.models import Programme, Slot
from tour.programmes.states import Allocation
from tour.reservations import worker
from tour.reservations.draws import draws
from tour.reservations.draws import results as draw_results
from tour.reservations.models import DrawEntry, Place, WaitlistEntry
from tour.reservations.states import EntryStatus, PlaceStatus, WaitlistStatus
from tour.reservations.waitlist import queue as waitlist
from tour.sites.editing.publication import withdraw_site

Client = httpx.AsyncClient
STAFF = Actor(None, "staff")
HIDDEN = pytest.mark.parametrize("hidden", ["programme", "site"])


async def hide(what: str, *slots: Slot) -> None:
    for slot in slots:
        programme = await Programme.get(id=slot.programme_id)
        if what == "programme":
            await editing.pause(programme, actor=STAFF, now=NOON)
        else:
            await withdraw_site(programme.site_id, actor=STAFF, now=NOON)


async def show_again(what: str, slot: Slot) -> None:
    programme = await Programme.get(id=slot.programme_id)
    if what == "programme":
        await waitlist.publish_programme(programme, actor=STAFF, now=NOON)
    else:
        await waitlist.publish_site(programme.site_id, actor=STAFF, now=NOON)


async def queue(client: Client, slot: Slot, adults: int = 1) -> str:
    answer = await client.post(f"/slots/{slot.id}/queue", data=typed(adults))
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


async def turns() -> list[WaitlistStatus]:
    return [turn.status for turn in await WaitlistEntry.all().order_by("id")]


async def reserve(client: Client, *slots: Slot, **values: str) -> str:
    data = {**typed(**values), "slot": [str(slot.id) for slot in slots]}
    answer = await client.post("/reserve", data=data)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


@HIDDEN
async def test_whoever_holds_seats_keeps_the_pages(client: Client, hidden: str) -> None:
    slots = [await make_slot(NOON + timedelta(days=7, hours=hour)) for hour in (0, 2)]
    path = await reserve(client, *slots)
    await hide(hidden, slots[0])
    page = await client.get(path)
    assert (page.status_code, "見本 工房" in page.text) == (200, True)
    for other in ("/reservations", f"{path}/calendar.ics", f"{path}/cannot-come", f"{path}/change"):
        assert (await client.get(other)).status_code == 200, other
    assert (await client.get(f"/api/v1{path}")).status_code == 200
    assert (await client.post(f"{path}/resend")).status_code == 303
    assert (await client.post(f"{path}/places/{slots[1].id}/cancel")).status_code == 303
    assert await Place.filter(status=PlaceStatus.CONFIRMED).count() == 1


async def test_no_link_leads_to_a_place_that_has_withdrawn(client: Client) -> None:
    slot = await make_slot()
    path = await reserve(client, slot)
    assert "/sites/" in (await client.get(path)).text
    await hide("site", slot)
    assert "/sites/" not in (await client.get(path)).text


async def test_the_way_in_a_reminder_leads_on_when_the_place_has_withdrawn(client: Client) -> None:
    slot = await make_slot()
    await reserve(client, slot)
    ways = {
        action["url"].partition("#")[0]
        for reminder in await Reminder.exclude(actions=[])
        for action in reminder.actions
        if action["url"].endswith("#way")
    }
    [way] = ways
    assert (await client.get(way)).status_code == 200
    event = await make_event(day=DAY_AHEAD.date())
    await hide("site", slot)
    answer = await client.get(way)
    assert answer.status_code == 410
    assert "この場所の掲載は終わりました" in answer.text
    for onward in ("/reservations", f"/events/{event.slug}/map", f"/events/{event.slug}"):
        assert f'href="{onward}"' in answer.text
    english = (await client.get(way, headers={"Accept-Language": "en"})).text
    assert "your reservation says whether the session takes place" in english


async def test_a_draft_is_not_given_away_by_its_address(client: Client) -> None:
    draft = await make_site(is_published=False)
    assert (await client.get(f"/sites/{draft.slug}")).status_code == 404


@HIDDEN
async def test_an_offer_can_still_be_accepted(client: Client, hidden: str) -> None:
    slot = await make_slot(capacity=1)
    held = await reserve(client, slot)
    queued = (await client.post(f"/slots/{slot.id}/queue", data=typed())).headers["location"]
    await client.post(f"{held}/cancel")
    await hide(hidden, slot)
    assert (await client.post(f"{queued}/queues/{slot.id}/accept")).status_code == 303
    assert await Place.filter(status=PlaceStatus.CONFIRMED).count() == 1


OFFERED, WAITING = WaitlistStatus.OFFERED, WaitlistStatus.WAITING


@HIDDEN
async def test_a_queue_stands_still_and_goes_on_in_its_order(client: Client, hidden: str) -> None:
    slot = await make_slot(capacity=2)
    held = [await reserve(client, slot) for _party in range(2)]
    queued = [await queue(client, slot) for _party in range(3)]
    await hide(hidden, slot)
    for path in held:
        assert (await client.post(f"{path}/cancel")).status_code == 303
    await worker.run_due(NOON)
    assert await turns() == [WAITING] * 3
    assert "予約受付を休止中" in (await client.get(queued[0])).text
    await show_again(hidden, slot)
    assert await turns() == [OFFERED, OFFERED, WAITING]
    assert "予約受付を休止中" not in (await client.get(queued[2])).text
    assert (await client.post(f"{queued[0]}/queues/{slot.id}/accept")).status_code == 303
    await slot.refresh_from_db()
    assert slot.seats_taken == 2


@HIDDEN
async def test_an_offer_that_ends_in_a_pause_goes_to_nobody_before_it_is_over(
    client: Client, hidden: str
) -> None:
    slot = await make_slot(capacity=1)
    held = await reserve(client, slot)
    for _party in range(2):
        await queue(client, slot)
    await client.post(f"{held}/cancel")
    await hide(hidden, slot)
    await worker.run_due(NOON + timedelta(days=2))
    assert await turns() == [WaitlistStatus.EXPIRED, WAITING]
    await show_again(hidden, slot)
    assert await turns() == [WaitlistStatus.EXPIRED, OFFERED]


async def test_a_site_shown_again_leaves_its_paused_programmes_alone(client: Client) -> None:
    slot = await make_slot(capacity=1)
    held = await reserve(client, slot)
    await queue(client, slot)
    await hide("programme", slot)
    await hide("site", slot)
    await client.post(f"{held}/cancel")
    await show_again("site", slot)
    assert await turns() == [WAITING]


async def test_paused_queues_do_not_crowd_out_the_others(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The worker looks at so many turns at a time; those that may not be offered are not among
    them."""
    monkeypatch.setattr(worker, "BATCH", 1)
    paused, other = [await make_slot(capacity=1) for _slot in range(2)]
    for slot in (paused, other):
        await reserve(client, slot)
        await queue(client, slot)
    await hide("programme", paused)
    for slot in (paused, other):
        await programmes.give_back_seats(slot.id, 1)
    await worker.run_due(NOON)
    assert await turns() == [WAITING, OFFERED]


@HIDDEN
async def test_nothing_new_is_made(client: Client, hidden: str) -> None:
    slot = await make_slot()
    drawn = await make_slot(allocation=Allocation.DRAW)
    draw = await draws.open_draw([drawn.id], event_id=None, entries_close_at=NOON + timedelta(1))
    await hide(hidden, slot, drawn)
    path = f"/slots/{slot.id}"
    assert (await client.get(f"{path}/reserve")).status_code == 404
    for verb in ("reserve", "queue"):
        assert (await client.post(f"{path}/{verb}", data=typed())).status_code == 404
    wish = {
        "slots": [slot.id],
        "party": {"adults": 1},
        "contact": {"name": "Yui", "email": "yui@example.org"},
        "consent": True,
    }
    for many in ("reservations", "waitlist-entries"):
        assert (await client.post(f"/api/v1/{many}", json=wish)).status_code == 404
    data = {**typed(), "choice-1": str(drawn.id)}
    assert (await client.post(f"/draws/{draw.id}/enter", data=data)).status_code == 404
    assert await Place.all().count() == 0


@HIDDEN
async def test_a_draw_is_held(client: Client, hidden: str) -> None:
    slot = await make_slot(capacity=1, allocation=Allocation.DRAW)
    draw = await draws.open_draw([slot.id], event_id=None, entries_close_at=NOON + timedelta(1))
    for _party in range(2):
        data = {**typed(), "choice-1": str(slot.id)}
        assert (await client.post(f"/draws/{draw.id}/enter", data=data)).status_code == 303
    await hide(hidden, slot)
    later = draw.draws_at + timedelta(hours=1)
    assert await draw_results.freeze(draw.id, now=later)
    assert await draw_results.hold(draw.id, now=later)
    results = await DrawEntry.all().values_list("status", flat=True)
    assert sorted(results) == sorted([EntryStatus.WON, EntryStatus.LOST])  # type: ignore[type-var]
    assert (await client.get(f"/draws/{draw.id}")).status_code == 200
