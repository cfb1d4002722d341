"""Days played by tests: a clock that is moved, parties and hosts that act, all that is said read.

A party is a browser of its own that reserves by the form, a host one that is signed in; the worker
runs at every step, as it does beside the pages.
"""

import html
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import httpx
from starlette.applications import Starlette

from tests.accounts.signing import browser, make_account, sign_in_as
from tests.conftest import TurnableClock
from tests.factories import make_site
from tests.hosts.setting import write_programme
from tests.reservations.factories import typed
from tour.accounts.roles import Role
from tour.db import transaction
from tour.notifications.models import Delivery, Recipient, Reminder
from tour.notifications.sending.fan_out import fan_out
from tour.notifications.states import DeliveryStatus, ReminderStatus
from tour.programmes.models import Slot
from tour.reservations import worker
from tour.reservations.models import Place, Reservation
from tour.sites.models import Site

TOKYO = ZoneInfo("Asia/Tokyo")
TOLD = (ReminderStatus.SENDING, ReminderStatus.SENT, ReminderStatus.UNREACHABLE)
TAGS = re.compile(r"<(script|style)\b.*?</\1>|<[^>]*>", re.DOTALL)


@dataclass(frozen=True)
class Said:
    """One message, as it reached somebody."""

    at: datetime
    key: str
    title: str
    body: str
    url: str
    buttons: dict[str, str]


@dataclass
class Party:
    """A visitor's browser and the reservation made in it."""

    day: "PlayedDay"
    browser: httpx.AsyncClient
    reference: str
    heard: list[Said] = field(default_factory=list)

    async def row(self) -> Reservation:
        return await Reservation.get(reference=self.reference)

    async def proves_its_mail_box(self) -> None:
        """Its reader has shown that the letters reach them: none is held back from now on."""
        party, now = await self.row(), self.day.clock()
        await Recipient.filter(id=party.recipient_id).update(proved_at=now)

    async def place(self) -> Place:
        return await Place.get(reservation__reference=self.reference)

    async def reads(self, path: str = "") -> str:
        """The words of its page, or of one below it."""
        answer = await self.browser.get(f"/reservations/{self.reference}{path}")
        assert answer.status_code == 200, answer.text
        return words(answer.text)

    async def source(self, path: str = "") -> str:
        return (await self.browser.get(f"/reservations/{self.reference}{path}")).text

    async def taps(self, path: str, **data: str) -> httpx.Response:
        return await self.browser.post(f"/reservations/{self.reference}/{path}", data=data)

    async def hears(self) -> list[Said]:
        """What it has been told since it listened last."""
        party = await self.row()
        known = {(said.key, said.at) for said in self.heard}
        rows = Reminder.filter(recipient_id=party.recipient_id, status__in=TOLD)
        new = [_said(row) for row in await rows.order_by("due_at", "id")]
        new = [said for said in new if (said.key, said.at) not in known]
        self.heard += new
        return new


@dataclass
class Host:
    """The browser of a site's host."""

    day: "PlayedDay"
    browser: httpx.AsyncClient
    site: Site

    async def reads(self, path: str = "") -> str:
        return words(await self.source(path))

    async def source(self, path: str = "") -> str:
        answer = await self.browser.get(f"/host/{self.site.slug}{path}")
        assert answer.status_code == 200, answer.text
        return answer.text

    async def fields(self, path: str) -> dict[str, str]:
        """What a form of one's page holds."""
        page = await self.source(path)
        inputs = re.findall(r'<input[^>]*name="(\w+)"[^>]*value="([^"]*)"', page)
        areas = re.findall(r'<textarea[^>]*name="(\w+)"[^>]*>([^<]*)', page)
        return {name: html.unescape(value) for name, value in [*inputs, *areas]}

    async def taps(self, path: str, **data: object) -> httpx.Response:
        """One of the buttons; follows to what is shown then."""
        return await self.browser.post(f"/host/{self.site.slug}/{path}", data=data)

    async def scans(self, party: Party, at: datetime | None = None) -> dict[str, object]:
        """The door code of a party; `at`: kept on a phone without a network since then."""
        data = {"code": (await party.row()).door_code}
        if at:
            data["at"] = at.astimezone(UTC).isoformat()
        headers = {"Accept": "application/json"}
        path = f"/host/{self.site.slug}/check-in"
        answer = await self.browser.post(path, data=data, headers=headers)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    async def undoes(self, answer: httpx.Response) -> httpx.Response:
        entry = answer.headers["location"].partition("done=")[2].split("&")[0]
        return await self.taps(f"undo/{entry}")

    async def gives_away(self, slot: Slot, *parties: Party, shown_at: datetime) -> httpx.Response:
        """The answer to the question about these parties, on a page shown at an instant."""
        chosen = [str((await party.place()).id) for party in parties]
        data = {"do": "give", "place": chosen, "shown": shown_at.isoformat()}
        return await self.taps(f"slots/{slot.id}/absent", **data)


@dataclass
class PlayedDay:
    """A clock, a site with its host, and whoever comes."""

    app: Starlette
    clock: TurnableClock
    site: Site
    host: Host
    browsers: list[httpx.AsyncClient]
    post_works: bool = True
    """Whether what is due is taken by its service at once, or by none."""

    def at(self, hour: int, minute: int = 0, *, days: int = 0) -> datetime:
        """An instant by the town's clock, `days` after the present one."""
        local = self.clock().astimezone(TOKYO)
        day = local.date() + timedelta(days=days)
        return datetime.combine(day, time(hour, minute), TOKYO).astimezone(UTC)

    async def until(self, instant: datetime, *, step: timedelta = timedelta(minutes=5)) -> None:
        """Let the time pass, with the worker at every step."""
        while self.clock() < instant:
            self.clock.turn_to(min(self.clock() + step, instant))
            await self.work()

    async def work(self) -> None:
        await worker.run_due(self.clock())
        async with transaction():
            await fan_out(self.clock(), 10_000)
        if self.post_works:
            sent = {"status": DeliveryStatus.SENT, "finished_at": self.clock()}
            await Delivery.filter(status=DeliveryStatus.WAITING).update(**sent)

    async def session(self, *starts: datetime, capacity: int = 8) -> list[Slot]:
        """Times of one new session, an hour each."""
        programme = await write_programme(self.site, *starts, capacity=capacity)
        return await Slot.filter(programme_id=programme.id).order_by("starts_at")

    async def visitor(self) -> httpx.AsyncClient:
        made = browser(self.app)
        self.browsers.append(made)
        return made

    async def reserves(self, slot: Slot, people: int = 2, **values: str) -> Party:
        return await self._sends(f"/slots/{slot.id}/reserve", people, values)

    async def waits_for(self, slot: Slot, people: int = 2, **values: str) -> Party:
        return await self._sends(f"/slots/{slot.id}/queue", people, values)

    async def _sends(self, path: str, people: int, values: dict[str, str]) -> Party:
        visitor = await self.visitor()
        answer = await visitor.post(path, data=typed(people, **values))
        assert answer.status_code == 303, words(answer.text)
        reference = answer.headers["location"].rpartition("/")[2]
        return Party(self, visitor, reference)


@asynccontextmanager
async def played(app: Starlette, clock: TurnableClock) -> AsyncIterator[PlayedDay]:
    """A site whose host is signed in, at noon of 1 December in Tokyo."""
    site = await make_site()
    signed_in = browser(app)
    await sign_in_as(signed_in, await make_account("host@example.org", Role.HOST, site))
    day = PlayedDay(app, clock, site, None, [signed_in])  # type: ignore[arg-type]
    day.host = Host(day, signed_in, site)
    try:
        yield day
    finally:
        for each in day.browsers:
            await each.aclose()


def words(page: str) -> str:
    """What a reader sees of a page, in one line."""
    return " ".join(html.unescape(TAGS.sub(" ", page)).split())


def _said(row: Reminder) -> Said:
    buttons = {action["title"]: action["url"] for action in row.actions}
    return Said(row.due_at, row.key, row.title, row.body, row.url, buttons)
