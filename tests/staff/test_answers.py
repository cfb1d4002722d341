"""What a party has answered stands wherever staff, hosts and the party itself read of it."""

import io
import zipfile

import httpx
import pytest
from starlette.applications import Starlette

from tests.accounts.signing import browser, make_account, sign_in_as
from tests.staff.town import make_town
from tour.accounts.roles import Role
from tour.programmes.models import Programme, Slot
from tour.reservations.answers import kept
from tour.reservations.models import Place, Reservation, WaitlistEntry
from tour.sites.models import Site

ALLERGY = {
    "text": "アレルギーは？",
    "required": True,
    "translations": {"en": {"text": "Allergies?"}},
}
LONG = "そば、落花生、えび、かに、くるみ、卵、乳、小麦。" * 12
"""As long as an answer may be."""


@pytest.fixture
async def answered() -> tuple[Slot, Reservation]:
    """A party that must not be in pictures and has answered at length, before its host took the
    question out."""
    _event, slot, party = await make_town()
    await Place.all().update(answers=kept([ALLERGY], [LONG], 0))
    await Reservation.all().update(photos_allowed=False, note="車いすです")
    await Programme.all().update(questions=[])
    return slot, party


async def test_staff_read_it_on_every_list(
    staff: httpx.AsyncClient, answered: tuple[Slot, Reservation]
) -> None:
    slot, party = answered
    doors = (await staff.get(f"/staff/reservations/doors?slot={slot.id}")).text
    page = (await staff.get(f"/staff/reservations/{party.id}")).text
    csv = (await staff.post("/staff/reservations/export", data={"as": "csv"})).text
    xlsx = await staff.post("/staff/reservations/export", data={"as": "xlsx"})
    with zipfile.ZipFile(io.BytesIO(xlsx.content)) as book:
        sheet = book.read("xl/sharedStrings.xml").decode()
    for shown in (doors, page, csv, sheet):
        assert "アレルギーは？" in shown
        assert LONG in shown, "none is cut"
        assert "写真は不可" in shown
    for shown in (page, csv, sheet):
        assert "メールで届きます" in shown
        assert "日本語" in shown
    assert "前日の18:00" in page


async def test_the_party_reads_its_own_words(
    app: Starlette, answered: tuple[Slot, Reservation]
) -> None:
    _slot, party = answered
    async with browser(app) as visitor:
        page = (await visitor.get(f"/reservations/{party.reference}?lang=en")).text
        assert "Allergies?" in page
        assert LONG in page
        assert "We will not be in photos" in page
        got = (await visitor.get(f"/api/v1/reservations/{party.reference}?lang=en")).json()
    assert got["slots"][0]["answers"] == [{"question": "Allergies?", "text": LONG}]


async def test_who_stands_at_the_door_is_known(
    client: httpx.AsyncClient, answered: tuple[Slot, Reservation]
) -> None:
    slot, party = answered
    site = await Site.get(id=(await slot.programme).site_id)  # type: ignore[attr-defined]
    await sign_in_as(client, await make_account("host@example.org", Role.HOST, site))
    headers = {"Accept": "application/json"}
    told = await client.post(
        f"/host/{site.slug}/check-in", data={"code": party.door_code}, headers=headers
    )
    assert told.json()["notes"] == [f"アレルギーは？：{LONG}", "車いすです", "写真は不可"]


async def test_a_turn_shows_its_answers_to_the_party(
    app: Starlette, answered: tuple[Slot, Reservation]
) -> None:
    slot, party = answered
    await Place.all().delete()
    rows = kept([ALLERGY], ["たまご"], 0)
    await WaitlistEntry.create(
        reservation=party, slot=slot, seats=2, answers=rows, joined_at=slot.starts_at
    )
    async with browser(app) as visitor:
        page = (await visitor.get(f"/reservations/{party.reference}?lang=ja")).text
    assert "アレルギーは？：たまご" in page
