from collections.abc import AsyncIterator

import httpx
import pytest
from starlette.applications import Starlette

from tests.accounts.signing import browser, make_account, sign_in_as
from tour.accounts.roles import Role


@pytest.fixture
async def staff(app: Starlette) -> AsyncIterator[httpx.AsyncClient]:
    """A desk where a member of staff is signed in."""
    async with browser(app) as desk:
        await sign_in_as(desk, await make_account("staff@example.org", Role.STAFF))
        yield desk


@pytest.fixture
async def administrator(app: Starlette) -> AsyncIterator[httpx.AsyncClient]:
    async with browser(app) as desk:
        await sign_in_as(desk, await make_account("admin@example.org", Role.ADMINISTRATOR))
        yield desk
