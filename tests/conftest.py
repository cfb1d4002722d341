"""Fixtures on real parts: a fresh migrated database a test, the whole app, a clock to turn.

`pytest --database postgres` runs every test that touches a database again, on a real PostgreSQL
that is started for the run. One process holds one kind of database (see `tour/db`).
"""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import httpx
import hypothesis
import jinja2
import pytest
from jinja2.bccache import Bucket
from starlette.applications import Starlette

from tests.calendar_store import calendar_store  # noqa: F401 - a fixture for all
from tests.post_office import post_office  # noqa: F401 - a fixture for all
from tests.postgres import PostgresServer
from tour import db
from tour.app import create_app
from tour.notifications.keys import new_private_key
from tour.settings import Settings

# How long an example takes is no finding: the machine may be busy. In CI Hypothesis has a profile
# of its own, with the same examples in every run.
if "CI" not in os.environ:
    hypothesis.settings.register_profile("house", deadline=None)
    hypothesis.settings.load_profile("house")

LONG = ("slow", "browser")
VAPID_KEY = new_private_key()
"""One for all: making and keeping a key a test would take longer than most tests."""
NOON = datetime(2026, 12, 1, 3, 0, tzinfo=UTC)
"""Tuesday, 1 December 2026, 12:00 in Tokyo."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--database", choices=("sqlite", "postgres"), default="sqlite")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On PostgreSQL only the tests that touch a database run: the others have run already.

    So have those in a browser, which cannot tell one database from the other. What takes long
    begins first, so that no process is left with it while the other has nothing to do.
    """
    if config.getoption("--database") == "postgres":
        touching = [
            item
            for item in items
            if "database_url" in getattr(item, "fixturenames", ())
            and not item.get_closest_marker("browser")
        ]
        config.hook.pytest_deselected(items=[i for i in items if i not in touching])
        items[:] = touching
    items.sort(key=_rank)


def _rank(item: pytest.Item) -> int:
    """Its place in `LONG`, or behind."""
    marks = {mark.name for mark in item.iter_markers()}
    return next((rank for rank, name in enumerate(LONG) if name in marks), len(LONG))


class Compiled(jinja2.BytecodeCache):
    """Templates compiled once a test process instead of once a test."""

    def __init__(self) -> None:
        self._kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if kept := self._kept.get(bucket.key):
            bucket.bytecode_from_string(kept)

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._kept[bucket.key] = bucket.bytecode_to_string()


COMPILED = Compiled()


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
def postgres(request: pytest.FixtureRequest) -> Iterator[PostgresServer | None]:
    """A PostgreSQL with a migrated template database, or None in a SQLite run."""
    if request.config.getoption("--database") != "postgres":
        yield None
        return
    with PostgresServer() as server:
        server.create("template_tour")
        asyncio.run(db.migrate(server.url("template_tour")))
        yield server


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "tour.sqlite3"
    asyncio.run(db.migrate(f"sqlite://{path}"))
    return path


@pytest.fixture
def database_url(
    request: pytest.FixtureRequest, postgres: PostgresServer | None, tmp_path: Path
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
    async with db.opened(database_url):
        yield database_url


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    return make_settings(database_url, tmp_path)


def make_settings(database_url: str, folder: Path, **variables: str) -> Settings:
    """Settings as an operator would give them, with everything that is kept under `folder`."""
    return Settings.from_environ(
        {
            "TOUR_DATABASE_URL": database_url,
            "TOUR_VAR": str(folder / "var"),
            "TOUR_BASE_URL": "http://testserver",
            "TOUR_WORKER": "external",
            "TOUR_VAPID_SUBJECT": "mailto:ops@example.org",
            "TOUR_VAPID_PRIVATE_KEY": VAPID_KEY,
            "TOUR_SECRET_KEY": "a secret of the tests",
            "TOUR_TILE_URL": "",
            "TOUR_RUSH": "0",
            **variables,
        }
    )


@pytest.fixture
async def app(settings: Settings, clock: TurnableClock) -> AsyncIterator[Starlette]:
    """The whole app over the fresh database, started."""
    application = create_app(settings, clock=clock)
    application.state.templates.bytecode_cache = COMPILED
    async with application.router.lifespan_context(application):
        yield application


@pytest.fixture
async def client(app: Starlette) -> AsyncIterator[httpx.AsyncClient]:
    """A visitor's browser without JavaScript, reading Japanese."""
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(
        transport=transport,
        base_url="http://testserver",
        headers={"Accept-Language": "ja", "Origin": "http://testserver"},
    ) as browser:
        yield browser
