"""A day without anything at the door says when the next one is; it has no buttons to tend it by."""

from datetime import timedelta

import httpx
import pytest

from tests.accounts.signing import OPERATOR, make_account, sign_in_as
from tests.conftest import NOON
from tests.factories import make_place, make_programme, make_site, make_slot
from tour.accounts.roles import Role
from tour.reservations.changes import slots
from tour.sites.models import Site

TODAY = NOON.date()
SATURDAY = NOON + timedelta(days=4)
CLOSED = [(2, 600, 900)]
"""Open on Wednesdays only; the clock stands on a Tuesday."""
BUTTONS = "Letting people in"


@pytest.fixture
async def site(client: httpx.AsyncClient) -> Site:
    client.headers["Accept-Language"] = "en"
    made = await make_site(hours=CLOSED)
    await sign_in_as(client, await make_account("host@example.org", Role.HOST, made))
    return made


async def test_a_closed_day_says_when_somebody_comes(client: httpx.AsyncClient, site: Site) -> None:
    programme = await make_programme(site=site)
    first = await make_slot(SATURDAY, programme=programme)
    await make_slot(SATURDAY + timedelta(hours=2), programme=programme)
    await make_slot(SATURDAY + timedelta(days=1), programme=programme)
    await make_place(first, 3)
    page = (await client.get(f"/host/{site.slug}")).text
    assert f'href="?day={SATURDAY.date()}"' in page
    assert "3 people・2 times" in page
    assert BUTTONS not in page
    assert "people are here" not in page


async def test_nobody_yet_is_no_number(client: httpx.AsyncClient, site: Site) -> None:
    await make_slot(SATURDAY, programme=await make_programme(site=site))
    page = (await client.get(f"/host/{site.slug}")).text
    assert "1 time</span>" in page
    assert "0 people" not in page


async def test_without_a_next_day_there_is_something_to_begin(
    client: httpx.AsyncClient, site: Site
) -> None:
    page = (await client.get(f"/host/{site.slug}")).text
    assert "Next:" not in page
    assert f"/host/{site.slug}/programmes/new" in page


async def test_what_was_called_off_needs_no_door(client: httpx.AsyncClient, site: Site) -> None:
    programme = await make_programme(site=site)
    slot = await make_slot(NOON + timedelta(hours=2), programme=programme)
    await make_place(slot, 2)
    await make_slot(SATURDAY, programme=programme)
    assert BUTTONS in (await client.get(f"/host/{site.slug}")).text
    await slots.cancel_slot(slot.id, "storm", actor=OPERATOR, now=NOON)
    page = (await client.get(f"/host/{site.slug}")).text
    assert BUTTONS not in page
    assert "people are here" not in page
    assert "Called off" in page
    assert f'href="?day={SATURDAY.date()}"' in page


async def test_a_tap_that_is_taken_back_leaves_no_buttons(
    client: httpx.AsyncClient, site: Site
) -> None:
    answer = await client.post(f"/host/{site.slug}/door", data={"do": "full"})
    assert BUTTONS in (await client.get(f"/host/{site.slug}")).text
    entry = answer.headers["location"].partition("done=")[2].split("&")[0]
    await client.post(f"/host/{site.slug}/undo/{entry}")
    assert BUTTONS not in (await client.get(f"/host/{site.slug}")).text


async def test_another_day_says_who_comes_and_not_who_is_here(
    client: httpx.AsyncClient, site: Site
) -> None:
    slot = await make_slot(SATURDAY, programme=await make_programme(site=site))
    await make_place(slot, 2)
    page = (await client.get(f"/host/{site.slug}?day={SATURDAY.date()}")).text
    assert "2 people・1 time</p>" in page
    assert "people are here" not in page
