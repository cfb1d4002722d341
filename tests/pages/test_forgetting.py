"""A shared computer forgets whoever used it."""

import re
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette

from tests.accounts.signing import make_account, sign_in_as
from tests.factories import make_slot
from tests.reservations.factories import typed
from tour.accounts.models import AccountSession
from tour.pages.forgetting import OWN
from tour.reservations.models import Place
from tour.reservations.states import PlaceStatus
from tour.settings import ROOT


async def test_a_device_forgets_reservations_and_account(
    client: httpx.AsyncClient, app: Starlette
) -> None:
    assert app
    slot = await make_slot()
    await sign_in_as(client, await make_account())
    token = client.cookies["account"]
    await client.get("/?lang=en")
    path = (await client.post(f"/slots/{slot.id}/reserve", data=typed())).headers["location"]
    assert path in (await client.get("/reservations")).text
    page = await client.get("/forget-device?lang=en")
    assert "signed out here" in page.text
    assert path in (await client.get("/reservations")).text, "looking forgets nothing"
    answer = await client.post("/forget-device")
    assert answer.status_code == 303
    assert answer.headers["clear-site-data"] == '"cache", "storage"'
    taken = [line for line in answer.headers.get_list("set-cookie") if "Max-Age=0" in line]
    assert {line.partition("=")[0] for line in taken} >= {"account", "reservations"}
    client.cookies.clear()
    assert path not in (await client.get("/reservations")).text
    assert "no longer knows" in (await client.get("/forget-device?done=1&lang=en")).text
    client.cookies.set("account", token)
    assert (await client.get("/account")).status_code == 303, "the session itself has ended"
    assert await AccountSession.filter(ended_at=None).count() == 0
    assert (await Place.get()).status == PlaceStatus.CONFIRMED
    assert (await client.get(path)).status_code == 200


@pytest.mark.parametrize("twice", [1, 2])
async def test_a_device_that_knows_nothing_forgets_it(
    client: httpx.AsyncClient, twice: int
) -> None:
    for _time in range(twice):
        assert (await client.post("/forget-device")).status_code == 303


def test_every_cookie_of_ours_is_forgotten() -> None:
    """Whoever names a new cookie adds it."""
    named = set()
    for path in Path(ROOT / "tour").rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        if "set_cookie(" in text or "MutableHeaders" in text:
            pattern = r'^(?:[A-Z_]*COOKIE|FORMS|SESSION|BROWSER|SIGNED) = "(\w+)"$'
            named |= set(re.findall(pattern, text, re.MULTILINE))
    assert named == OWN | {"lang"}
