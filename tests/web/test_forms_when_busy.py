"""A form that nobody can take just now is not lost: it comes back as it was typed, or can at least
be sent again as it is."""

import html
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import asyncpg
import httpx
import pytest
from starlette.applications import Starlette

from tests.accounts.signing import browser
from tests.conftest import TurnableClock
from tests.factories import make_event
from tests.test_troubles import SHORT, file_locked, outside_url
from tests.web import console_forms
from tests.web.console_forms import KEPT, OUTLINE, Console, make_console
from tests.web.test_refused_forms import EN, FORMS, error_of, to_reserve
from tour import app as whole_app
from tour.accounts.signing_in import sessions
from tour.errors import Unavailable
from tour.limits.lanes import RETRY_AFTER as LANE_RETRY
from tour.patience import AGAIN_WAITS, PAGE_WAITS, RETRY_AFTER
from tour.reservations.models import Reservation
from tour.reservations.pages import booking
from tour.settings import Settings
from tour.web import forms
from tour.web.gate import middleware

SAID = "Nobody could take this just now"
ANSWERED = {"itineraries:change", "routes:course_from_here", "accounts:type_letter"}
"""Of visitors, as they are sent here: their answer is made by reading alone."""
ANEW = ("code",)
"""What is typed anew: it stands in no page."""


@pytest.fixture
async def app(
    settings: Settings, clock: TurnableClock, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Starlette]:
    """The whole app, less patient than usual with the database, and more with a busy machine that
    makes the page again."""
    monkeypatch.setattr(whole_app, "PAGES", SHORT)
    monkeypatch.setattr(forms, "AGAIN_WAITS", 10.0)
    application = whole_app.create_app(settings, clock=clock)
    async with application.router.lifespan_context(application):
        yield application


@pytest.fixture
async def console(app: Starlette) -> AsyncIterator[Console]:
    async with browser(app) as host, browser(app) as staff:
        yield await make_console(host, staff)


@pytest.fixture
def away(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """From when it is called nobody gets an answer of the database in time: no session is found,
    and nothing is written."""

    async def nothing(*_args: object, **_kwargs: object) -> None:
        raise Unavailable("database: away")

    def begin() -> None:
        monkeypatch.setattr(middleware, "PAGE_WAITS", 0.0)
        monkeypatch.setattr(sessions, "by_token", nothing)
        monkeypatch.setattr(booking, "show", nothing)

    return begin


Lock = Callable[[], AbstractAsyncContextManager[None]]


@pytest.fixture
def written_by_another(database_url: str, postgres: object) -> Lock:
    """Another program writes all the while; reading goes on."""

    @asynccontextmanager
    async def locked() -> AsyncIterator[None]:
        if postgres is None:
            with file_locked(file_of(database_url), "IMMEDIATE"):
                yield
            return
        outside = await asyncpg.connect(outside_url(database_url))
        try:
            async with outside.transaction():
                tables = await outside.fetch(
                    "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
                )
                names = ", ".join(f'"{row["tablename"]}"' for row in tables)
                await outside.execute(f"LOCK TABLE {names} IN EXCLUSIVE MODE")
                yield
        finally:
            await outside.close()

    return locked


def test_the_form_too_is_there_within_three_seconds() -> None:
    assert PAGE_WAITS + AGAIN_WAITS < 3


def file_of(url: str) -> Path:
    return Path(url.removeprefix("sqlite://").partition("?")[0])


def kept_in(page: str) -> list[tuple[str, str]]:
    """The hidden fields of the page that can be sent again."""
    found = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', page)
    return [(html.unescape(name), html.unescape(value)) for name, value in found]


def assert_nothing_is_lost(
    answer: httpx.Response, path: str, data: dict[str, object], kept: str
) -> None:
    assert answer.status_code == 503, answer.text
    assert int(answer.headers["retry-after"]) in (RETRY_AFTER, LANE_RETRY)
    assert SAID in answer.text
    if "error-page" not in answer.text:
        assert kept in answer.text
        return
    assert f'action="{path}" method="post"' in answer.text
    sent = [
        (name, str(one))
        for name, value in data.items()
        for one in (value if isinstance(value, list) else [value])
    ]
    assert kept_in(answer.text) == [(n, v) for n, v in sent if n not in ANEW]
    for name in ANEW:
        if name in data:
            assert f'name="{name}" type="text" value=""' in answer.text
            assert str(data[name]) not in answer.text


@pytest.mark.parametrize("name", sorted(set(FORMS) - ANSWERED))
async def test_a_visitors_form_is_not_lost(
    client: httpx.AsyncClient, away: Callable[[], None], name: str
) -> None:
    form = await FORMS[name](client)
    away()
    answer = await client.post(form.path, data=form.data, headers=EN)
    assert_nothing_is_lost(answer, form.path, dict(form.data), form.kept)


@pytest.mark.parametrize("name", console_forms.FORMS)
async def test_a_form_of_hosts_and_staff_is_not_lost(
    console: Console, away: Callable[[], None], name: str
) -> None:
    form = await console_forms.FORMS[name][0](console)
    if form.is_multipart:
        pytest.skip("a file is chosen anew")
    away()
    client = console.host if form.path.startswith("/host") else console.staff
    answer = await client.post(form.path, data=form.data, headers=EN)
    assert_nothing_is_lost(answer, form.path, dict(form.data), form.kept)


async def test_the_page_of_a_form_that_was_not_taken_can_be_sent_again(
    client: httpx.AsyncClient, away: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once, however often: it carries the key that the form had."""
    form = await to_reserve(client)
    away()
    page = await client.post(f"{form.path}?lang=en", data=form.data, headers=EN)
    monkeypatch.undo()
    assert "error-page" in page.text
    action = re.search(r'action="([^"]*)" method="post"', page.text)
    assert action
    for _time in range(2):
        again = await client.post(html.unescape(action[1]), data=dict(kept_in(page.text)))
        assert again.status_code == 303
    assert await Reservation.all().count() == 1


Valid = Callable[[Console], Awaitable[tuple[str, dict[str, str]]]]


async def a_session(console: Console) -> tuple[str, dict[str, str]]:
    programme, _slot = await console.session()
    path = f"{console.path}/programmes/{programme.id}"
    return path, {**await console.filled(path), **OUTLINE}


async def a_profile(console: Console) -> tuple[str, dict[str, str]]:
    path = f"{console.path}/profile"
    filled = await console.filled(path)
    return path, {**filled, "name": console.site.name, "summary": KEPT}


async def words_of_calling_off(console: Console) -> tuple[str, dict[str, str]]:
    slot, _place = await console.party()
    return f"{console.path}/slots/{slot.id}/cancel", {"message": KEPT}


async def an_event(console: Console) -> tuple[str, dict[str, str]]:
    path = f"/staff/events/{(await make_event()).id}"
    days = {"starts_on": "2026-12-05", "ends_on": "2026-12-05", "opens": "10:00"}
    return path, {**await console.filled(path), **days, "closes": "16:00", "title": KEPT}


async def a_cancellation(console: Console) -> tuple[str, dict[str, str]]:
    slot, place = await console.party()
    path = f"/staff/reservations/{place.reservation_id}/slots/{slot.id}/cancel"
    return path, {"reason": KEPT}


@pytest.mark.parametrize(
    "valid", [a_session, a_profile, words_of_calling_off, an_event, a_cancellation]
)
async def test_the_form_itself_comes_back_while_another_writes(
    console: Console, written_by_another: Lock, valid: Valid
) -> None:
    path, data = await valid(console)
    client = console.host if path.startswith("/host") else console.staff
    async with written_by_another():
        answer = await client.post(path, data=data, headers=EN)
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == str(RETRY_AFTER)
    assert SAID in answer.text
    assert "error-page" not in answer.text
    assert KEPT in answer.text
    assert (await client.post(path, data=data, headers=EN)).status_code == 303


async def test_a_reservation_comes_back_while_another_writes(
    client: httpx.AsyncClient, written_by_another: Lock
) -> None:
    form = await to_reserve(client)
    async with written_by_another():
        answer = await client.post(form.path, data=form.data, headers=EN)
    assert answer.status_code == 503
    assert "error-page" not in answer.text
    assert form.kept in answer.text
    assert form.data["idempotency_key"] in answer.text, "the same wish, so that it is made once"
    assert not error_of(answer.text, "adults")
