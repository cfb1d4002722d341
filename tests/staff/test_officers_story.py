"""A ward officer's week, told to the end: places are asked, some of which have no mail; a day is
called off; and every party is told, or stands on a list to phone.

A real SMTP server, a real push service; the clock is turned, nobody waits.
"""

import re
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import httpx
import pytest

from tests.accounts.signing import make_account
from tests.conftest import NOON, TurnableClock, make_settings
from tests.factories import make_event, make_programme, make_site, make_slot
from tests.notifications.push_service import Phone, PushService
from tests.post_office import PostOffice
from tests.reservations.factories import make_party, make_wish
from tests.reservations.ledger import assert_ledger_holds
from tests.staff.town import hidden
from tour.accounts.roles import Role
from tour.events.models import Event, Participation
from tour.events.states import ParticipationAnswer
from tour.notifications import recipients
from tour.notifications.models import Reminder
from tour.notifications.push.endpoints import EndpointPolicy
from tour.notifications.sending.worker import FULL, Worker, open_worker
from tour.pages.wording import WORDING
from tour.programmes.models import Slot
from tour.reservations import service
from tour.reservations.calls.calls import open_calls
from tour.reservations.models import Reservation
from tour.settings import Settings
from tour.sites.models import Site

DAY = timedelta(days=1)
SATURDAY = NOON + 4 * DAY
SUNDAY = SATURDAY + DAY
BY_MAIL, BY_PUSH, BY_PHONE, ON_SATURDAY = 190, 70, 38, 12
"""298 parties of the day that is called off, and some that it does not concern."""
IMPACT = re.compile(r'href="/staff/reservations/(\d+)">')


@pytest.fixture
async def push(tmp_path: Path):
    async with PushService(tmp_path / "tls") as running:
        yield running


@pytest.fixture
def settings(database_url: str, tmp_path: Path, push: PushService) -> Settings:
    return make_settings(
        database_url,
        tmp_path,
        TOUR_PUSH_HOSTS=f"localhost:{push.port}",
        TOUR_PUSH_CA=str(push.certificate.authority),
    )


@pytest.fixture
async def worker(app, settings: Settings, post_office, clock: TurnableClock):  # noqa: ARG001 - opened
    with_server = replace(settings, smtp_url=f"smtp://127.0.0.1:{post_office[1]}")
    async with open_worker(with_server, clock, FULL, wording=WORDING) as one:
        yield one


@dataclass
class Week:
    """The officer's desk, and everybody who is to hear of something."""

    desk: httpx.AsyncClient
    worker: Worker
    clock: TurnableClock
    push: PushService
    policy: EndpointPolicy
    event: Event
    sites: list[Site]
    slots: list[Slot] = field(default_factory=list)
    parties: list[Reservation] = field(default_factory=list)
    phones: dict[int, Phone] = field(default_factory=dict)

    @property
    def path(self) -> str:
        return f"/staff/events/{self.event.id}"

    async def asks(self) -> None:
        """All five at once; two of them have somebody with a mail box."""
        for number, site in enumerate(self.sites[:2]):
            await make_account(f"host{number}@example.org", Role.HOST, site)
        page = await self.desk.get(f"{self.path}/sites")
        form = {f"takes-{site.id}": "1" for site in self.sites}
        form |= {"version": hidden(page, "version"), "do": "ask"}
        assert (await self.desk.post(f"{self.path}/sites", data=form)).status_code == 303
        await self.worker.run_once()

    async def notes_the_answers(self) -> None:
        page = await self.desk.get(f"{self.path}/sites")
        form = {"version": hidden(page, "version"), "do": "save"}
        for number, site in enumerate(self.sites, 1):
            form |= {f"takes-{site.id}": "1", f"number-{site.id}": str(number)}
            form |= {f"answer-{site.id}": "accepted", f"role-{site.id}": "host"}
        assert (await self.desk.post(f"{self.path}/sites", data=form)).status_code == 303

    async def opens_sessions(self) -> None:
        """At each place one on either day."""
        for site in self.sites:
            programme = await make_programme(site=site, event=self.event)
            for start in (SATURDAY, SUNDAY):
                self.slots.append(await make_slot(start, programme=programme, capacity=200))

    async def reserves(self, number: int, *slots: Slot) -> Reservation:
        """A party that gave a mail address, only a telephone, or that and a phone with push."""
        has_mail = number < BY_MAIL
        values = {"phone": ""} if has_mail else {"email": ""}
        wish = make_wish(*slots, party=make_party(1, **values))
        party = await service.reserve(wish, now=NOON)
        if BY_MAIL <= number < BY_MAIL + BY_PUSH:
            phone = self.phones[party.id] = self.push.phone()
            reader = party.recipient_id  # type: ignore[attr-defined]
            await recipients.subscribe(reader, phone.subscription(), self.policy, now=NOON)
        return party

    async def fills(self) -> None:
        """On Sunday everybody; each tenth on Saturday, too."""
        on_sunday, on_saturday = self.slots[1::2], self.slots[::2]
        for number in range(BY_MAIL + BY_PUSH + BY_PHONE):
            slots = [on_sunday[number % 5]]
            if number % 10 == 0:
                slots.insert(0, on_saturday[number % 5])
            self.parties.append(await self.reserves(number, *slots))
        for number in range(ON_SATURDAY):
            await self.reserves(number, on_saturday[number % 5])
        await self.worker.run_once()

    async def calls_sunday_off(self) -> set[int]:
        """Returns the parties that the officer is asked to phone."""
        form = {"day": SUNDAY.date().isoformat(), "do": "off"}
        asked = await self.desk.post(f"{self.path}/days", data=form)
        assert asked.status_code == 409
        assert "298" in asked.text
        yes = {**form, "sure": hidden(asked, "sure"), "reason": "台風のため"}
        assert (await self.desk.post(f"{self.path}/days", data=yes)).status_code == 303
        return {int(party_id) for party_id in IMPACT.findall(asked.text)}


@pytest.fixture
async def week(
    staff: httpx.AsyncClient,
    worker: Worker,
    clock: TurnableClock,
    push: PushService,
    settings: Settings,
) -> Week:
    event = await make_event(day=SATURDAY.date(), ends_on=SUNDAY.date())
    sites = [await make_site() for _place in range(5)]
    policy = EndpointPolicy.parse(settings.push_hosts)
    return Week(staff, worker, clock, push, policy, event, sites)


async def test_every_party_of_a_day_that_is_called_off_is_told_or_stands_on_a_list(
    week: Week, office: PostOffice
) -> None:
    await week.asks()
    assert {str(mail["To"]) for mail in office.mails} == {"host0@example.org", "host1@example.org"}
    parts = await Participation.filter(answer=ParticipationAnswer.INVITED).order_by("number")
    written = {part.site_id for part in parts if part.asked_at}
    assert written == {site.id for site in week.sites[:2]}, "three are to be asked by phone"
    assert len(parts) == 5
    asked = (await week.desk.get(f"{week.path}/asked")).text
    assert "メール：2か所" in asked
    assert "電話：3か所" in asked
    await week.notes_the_answers()
    await week.opens_sessions()
    await week.fills()

    before = len(office.mails)
    announced = await week.calls_sunday_off()
    await week.worker.run_once()
    assert len(office.mails) == before, "nobody is told while it can be undone"
    week.clock.turn(seconds=61)
    await week.worker.run_once()

    letters = [mail for mail in office.mails[before:] if "中止" in str(mail["Subject"])]
    addressed = [str(mail["To"]) for mail in letters]
    by_mail = {party.id for party in week.parties if party.email in addressed}
    assert len(week.parties) == 298
    assert await Reminder.filter(key__startswith="event-off:").count() == 298
    by_push = {
        party_id
        for party_id, phone in week.phones.items()
        if [title for title in phone.shown.values() if title == "中止のお知らせ（主催者から）"]
    }
    listed = await open_calls(ZoneInfo("Asia/Tokyo"), now=week.clock())
    to_phone = {call.party.id for call in listed if call.key.startswith("event-off:")}
    assert to_phone == announced, "the list is the one that was announced"
    told_by = {"mail": by_mail, "push": by_push, "phone": to_phone}
    assert {way: len(ids) for way, ids in told_by.items()} == {
        "mail": BY_MAIL,
        "push": BY_PUSH,
        "phone": BY_PHONE,
    }
    everybody = [party_id for ids in told_by.values() for party_id in ids]
    assert sorted(everybody) == sorted(party.id for party in week.parties), "each by one way"
    of_hosts = {"host0@example.org", "host1@example.org"}
    assert len(addressed) == len(set(addressed)) == BY_MAIL + len(of_hosts), "each once"
    [told] = [mail for mail in letters if mail["To"] == week.parties[0].email]
    said = told.get_body(("plain",))
    assert said
    assert "台風のため" in said.get_content()
    evening = f"evening:{SUNDAY.date()}"
    assert not await Reminder.filter(key=evening, status="waiting").exists()
    assert await Reminder.filter(key=f"evening:{SATURDAY.date()}", status="waiting").count() == (
        30 + ON_SATURDAY
    )
    await assert_ledger_holds()
