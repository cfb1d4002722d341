"""The minute in which booking opens: a crowd of people, and programs with invented contacts.

Played through the whole app by a seeded shuffle, with the app's clocks turned by hand, so that one
run is like the next. The suite plays a small one, `python -m bench newcomers` all of it.
"""

import random
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta

import httpx
from starlette.applications import Starlette

from tests.conftest import TurnableClock
from tests.factories import make_programme, make_slot
from tests.parts import exchange
from tests.reservations.factories import typed
from tour.limits.counting import RateLimits
from tour.programmes.models import Slot
from tour.reservations import worker
from tour.reservations.models import ContactCheck, Place, Reservation
from tour.reservations.states import PlaceStatus

CARRIER = "198.51.100.7"
SEATS_A_SLOT = 16
READS_MAIL_AFTER = timedelta(seconds=90)
TRIES = 6
"""Times that somebody chooses another session when one is full."""


@dataclass(frozen=True)
class Scene:
    """`program`: forms by whom nobody is; they come from so many `networks`."""

    honest: int
    program: int
    networks: int
    slots: int
    phone_only: float = 0.0
    """The share of the program's contacts that are telephones."""
    seed: int = 7


@dataclass
class Outcome:
    """Who holds seats when all codes have come or lapsed."""

    honest_served: int = 0
    program_parties: int = 0
    program_seats: int = 0
    seats: int = 0
    statuses: Counter[str] = field(default_factory=Counter)

    @property
    def program_share(self) -> float:
        return self.program_seats / self.seats


@asynccontextmanager
async def from_address(app: Starlette, address: str) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=app, client=(address, 1))
    async with httpx.AsyncClient(
        transport=transport,
        base_url="http://testserver",
        headers={"Origin": "http://testserver", "Accept-Language": "ja"},
    ) as browser:
        yield browser


class Opening:
    """One run; the app has an empty database and `TOUR_RUSH` on."""

    def __init__(self, app: Starlette, clock: TurnableClock, scene: Scene) -> None:
        self._app, self._clock, self._scene = app, clock, scene
        self._chance = random.Random(scene.seed)
        self._outcome = Outcome(seats=scene.slots * SEATS_A_SLOT)
        self._slots: list[int] = []
        self._mail: list[tuple[timedelta, int, str, int]] = []
        exchange(app, rate_limits=RateLimits("of the scene", lambda: clock().timestamp()))

    async def play(self) -> Outcome:
        programme = await make_programme(max_party=6)
        for number in range(self._scene.slots):
            starts_at = self._clock() + timedelta(days=7, minutes=number)
            opens_at = self._clock()
            slot = await make_slot(
                starts_at, programme=programme, capacity=SEATS_A_SLOT, booking_opens_at=opens_at
            )
            self._slots.append(slot.id)
        senders = [*range(self._scene.honest), *[-1 - n for n in range(self._scene.program)]]
        self._chance.shuffle(senders)
        step = timedelta(minutes=1) / len(senders)
        for sender in senders:
            self._clock.instant += step
            await self._read_mail()
            await (self._person(sender) if sender >= 0 else self._form_of_program(-1 - sender))
        await self._let_time_pass()
        return await self._count()

    async def _person(self, number: int, tries: int = TRIES) -> None:
        """Two people, with an address that they read; they know which sessions have seats."""
        email = f"person{number}@example.jp"
        async with from_address(self._app, CARRIER) as phone:
            form = typed(adults=1 + number % 2, email=email, name="本物")
            slot_id = await self._free_slot()
            answer = await phone.post(f"/slots/{slot_id}/reserve", data=form)
        self._outcome.statuses[f"person {answer.status_code}"] += 1
        if answer.status_code == 303:
            path = str(answer.headers["location"])
            at = timedelta(seconds=self._clock().timestamp()) + READS_MAIL_AFTER
            self._mail.append((at, number, path, tries))
        elif tries > 1:
            await self._person(number, tries - 1)

    async def _read_mail(self) -> None:
        """Type the codes that lie in the mail boxes since a minute and a half."""
        instant = timedelta(seconds=self._clock().timestamp())
        while self._mail and self._mail[0][0] <= instant:
            _at, number, path, tries = self._mail.pop(0)
            reference = path.rpartition("/")[2]
            check = await ContactCheck.get_or_none(reservation__reference=reference)
            if check is None:
                continue
            async with from_address(self._app, CARRIER) as phone:
                answer = await phone.post(f"{path}/code", data={"code": check.code})
            self._outcome.statuses[f"code {answer.status_code}"] += 1
            if answer.status_code != 303 and tries > 1:
                await self._person(number, tries - 1)

    async def _form_of_program(self, number: int) -> None:
        address = f"203.0.113.{number % self._scene.networks}"
        if self._scene.networks == 1:
            address = "203.0.113.1"
        form = typed(adults=5, email=f"made-up{number}@nowhere.example", name="機械")
        if self._chance.random() < self._scene.phone_only:
            form |= {"email": "", "phone": f"090{number % 10**8:08d}"}
        slot_id = self._chance.choice(self._slots)
        async with from_address(self._app, address) as program:
            answer = await program.post(f"/slots/{slot_id}/reserve", data=form)
        self._outcome.statuses[f"program {answer.status_code}"] += 1

    async def _free_slot(self) -> int:
        """One with the most seats: the page shows them."""
        slots = await Slot.filter(id__in=self._slots).values("id", "capacity", "seats_taken")
        left = [(row["capacity"] - row["seats_taken"], row["id"]) for row in slots]
        most = max(seats for seats, _slot in left)
        return int(self._chance.choice([slot for seats, slot in left if seats == most]))

    async def _let_time_pass(self) -> None:
        """Until every code has come or lapsed."""
        for _minute in range(40):
            self._clock.turn(minutes=1)
            await self._read_mail()
            while await worker.run_due(self._clock()):
                pass

    async def _count(self) -> Outcome:
        held = Place.filter(status__in=(PlaceStatus.CONFIRMED, PlaceStatus.HELD))
        rows = await held.values("seats", "reservation__name", "reservation_id")
        people = {row["reservation_id"] for row in rows if row["reservation__name"] == "本物"}
        machine = [row for row in rows if row["reservation__name"] == "機械"]
        self._outcome.honest_served = len(people)
        self._outcome.program_parties = len(machine)
        self._outcome.program_seats = sum(row["seats"] for row in machine)
        assert await Reservation.filter(name="本物").exists() or not self._scene.honest
        return self._outcome
