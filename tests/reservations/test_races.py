"""Many at once for one slot: exactly its seats are given, however often and wherever it is asked.

On PostgreSQL two real web processes race each other; on SQLite, which has one, its pages do. The
same races with the guard taken out must oversell, or they would show nothing.
"""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
from starlette.applications import Starlette

from tests.factories import make_slot
from tests.postgres import PostgresServer
from tests.reservations import unguarded
from tests.reservations.factories import make_wish, typed
from tests.reservations.ledger import (
    assert_ledger_holds,
    assert_nobody_is_half_booked,
    seats_by_place,
)
from tests.reservations.processes import WebProcess, web_processes
from tour.programmes import service as programmes
from tour.programmes.models import Slot
from tour.programmes.states import SlotStatus
from tour.reservations import service
from tour.reservations.errors import SlotFull
from tour.reservations.models import Place, Reservation
from tour.reservations.parties import parties
from tour.reservations.parties.terms import read_terms

pytestmark = pytest.mark.slow

CLIENTS = 64
CAPACITY = 40
SOON = datetime.now(UTC).replace(microsecond=0) + timedelta(days=7)
"""Real processes run by the real clock."""
TRY_AGAIN = 503
"""Told to whoever would wait too long; a machine may be busy with more than this test."""
TakeSeats = Callable[[int, int], Awaitable[bool]]


@asynccontextmanager
async def browser(base: str, number: int = 1) -> AsyncIterator[httpx.AsyncClient]:
    """A visitor; behind the proxy each comes from an address of their own."""
    headers = {"X-Forwarded-For": f"192.0.2.{number % 250 + 1}"}
    async with httpx.AsyncClient(base_url=base, headers=headers, trust_env=False) as client:
        yield client


async def reserve_over(base: str, number: int, slot_id: int) -> int:
    """One visitor's whole attempt: the status that the form was answered with."""
    async with browser(base, number) as client:
        form = typed()
        while True:
            answer = await client.post(f"/slots/{slot_id}/reserve", data=form, timeout=60)
            if answer.status_code != TRY_AGAIN:
                return answer.status_code


async def rush(processes: list[WebProcess], slot_id: int) -> Counter[int]:
    bases = [process.base for process in processes]
    attempts = [reserve_over(bases[n % len(bases)], n, slot_id) for n in range(CLIENTS)]
    return Counter(await asyncio.gather(*attempts))


async def race_to_take(take: TakeSeats, slot_id: int) -> int:
    """How many of the clients were told that they have a seat."""
    return sum(await asyncio.gather(*(take(slot_id, 1) for _client in range(CLIENTS))))


@pytest.mark.usefixtures("database")
async def test_seats_are_taken_once_each() -> None:
    slot = await make_slot(capacity=CAPACITY)
    assert await race_to_take(programmes.take_seats, slot.id) == CAPACITY
    assert (await Slot.get(id=slot.id)).seats_taken == CAPACITY


@pytest.mark.usefixtures("database")
async def test_the_race_bites_without_the_guard() -> None:
    slot = await make_slot(capacity=CAPACITY)
    assert await race_to_take(unguarded.take_seats, slot.id) > CAPACITY


@pytest.mark.usefixtures("database")
async def test_64_clients_are_sold_exactly_the_capacity() -> None:
    slot = await make_slot(capacity=CAPACITY)

    async def attempt() -> bool:
        try:
            await service.reserve(make_wish(slot), now=slot.starts_at - timedelta(days=1))
        except SlotFull:
            return False
        return True

    sold = await asyncio.gather(*(attempt() for _client in range(CLIENTS)))
    assert sum(sold) == CAPACITY == await seats_by_place(slot.id)
    await assert_ledger_holds()


async def test_64_forms_at_once_on_one_process(app: Starlette) -> None:
    slot = await make_slot(capacity=CAPACITY)

    async def attempt(number: int) -> int:
        transport = httpx.ASGITransport(app=app, client=(f"192.0.2.{number + 1}", 50000))
        async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
            return (await client.post(f"/slots/{slot.id}/reserve", data=typed())).status_code

    answers = Counter(await asyncio.gather(*(attempt(n) for n in range(CLIENTS))))
    assert answers == {303: CAPACITY, 409: CLIENTS - CAPACITY}
    await assert_ledger_holds()


async def test_64_forms_at_once_on_two_processes(
    database: str, postgres: PostgresServer | None, tmp_path: Path
) -> None:
    slot = await make_slot(SOON, capacity=CAPACITY)
    with web_processes(2 if postgres else 1, database, tmp_path) as processes:
        answers = await rush(processes, slot.id)
    assert answers == {303: CAPACITY, 409: CLIENTS - CAPACITY}
    await assert_ledger_holds()


async def test_two_processes_oversell_without_the_guard(
    database: str, postgres: PostgresServer | None, tmp_path: Path
) -> None:
    """SQLite hides the fault: there a whole reservation holds the one write lock."""
    slot = await make_slot(SOON, capacity=CAPACITY)
    with web_processes(2, database, tmp_path, "tests.reservations.unguarded:app") as processes:
        answers = await rush(processes, slot.id)
    if postgres:
        assert answers[303] > CAPACITY
        assert await seats_by_place(slot.id) > CAPACITY
    else:
        assert answers[303] == CAPACITY


@pytest.mark.usefixtures("database")
async def test_the_same_key_at_once_is_one_reservation() -> None:
    slot = await make_slot(capacity=CAPACITY)
    wish = make_wish(slot)
    now = slot.starts_at - timedelta(days=1)
    made = await asyncio.gather(*(service.reserve(wish, now=now) for _client in range(CLIENTS)))
    assert len({reservation.reference for reservation in made}) == 1
    assert await Reservation.all().count() == await seats_by_place(slot.id) == 1
    await assert_ledger_holds()


@pytest.mark.usefixtures("database")
async def test_whole_itineraries_cross_each_other() -> None:
    """Parties want the same stops in every order: nobody waits for ever, nobody is half booked."""
    slots = [await make_slot(capacity=CAPACITY // 2) for _number in range(4)]
    now = slots[0].starts_at - timedelta(days=1)

    async def attempt(number: int) -> bool:
        wanted = random.Random(number).sample(slots, 3)
        try:
            await service.reserve(make_wish(*wanted, split=True), now=now)
        except SlotFull:
            return False
        return True

    made = sum(await asyncio.gather(*(attempt(n) for n in range(CLIENTS))))
    assert await Place.all().count() == made * 3
    await assert_ledger_holds()


@dataclass(frozen=True, slots=True)
class Answered:
    status: int
    reference: str
    attempts: int


async def persist(bases: list[str], number: int, key: str, slots: list[int]) -> Answered:
    """Send the same wish until it is answered, as a phone on a bad line does."""
    contact = {"name": "北 花子", "email": f"{key}@example.org"}
    wish = {
        "slots": slots,
        "party": {"adults": 1},
        "contact": contact,
        "consent": True,
        "split": True,  # both begin at the same time
    }
    async with browser(bases[number % len(bases)], number) as client:
        for attempt in range(1, 200):
            try:
                answer = await client.post(
                    "/api/v1/reservations", json=wish, headers={"Idempotency-Key": key}, timeout=5
                )
            except httpx.TransportError:
                await asyncio.sleep(0.1)
                continue
            if answer.status_code not in (500, 503):
                return Answered(answer.status_code, answer.json().get("reference", ""), attempt)
    raise AssertionError("never answered")


async def test_nothing_is_lost_or_halved_when_processes_are_killed(
    database: str, postgres: PostgresServer | None, tmp_path: Path
) -> None:
    """SIGKILL at random moments, started again: what was answered is there, the rest is whole."""
    slots = [(await make_slot(SOON, capacity=CAPACITY)).id for _number in range(2)]
    dice = random.Random(7)
    with web_processes(2 if postgres else 1, database, tmp_path) as processes:
        bases = [process.base for process in processes]
        keys = [uuid4().hex for _number in range(CLIENTS)]
        sending = [
            asyncio.create_task(persist(bases, number, key, slots))
            for number, key in enumerate(keys)
        ]
        for victim in (processes * 2)[:2]:
            await asyncio.sleep(dice.uniform(0.02, 0.3))
            victim.kill()
            victim.start()
            await asyncio.to_thread(victim.wait)
        answers = await asyncio.gather(*sending)
    assert sum(answer.attempts for answer in answers) > CLIENTS, "nobody noticed the killing"
    assert Counter(a.status for a in answers) == {201: CAPACITY, 409: CLIENTS - CAPACITY}
    answered = {answer.reference for answer in answers if answer.status == 201}
    assert answered == set(await Reservation.all().values_list("reference", flat=True))
    await assert_ledger_holds()
    await assert_nobody_is_half_booked()


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize("status", [SlotStatus.CLOSED, SlotStatus.CANCELLED])
async def test_a_slot_that_is_closed_after_it_was_read_gives_no_seat(status: SlotStatus) -> None:
    """Whoever reads it while it is open, the statement that takes the seats asks again."""
    slot = await make_slot(capacity=CAPACITY)
    assert await programmes.take_seats(slot.id, 1)
    wish = make_wish(slot)
    terms = await read_terms(wish.slot_ids)
    await Slot.filter(id=slot.id).update(status=status)
    assert not await programmes.take_seats(slot.id, 1)
    if parties.can_write_at_once():
        at = slot.starts_at - timedelta(days=1)
        assert await parties.write_at_once(wish, terms.slots[0], at) is None
    assert (await Slot.get(id=slot.id)).seats_taken == 1
    assert not await Reservation.exists()
