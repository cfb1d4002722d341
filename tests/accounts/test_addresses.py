"""Where people sign in and are invited: one mail box is one, and slips are asked about."""

import httpx
import pytest

from tests.accounts.signing import make_account, sign_in_as
from tests.factories import make_site
from tour.accounts.models import Invitation, SignInLink
from tour.accounts.roles import Role

FORMS = ["/sign-in", "/host/workshop/people", "/staff/people"]


@pytest.fixture
async def visitor(client: httpx.AsyncClient) -> httpx.AsyncClient:
    site = await make_site(slug="workshop")
    await sign_in_as(client, await make_account("admin@example.org", Role.ADMINISTRATOR, site))
    return client


async def asked_for() -> set[str]:
    """Every address that something was written for."""
    rows = [*await SignInLink.all(), *await Invitation.all()]
    return {str(row.email) for row in rows}


@pytest.mark.parametrize("path", FORMS)
async def test_a_likely_slip_is_asked_about_once(visitor: httpx.AsyncClient, path: str) -> None:
    data = {"email": "taro@gmial.com", "role": "editor", "do": "mail"}
    asked = await visitor.post(path, data=data)
    assert asked.status_code == 422
    assert "taro@gmail.com" in asked.text
    assert 'name="email_asked" value="taro@gmial.com"' in asked.text
    assert await asked_for() == set()
    answer = await visitor.post(path, data={**data, "email_asked": "taro@gmial.com"})
    assert answer.status_code == 303, answer.text
    assert await asked_for() == {"taro@gmial.com"}


@pytest.mark.parametrize("path", FORMS)
async def test_what_surrounds_an_address_does_not_count(
    visitor: httpx.AsyncClient, path: str
) -> None:
    data = {"email": "<Taro@Example.jp>、", "role": "editor", "do": "mail"}
    assert (await visitor.post(path, data=data)).status_code == 303
    assert await asked_for() == {"taro@example.jp"}
