"""When many want few seats: crowds get through, invented contacts do not (decision 0022)."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest
from starlette.applications import Starlette

from tests.accounts.signing import make_account, sign_in_as
from tests.compiled import COMPILED
from tests.conftest import TurnableClock
from tests.factories import make_programme, make_slot
from tests.parts import exchange
from tests.reservations.crowds import Opening, Scene, from_address
from tests.reservations.factories import typed
from tests.reservations.ledger import assert_ledger_holds
from tour.accounts.roles import Role
from tour.app import create_app
from tour.programmes.models import Slot
from tour.reservations import worker
from tour.reservations.draws import draws
from tour.reservations.models import ContactCheck, DrawEntry, Place, Reservation, WaitlistEntry
from tour.reservations.parties import newcomers
from tour.reservations.parties.intake import BY_CONTACT
from tour.reservations.states import PlaceStatus, WaitlistStatus
from tour.settings import Settings

RUSH = 20


@pytest.fixture
async def app(settings: Settings, clock: TurnableClock) -> AsyncIterator[Starlette]:
    """The whole app, with its watch over newcomers on."""
    application = create_app(replace(settings, rush=RUSH), clock=clock)
    application.state.parts.templates.bytecode_cache = COMPILED
    async with application.router.lifespan_context(application):
        yield application


async def code_of(path: str) -> str:
    check = await ContactCheck.get(reservation__reference=path.rpartition("/")[2])
    return str(check.code)


async def reserve(client: httpx.AsyncClient, slot: Slot, **values: str) -> httpx.Response:
    """What a contact holds already is no matter here."""
    form = typed(again="1", split="1", **values)
    return await client.post(f"/slots/{slot.id}/reserve", data=form)


# --- the crowd and the program ------------------------------------------------------------------


@pytest.mark.parametrize(("networks", "phone_only"), [(1, 0.0), (20, 0.0), (20, 1.0)])
async def test_a_crowd_behind_one_address_gets_through_and_a_program_does_not(
    app: Starlette, clock: TurnableClock, networks: int, phone_only: float
) -> None:
    """A small scene of `python -m bench newcomers`."""
    scene = Scene(24, 80, networks, slots=4, phone_only=phone_only)
    outcome = await Opening(app, clock, scene).play()
    assert outcome.honest_served == scene.honest, outcome
    assert outcome.program_share <= (0.13 if phone_only else 0), outcome
    await assert_ledger_holds()


async def test_the_same_program_takes_all_when_nobody_watches(
    app: Starlette, clock: TurnableClock
) -> None:
    """The control: without the guard the scene ends otherwise."""
    exchange(app, settings=replace(app.state.parts.settings, rush=0))
    outcome = await Opening(app, clock, Scene(10, 80, 20, slots=4, phone_only=1.0)).play()
    assert outcome.program_share > 0.6


async def test_a_usual_day_asks_nobody_for_a_code(client: httpx.AsyncClient) -> None:
    slot = await make_slot()
    assert (await reserve(client, slot)).status_code == 303
    assert (await Place.get()).status == PlaceStatus.CONFIRMED


# --- in a rush ----------------------------------------------------------------------------------


async def opening_slot(clock: TurnableClock, capacity: int = 16) -> Slot:
    return await make_slot(booking_opens_at=clock(), capacity=capacity)


async def test_a_newcomer_types_a_code_and_is_known_from_then_on(
    app: Starlette, clock: TurnableClock
) -> None:
    slot, mine = await opening_slot(clock), {"email": "yui@example.org"}
    async with from_address(app, "192.0.2.1") as phone:
        path = (await reserve(phone, slot, **mine)).headers["location"]
        assert "認証番号を入力" in (await phone.get(path)).text
        assert (await phone.post(f"{path}/code", data={"code": await code_of(path)})).is_redirect
        again = (await reserve(phone, slot, **mine)).headers["location"]
        assert "予約が確定しました" in (await phone.get(again)).text
        other = (await reserve(phone, slot, email="other@example.org")).headers["location"]
        assert "認証番号を入力" in (await phone.get(other)).text, "known for this contact alone"
    async with from_address(app, "192.0.2.2") as stranger:
        stranger.cookies.set("known", "x" * 32)
        path = (await reserve(stranger, slot, **mine)).headers["location"]
        assert "認証番号を入力" in (await stranger.get(path)).text


async def test_seats_wait_for_few_codes_of_a_network_and_none_that_lets_them_lapse(
    app: Starlette, clock: TurnableClock
) -> None:
    slots = [await opening_slot(clock) for _number in range(4)]
    async with from_address(app, "192.0.2.1") as program:
        for number in range(12):
            assert (await reserve(program, slots[number % 4])).status_code == 303
        held = Place.filter(status=PlaceStatus.HELD)
        assert await held.count() == newcomers.CREDIT
        clock.turn(minutes=16)
        await worker.run_due(clock())
        assert sum([slot.seats_taken for slot in await Slot.all()]) == 0
        assert (await reserve(program, slots[0])).status_code == 303
        assert await held.count() == 0
    await assert_ledger_holds()


async def test_a_code_that_comes_when_the_seats_are_gone_reserves_nothing(
    app: Starlette, clock: TurnableClock
) -> None:
    slot = await opening_slot(clock, capacity=4)
    async with from_address(app, "192.0.2.1") as phone:
        first, second, third = [
            (await reserve(phone, slot, adults="2")).headers["location"] for _party in range(3)
        ]
        for path in (first, second):
            answer = await phone.post(f"{path}/code", data={"code": await code_of(path)})
            assert answer.status_code == 303
        late = await phone.post(f"{third}/code", data={"code": await code_of(third)})
        assert late.status_code == 409
        assert "Nothing was reserved" in (await phone.get(f"{third}?lang=en")).text
        assert "known" in phone.cookies
    assert (await Slot.get(id=slot.id)).seats_taken == 4
    await assert_ledger_holds()


async def test_a_session_called_off_meanwhile_takes_no_seats_for_a_code(
    app: Starlette, clock: TurnableClock
) -> None:
    slot = await opening_slot(clock, capacity=4)
    async with from_address(app, "192.0.2.1") as phone:
        paths = [(await reserve(phone, slot, adults="2")).headers["location"] for _n in range(2)]
        assert (await Place.filter(status=PlaceStatus.UNPROVED).count()) == 1
        await Slot.filter(id=slot.id).update(status="closed")
        answer = await phone.post(f"{paths[1]}/code", data={"code": await code_of(paths[1])})
        assert answer.status_code == 409
    await assert_ledger_holds()


# --- without a mail box -------------------------------------------------------------------------


def telephone(number: int) -> dict[str, str]:
    return {"email": "", "phone": f"0901111{number:04d}"}


async def test_a_telephone_is_enough_for_some_people_of_a_network(
    app: Starlette, clock: TurnableClock
) -> None:
    """The 119 invented telephones that took 371 of 532 seats."""
    programme = await make_programme()
    slots = [
        await make_slot(clock() + timedelta(days=7, hours=n), programme=programme, capacity=38)
        for n in range(14)
    ]
    async with from_address(app, "192.0.2.1") as program:
        answers = [
            await reserve(program, slots[n % 14], adults=str(2 + n % 3), **telephone(n))
            for n in range(119)
        ]
    assert sum([slot.seats_taken for slot in await Slot.all()]) <= newcomers.PHONE_SEATS
    assert answers[0].status_code == 303
    assert answers[-1].status_code == 422
    assert 'id="email-error"' in answers[-1].text
    async with from_address(app, "192.0.2.2") as neighbour:
        assert (await reserve(neighbour, slots[0], **telephone(777))).status_code == 303


async def test_telephones_of_many_networks_leave_seats_for_others(
    app: Starlette, clock: TurnableClock
) -> None:
    slot = await make_slot(capacity=16)
    assert clock() < slot.starts_at
    for number in range(12):
        async with from_address(app, f"192.0.2.{number}") as program:
            await reserve(program, slot, adults="2", **telephone(number))
    assert (await Slot.get(id=slot.id)).seats_taken == 8


async def test_who_gave_no_contact_at_all_is_no_stranger_with_a_telephone(app: Starlette) -> None:
    """Whom hosts take in at the door, and the demonstration's own guests."""
    slot = await make_slot(capacity=4)
    async with from_address(app, "192.0.2.1") as phone:
        assert (await reserve(phone, slot, adults="2")).status_code == 303
        await Reservation.all().update(email="", email_key="", phone="", phone_key="")
        assert (await reserve(phone, slot, adults="2", **telephone(1))).status_code == 303


async def test_turns_and_entries_without_a_mail_box_are_few(
    app: Starlette,
) -> None:
    slot = await make_slot(capacity=1)
    async with from_address(app, "192.0.2.1") as program:
        assert (await reserve(program, slot)).status_code == 303
        for number in range(30):
            form = typed(**telephone(number))
            await program.post(f"/slots/{slot.id}/queue", data=form)
    assert await WaitlistEntry.all().count() == newcomers.PHONE_SEATS


async def test_who_cannot_be_told_holds_an_offer_for_a_quarter_of_an_hour(
    app: Starlette, clock: TurnableClock
) -> None:
    slot = await make_slot(capacity=1)
    async with from_address(app, "192.0.2.1") as phone:
        taken = (await reserve(phone, slot)).headers["location"]
        for contact in (telephone(1), {"email": "told@example.org"}):
            joined = await phone.post(f"/slots/{slot.id}/queue", data=typed(**contact))
            assert joined.status_code == 303
        await phone.post(f"{taken}/cancel")
    first, second = await WaitlistEntry.all().order_by("id")
    assert first.status == WaitlistStatus.OFFERED
    assert first.offer_ends_at == clock() + timedelta(minutes=15)
    clock.turn(minutes=15)
    await worker.run_due(clock())
    await second.refresh_from_db()
    assert second.offer_ends_at == clock() + timedelta(hours=6)


# --- nobody is locked out by a stranger ---------------------------------------------------------


async def test_forms_that_come_to_nothing_take_nothing_from_their_contact(
    app: Starlette,
) -> None:
    mine, slot = {"email": "yui@example.org", "phone": "090-1111-2222"}, await make_slot()
    async with from_address(app, "192.0.2.1") as stranger:
        for _number in range(2 * BY_CONTACT.most):
            answer = await stranger.post("/slots/999999/reserve", data=typed(**mine))
            assert answer.status_code == 404
    async with from_address(app, "192.0.2.2") as owner:
        path = (await reserve(owner, slot, **mine)).headers["location"]
        assert "予約が確定しました" in (await owner.get(path)).text


async def test_what_a_stranger_really_reserves_asks_the_owner_for_a_code_and_no_more(
    app: Starlette, clock: TurnableClock
) -> None:
    mine = {"email": "yui@example.org"}
    slots = [await make_slot(clock() + timedelta(days=7, hours=n)) for n in range(8)]
    async with from_address(app, "192.0.2.1") as stranger:
        for slot in slots[:6]:
            await reserve(stranger, slot, **mine)
    assert await Place.filter(status=PlaceStatus.CONFIRMED).count() == 2
    async with from_address(app, "192.0.2.2") as owner:
        path = (await reserve(owner, slots[6], **mine)).headers["location"]
        answer = await owner.post(f"{path}/code", data={"code": await code_of(path)})
        assert answer.status_code == 303
        path = (await reserve(owner, slots[7], **mine)).headers["location"]
        assert "予約が確定しました" in (await owner.get(path)).text


async def test_a_stranger_uses_up_nobodys_codes(app: Starlette, clock: TurnableClock) -> None:
    mine, slot = {"email": "yui@example.org"}, await opening_slot(clock)
    async with from_address(app, "192.0.2.1") as stranger:
        answers = [await reserve(stranger, slot, **mine) for _number in range(5)]
        assert [answer.status_code for answer in answers] == [303, 303, 303, 429, 429]
    async with from_address(app, "192.0.2.2") as owner:
        path = (await reserve(owner, slot, **mine)).headers["location"]
        answer = await owner.post(f"{path}/code", data={"code": await code_of(path)})
        assert answer.status_code == 303


async def test_where_a_party_came_from_is_a_hash_and_is_forgotten(
    app: Starlette, clock: TurnableClock
) -> None:
    async with from_address(app, "192.0.2.1") as phone:
        await reserve(phone, await make_slot())
    made = await Reservation.get()
    assert made.network
    assert "192.0.2" not in str(await Reservation.all().values())
    clock.turn(days=3)
    await newcomers.forget_networks(now=clock())
    assert (await Reservation.get()).network == ""


async def test_seats_kept_for_children_are_for_parties_that_bring_some(app: Starlette) -> None:
    slot = await make_slot(allocation="draw", pools={"children": 4})
    draw = await draws.open_draw([slot.id], event_id=None, entries_close_at=slot.booking_closes_at)
    chosen = {"choice-1": str(slot.id), "pool": "children"}
    async with from_address(app, "192.0.2.1") as phone:
        alone = await phone.post(f"/draws/{draw.id}/enter", data={**typed(2), **chosen})
        assert alone.status_code == 422
        family = {**typed(1, children="1"), **chosen}
        entered = await phone.post(f"/draws/{draw.id}/enter", data=family)
        assert entered.status_code == 303
        assert (await DrawEntry.get()).pools == ["children"]
        smaller = {"adults": "1", "children": "0", "name": "北 花子"}
        path = f"{entered.headers['location']}/change"
        assert (await phone.post(path, data=smaller)).status_code == 303
    assert (await DrawEntry.get()).pools == []


async def test_staff_reserve_for_people_who_ring_them(app: Starlette, clock: TurnableClock) -> None:
    """Many telephones from one desk, also in a rush; a host has no such right."""
    slots = [await opening_slot(clock, capacity=40), await opening_slot(clock, capacity=40)]
    async with from_address(app, "192.0.2.1") as desk:
        await sign_in_as(desk, await make_account("staff@example.org", Role.STAFF))
        for number in range(newcomers.PHONE_SEATS + 5):
            answer = await reserve(desk, slots[0], **telephone(number))
            assert answer.status_code == 303
        await sign_in_as(desk, await make_account("host@example.org"))
        answers = [await reserve(desk, slots[1], **telephone(100 + n)) for n in range(30)]
    assert answers[-1].status_code == 422
    assert (await Slot.get(id=slots[0].id)).seats_taken == newcomers.PHONE_SEATS + 5
