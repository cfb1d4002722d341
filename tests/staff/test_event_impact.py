"""An event withdrawn, shortened, or without a place: first in numbers, then done, told once, undone
within a minute."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest
from starlette.applications import Starlette

from tests.accounts.signing import browser, make_account, sign_in_as
from tests.conftest import NOON, TurnableClock
from tests.factories import make_event, make_programme, make_site
from tests.factories import make_slot as make_session
from tests.reservations.factories import make_party, make_wish
from tests.reservations.ledger import assert_ledger_holds
from tests.staff.town import hidden
from tour.accounts.roles import Role
from tour.events import editing
from tour.events.models import Event, Participation
from tour.notifications.models import Reminder
from tour.notifications.states import ReminderStatus
from tour.programmes.models import Slot
from tour.programmes.states import Allocation, SlotStatus
from tour.reservations import service
from tour.reservations.draws import draws
from tour.reservations.models import CallOff, Place, Reservation, WaitlistEntry
from tour.reservations.waitlist import queue
from tour.routes.models import Itinerary
from tour.sites.models import Site
from tour.staff.events import impact

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
FIRST = NOON + 4 * DAY
"""Saturday noon; the event has Saturday and Sunday."""
EN = {"Accept-Language": "en"}


@dataclass
class Town:
    event: Event
    sites: list[Site]
    saturday: Slot
    sunday: Slot
    both: Reservation
    alone: Reservation
    waiting: Reservation

    @property
    def path(self) -> str:
        return f"/staff/events/{self.event.id}"


async def town() -> Town:
    """Two places with a session each, on Saturday and on Sunday (full); one party in both."""
    sites = [await make_site(), await make_site()]
    event = await make_event(*sites, day=FIRST.date(), ends_on=(FIRST + DAY).date())
    saturday, sunday = [
        await make_session(
            programme=await make_programme(site=site, event=event),
            starts_at=FIRST + n * DAY,
            capacity=3,
        )
        for n, site in enumerate(sites)
    ]
    both = await service.reserve(make_wish(saturday, sunday, party=make_party(2)), now=NOON)
    silent = make_party(1, email="", phone="03-5555-0100", name="滝野川 静")
    alone = await service.reserve(make_wish(sunday, party=silent), now=NOON)
    waiting = await queue.join(make_wish(sunday), now=NOON)
    return Town(event, sites, saturday, sunday, both, alone, waiting)


async def dates_form(desk: httpx.AsyncClient, event: Event, **values: str) -> dict[str, str]:
    page = await desk.get(f"/staff/events/{event.id}")
    draft = editing.as_fields(editing.draft_of(event))
    return {**draft, "version": hidden(page, "version"), **values}


async def test_withdrawing_says_first_whom_it_concerns(staff: httpx.AsyncClient) -> None:
    t = await town()
    for number, slot in enumerate((t.saturday, None)):
        stop = {"site_id": t.sites[0].id, "slot_id": slot.id if slot else None}
        keys = {"edit_token": f"edit{number}", "show_token": f"show{number}"}
        await Itinerary.create(on_date=FIRST.date(), wish={}, stops=[stop], findings={}, **keys)
    page = await staff.post(f"{t.path}/visibility", data={"do": "withdraw"}, headers=EN)
    assert page.status_code == 409
    for said in (
        "2 sessions are called off",
        "at 2 places",
        "2 parties lose their seats",
        "3 people",
        "1 turn in a waiting list",
        "1 plan loses a stop",
        "滝野川 静",
        "03-5555-0100",
        "1 party has neither email nor push: please phone",
        "with your words (2 by email, 1 to phone)",
        "Withdraw the event</button>",
    ):
        assert said in page.text, said
    assert "0 entries" not in page.text
    assert (await Event.get()).is_published
    assert await Place.filter(status="confirmed").count() == 3


async def test_who_has_no_telephone_is_not_to_be_phoned(staff: httpx.AsyncClient) -> None:
    t = await town()
    await Reservation.filter(id=t.alone.id).update(phone="")
    page = await staff.post(f"{t.path}/visibility", data={"do": "withdraw"}, headers=EN)
    assert "1 party cannot be reached: neither email nor push nor phone" in page.text
    assert "please phone" not in page.text
    assert "1 that cannot be reached" in page.text


async def test_withdrawn_nothing_is_bookable_and_everybody_is_told_once(
    staff: httpx.AsyncClient, client: httpx.AsyncClient
) -> None:
    t = await town()
    sure = hidden(await staff.post(f"{t.path}/visibility", data={"do": "withdraw"}), "sure")
    yes = {"do": "withdraw", "sure": sure, "reason": "台風のため"}
    for _press in range(2):
        assert (await staff.post(f"{t.path}/visibility", data=yes)).status_code == 303
    assert not (await Event.get()).is_published
    assert {s.status for s in await Slot.all()} == {SlotStatus.CANCELLED}
    assert {s.seats_taken for s in await Slot.all()} == {0}
    assert await WaitlistEntry.filter(status="closed").count() == 1
    assert await CallOff.all().count() == 1
    off = await Reminder.filter(key__startswith="event-off:")
    assert len(off) == 3
    assert {reminder.due_at for reminder in off} == {NOON + timedelta(minutes=1)}
    told = next(r for r in off if r.recipient_id == t.both.recipient_id)  # type: ignore[attr-defined]
    assert told.body.count("見本 工房") == 2
    assert "台風のため" in told.body
    assert told.title == "中止のお知らせ（主催者から）"
    shown = (await client.get(f"/reservations/{t.both.reference}")).text
    assert "中止のお知らせ（主催者から）" not in shown  # a letter's title is no state of a session
    left = Reminder.filter(status=ReminderStatus.WAITING).exclude(key__startswith="event-off:")
    assert not await left.exists()
    page = await client.get(f"/reservations/{t.both.reference}", headers=EN)
    assert "The organiser has called this session off." in page.text
    assert "台風のため" in page.text
    assert (await client.get(f"/slots/{t.saturday.id}/reserve")).status_code == 200
    key = {"Idempotency-Key": uuid4().hex}
    contact = {"name": "北 花子", "email": "new@example.org"}
    wish = {"slots": [t.saturday.id], "party": {"adults": 1}, "contact": contact, "consent": True}
    refused = await client.post("/api/v1/reservations", json=wish, headers=key)
    assert refused.status_code == 409
    await assert_ledger_holds()


async def test_within_a_minute_all_of_it_is_undone_and_nobody_is_told(
    staff: httpx.AsyncClient, clock: TurnableClock
) -> None:
    t = await town()
    kept = {(r.key, r.due_at) for r in await Reminder.filter(status="waiting")}
    sure = hidden(await staff.post(f"{t.path}/visibility", data={"do": "withdraw"}), "sure")
    await staff.post(f"{t.path}/visibility", data={"do": "withdraw", "sure": sure})
    clock.turn_to(NOON + timedelta(seconds=59))
    assert f"{t.path}/undo" in (await staff.get(t.path)).text
    undone = await staff.post(f"{t.path}/undo")
    assert undone.status_code == 303
    page = (await staff.get(undone.headers["location"])).text
    assert "元に戻しました。" in page
    assert "保存しました。" not in page
    assert (await Event.get()).is_published
    assert {s.status for s in await Slot.all()} == {SlotStatus.OPEN}
    assert await Place.filter(status="confirmed", ended_by="", cancelled_at=None).count() == 3
    assert await WaitlistEntry.filter(status="waiting").count() == 1
    waiting = await Reminder.filter(status="waiting")
    assert not [r for r in waiting if r.key.startswith("event-off:")]
    assert {(r.key, r.due_at) for r in waiting} >= {k for k in kept if k[0] != "receipt"}
    await assert_ledger_holds()
    assert (await staff.post(f"{t.path}/undo")).status_code == 409


async def test_after_a_minute_nothing_is_undone(
    staff: httpx.AsyncClient, clock: TurnableClock
) -> None:
    t = await town()
    sure = hidden(await staff.post(f"{t.path}/visibility", data={"do": "withdraw"}), "sure")
    await staff.post(f"{t.path}/visibility", data={"do": "withdraw", "sure": sure})
    clock.turn_to(NOON + timedelta(seconds=60))
    assert f"{t.path}/undo" not in (await staff.get(t.path)).text
    assert (await staff.post(f"{t.path}/undo")).status_code == 409
    assert await Place.filter(status="confirmed").count() == 0


async def test_a_yes_to_other_numbers_is_asked_again(staff: httpx.AsyncClient) -> None:
    t = await town()
    sure = hidden(await staff.post(f"{t.path}/visibility", data={"do": "withdraw"}), "sure")
    await service.reserve(make_wish(t.saturday), now=NOON)
    again = await staff.post(f"{t.path}/visibility", data={"do": "withdraw", "sure": sure})
    assert again.status_code == 409
    assert (await Event.get()).is_published


Meanwhile = Callable[[Town], Awaitable[object]]


async def a_party_comes(t: Town) -> None:
    await service.reserve(make_wish(t.saturday), now=NOON)


async def a_time_is_added(t: Town) -> None:
    later = await make_session(programme=t.saturday.programme, starts_at=FIRST + 3 * HOUR)
    await service.reserve(make_wish(later), now=NOON)


def between(monkeypatch: pytest.MonkeyPatch, t: Town, happens: Meanwhile) -> None:
    """Something happens once after the page was asked, and before its transaction begins."""
    asked_first, left = impact.asked_first, [happens]

    async def asked_then(*given: Any) -> Any:
        page = await asked_first(*given)
        if page is None and left:
            await left.pop()(t)
        return page

    monkeypatch.setattr(impact, "asked_first", asked_then)


@pytest.mark.parametrize("happens", [a_party_comes, a_time_is_added])
@pytest.mark.parametrize("change", ["withdraw", "dates", "sites"])
async def test_what_comes_in_that_moment_is_asked_about_and_ends_with_the_rest(
    staff: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch, happens: Meanwhile, change: str
) -> None:
    t = await town()
    sunday = (FIRST + DAY).date().isoformat()
    stays = t.sites[1].id
    version = hidden(await staff.get(f"{t.path}/sites"), "version")
    path, form = {
        "withdraw": (f"{t.path}/visibility", {"do": "withdraw"}),
        "dates": (t.path, await dates_form(staff, t.event, starts_on=sunday)),
        "sites": (
            f"{t.path}/sites",
            {f"takes-{stays}": "1", f"number-{stays}": "1", "version": version},
        ),
    }[change]
    sure = hidden(await staff.post(path, data=form), "sure")
    between(monkeypatch, t, happens)
    again = await staff.post(path, data={**form, "sure": sure})
    assert again.status_code == 409
    assert await Slot.filter(status="cancelled").count() == 0
    assert (await Event.get()).is_published
    answer = await staff.post(path, data={**form, "sure": hidden(again, "sure")})
    assert answer.status_code == 303
    coming = await Slot.filter(programme_id=t.saturday.programme.id)
    assert {slot.status for slot in coming} == {SlotStatus.CANCELLED}
    held = Place.filter(slot_id__in=[slot.id for slot in coming], status="confirmed")
    assert not await held.exists()
    await assert_ledger_holds()


async def test_a_time_that_nobody_has_reserved_ends_with_the_rest_without_a_question(
    staff: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    t = await town()
    path, form = f"{t.path}/visibility", {"do": "withdraw"}

    async def added(t: Town) -> None:
        await make_session(programme=t.saturday.programme, starts_at=FIRST + 3 * HOUR)

    between(monkeypatch, t, added)
    sure = hidden(await staff.post(path, data=form), "sure")
    again = await staff.post(path, data={**form, "sure": sure})
    assert again.status_code == 409, "the number of sessions is part of what was asked"
    await staff.post(path, data={**form, "sure": hidden(again, "sure")})
    assert {slot.status for slot in await Slot.all()} == {SlotStatus.CANCELLED}


async def test_a_day_less_ends_that_day_alone_and_undone_it_is_back(
    staff: httpx.AsyncClient,
) -> None:
    t = await town()
    form = await dates_form(staff, t.event, ends_on=t.event.starts_on.isoformat())
    asked = await staff.post(t.path, data=form, headers=EN)
    assert asked.status_code == 409
    assert "1 session is called off" in asked.text
    yes = {**form, "sure": hidden(asked, "sure"), "reason": ""}
    assert (await staff.post(t.path, data=yes)).status_code == 303
    assert (await Event.get()).ends_on == t.event.starts_on
    held = await Place.filter(status="confirmed")
    assert [place.slot_id for place in held] == [t.saturday.id]
    keys = await Reminder.filter(recipient_id=t.both.recipient_id, status="waiting").values_list(
        "key", flat=True
    )
    assert f"evening:{FIRST.date()}" in keys
    assert f"evening:{(FIRST + DAY).date()}" not in keys
    await staff.post(f"{t.path}/undo")
    assert (await Event.get()).ends_on == t.event.ends_on
    assert await Place.filter(status="confirmed").count() == 3
    await assert_ledger_holds()


async def test_a_place_taken_out_ends_its_sessions_alone(staff: httpx.AsyncClient) -> None:
    t = await town()
    page = await staff.get(f"{t.path}/sites")
    stays = t.sites[0].id
    form = {f"takes-{stays}": "1", f"number-{stays}": "1", "version": hidden(page, "version")}
    asked = await staff.post(f"{t.path}/sites", data=form, headers=EN)
    assert asked.status_code == 409
    assert f"No part any more: {t.sites[1].name}" in asked.text
    assert "Take out of the event</button>" in asked.text
    yes = {**form, "sure": hidden(asked, "sure")}
    assert (await staff.post(f"{t.path}/sites", data=yes)).status_code == 303
    assert [place.slot_id for place in await Place.filter(status="confirmed")] == [t.saturday.id]
    await staff.post(f"{t.path}/undo")
    assert await Participation.all().count() == 2
    assert await Place.filter(status="confirmed").count() == 3


async def test_sessions_that_nobody_has_reserved_end_without_a_question(
    staff: httpx.AsyncClient,
) -> None:
    event = await make_event(site := await make_site(), day=FIRST.date())
    programme = await make_programme(site=site, event=event)
    slot = await make_session(programme=programme, starts_at=FIRST)
    path = f"/staff/events/{event.id}"
    answer = await staff.post(f"{path}/visibility", data={"do": "withdraw"})
    assert answer.status_code == 303
    assert (await Slot.get(id=slot.id)).status == SlotStatus.CANCELLED
    assert f"{path}/undo" in (await staff.get(path)).text


async def test_without_sessions_nothing_is_asked(staff: httpx.AsyncClient) -> None:
    event = await make_event(await make_site())
    answer = await staff.post(f"/staff/events/{event.id}/visibility", data={"do": "withdraw"})
    assert answer.status_code == 303
    assert not (await Event.get()).is_published


@pytest.mark.parametrize("role", [Role.EDITOR])
async def test_who_may_not_change_reservations_ends_none(app: Starlette, role: Role) -> None:
    t = await town()
    async with browser(app) as desk:
        await sign_in_as(desk, await make_account("editor@example.org", role))
        form = await dates_form(desk, t.event, ends_on=t.event.starts_on.isoformat())
        asked = await desk.post(t.path, data=form, headers=EN)
        assert asked.status_code == 409
        assert "滝野川 静" not in asked.text
        assert 'name="sure"' not in asked.text
        sure = {**form, "sure": "1-2-1-0"}
        assert (await desk.post(t.path, data=sure)).status_code == 403
    assert await Place.filter(status="confirmed").count() == 3


async def test_who_hopes_for_it_in_a_draw_is_told_too(
    staff: httpx.AsyncClient, client: httpx.AsyncClient
) -> None:
    event = await make_event(site := await make_site(), day=FIRST.date())
    programme = await make_programme(site=site, event=event)
    slot = await make_session(programme=programme, starts_at=FIRST, allocation=Allocation.DRAW)
    draw = await draws.open_draw([slot.id], event_id=event.id, entries_close_at=NOON + DAY)
    entered = await draws.enter(draw.id, make_wish(slot), now=NOON)
    path = f"/staff/events/{event.id}/visibility"
    asked = await staff.post(path, data={"do": "withdraw"}, headers=EN)
    assert "1 entry in a draw loses a choice" in asked.text
    await staff.post(path, data={"do": "withdraw", "sure": hidden(asked, "sure")})
    told = await Reminder.get(key__startswith="event-off:")
    assert told.recipient_id == entered.recipient_id  # type: ignore[attr-defined]
    page = await client.get(f"/reservations/{entered.reference}", headers=EN)
    assert "This session has been called off" in page.text
    assert "You are in the draw" not in page.text


async def test_who_waited_reads_that_it_is_called_off(
    staff: httpx.AsyncClient, client: httpx.AsyncClient
) -> None:
    t = await town()
    sure = hidden(await staff.post(f"{t.path}/visibility", data={"do": "withdraw"}), "sure")
    await staff.post(f"{t.path}/visibility", data={"do": "withdraw", "sure": sure})
    page = (await client.get(f"/reservations/{t.waiting.reference}", headers=EN)).text
    assert "This session has been called off" in page
    assert "No seats came free" not in page
