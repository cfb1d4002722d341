"""A form that is refused comes back as it was sent, with the reason, whatever it is refused by."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Route  # noqa: TID251 - the table is what is tested

from tests.accounts.signing import browser
from tests.conftest import NOON
from tests.factories import (
    catalogue_changed,
    make_course,
    make_event,
    make_programme,
    make_site,
    make_slot,
)
from tests.parts import exchange
from tests.reservations.factories import make_party, make_wish, typed
from tests.routes.plan_pages.test_pages import CONTACT, a_town, fields_of, planned
from tests.routes.plan_pages.test_pages import form as plan_form
from tests.web import console_forms
from tests.web.console_forms import Console, Refused, make_console
from tour.events.models import Event
from tour.limits import counting
from tour.limits.counting import Limit, RateLimits
from tour.programmes.models import BookingRules, Programme, Slot
from tour.reservations import service
from tour.reservations.draws import draws
from tour.reservations.models import Reservation
from tour.reservations.parties.contact_check import MOST_LAPSED
from tour.web.forms import WHOLE

EN = {"Accept-Language": "en"}
BUTTONS = {
    *("accounts:sample", "accounts:use_link", "accounts:sign_out", "accounts:end_session"),
    *("accounts:remove_passkey", "accounts:decline", "accounts:use_letter"),
    *("pages:forget_device_now", "notifications:change"),
    *("reservations:cancel", "reservations:send_code", "reservations:resend"),
    *("reservations:cancel_place", "reservations:say_late", "reservations:give_up"),
    *("reservations:accept", "reservations:leave", "reservations:leave_draw"),
    *("itineraries:edit", "itineraries:stop_news", "routes:put_into_plan"),
}
"""Nothing is typed there, so nothing is lost."""
BY_SCRIPT = {
    *("accounts:passkey_options", "accounts:passkey"),
    *("accounts:new_passkey_options", "accounts:add_passkey"),
}
UNCOUNTED = {"accounts:rename", "accounts:ask_address", "accounts:confirm_address", "accounts:end"}
"""Of people who have signed in."""


@dataclass(frozen=True)
class Sent:
    """A form as it is sent, and what of it must stand in the page that comes back."""

    path: str
    data: Mapping[str, Any]
    kept: str


Filled = Callable[[httpx.AsyncClient], Awaitable[Sent]]
KEPT = "Kita Hanako"


async def to_reserve(_client: httpx.AsyncClient) -> Sent:
    slot = await make_slot()
    return Sent(f"/slots/{slot.id}/reserve", typed(name=KEPT), KEPT)


async def to_reserve_a_day(_client: httpx.AsyncClient) -> Sent:
    slots = [await make_slot(NOON + timedelta(days=7, hours=2 * n)) for n in range(2)]
    return Sent("/reserve", {**typed(name=KEPT), "slot": [s.id for s in slots]}, KEPT)


async def to_join(_client: httpx.AsyncClient) -> Sent:
    slot = await make_slot(capacity=1, seats_taken=1)
    return Sent(f"/slots/{slot.id}/queue", typed(name=KEPT), KEPT)


async def to_enter(_client: httpx.AsyncClient) -> Sent:
    slot = await make_slot(allocation="draw")
    draw = await draws.open_draw(
        [slot.id], event_id=None, entries_close_at=NOON + timedelta(days=1)
    )
    data = {**typed(name=KEPT), "choice-1": str(slot.id)}
    return Sent(f"/draws/{draw.id}/enter", data, KEPT)


async def to_change(_client: httpx.AsyncClient) -> Sent:
    made = await service.reserve(make_wish(await make_slot()), now=NOON)
    return Sent(f"/reservations/{made.reference}/change", typed(name=KEPT), KEPT)


async def to_prove(_client: httpx.AsyncClient) -> Sent:
    event = await make_event()
    await BookingRules.create(event=event, checks_contact=True)
    slot = await make_slot(programme=await make_programme(event=event))
    await service.reserve(make_wish(slot), now=NOON)
    made = await Reservation.get()
    return Sent(f"/reservations/{made.reference}/code", {"code": "123456"}, 'name="code"')


async def to_reserve_a_plan(client: httpx.AsyncClient) -> Sent:
    await a_town()
    url = await planned(client)
    page = await client.get(f"{url}/reserve")
    return Sent(f"{url}/reserve", {**CONTACT, **fields_of(page.text), "name": KEPT}, KEPT)


async def to_plan(_client: httpx.AsyncClient) -> Sent:
    await a_town()
    return Sent("/plan", plan_form(from_time="10:20"), 'value="10:20" selected')


async def to_plan_anew(client: httpx.AsyncClient) -> Sent:
    await a_town()
    url = await planned(client)
    return Sent(f"{url}/conditions", plan_form(from_time="10:20"), 'value="10:20" selected')


async def to_walk_a_course(_client: httpx.AsyncClient) -> Sent:
    course = await make_course(await make_site())
    await catalogue_changed()
    return Sent(f"/courses/{course.slug}", {"from": "139.73,35.75"}, 'name="from"')


async def to_sign_in(_client: httpx.AsyncClient) -> Sent:
    return Sent("/sign-in", {"email": "hanako@example.org"}, "hanako@example.org")


async def to_use_a_code(_client: httpx.AsyncClient) -> Sent:
    return Sent("/sign-in/code", {"code": "123456"}, 'name="code"')


async def to_type_a_letter(_client: httpx.AsyncClient) -> Sent:
    return Sent("/letter", {"code": "K7M4-93QX-DHTA-6RWP"}, "K7M4-93QX-DHTA-6RWP")


FORMS: dict[str, Filled] = {
    "reservations:reserve": to_reserve,
    "reservations:reserve_day": to_reserve_a_day,
    "reservations:join": to_join,
    "reservations:draw_enter": to_enter,
    "reservations:change": to_change,
    "reservations:prove": to_prove,
    "itineraries:reserve_all": to_reserve_a_plan,
    "itineraries:change": to_plan_anew,
    "routes:plan_create": to_plan,
    "routes:course_from_here": to_walk_a_course,
    "accounts:ask_for_link": to_sign_in,
    "accounts:use_code": to_use_a_code,
    "accounts:type_letter": to_type_a_letter,
}
ELSEWHERE = {"accounts:accept", "itineraries:join", "participation:answer"}
"""tests/accounts/test_invitations.py, tests/routes/plan_pages/test_join.py,
tests/participation/test_asked.py"""
CONSOLES = ("staff:", "hosts:")
"""What hosts and staff send; their forms are in `console_forms`."""


def names_of_forms(app: Starlette) -> set[str]:
    routes = [route for route in app.routes if isinstance(route, Route)]
    posts = {route.name for route in routes if "POST" in (route.methods or ())}
    return {name for name in posts if not name.startswith("api:")}


async def test_every_form_has_its_line(app: Starlette) -> None:
    known = [set(FORMS), BUTTONS, BY_SCRIPT, UNCOUNTED, ELSEWHERE]
    of_visitors = {name for name in names_of_forms(app) if not name.startswith(CONSOLES)}
    assert of_visitors == set().union(*known)


async def test_every_form_of_hosts_and_staff_has_its_line(app: Starlette) -> None:
    known = [set(console_forms.FORMS), console_forms.BUTTONS, console_forms.BY_SCRIPT]
    of_consoles = {name for name in names_of_forms(app) if name.startswith(CONSOLES)}
    assert of_consoles == set().union(*known)


def assert_says_why(answer: httpx.Response) -> None:
    """In a summary that takes the focus, or at the field."""
    page = answer.text
    assert re.search(r'class="error-summary[^>]* role="alert" tabindex="-1"', page) or re.search(
        r'aria-invalid="true"|role="alert"', page
    )
    if 'class="error-summary' in page:
        assert re.search("<title>(Please check: |ご確認ください：)", page), "read aloud first"


def assert_names_fields(page: str) -> None:
    """Each link of the summary leads to a field and begins with what the field is called there."""
    for target, name in re.findall(
        r'<a href="#([^"]+)" data-names-field>(?:<b>([^<]+)</b>)?', page
    ):
        assert f'id="{target}"' in page, target
        assert name, f"{target} has no name on the page"


@pytest.mark.parametrize("name", FORMS)
async def test_a_form_that_is_sent_too_often_comes_back_as_it_was(
    app: Starlette, client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    sent = await FORMS[name](client)
    exchange(app, rate_limits=RateLimits("secret"))
    monkeypatch.setattr(counting, "BY_ADDRESS", Limit(0, 60))
    monkeypatch.setattr("tour.reservations.parties.intake.BY_CROWD", Limit(0, 60))
    monkeypatch.setattr(counting, "BY_CROWD", Limit(0, 60))
    answer = await client.post(sent.path, data=sent.data, headers=EN)
    assert answer.status_code == 429, answer.text
    assert "Too many tries" in answer.text
    assert int(answer.headers["retry-after"]) == 60
    assert sent.kept in answer.text
    assert_says_why(answer)


WISHES = ("reservations:reserve", "reservations:join", "reservations:draw_enter")
"""Forms of a party that may be refused in the same ways."""
ALL_WISHES = (*WISHES, "reservations:reserve_day", "itineraries:reserve_all")


def error_of(page: str, name: str) -> str:
    found = re.search(rf'id="{name}-error">([^<]*)<', page)
    return found[1] if found else ""


@pytest.mark.parametrize("name", ALL_WISHES)
async def test_a_key_that_was_used_for_something_else_is_replaced(
    client: httpx.AsyncClient, name: str
) -> None:
    sent = await FORMS[name](client)
    key = sent.data["idempotency_key"]
    other = await make_slot(NOON + timedelta(days=20))
    await service.reserve(make_wish(other, key=key), now=NOON)
    answer = await client.post(sent.path, data=sent.data, headers=EN)
    assert answer.status_code == 409
    assert "sent before with other details" in answer.text
    assert sent.kept in answer.text
    assert key not in answer.text, "the next press is a wish of its own"
    assert_says_why(answer)


@pytest.mark.parametrize("name", ALL_WISHES)
async def test_a_contact_at_its_limit_is_told_at_the_contact(
    client: httpx.AsyncClient, name: str
) -> None:
    sent = await FORMS[name](client)
    if name in ("reservations:join", "reservations:draw_enter"):
        await client.post(sent.path, data={**sent.data, "idempotency_key": "k" * 12})
    else:
        slots = await Slot.all().prefetch_related("programme")
        event = (await Event.first()) or await make_event()
        await Programme.filter(id__in=[s.programme_id for s in slots]).update(event_id=event.id)
        await BookingRules.create(event=event, reservations_per_contact=1)
        programme = await make_programme(event=event)
        other = await make_slot(NOON + timedelta(days=20), programme=programme)
        party = make_party(email=sent.data["email"])
        await service.reserve(make_wish(other, party=party), now=NOON)
    answer = await client.post(sent.path, data=sent.data, headers=EN)
    assert answer.status_code == 409
    assert error_of(answer.text, "email")
    assert not error_of(answer.text, "adults")
    assert sent.kept in answer.text
    assert_says_why(answer)
    assert_names_fields(answer.text)


@pytest.mark.parametrize("name", WISHES)
async def test_too_many_codes_that_were_not_used_are_told_at_the_contact(
    client: httpx.AsyncClient, name: str
) -> None:
    event = await make_event()
    await BookingRules.create(event=event, checks_contact=True)
    sent = await FORMS[name](client)
    await Programme.all().update(event_id=event.id)
    for number in range(MOST_LAPSED):
        data = {**sent.data, "idempotency_key": f"another-{number}"}
        assert (await client.post(sent.path, data=data)).status_code == 303
    answer = await client.post(sent.path, data=sent.data, headers=EN)
    assert answer.status_code == 429
    assert "Several codes" in error_of(answer.text, "email")
    assert answer.headers["retry-after"] == "3600"
    assert sent.kept in answer.text


@pytest.mark.parametrize("name", ALL_WISHES)
async def test_a_missing_answer_is_asked_for_at_its_question(
    client: httpx.AsyncClient, name: str
) -> None:
    sent = await FORMS[name](client)
    await Programme.all().update(questions=[{"text": "Shoe size?", "required": True}])
    await catalogue_changed()
    answer = await client.post(sent.path, data=sent.data, headers=EN)
    assert answer.status_code == 422
    slot = await Slot.first()
    assert slot
    assert error_of(answer.text, f"answer-{slot.id}-0") == "Please answer this question."
    assert_names_fields(answer.text)
    assert ">Shoe size?" in answer.text
    assert not error_of(answer.text, "adults")
    assert sent.kept in answer.text


@pytest.fixture
async def console(app: Starlette) -> AsyncIterator[Console]:
    async with browser(app) as host, browser(app) as staff:
        yield await make_console(host, staff)


async def sent(console: Console, form: Refused) -> httpx.Response:
    client = console.host if form.path.startswith("/host") else console.staff
    if not form.is_multipart:
        return await client.post(form.path, data=form.data, headers=EN)
    parts = {name: (None, str(value)) for name, value in form.data.items()}
    files = {name: ("", body) for name, body in form.files.items()}
    return await client.post(form.path, files={**parts, **files}, headers=EN)


@pytest.mark.parametrize(
    "filled",
    [
        pytest.param(filled, id=f"{name} {filled.__name__}")
        for name, several in console_forms.FORMS.items()
        for filled in several
    ],
)
async def test_a_refused_form_of_hosts_and_staff_comes_back_as_it_was(
    console: Console, filled: console_forms.Filled
) -> None:
    form = await filled(console)
    answer = await sent(console, form)
    assert answer.status_code == form.status, answer.text
    assert form.kept in answer.text
    if form.at == WHOLE:
        assert 'role="alert"' in answer.text or "notice--warning" in answer.text
    else:
        assert error_of(answer.text, form.at)
        assert f'id="{form.at}"' in answer.text, "the summary leads there"
    assert_names_fields(answer.text)
    if form.status == 429:
        assert int(answer.headers["retry-after"]) > 0


@pytest.mark.parametrize("refused", console_forms.TAPS, ids=lambda tap: tap.__name__)
async def test_a_refused_button_comes_back_on_its_page(
    console: Console, refused: console_forms.Filled
) -> None:
    form = await refused(console)
    answer = await sent(console, form)
    assert answer.status_code == form.status, answer.text
    assert "error-page" not in answer.text
    assert_says_why(answer)
