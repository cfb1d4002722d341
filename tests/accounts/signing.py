"""What tests of signed-in people share: accounts, browsers, and the mails they were sent."""

import re
from datetime import datetime

import httpx
from starlette.applications import Starlette

from tests.conftest import NOON
from tour.accounts.models import Account
from tour.accounts.people import people
from tour.accounts.roles import Role
from tour.accounts.signing_in import links
from tour.audit.service import Actor
from tour.db import transaction
from tour.notifications.models import Reminder
from tour.seal import Seal
from tour.sites.models import Site

OPERATOR = Actor(None, "test")
SEAL = Seal("a secret of the tests")
"""As the app of the tests has it (`conftest.make_settings`)."""


async def make_account(
    email: str = "host@example.org", role: Role = Role.HOST, *sites: Site, name: str = "見本 担当"
) -> Account:
    async with transaction():
        account = await people.add_account(
            email,
            role=role,
            lang="ja",
            timezone="Asia/Tokyo",
            name=name,
            actor=OPERATOR,
            now=NOON,
        )
        for site in sites:
            await people.join_site(account, site.id, actor=OPERATOR, now=NOON)
    return account


def browser(
    app: Starlette, agent: str = "Mozilla/5.0 (Android 15) Firefox/140"
) -> httpx.AsyncClient:
    """A browser of its own, with its own cookies."""
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(app=app),
        base_url="http://testserver",
        headers={"Accept-Language": "ja", "Origin": "http://testserver", "User-Agent": agent},
    )


async def sign_in_as(client: httpx.AsyncClient, account: Account, *, now: datetime = NOON) -> None:
    async with transaction():
        token = await links.sign_in_account(account, device="test", now=now)
    client.cookies.set("account", token)


async def mailed_path() -> str:
    """The path in the latest mail."""
    latest = await Reminder.all().order_by("-id").first()
    assert latest is not None
    return path_in(latest)


def path_in(reminder: Reminder) -> str:
    path = SEAL.open(reminder.url)
    assert re.fullmatch(r"/[\w/-]+", path)
    return path


async def mailed_code() -> str:
    """The six digits in the latest mail."""
    latest = await Reminder.all().order_by("-id").first()
    assert latest is not None
    found = re.search(r"\b\d{6}\b", SEAL.open(latest.body))
    assert found
    return found[0]
