"""Every address of the app by role, in one table a feature; a new one without a line fails.

The consoles have tables of their own, because there the roles differ. Everywhere else an account
changes nothing: pages are for everybody, or for whoever holds the key in their address.
"""

import json
from typing import Any

import httpx
from starlette.applications import Starlette
from starlette.routing import Route  # noqa: TID251 - the table is what is tested
from tortoise.connection import get_connection

from tests.accounts.signing import OPERATOR, browser, make_account, path_in, sign_in_as
from tests.conftest import NOON
from tests.hosts.test_roles import TABLE as HOSTS
from tests.participation.test_answers import ask, new_place
from tests.schema import read_schema
from tests.staff.test_roles import WHO as STAFF
from tests.staff.town import make_town
from tour.accounts.people import invitations
from tour.accounts.people.invitations import Offer
from tour.accounts.roles import Role
from tour.events.models import Event
from tour.notifications.models import Recipient, Reminder
from tour.routes.days.edits import PlannedStop
from tour.routes.days.proposals import Findings
from tour.routes.models import WalkingRoute
from tour.routes.plans import itineraries
from tour.sites.models import Site

ANYBODY = {
    *("pages:forget_device", "pages:forget_device_now"),
    *("pages:home", "pages:about", "pages:service_worker", "pages:manifest", "pages:robots"),
    *("pages:sitemap", "pages:cover", "pages:base_layer", "pages:healthz", "pages:readyz"),
    *("sites:index", "sites:map", "sites:detail", "events:detail", "events:map"),
    *("programmes:detail", "publishing:embed", "publishing:share", "publishing:print"),
    *("publishing:archive", "publishing:picture", "publishing:places"),
    *("reservations:new", "reservations:reserve", "reservations:new_day"),
    *("reservations:reserve_day", "reservations:join", "reservations:mine"),
    *("reservations:draw", "reservations:draw_record", "reservations:draw_new"),
    *("reservations:draw_enter", "routes:walk", "routes:walk_geojson", "routes:streets_geojson"),
    *("routes:plan", "routes:plan_create", "routes:course", "routes:course_from_here"),
    *("routes:into_plan", "routes:put_into_plan"),
    "notifications:settings",
    "pages:metrics",  # from this machine only: tests/pages/test_metrics.py
    *("api:openapi", "api:sites", "api:events", "api:slots", "api:walks", "api:walks_matrix"),
    *("api:plans", "api:reservations", "api:waitlist_entries", "api:draw", "api:draw_entries"),
    *("api:push_subscriptions", "api:renew_push", "api:test_push", "api:forget_push"),
}
WITH_KEY = {
    *("reservations:detail", "reservations:cancel", "reservations:calendar", "reservations:edit"),
    *("reservations:change", "reservations:resend", "reservations:cancel_place"),
    *("reservations:accept", "reservations:leave", "reservations:leave_draw"),
    *("reservations:late", "reservations:say_late", "reservations:give_up"),
    *("itineraries:gpx", "itineraries:calendar", "itineraries:geojson", "itineraries:show"),
    *("itineraries:edit", "itineraries:form", "itineraries:change", "itineraries:reserve"),
    *("itineraries:stop_news", "itineraries:join_form", "itineraries:join"),
    *("itineraries:reserve_all", "notifications:recipient", "notifications:change"),
    *(
        "reservations:prove",
        "reservations:cannot_come",
        "reservations:send_code",
        "api:reservation_prove",
    ),
    *("participation:page", "participation:answer", "api:reservation"),
    *(
        "reservations:prove",
        "reservations:cannot_come",
        "reservations:send_code",
        "api:reservation_prove",
    ),
    *(
        "api:reservation_cancel",
        "api:reservation_change",
        "api:reservation_cancel_place",
        "api:waitlist_leave",
    ),
    *("api:waitlist_accept", "api:draw_leave"),
}
"""Whoever holds the key in the address, signed in or not; nobody without it."""
WRONG_KEY = "k" * 24
WISH = {
    **dict.fromkeys(("from", "to", "most_km", "walk", "lunch"), ""),
    "from_time": "10:00",
    "to_time": "16:00",
    "adults": "2",
    "children": "0",
    "kind": [],
    "must": [],
}
"""What a visitor's plan was made of."""


def table(app: Starlette) -> dict[str, Route]:
    return {route.name: route for route in app.routes if isinstance(route, Route)}


async def test_every_address_has_its_line(app: Starlette) -> None:
    known = [set(HOSTS), {f"staff:{name}" for name in STAFF}, ANYBODY, WITH_KEY]
    assert set(table(app)) == set().union(*known)
    assert sum(map(len, known)) == len(table(app)), "each stands in one table"


async def test_an_account_makes_no_difference_for_visitors(app: Starlette) -> None:
    values = await make_everything(app)
    for name in sorted(ANYBODY):
        answers = [await ask_as(app, role, name, values) for role in (None, Role.ADMINISTRATOR)]
        assert len({answer.status_code for answer in answers}) == 1, name
        assert answers[0].status_code not in (401, 403, 405), name
        assert "/sign-in" not in answers[0].headers.get("location", ""), name


async def test_a_key_opens_for_its_holder_and_a_role_does_not(app: Starlette) -> None:
    values = await make_everything(app)
    wrong = {**values, "reference": WRONG_KEY, "token": WRONG_KEY}
    for name in sorted(WITH_KEY, key=lambda name: (not reads(app, name), name)):
        with_key = await ask_as(app, None, name, values)
        assert with_key.status_code not in (401, 403, 405, 500), name
        assert with_key.status_code in (200, 409) or not reads(app, name), name
        for role in (None, Role.HOST, Role.ADMINISTRATOR):
            answer = await ask_as(app, role, name, wrong)
            assert answer.status_code == 404, f"{role} {name}"


def reads(app: Starlette, name: str) -> bool:
    return "GET" in (table(app)[name].methods or ())


async def test_looking_changes_nothing_anywhere(app: Starlette) -> None:
    """Every GET of the app, by an administrator and by a visitor; all rows of all tables."""
    values = await make_everything(app)
    looked = {None: 0, Role.ADMINISTRATOR: 0}
    for role in looked:
        async with browser(app) as client:
            if role:
                await sign_in_as(client, await make_account("admin@example.org", role))
            before = await dump()
            for name, route in table(app).items():
                if "GET" in (route.methods or ()):
                    answer = await client.get(address(route, values_of(name, values)))
                    looked[role] += answer.status_code == 200
                    assert answer.status_code < 500 or name == "publishing:print", name
            assert await dump() == before
    assert looked[Role.ADMINISTRATOR] > 60, "most of them were really opened"
    assert looked[None] > 30


async def make_everything(app: Starlette) -> dict[str, Any]:
    """Rows for every address: what the converters of the paths are called, and their values."""
    event, slot, party = await make_town()
    site = await Site.get(slug="site-1")
    async with browser(app) as desk:
        await sign_in_as(desk, await make_account("staff@example.org", Role.STAFF))
        await ask(desk, event, await new_place())
    asked = await Reminder.all().order_by("-id").first()
    letter = await invitations.invite_by_letter(Offer(site=site), actor=OPERATOR, now=NOON)
    day = await itineraries.create(
        event.starts_on,
        WISH,
        (PlannedStop(site.id, None, 30),),
        Findings().as_json(),
    )
    recipient: Recipient = await party.recipient
    course = await WalkingRoute.first()
    assert asked
    assert course
    return {
        "slug": site.slug,
        "event_slug": event.slug,
        "course_slug": course.slug,
        "event_id": event.id,
        "slot_id": slot.id,
        "programme_id": slot.programme_id,  # type: ignore[attr-defined]
        "site_id": site.id,
        "course_id": course.id,
        "reservation_id": party.id,
        "reference": party.reference,
        "letter": letter,
        "asked": path_in(asked).rpartition("/")[2],
        "itinerary": day.token,
        "recipient": recipient.token,
        "name": "staff",
        **dict.fromkeys(("place_id", "entry_id", "photo_id", "invitation_id", "passkey_id"), 1),
        **dict.fromkeys(("account_id", "draw_id", "call_id"), 1),
    }


def values_of(name: str, values: dict[str, Any]) -> dict[str, Any]:
    """The same parameter means another thing in another feature."""
    feature = name.partition(":")[0]
    tokens = {
        "itineraries": "itinerary",
        "notifications": "recipient",
        "participation": "asked",
    }
    slugs = {"events": "event_slug", "publishing": "event_slug", "routes": "course_slug"}
    chosen = {
        "token": values[tokens.get(feature, "letter")],
        "slug": values[slugs.get(feature, "slug")],
    }
    return {
        **values,
        **chosen,
        **({"token": WRONG_KEY} if values["reference"] == WRONG_KEY else {}),
    }


def address(route: Route, values: dict[str, Any]) -> str:
    return str(route.url_path_for(route.name, **{p: values[p] for p in route.param_convertors}))


async def ask_as(
    app: Starlette, role: Role | None, name: str, values: dict[str, Any]
) -> httpx.Response:
    """GET, or an empty form or object sent by the address's own method."""
    route = table(app)[name]
    method = next(iter((route.methods or set()) - {"HEAD"}))
    async with browser(app) as client:
        if role:
            account = await make_account(f"{role}@example.org", role)
            await sign_in_as(client, account)
        path = address(route, values_of(name, values))
        if method == "GET":
            return await client.get(path)
        if name.startswith("api:"):
            return await client.request(method, path, json={})
        return await client.request(method, path, data={"x": "1"})


NOTES = {"lease"}
"""Which process does the chores of one: that is renewed by the clock, not by requests."""


async def dump() -> dict[str, str]:
    """All rows of all tables."""
    client = get_connection("default")
    rows = {}
    for name in (await read_schema()).keys() - NOTES:
        found = await client.execute_query_dict(f'SELECT * FROM "{name}"')  # noqa: S608 - ours
        rows[name] = json.dumps([dict(row) for row in found], default=str, sort_keys=True)
    return rows


async def test_the_dump_notices_a_change(app: Starlette) -> None:
    values = await make_everything(app)
    before = await dump()
    await Event.filter(id=values["event_id"]).update(summary="anders")
    assert await dump() != before
