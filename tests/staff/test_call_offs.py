"""One day called off, a place withdrawn, sessions that stay: done, told and undone exactly; by two
at once, while a draw is due, in the middle of a session."""

import asyncio
from dataclasses import dataclass
from datetime import date, timedelta

import httpx
import pytest
from starlette.applications import Starlette

from tests.accounts.signing import browser, make_account, sign_in_as
from tests.conftest import NOON, TurnableClock
from tests.factories import make_course, make_event, make_programme, make_site, make_slot
from tests.reservations.factories import make_party, make_wish
from tests.reservations.ledger import assert_ledger_holds
from tests.staff.town import hidden
from tour.accounts.roles import Role
from tour.audit.service import Actor
from tour.events import answers
from tour.events.models import Event, Participation
from tour.events.states import ParticipationAnswer, ParticipationRole
from tour.notifications.models import Reminder
from tour.notifications.states import ReminderStatus
from tour.programmes.models import BookingRules, Slot
from tour.programmes.states import Allocation, SlotStatus
from tour.reservations import service, worker
from tour.reservations.draws import draws
from tour.reservations.held import changes, pending
from tour.reservations.models import ContactCheck, Draw, Place, Reservation, WaitlistEntry
from tour.reservations.states import DrawStatus, PlaceStatus
from tour.reservations.waitlist import queue
from tour.sites.models import Site

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
FIRST = NOON + 4 * DAY
"""Saturday noon; the event has this day and the two after it."""
EN = {"Accept-Language": "en"}
HOST = Actor(None, "host")


def day(number: int) -> date:
    return (FIRST + number * DAY).date()


@dataclass
class Town:
    event: Event
    sites: list[Site]
    slots: list[Slot]
    """One a day, at the first, the second and the first place."""
    parties: list[Reservation]
    """The first on the first day; the second on the second; the third on the second and third."""

    @property
    def path(self) -> str:
        return f"/staff/events/{self.event.id}"

    def call_off(self, number: int, **values: str) -> dict[str, str]:
        return {"day": day(number).isoformat(), "do": "off", **values}


@pytest.fixture
async def town(staff: httpx.AsyncClient) -> Town:  # noqa: ARG001 - the rows are of its app
    sites = [await make_site(), await make_site()]
    event = await make_event(*sites, day=day(0), ends_on=day(2))
    slots = [
        await make_slot(
            FIRST + n * DAY,
            programme=await make_programme(site=sites[n % 2], event=event),
            capacity=6,
        )
        for n in range(3)
    ]
    first, second, third = slots
    parties = [
        await service.reserve(make_wish(*held), now=NOON)
        for held in ((first,), (second,), (second, third))
    ]
    return Town(event, sites, slots, parties)


async def said_yes(
    desk: httpx.AsyncClient, path: str, form: dict[str, str], **values: str
) -> httpx.Response:
    """The form once, and once more with a yes to what it does."""
    asked = await desk.post(path, data=form)
    assert asked.status_code == 409, asked.text
    return await desk.post(path, data={**form, "sure": hidden(asked, "sure"), **values})


async def told(begins: str = "event-off:") -> list[Reminder]:
    waiting = Reminder.filter(key__startswith=begins, status=ReminderStatus.WAITING)
    return await waiting.order_by("id")


async def statuses() -> list[str]:
    return [str(slot.status) for slot in await Slot.all().order_by("id")]


async def ledger() -> tuple[list[object], ...]:
    """Everything that an undo brings back."""
    return (
        await Slot.all().order_by("id").values_list("id", "status", "seats_taken"),
        await Place.all().order_by("id").values_list("id", "status", "ended_by", "reason"),
        await WaitlistEntry.all().order_by("id").values_list("id", "status"),
        await Participation.all()
        .order_by("site_id")
        .values_list("site_id", "number", "role", "answer", "token_hash"),
        await Event.all().values_list("is_published", "starts_on", "ends_on", "days_off"),
        await Site.all().order_by("id").values_list("id", "is_published"),
        sorted(
            await Reminder.filter(status="waiting").values_list("recipient_id", "key", "due_at")
        ),
    )


class TestADay:
    async def test_in_the_middle_is_called_off_and_the_others_stay(
        self, staff: httpx.AsyncClient, client: httpx.AsyncClient, town: Town
    ) -> None:
        asked = await staff.post(f"{town.path}/days", data=town.call_off(1), headers=EN)
        assert asked.status_code == 409
        assert "1 session is called off" in asked.text
        assert "2 parties lose their seats" in asked.text
        assert await statuses() == ["open"] * 3
        answer = await said_yes(staff, f"{town.path}/days", town.call_off(1), reason="台風")
        assert answer.status_code == 303
        assert await statuses() == ["open", "cancelled", "open"]
        assert (
            {r.recipient_id for r in await told()}
            == {  # type: ignore[attr-defined]
                party.recipient_id for party in town.parties[1:]
            }
        )
        page = (await client.get(f"/events/{town.event.slug}", headers=EN)).text
        assert "Sat 5, Mon 7 Dec" in page
        assert "Called off:" in page
        assert "Sun 6 Dec" in page
        days = (await client.get("/api/v1/events")).json()["items"][0]
        assert (days["starts_on"], days["ends_on"]) == (str(day(0)), str(day(2)))
        kept = await Reminder.filter(recipient_id=town.parties[2].recipient_id, status="waiting")
        assert f"evening:{day(2)}" in {reminder.key for reminder in kept}
        assert f"evening:{day(1)}" not in {reminder.key for reminder in kept}
        await assert_ledger_holds()

    async def test_at_the_end_makes_the_event_end_sooner(
        self, staff: httpx.AsyncClient, client: httpx.AsyncClient, town: Town, clock: TurnableClock
    ) -> None:
        await said_yes(staff, f"{town.path}/days", town.call_off(2))
        days = (await client.get("/api/v1/events")).json()["items"][0]
        assert days["ends_on"] == str(day(1))
        clock.turn_to(FIRST + 2 * DAY)
        assert (await client.get("/api/v1/events?late")).json()["items"] == []
        page = await client.get(f"/events/{town.event.slug}", headers=EN)
        assert "This event is over" in page.text

    async def test_undone_everything_is_as_before_and_nobody_is_told(
        self, staff: httpx.AsyncClient, town: Town
    ) -> None:
        before = await ledger()
        await said_yes(staff, f"{town.path}/days", town.call_off(1))
        assert await ledger() != before
        assert (await staff.post(f"{town.path}/undo")).status_code == 303
        assert await ledger() == before
        assert (await staff.post(f"{town.path}/undo")).status_code == 409
        await said_yes(staff, f"{town.path}/days", town.call_off(1))
        assert len(await told()) == 2, "called off again, they are told"

    async def test_with_nobody_in_it_goes_without_a_question(
        self, staff: httpx.AsyncClient, town: Town
    ) -> None:
        await changes.cancel(town.parties[0].reference, now=NOON)
        answer = await staff.post(f"{town.path}/days", data=town.call_off(0))
        assert answer.status_code == 303
        assert (await statuses())[0] == "cancelled"
        assert await told() == []

    async def test_twice_is_once_and_it_can_be_held_after_all(
        self, staff: httpx.AsyncClient, client: httpx.AsyncClient, town: Town
    ) -> None:
        await said_yes(staff, f"{town.path}/days", town.call_off(1))
        again = await staff.post(f"{town.path}/days", data=town.call_off(1))
        assert again.status_code == 303
        assert (await Event.get()).days_off == [str(day(1))]
        held = {"day": str(day(1)), "do": "hold"}
        assert (await staff.post(f"{town.path}/days", data=held)).status_code == 303
        assert (await Event.get()).days_off == []
        assert (await statuses())[1] == "cancelled", "whoever was told must not be called back"
        assert "Called off:" not in (await client.get(f"/events/{town.event.slug}")).text

    async def test_the_only_one_is_refused_and_so_is_one_that_is_over_or_none(
        self, staff: httpx.AsyncClient, town: Town, clock: TurnableClock
    ) -> None:
        for form in (town.call_off(5), {"do": "off"}, {"do": "off", "day": "then"}):
            assert (await staff.post(f"{town.path}/days", data=form)).status_code == 422, form
        single = await make_event(day=day(0))
        form = {"day": str(day(0)), "do": "off"}
        page = await staff.post(f"/staff/events/{single.id}/days", data=form, headers=EN)
        assert page.status_code == 409
        assert "This is its only day" in page.text
        clock.turn_to(FIRST + DAY)
        page = await staff.post(f"{town.path}/days", data=town.call_off(0), headers=EN)
        assert page.status_code == 409
        assert "This day is over" in page.text
        assert [e.days_off for e in await Event.all()] == [[], []]

    async def test_takes_no_new_times(self, staff: httpx.AsyncClient, town: Town) -> None:
        await said_yes(staff, f"{town.path}/days", town.call_off(1))
        site = town.sites[1]
        programme = town.slots[1].programme_id  # type: ignore[attr-defined]
        page = await staff.get(f"/host/{site.slug}/programmes/{programme}", headers=EN)
        assert f'value="{day(1)}"' not in page.text

    async def test_other_dates_keep_it_called_off_but_never_all_of_them(
        self, staff: httpx.AsyncClient, town: Town
    ) -> None:
        await said_yes(staff, f"{town.path}/days", town.call_off(1))
        page = await staff.get(town.path)
        form = {
            "title": town.event.title,
            "opens": "10:00",
            "closes": "16:00",
            "version": hidden(page, "version"),
            "starts_on": str(day(1)),
            "ends_on": str(day(1)),
        }
        only_that = await said_yes(staff, town.path, form)
        assert only_that.status_code == 422
        assert (await Event.get()).ends_on == day(2)
        shorter = {**form, "starts_on": str(day(0))}
        assert (await said_yes(staff, town.path, shorter)).status_code == 303
        assert (await Event.get()).days_off == [str(day(1))]

    async def test_sessions_that_stay_are_no_part_of_the_event(
        self, staff: httpx.AsyncClient, client: httpx.AsyncClient, town: Town
    ) -> None:
        before = {r.key for r in await Reminder.filter(status="waiting")}
        answer = await said_yes(staff, f"{town.path}/days", town.call_off(1), then="stay")
        assert answer.status_code == 303
        assert await statuses() == ["open"] * 3
        assert {r.key for r in await Reminder.filter(status="waiting")} == before
        found = await client.get("/api/v1/slots", params={"event": town.event.slug})
        shown = [item["id"] for item in found.json()["items"]]
        assert shown == [town.slots[0].id, town.slots[2].id]
        assert (await client.get(f"/slots/{town.slots[1].id}/reserve")).status_code == 200
        asked = await staff.post(f"{town.path}/visibility", data={"do": "withdraw"}, headers=EN)
        assert "2 sessions are called off" in asked.text, "that one has left the event"


class TestAPlace:
    async def test_withdrawn_it_is_asked_told_and_undone(
        self, staff: httpx.AsyncClient, town: Town
    ) -> None:
        site = town.sites[0]
        await make_course(*town.sites, event=town.event)
        before = await ledger()
        path = f"/staff/sites/{site.id}/visibility"
        asked = await staff.post(path, data={"do": "withdraw"}, headers=EN)
        assert asked.status_code == 409
        for said in ("2 sessions are called off", "2 parties", "1 model course loses a stop"):
            assert said in asked.text, said
        assert (await said_yes(staff, path, {"do": "withdraw"})).status_code == 303
        assert not (await Site.get(id=site.id)).is_published
        assert await statuses() == ["cancelled", "open", "cancelled"]
        assert len(await told()) == 2
        assert f"/staff/sites/{site.id}/undo" in (await staff.get("/staff/sites")).text
        assert (await staff.post(f"/staff/sites/{site.id}/undo")).status_code == 303
        assert await ledger() == before
        late = await staff.post(f"/staff/sites/{site.id}/undo", headers=EN)
        assert late.status_code == 409
        assert "for a minute only" in late.text

    async def test_withdrawn_its_sessions_may_stay_for_those_who_are_in_them(
        self, staff: httpx.AsyncClient, client: httpx.AsyncClient, town: Town
    ) -> None:
        path = f"/staff/sites/{town.sites[0].id}/visibility"
        await said_yes(staff, path, {"do": "withdraw"}, then="stay")
        assert await statuses() == ["open"] * 3
        assert await told() == []
        assert (await client.get(f"/slots/{town.slots[0].id}/reserve")).status_code == 404

    async def test_without_parties_it_goes_without_a_question(
        self, staff: httpx.AsyncClient
    ) -> None:
        lonely = await make_site()
        path = f"/staff/sites/{lonely.id}/visibility"
        assert (await staff.post(path, data={"do": "withdraw"})).status_code == 303
        assert not (await Site.get(id=lonely.id)).is_published

    @pytest.mark.parametrize(
        "part",
        [
            {"answer": ParticipationAnswer.DECLINED.value, "role": "host"},
            {"role": ParticipationRole.NEARBY.value},
        ],
    )
    async def test_that_says_no_or_is_only_shown_leaves_too(
        self, staff: httpx.AsyncClient, town: Town, part: dict[str, str]
    ) -> None:
        left, kept = town.sites
        page = await staff.get(f"{town.path}/sites")
        form = {"version": hidden(page, "version"), f"takes-{kept.id}": "1"}
        form |= {f"takes-{left.id}": "1", f"number-{left.id}": "1", f"number-{kept.id}": "2"}
        form |= {f"{name}-{left.id}": value for name, value in part.items()}
        form |= {f"answer-{kept.id}": "accepted", f"role-{kept.id}": "host"}
        before = await ledger()
        assert (await said_yes(staff, f"{town.path}/sites", form)).status_code == 303
        assert await statuses() == ["cancelled", "open", "cancelled"]
        await staff.post(f"{town.path}/undo")
        assert await ledger() == before

    async def test_an_answer_of_that_minute_outlives_the_undo(
        self, staff: httpx.AsyncClient, town: Town
    ) -> None:
        left, kept = town.sites
        other = await make_site()
        await Participation.create(event=town.event, site=other, number=3, answer="invited")
        page = await staff.get(f"{town.path}/sites")
        form = {"version": hidden(page, "version")}
        for number, site in enumerate((kept, other), 2):
            form |= {f"takes-{site.id}": "1", f"number-{site.id}": str(number)}
            form |= {f"answer-{site.id}": "accepted" if site == kept else "invited"}
        await said_yes(staff, f"{town.path}/sites", form)
        row = await answers.invitation_of(town.event.id, other.id)
        days = town.event.days
        await answers.answer(row, answers.Answer(days, days), actor=HOST, now=NOON)
        await staff.post(f"{town.path}/undo")
        parts = {p.site_id: p.answer for p in await Participation.all()}
        assert parts == {left.id: "accepted", kept.id: "accepted", other.id: "accepted"}


class TestUndone:
    async def test_seats_held_for_a_code_offers_and_walk_ins_are_as_they_were(
        self, staff: httpx.AsyncClient, town: Town
    ) -> None:
        slot = town.slots[0]
        await Slot.filter(id=slot.id).update(capacity=4, seats_taken=2, walk_ins=1)
        filling = await service.reserve(make_wish(slot, party=make_party(2)), now=NOON)
        await queue.join(make_wish(slot), now=NOON)
        await changes.cancel(filling.reference, now=NOON)
        await BookingRules.create(event=town.event, checks_contact=True)
        held = await service.reserve(make_wish(*town.slots[:2]), now=NOON)
        assert (await WaitlistEntry.get()).status == "offered"
        places = Place.filter(reservation_id=held.id).order_by("slot_id")
        assert [place.status for place in await places] == [PlaceStatus.HELD] * 2
        before = await ledger()
        await said_yes(staff, f"{town.path}/days", town.call_off(0))
        assert (await Slot.get(id=slot.id)).seats_taken == 0
        await staff.post(f"{town.path}/undo")
        assert await ledger() == before
        code = (await ContactCheck.get()).code
        await pending.prove(held.reference, code, now=NOON)
        assert [place.status for place in await places] == [PlaceStatus.CONFIRMED] * 2

    async def test_what_was_held_for_a_code_that_lapsed_meanwhile_stays_free(
        self, staff: httpx.AsyncClient, town: Town, clock: TurnableClock
    ) -> None:
        await BookingRules.create(event=town.event, checks_contact=True)
        slot = town.slots[0]
        await service.reserve(make_wish(*town.slots[:2], party=make_party(2)), now=NOON)
        check = await ContactCheck.get()
        clock.turn_to(check.latest_at - timedelta(seconds=30))
        await said_yes(staff, f"{town.path}/days", town.call_off(0))
        clock.turn_to(check.latest_at)
        await worker.run_due(clock())
        await staff.post(f"{town.path}/undo")
        assert (await Slot.get(id=slot.id)).seats_taken == 1
        await assert_ledger_holds()

    async def test_a_code_for_two_days_still_confirms_the_other(
        self, staff: httpx.AsyncClient, town: Town
    ) -> None:
        await BookingRules.create(event=town.event, checks_contact=True)
        party = make_party(1)
        held = await service.reserve(make_wish(*town.slots[:2], party=party), now=NOON)
        await said_yes(staff, f"{town.path}/days", town.call_off(0))
        await pending.prove(held.reference, (await ContactCheck.get()).code, now=NOON)
        places = await Place.filter(reservation_id=held.id).order_by("slot_id")
        assert [place.status for place in places] == ["cancelled", "confirmed"]
        await assert_ledger_holds()

    async def test_who_still_waits_elsewhere_keeps_what_was_promised_there(
        self, staff: httpx.AsyncClient, town: Town
    ) -> None:
        full = await make_slot(FIRST + 9 * DAY, capacity=1)
        holder = await service.reserve(make_wish(full), now=NOON)
        turn = await queue.join(make_wish(full, party=make_party(1)), now=NOON)
        reader = turn.recipient_id  # type: ignore[attr-defined]
        mine = await Place.create(reservation=turn, slot=town.slots[0], seats=1)
        await Slot.filter(id=town.slots[0].id).update(seats_taken=2)
        await changes.cancel(holder.reference, now=NOON)
        offer = Reminder.filter(recipient_id=reader, key__startswith="offer", status="waiting")
        assert await offer.exists()
        await said_yes(staff, f"{town.path}/days", town.call_off(0))
        assert (await Place.get(id=mine.id)).status == "cancelled"
        assert await offer.exists(), "the offer of another session stays good"


class TestAtOnce:
    async def test_two_who_call_it_off_tell_everybody_once(
        self, app: Starlette, staff: httpx.AsyncClient, town: Town
    ) -> None:
        async with browser(app) as other:
            await sign_in_as(other, await make_account("other@example.org", Role.STAFF))
            path, form = f"{town.path}/days", town.call_off(1)
            asked = [await desk.post(path, data=form) for desk in (staff, other)]
            both = [
                desk.post(path, data={**form, "sure": hidden(page, "sure")})
                for desk, page in zip((staff, other), asked, strict=True)
            ]
            answers_ = await asyncio.gather(*both)
        assert {answer.status_code for answer in answers_} <= {303, 409}
        assert len(await told()) == 2
        await assert_ledger_holds()

    async def test_a_draw_waits_until_the_end_of_its_sessions_is_sure(
        self, staff: httpx.AsyncClient, town: Town, clock: TurnableClock
    ) -> None:
        programme = await make_programme(site=town.sites[0], event=town.event)
        drawn = [
            await make_slot(
                FIRST + hours * HOUR + n * DAY,
                programme=programme,
                capacity=2,
                allocation=Allocation.DRAW,
            )
            for n, hours in enumerate((3, 3))
        ]
        draw = await draws.open_draw(
            [slot.id for slot in drawn], event_id=town.event.id, entries_close_at=NOON + HOUR
        )
        entered = await draws.enter(draw.id, make_wish(drawn[0]), now=NOON)
        clock.turn_to(draw.draws_at - timedelta(seconds=10))
        await worker.run_due(clock())
        await said_yes(staff, f"{town.path}/days", town.call_off(0))
        clock.turn_to(draw.draws_at)
        await worker.run_due(clock())
        assert (await Draw.get()).status == DrawStatus.FROZEN
        await staff.post(f"{town.path}/undo")
        await worker.run_due(clock())
        assert (await Draw.get()).status == DrawStatus.DRAWN
        won = await Place.get(reservation_id=entered.id)
        assert (won.slot_id, won.status) == (drawn[0].id, "confirmed")  # type: ignore[attr-defined]
        await assert_ledger_holds()

    async def test_not_undone_the_draw_is_held_without_them(
        self, staff: httpx.AsyncClient, town: Town, clock: TurnableClock
    ) -> None:
        programme = await make_programme(site=town.sites[0], event=town.event)
        slot = await make_slot(
            FIRST + 3 * HOUR, programme=programme, capacity=2, allocation=Allocation.DRAW
        )
        draw = await draws.open_draw([slot.id], event_id=None, entries_close_at=NOON + HOUR)
        await draws.enter(draw.id, make_wish(slot), now=NOON)
        await said_yes(staff, f"{town.path}/days", town.call_off(0))
        clock.turn_to(draw.draws_at + HOUR)
        await worker.run_due(clock())
        assert (await Draw.get()).status == DrawStatus.DRAWN
        assert not await Place.filter(slot_id=slot.id).exists()

    async def test_a_session_that_runs_is_left_to_those_in_it(
        self, staff: httpx.AsyncClient, town: Town, clock: TurnableClock
    ) -> None:
        later = await make_slot(
            FIRST + 3 * HOUR, programme=await make_programme(site=town.sites[1], event=town.event)
        )
        await service.reserve(make_wish(later), now=NOON)
        clock.turn_to(FIRST + HOUR / 2)
        asked = await staff.post(f"{town.path}/days", data=town.call_off(0), headers=EN)
        assert "1 session has begun: it stays" in asked.text
        await said_yes(staff, f"{town.path}/days", town.call_off(0))
        assert await statuses() == ["open", "open", "open", "cancelled"]
        [reminder] = await told()
        assert reminder.due_at == clock() + timedelta(minutes=1)

    async def test_after_the_event_nobody_is_concerned(
        self, staff: httpx.AsyncClient, town: Town, clock: TurnableClock
    ) -> None:
        clock.turn_to(FIRST + 9 * DAY)
        answer = await staff.post(f"{town.path}/visibility", data={"do": "withdraw"})
        assert answer.status_code == 303
        assert await statuses() == ["open"] * 3
        assert await told() == []


class TestHosts:
    async def test_are_told_of_their_own_sessions_and_not_of_what_is_undone(
        self, staff: httpx.AsyncClient, town: Town
    ) -> None:
        for number, site in enumerate(town.sites):
            await make_account(f"host{number}@example.org", Role.HOST, site)
        await said_yes(staff, f"{town.path}/visibility", {"do": "withdraw"}, reason="台風のため")
        first, second = await told("sessions-off:")
        assert (first.body.count("木版"), second.body.count("木版")) == (2, 1)
        assert first.url == f"/host/{town.sites[0].slug}"
        assert "台風のため" in first.body
        assert first.due_at == NOON + timedelta(minutes=1)
        await staff.post(f"{town.path}/undo")
        assert await told("sessions-off:") == []

    async def test_a_programme_that_people_wait_or_hope_for_is_not_thrown_away(
        self, staff: httpx.AsyncClient, town: Town
    ) -> None:
        programme = await make_programme(site=town.sites[0], event=town.event)
        slot = await make_slot(
            FIRST + 3 * HOUR, programme=programme, capacity=2, allocation=Allocation.DRAW
        )
        draw = await draws.open_draw([slot.id], event_id=None, entries_close_at=NOON + HOUR)
        await draws.enter(draw.id, make_wish(slot), now=NOON)
        path = f"/host/{town.sites[0].slug}/programmes/{programme.id}/stage"
        refused = await staff.post(path, data={"do": "remove"}, headers=EN)
        assert refused.status_code == 409
        await programme.refresh_from_db()
        assert programme.removed_at is None
        assert (await Slot.get(id=slot.id)).status == SlotStatus.OPEN
