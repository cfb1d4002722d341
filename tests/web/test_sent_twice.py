"""A form of the consoles whose answer was lost is sent again: nothing is made or told twice.

The forms for seats carry a key of their own (tests/reservations/test_at_once.py).
"""

from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from tests.accounts.signing import browser
from tests.factories import make_event
from tests.web.console_forms import OUTLINE, TIMES, Console, make_console
from tour.accounts.models import Invitation
from tour.events.models import Event
from tour.notifications.models import Reminder
from tour.programmes.models import Programme, Slot
from tour.sites.models import HoursException

EVENT = {
    "title": "見本の日",
    "starts_on": "2026-12-05",
    "ends_on": "2026-12-05",
    "opens": "10:00",
    "closes": "16:00",
}
Sends = Callable[[Console], Awaitable[httpx.Response]]


def by_host(path: str, **data: str) -> Sends:
    return lambda console: console.host.post(f"{console.path}/{path}", data=data)


def by_staff(path: str, **data: str) -> Sends:
    return lambda console: console.staff.post(f"/staff/{path}", data=data)


async def to_a_session(console: Console) -> httpx.Response:
    slot = await Slot.first() or (await console.party())[0]
    data = {"slot": str(slot.id), "message": "南口へどうぞ。"}
    return await console.host.post(f"{console.path}/messages", data=data)


CASES: dict[str, tuple[Sends, Any, dict[str, Any]]] = {
    "a session": (
        by_host("programmes/new", **OUTLINE, **TIMES, do="publish"),
        Programme,
        {},
    ),
    "a message": (to_a_session, Reminder, {}),
    "a day's hours": (by_host("hours/exceptions", on_date="2026-12-24"), HoursException, {}),
    "an invitation of a host": (
        by_host("people", email="a@example.org"),
        Invitation,
        {"revoked_at": None},
    ),
    "an invitation of staff": (
        by_staff("people", email="a@example.org", role="editor"),
        Invitation,
        {"revoked_at": None},
    ),
    "an event": (by_staff("events/new", slug="", **EVENT), Event, {}),
    "an event with its link": (by_staff("events/new", slug="a-day", **EVENT), Event, {}),
}


@pytest.mark.parametrize("case", CASES)
async def test_twice_is_once(app: Starlette, case: str) -> None:
    send, model, wanted = CASES[case]
    async with browser(app) as host, browser(app) as staff:
        console = await make_console(host, staff)
        first = await send(console)
        assert first.status_code == 303, first.text
        made = await model.filter(**wanted).count()
        again = await send(console)
        assert made >= 1
        assert await model.filter(**wanted).count() == made
        assert case == "a session" or again.headers["location"] == first.headers["location"]


async def test_another_event_of_these_days_is_another(app: Starlette) -> None:
    async with browser(app) as host, browser(app) as staff:
        console = await make_console(host, staff)
        await make_event()
        for title in ("見本の日", "見本の夜"):
            answer = await by_staff("events/new", **{**EVENT, "slug": "", "title": title})(console)
            assert answer.status_code == 303
        assert await Event.filter(starts_on="2026-12-05", is_published=False).count() == 2


async def test_a_script_is_told_where_an_answer_leads_instead_of_being_led_there(
    app: Starlette,
) -> None:
    async with browser(app) as host, browser(app) as staff:
        console = await make_console(host, staff)
        path, data = f"{console.path}/hours/exceptions", {"on_date": "2026-12-24"}
        plain = await host.post(path, data=data)
        told = await host.post(path, data=data, headers={"Sent-By": "script"})
        assert (plain.status_code, told.status_code) == (303, 200)
        assert told.headers["location"] == plain.headers["location"]
        refused = await host.post(path, data={"hours": "x"}, headers={"Sent-By": "script"})
        assert (refused.status_code, "location" in refused.headers) == (422, False)
