"""Visitors that reserve, cancel, queue and look, and note what was promised to them."""

import asyncio
import time
from collections import Counter
from dataclasses import dataclass, field
from uuid import uuid4

import aiohttp

from bench.soak.town import Town

VISITORS = 4
PAUSE_SECONDS = 0.5
PATIENCE = aiohttp.ClientTimeout(total=15)
MOST_TRIES = 120
PAGES = ("/", "/sites", "/about", "/readyz")


@dataclass(slots=True)
class Party:
    """What the app said to one party; `cancels` once it has asked, `has_cancelled` once told."""

    reference: str
    slot_id: int
    email: str
    cancels: bool = False
    has_cancelled: bool = False


@dataclass(slots=True)
class Promised:
    """All that was answered."""

    parties: list[Party] = field(default_factory=list)
    queued: list[str] = field(default_factory=list)
    answers: Counter[int] = field(default_factory=Counter)
    slowest: dict[int, float] = field(default_factory=dict)
    """Seconds of the slowest answer with each status, of processes that were not frozen."""
    unanswered: int = 0

    def note(self, status: int, seconds: float, *, was_frozen: bool) -> None:
        self.answers[status] += 1
        if not was_frozen:
            self.slowest[status] = max(seconds, self.slowest.get(status, 0.0))


class Visitor:
    """One of the crowd, each time from another address."""

    def __init__(self, town: Town, session: aiohttp.ClientSession, promised: Promised) -> None:
        self.town, self.session, self.promised = town, session, promised

    async def stroll(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            dice = self.town.dice.random()
            if dice < 0.5:
                await self._reserve()
            elif dice < 0.65:
                await self._cancel()
            else:
                await self._ask("GET", self.town.dice.choice(PAGES))
            await asyncio.sleep(self.town.dice.uniform(0, 2 * PAUSE_SECONDS))

    async def _reserve(self) -> None:
        """The same form until it is answered, as people do; a full slot is queued for."""
        slot_id = self.town.dice.choice(self.town.slot_ids)
        form = _form(self.town.dice.randint(1, 2))
        status, location = await self._insist(f"/slots/{slot_id}/reserve", form)
        if status == 303:
            party = Party(location.rpartition("/")[2], slot_id, form["email"])
            self.promised.parties.append(party)
            if self.town.dice.random() < 0.3:
                await self._subscribe(party)
        elif status == 409:
            turn = _form(1)
            status, location = await self._insist(f"/slots/{slot_id}/queue", turn)
            if status == 303:
                self.promised.queued.append(location.rpartition("/")[2])

    async def _cancel(self) -> None:
        if standing := [p for p in self.promised.parties if not p.cancels]:
            party = self.town.dice.choice(standing)
            party.cancels = True
            status, _location = await self._insist(f"/reservations/{party.reference}/cancel", {})
            party.has_cancelled = status == 303

    async def _subscribe(self, party: Party) -> None:
        phone = self.town.push.phone()
        body = {"reservation": party.reference, "subscription": phone.subscription()}
        await self._ask("POST", "/api/v1/push-subscriptions", json=body)

    async def _insist(self, path: str, form: dict[str, str]) -> tuple[int, str]:
        """Until there is an answer that does not ask to try again."""
        for _try in range(MOST_TRIES):
            status, location = await self._ask("POST", path, data=form)
            if status not in (0, 503):
                return status, location
            await asyncio.sleep(1)
        return 0, ""

    async def _ask(self, method: str, path: str, **body: object) -> tuple[int, str]:
        """The status and where it leads; 0 when there was no answer."""
        number = self.town.dice.randrange(len(self.town.web))
        began, was_frozen = time.monotonic(), number in self.town.frozen
        address = ".".join(str(self.town.dice.randint(1, 250)) for _part in range(3))
        headers = {"X-Forwarded-For": f"10.{address}", "Accept-Language": "ja"}
        url = f"{self.town.web[number].base}{path}"
        try:
            async with self.session.request(
                method, url, headers=headers, allow_redirects=False, **body
            ) as answer:
                await answer.read()
        except (aiohttp.ClientError, TimeoutError):
            self.promised.unanswered += 1
            return 0, ""
        was_frozen |= number in self.town.frozen
        if path != "/readyz":  # which is to say 503 while something is wrong
            self.promised.note(answer.status, time.monotonic() - began, was_frozen=was_frozen)
        return answer.status, answer.headers.get("location", "")


def _form(adults: int) -> dict[str, str]:
    key = uuid4().hex
    return {
        "adults": str(adults),
        "children": "0",
        "name": "北 花子",
        "email": f"{key}@example.org",
        "consent": "1",
        "idempotency_key": key,
    }


async def crowd(town: Town, promised: Promised, stop: asyncio.Event) -> None:
    async with aiohttp.ClientSession(timeout=PATIENCE, trust_env=False) as session:
        visitors = [Visitor(town, session, promised) for _number in range(VISITORS)]
        await asyncio.gather(*(visitor.stroll(stop) for visitor in visitors))
