"""Fixtures on real parts: a fresh migrated database a test, the whole app, a clock to turn.

What a fixture needs is imported where it is used: the app alone takes longer than most tests, and a
test of pure rules shall not wait for it (`tests/test_quick.py`).

`pytest --database postgres` runs again what may be another there (`may_differ`), on a real
PostgreSQL that is started for the run. One process holds one kind of database (see `tour/db`).
"""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

import hypothesis
import pytest

if TYPE_CHECKING:
    import httpx
    from starlette.applications import Starlette

    from tests.calendar_store import CalendarStore
    from tests.post_office import PostOffice
    from tests.postgres import PostgresServer
    from tour.notifications.sending.worker import Worker
    from tour.settings import Settings

# How long an example takes is no finding: the machine may be busy. In CI Hypothesis has a profile
# of its own, with the same examples in every run.
if "CI" not in os.environ:
    hypothesis.settings.register_profile("house", deadline=None)
    hypothesis.settings.load_profile("house")

LONG = ("slow", "browser")
NOON = datetime(2026, 12, 1, 3, 0, tzinfo=UTC)
"""Tuesday, 1 December 2026, 12:00 in Tokyo."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--database", choices=("sqlite", "postgres"), default="sqlite")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On PostgreSQL only the tests run whose answer may be another there: see `may_differ`.

    What takes long begins first, so that no process is left with it while the other has nothing to
    do. A test in a browser that fails is tried once more, and named in the summary.
    """
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.flaky(reruns=1))
    if config.getoption("--database") == "postgres":
        touching = [item for item in items if may_differ(item)]
        config.hook.pytest_deselected(items=[i for i in items if i not in touching])
        items[:] = touching
    items.sort(key=_rank)


def may_differ(item: pytest.Item) -> bool:
    """Whether a test that went well on SQLite can go wrong on PostgreSQL.

    It cannot where no database is touched; where a browser asks, which sees only pages; and in a
    module that says why (`once`; what such a module may not do is in `tests/test_one_database.py`).
    """
    touches = "database_url" in getattr(item, "fixturenames", ())
    return touches and not any(item.get_closest_marker(name) for name in ("browser", "once"))


def _rank(item: pytest.Item) -> int:
    """Its place in `LONG`, or behind."""
    marks = {mark.name for mark in item.iter_markers()}
    return next((rank for rank, name in enumerate(LONG) if name in marks), len(LONG))


class TurnableClock:
    """A clock that stands still until a test turns it."""

    def __init__(self, instant: datetime) -> None:
        self.instant = instant

    def __call__(self) -> datetime:
        return self.instant

    def turn(self, **delta: float) -> None:
        self.instant += timedelta(**delta)

    def turn_to(self, instant: datetime) -> None:
        self.instant = instant.astimezone(UTC)


@pytest.fixture
def clock() -> TurnableClock:
    return TurnableClock(NOON)


@pytest.fixture(scope="session")
def postgres(request: pytest.FixtureRequest) -> "Iterator[PostgresServer | None]":
    """A PostgreSQL with a migrated template database, or None in a SQLite run."""
    if request.config.getoption("--database") != "postgres":
        yield None
        return
    from tests.postgres import PostgresServer
    from tour import db

    with PostgresServer() as server:
        server.create("template_tour")
        asyncio.run(db.migrate(server.url("template_tour")))
        yield server


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from tour import db

    path = tmp_path_factory.mktemp("template") / "tour.sqlite3"
    asyncio.run(db.migrate(f"sqlite://{path}"))
    return path


@pytest.fixture
def database_url(
    request: pytest.FixtureRequest, postgres: "PostgresServer | None", tmp_path: Path
) -> Iterator[str]:
    """A fresh, migrated, empty database."""
    if postgres is None:
        path = tmp_path / "tour.sqlite3"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        yield f"sqlite://{path}?synchronous=OFF"
        return
    name = f"test_{uuid4().hex[:12]}"
    postgres.create(name, template="template_tour")
    yield postgres.url(name)
    postgres.drop(name)


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[str]:
    """The fresh database with the ORM connected to it, for tests below the pages."""
    from tour import db

    async with db.opened(database_url):
        yield database_url


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> "Settings":
    return make_settings(database_url, tmp_path)


@lru_cache
def vapid_key() -> str:
    """One for all: making and keeping a key a test would take longer than most tests."""
    from tour.notifications.push.keys import new_private_key

    return new_private_key()


def make_settings(database_url: str, folder: Path, **variables: str) -> "Settings":
    """Settings as an operator would give them, with everything that is kept under `folder`."""
    from tour.settings import Settings

    return Settings.from_environ(
        {
            "TOUR_DATABASE_URL": database_url,
            "TOUR_VAR": str(folder / "var"),
            "TOUR_BASE_URL": "http://testserver",
            "TOUR_WORKER": "external",
            "TOUR_VAPID_SUBJECT": "mailto:ops@example.org",
            "TOUR_VAPID_PRIVATE_KEY": vapid_key(),
            "TOUR_SECRET_KEY": "a secret of the tests",
            "TOUR_TILE_URL": "",
            "TOUR_RUSH": "0",
            **variables,
        }
    )


@pytest.fixture
async def app(settings: "Settings", clock: TurnableClock) -> "AsyncIterator[Starlette]":
    """The whole app over the fresh database, started."""
    from tests.compiled import COMPILED
    from tour.app import create_app

    application = create_app(settings, clock=clock)
    application.state.parts.templates.bytecode_cache = COMPILED
    async with application.router.lifespan_context(application):
        yield application


@pytest.fixture
async def client(app: "Starlette") -> "AsyncIterator[httpx.AsyncClient]":
    """A visitor's browser without JavaScript, reading Japanese."""
    import httpx

    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(
        transport=transport,
        base_url="http://testserver",
        headers={"Accept-Language": "ja", "Origin": "http://testserver"},
    ) as browser:
        yield browser


@pytest.fixture
def calendar_store(tmp_path: Path) -> "Iterator[CalendarStore]":
    from tests.calendar_store import opened

    with opened(tmp_path) as store:
        yield store


@pytest.fixture
async def post_office() -> "AsyncIterator[tuple[PostOffice, int]]":
    """A mail server in the test's own event loop, and its port."""
    from tests.post_office import PostOffice

    office = PostOffice()
    await office.open()
    yield office, office.port
    await office.close()


@pytest.fixture
def office(post_office: "tuple[PostOffice, int]") -> "PostOffice":
    """Where its mails lie."""
    return post_office[0]


@pytest.fixture
async def postman(
    app: "Starlette",  # noqa: ARG001 - its database is open
    post_office: "tuple[PostOffice, int]",
    settings: "Settings",
    clock: TurnableClock,
) -> "AsyncIterator[Worker]":
    """A worker that brings letters there, in the words of when they leave."""
    from tour.notifications.sending.worker import FULL, open_worker
    from tour.pages.wording import WORDING

    with_server = replace(settings, smtp_url=f"smtp://127.0.0.1:{post_office[1]}")
    async with open_worker(with_server, clock, FULL, wording=WORDING) as worker:
        yield worker
