"""Everything that can be sent is sent, by a visitor, a host and staff: empty, filled, twice, Back.

Nobody lists the forms: they are found as people find them, by opening what is linked, and a form
that is new is part of the story by itself. What the URL table has and no page leads to must be
named in `BY_SCRIPT` or `RARE`, and an address that never took anything in `DECLINED`.
"""

import re
import traceback
from collections.abc import AsyncIterator, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.convertors import IntegerConvertor
from starlette.routing import Route  # noqa: TID251 - the table is what is played through
from starlette.types import Receive, Scope, Send

from tests.accounts.signing import SEAL, make_account, sign_in_as
from tests.conftest import TurnableClock, make_settings
from tests.participation.test_answers import ask, new_place
from tests.routes.plan_pages.test_pages import form
from tests.story.person import Kind, Person
from tests.test_urls import table
from tour.accounts.demo import SAMPLE_SITE, load_demo_accounts
from tour.accounts.models import Account
from tour.accounts.people import people as members
from tour.accounts.roles import Role
from tour.audit.service import Actor
from tour.db import transaction
from tour.demo.catalogue import read_catalogue
from tour.demo.load import load
from tour.events.models import Event
from tour.notifications.models import Reminder
from tour.notifications.urgency import BY_KIND
from tour.programmes.models import BookingRules, Slot
from tour.programmes.states import Allocation
from tour.reservations.draws.draws import open_draw
from tour.reservations.models import Reservation
from tour.reservations.worker import run_due
from tour.routes.days.edits import PlannedStop
from tour.routes.models import Itinerary
from tour.settings import ROOT, Settings
from tour.sites.models import Site

MORNING = datetime(2026, 12, 12, 0, 50, tzinfo=UTC)
"""9:50 of the demonstration's day."""
A_PARTY = 5
"""More than anybody in the story comes with."""
SECONDS_BETWEEN = {"eleven days before": 60, "on the day": 10}
"""Two things are done; nobody sends forty forms in a minute, and the day is short."""
BY_SCRIPT = {
    "accounts:passkey_options": {},
    "accounts:passkey": {"id": "x", "response": {}},
    "accounts:new_passkey_options": {},
    "accounts:add_passkey": {"id": "x", "response": {}},
    "accounts:remove_passkey": {},
    "hosts:check_in_seen": {},
    "routes:course_from_here": {"from": "35.75,139.73"},
}
"""What only a script sends, or a page that a script has changed, and the like of what it sends."""
LEAVING = {"accounts:end", "staff:end", "staff:merge"}
RARE = {
    *LEAVING,
    *("accounts:decline", "accounts:use_letter", "accounts:confirm_address"),
    *("staff:sign_in_letter", "staff:reopen", "staff:invite_again", "hosts:invite_again"),
    *("accounts:use_link", "hosts:absent", "reservations:accept", "reservations:leave_draw"),
    *(
        "staff:undo_change",
        "staff:ask_again",
        "staff:note_answer",
        "staff:clear_burst",
        "staff:restore_burst",
        "staff:undo_event",
        "staff:undo_site",
    ),
    *("staff:note_call", "hosts:note_call", "staff:undo_message"),
    *("staff:preview_message", "staff:send_message"),
    *("hosts:change_waiting", "hosts:restore", "hosts:count_people"),
}
"""Forms of moments that the story does not always meet; their own tests do."""
DECLINED = {
    *("accounts:confirm_address", "accounts:type_letter", "staff:invite_several"),
    *("accounts:use_code", "hosts:undo", "hosts:check_in_code", "hosts:add_times"),
    *("reservations:draw_enter", "reservations:prove", "staff:confirm_import", "staff:invite"),
    *("accounts:decline", "staff:event_day", "hosts:create_programme", "hosts:count_people"),
}
"""Wants more than a field filled in: digits of one letter, a moment, two choices that fit, a yes to
what it does to whom, hours at which nothing else is, somebody whose invitation it is."""
HOMES = {"arriving": "/sign-in", "visitor": "/", "host": f"/host/{SAMPLE_SITE}", "staff": "/staff"}


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    return make_settings(database_url, tmp_path, TOUR_DEMO="1")


@pytest.mark.slow
async def test_everything_is_sent_empty_filled_twice_and_after_back(app: Starlette, clock) -> None:
    catalogue = read_catalogue(ROOT / "data" / "geo")
    await load(catalogue, zone=catalogue.town.timezone, now=clock())
    await load_demo_accounts(lang="ja", timezone="Asia/Tokyo", now=clock())
    async with company(app, clock) as everybody:
        full, neighbour = await sell_out(app, clock)
        await ask_a_place(app, clock)
        starts = await rare_pages(app, full)
        for seconds in SECONDS_BETWEEN.values():
            everybody.seconds = seconds
            everybody.done.clear()
            for who, person in everybody.people.items():
                await person.explore(HOMES[who], *starts.get(who, ()), *await mailed())
            await give_back(app, neighbour)
            await run_due(clock())
            clock.turn_to(max(MORNING, clock()))
        found = {sent.name for person in everybody.people.values() for sent in person.sent}
        posts = {route.name: route for route in table(app) if "POST" in (route.methods or ())}
        unknown = set(posts) - found - set(BY_SCRIPT) - RARE
        assert {name for name in unknown if not name.startswith("api:")} == set()
        for name in sorted(set(posts) - found):
            await knock(everybody.people.values(), posts[name])
        for person in everybody.people.values():
            await person.read_again("ja", "en")
        assert [fault for person in everybody.people.values() for fault in person.faults] == []
        taken = {s.name for p in everybody.people.values() for s in p.sent if s.status < 400}
        assert found - taken <= DECLINED, "something of what is filled in is taken everywhere else"
    promised = {key.partition(":")[0] for key in await Reminder.all().values_list("key", flat=True)}
    assert promised <= BY_KIND.keys(), "how urgent that is has not been said"


async def knock(everybody: Iterable[Person], route: Route) -> None:
    """What no page led to is sent as a script would, by each person, twice, empty and filled."""
    party, slot = await Reservation.all().order_by("-id").first(), await Slot.first()
    assert party
    assert slot
    known = {"reference": party.reference, "slot_id": slot.id, "slug": SAMPLE_SITE}
    params = {
        name: known.get(name, 1 if isinstance(convertor, IntegerConvertor) else "k" * 24)
        for name, convertor in route.param_convertors.items()
    }
    path = str(route.url_path_for(route.name, **params))
    for person in everybody:
        for body in ({}, BY_SCRIPT.get(route.name, {"code": "000000", "do": "1"})):
            for _time in ("once", "twice"):
                person.wait()
                if route.name in RARE:
                    answer = await person.client.post(path, data=body)
                else:
                    answer = await person.client.post(path, json=body)
                person.note(answer, "POST", path)


async def sell_out(app: Starlette, clock: TurnableClock) -> tuple[Slot, str]:
    """A session of the sample workshop that a neighbour has filled, and the neighbour's key."""
    slots = Slot.filter(programme__site__slug=SAMPLE_SITE, starts_at__gt=clock())
    slot = await slots.filter(allocation=Allocation.FIRST_COME).order_by("-starts_at").first()
    assert slot
    slot.capacity = slot.seats_taken + slot.seats_kept + 1
    await slot.save()
    async with calm(app, 99) as neighbour:
        answer = await neighbour.post(
            "/api/v1/reservations",
            headers={"Idempotency-Key": "neighbour-of-the-story"},
            json={
                "slots": [slot.id],
                "party": {"adults": 1, "children": 0},
                "contact": {"name": "見本 となり", "email": "tonari@example.jp"},
                "consent": True,
            },
        )
    assert answer.status_code == 201, answer.text
    return slot, answer.json()["reference"]


async def ask_a_place(app: Starlette, clock: TurnableClock) -> None:
    """A place is asked by mail to take part; a code is asked for on the last day of all."""
    event = await Event.all().order_by("starts_on").first()
    checked = await Event.all().order_by("-ends_on").first()
    assert event
    assert checked
    await BookingRules.update_or_create({"checks_contact": True}, event_id=checked.id)
    staff = await make_account("desk@example.org", Role.STAFF)
    async with calm(app, 98) as desk:
        await sign_in_as(desk, staff, now=clock())
        assert (await ask(desk, event, await new_place(999))).status_code == 303


async def give_back(app: Starlette, reference: str) -> None:
    async with calm(app, 99) as neighbour:
        answer = await neighbour.delete(f"/api/v1/reservations/{reference}")
    assert answer.status_code < 500


async def rare_pages(app: Starlette, full: Slot) -> dict[str, list[str]]:
    """What one would find only after many others of its kind."""
    drawn = await Slot.filter(allocation=Allocation.DRAW).order_by("programme_id", "id").limit(2)
    first_come = Slot.filter(allocation=Allocation.FIRST_COME).exclude(id=full.id).order_by("id")
    others, rest = (await first_come)[:2], (await first_come)[2:]
    roomy = next(s for s in rest if s.capacity - s.seats_taken - s.seats_kept >= A_PARTY)
    checked = Slot.filter(programme__event__booking_rules__checks_contact=True)
    with_code = await checked.filter(allocation=Allocation.FIRST_COME).first()
    assert drawn
    assert with_code
    draw = await open_draw(
        [slot.id for slot in drawn], event_id=None, entries_close_at=drawn[0].booking_closes_at
    )
    visitor = [
        f"/slots/{full.id}/reserve",
        f"/programmes/{drawn[0].programme_id}",  # type: ignore[attr-defined]
        f"/slots/{with_code.id}/reserve",
        f"/draws/{draw.id}/enter",
        f"/reserve?{'&'.join(f'slot={slot.id}' for slot in others)}",
        f"{await shared_plan(app, roomy)}/reserve",
    ]
    return {"visitor": visitor}


async def shared_plan(app: Starlette, slot: Slot) -> str:
    """A friend's plan with this session, for whoever has not reserved anything yet: later the seats
    would join, by a tap, what one holds, and the form would have none left."""
    wish = form(date=f"{slot.starts_at:%Y-%m-%d}")
    async with calm(app, 97) as friend:
        url = str((await friend.post("/plan", data=wish)).headers["location"])
    programme = await slot.programme
    stops = [PlannedStop(programme.site_id, slot.id, 60).as_json()]  # type: ignore[attr-defined]
    await Itinerary.filter(edit_token=url.rpartition("/")[2]).update(stops=stops)
    return url


async def mailed() -> list[str]:
    """Where the letters lead that were written until now."""
    found = []
    for letter in await Reminder.all():
        texts = [SEAL.open(str(letter.url)), SEAL.open(str(letter.body))]
        found += [texts[0], *re.findall(r"http://testserver(/[\w/?=&-]+)", texts[1])]
    return found


async def digits_of_a_party() -> str:
    return await digits_in(await Reminder.filter(key="mail:code").order_by("-id").first())


async def digits_to_sign_in() -> str:
    letters = Reminder.exclude(key="mail:code").filter(recipient__email="host@example.org")
    return await digits_in(await letters.order_by("-id").first())


async def digits_in(letter: Reminder | None) -> str:
    found = re.search(r"\b\d{6}\b", SEAL.open(str(letter.body))) if letter else None
    return found[0] if found else "000000"


async def a_door_code() -> str:
    party = await Reservation.filter(places__slot__programme__site__slug=SAMPLE_SITE).first()
    return party.door_code if party else ""


ANSWERS = {
    # Not a day of the event: sessions of a closed day are asked about, and nobody here ticks that.
    "hosts:set_exception:days": "12/25",
    "accounts:use_code:code": digits_to_sign_in,
    "reservations:prove:code": digits_of_a_party,
    "accounts:ask_for_link:email": "host@example.org",
    "hosts:check_in_code:code": a_door_code,
    **dict.fromkeys(("first", "last"), "15:00"),
    "booking_opens_at": "",
    "break_from": "12:00",
    "break_until": "13:00",
    **dict.fromkeys(("every", "minutes"), "30"),
    **dict.fromkeys(("seats_kept", "pool_residents", "pool_children", "break"), "0"),
    **dict.fromkeys(("capacity", "max_party", "reservations_per_contact"), "4"),
    "price_yen": "500",
    "min_age": "6",
    "max_age": "99",
    "retention_days": "30",
    "slug": "mihon-2027",
    "opens": "10:00",
    "closes": "16:00",
    **{f"stay{n}": "30" for n in range(20)},
    **{f"weekday{n}": "10:00-16:00" for n in range(7)},
    "hours": "10:00-16:00",
}


def calm(app: Starlette, number: int) -> httpx.AsyncClient:
    """A browser of its own at its own address, to which a fault of the app is an answer, too."""

    async def said(scope: Scope, receive: Receive, send: Send) -> None:
        """A fault with its trace, on the test's own output; the answer has none."""
        try:
            await app(scope, receive, send)
        except Exception:
            traceback.print_exc(limit=-6)
            raise

    transport = httpx.ASGITransport(
        app=said, raise_app_exceptions=False, client=(f"192.0.2.{number}", 40_000)
    )
    return httpx.AsyncClient(
        transport=transport,
        base_url="http://testserver",
        headers={"Accept-Language": "ja", "Origin": "http://testserver"},
    )


@dataclass
class Company:
    """Three people who share a day; what one of them has sent, the others need not send."""

    clock: TurnableClock
    seconds: int = 0
    done: set[Kind] = field(default_factory=set)
    people: dict[str, Person] = field(default_factory=dict)

    def wait(self) -> None:
        self.clock.turn(seconds=self.seconds)


@asynccontextmanager
async def company(app: Starlette, clock: TurnableClock) -> AsyncIterator[Company]:
    site = await Site.get(slug=SAMPLE_SITE)
    accounts = {
        "visitor": None,
        "host": await make_account("host@example.org", Role.HOST, site),
        "staff": await make_account("staff@example.org", Role.ADMINISTRATOR),
        "arriving": None,
    }
    made = Company(clock)
    async with AsyncExitStack() as stack:
        for number, (who, account) in enumerate(accounts.items()):
            client = await stack.enter_async_context(calm(app, number))
            arrive = partial(come_back, client, account, site, clock)
            person = Person(app, client, who, made.wait, arrive, made.done, ANSWERS)
            person.may_send = partial(_is_part_of, who) if account is None else _stays
            made.people[who] = person
        yield made


def _stays(name: str) -> bool:
    """Whoever left would take along what the others of the story go on from."""
    return name not in LEAVING


def _is_part_of(who: str, name: str) -> bool:
    """A visitor stays one; who arrives signs in, and leaves the rest to the others."""
    return name.startswith("accounts:") == (who == "arriving")


async def come_back(
    client: httpx.AsyncClient, account: Account | None, site: Site, clock: TurnableClock
) -> None:
    """Signed in, and a host at home in the sample workshop."""
    if account is None:
        return
    if (await client.get("/account")).status_code != 200:
        client.cookies.delete("account")
        await sign_in_as(client, account, now=clock())
    if account.role == Role.HOST and (await client.get(f"/host/{site.slug}")).status_code != 200:
        async with transaction():
            await members.join_site(account, site.id, actor=Actor(None, "test"), now=clock())
