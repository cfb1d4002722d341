"""What one may choose for a place stands in one table: what is added reaches everybody from there,
what is gone is still read, and nothing that is stored changes by either."""

import httpx
import pytest
from starlette.applications import Starlette

from tests.accounts.signing import make_account, sign_in_as
from tests.factories import (
    EVENT_DAY,
    catalogue_changed,
    make_event,
    make_place,
    make_programme,
    make_site,
    make_slot,
)
from tests.publishing.conftest import sources_in
from tour.accounts.roles import Role
from tour.db.plain import fetch
from tour.i18n import lazy as _
from tour.publishing import service as publishing
from tour.publishing.published_map import as_json, from_json
from tour.reservations.models import Reservation
from tour.settings import ROOT
from tour.sites import choices, states
from tour.sites.choices import ACCESS, HOLIDAYS, KINDS, LANGUAGES, Feature, Kind
from tour.sites.models import Site
from tour.sites.opening.hours import HolidayRule
from tour.sites.states import SiteKind
from tour.staff.log.values import shown

SOURCES = (ROOT / "data" / "geo" / "SOURCES.md").read_text(encoding="utf-8")
BATH = Feature(_("Wheelchair access"), "おんせん onsen")
"""A feature that somebody adds, called as another so that it needs no words of its own."""


@pytest.fixture
def _bath(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(ACCESS, "bath", BATH)  # type: ignore[arg-type]


@pytest.fixture
def winery(monkeypatch: pytest.MonkeyPatch) -> SiteKind:
    """A kind that somebody adds: a member of the enum, and its row."""
    kind = str.__new__(SiteKind, "winery")
    kind._name_, kind._value_ = "WINERY", "winery"
    monkeypatch.setitem(SiteKind._member_map_, "WINERY", kind)
    monkeypatch.setitem(SiteKind._value2member_map_, "winery", kind)
    monkeypatch.setattr(SiteKind, "_member_names_", [*SiteKind._member_names_, "WINERY"])
    monkeypatch.setitem(KINDS, kind, Kind(_("Factory"), 35))  # type: ignore[arg-type]
    return kind


def test_each_choice_has_its_row() -> None:
    assert set(KINDS) == set(SiteKind)
    assert set(HOLIDAYS) == set(HolidayRule)
    for feature in (*ACCESS.values(), *LANGUAGES.values()):
        assert feature.words.split(), f"{feature.label} is found by no word"


def test_each_choice_is_told_to_those_who_write_a_towns_file() -> None:
    for choice in (*SiteKind, *LANGUAGES, *HolidayRule):
        assert f"`{choice}`" in SOURCES, choice


def test_each_kind_is_drawn() -> None:
    drawn = {
        "static/icons/ui.svg": 'id="mark-{}"',
        "static/css/tokens.css": ".kind-{} {{",
        "templates/_picture.html": '"{}"',
    }
    for file, drawing in drawn.items():
        text = (ROOT / file).read_text(encoding="utf-8")
        for kind in SiteKind:
            assert drawing.format(kind) in text, f"{kind} in {file}"
    for folder in ("static/patterns", "static/scenes"):
        assert all((ROOT / folder / f"{kind}.svg").exists() for kind in SiteKind), folder


@pytest.mark.usefixtures("_bath")
async def test_a_feature_that_is_added_is_offered_to_all_and_changes_nothing(
    client: httpx.AsyncClient,
) -> None:
    old, new = await make_site(slug="old", access_features=["slope"]), await make_site(slug="new")
    place = await make_place(await make_slot(programme=await make_programme(site=old)))
    before = await fetch("SELECT * FROM site WHERE slug = 'old'")
    await sign_in_as(client, await make_account("host@example.org", Role.HOST, old, new))

    assert 'value="bath"' in (await client.get("/sites")).text
    form = (await client.get("/host/new/profile")).text
    assert 'value="bath"' in form
    version = form.partition('name="version" value="')[2].partition('"')[0]
    typed = {"name": "新しい湯", "access_features": ["bath"], "version": version}
    answer = await client.post("/host/new/profile", data=typed)
    assert answer.status_code == 303, answer.text
    assert (await Site.get(slug="new")).access_features == ["bath"]
    assert shown("access_features", ["bath"]) == str(BATH)

    for query in ("access=bath", "q=onsen"):
        found = (await client.get(f"/api/v1/sites?{query}")).json()["features"]
        assert [each["properties"]["slug"] for each in found] == ["new"], query
    assert found[0]["properties"]["access"] == ["bath"]
    assert await fetch("SELECT * FROM site WHERE slug = 'old'") == before
    reference = (await Reservation.get(id=place.reservation_id)).reference  # type: ignore[attr-defined]
    assert (await client.get(f"/reservations/{reference}")).status_code == 200


async def test_what_is_no_longer_to_be_ticked_is_shown_no_more_and_goes_with_the_next_save(
    client: httpx.AsyncClient,
) -> None:
    site = await make_site(slug="a", access_features=["gone", "slope"], languages=["ja", "xx"])
    await sign_in_as(client, await make_account("host@example.org", Role.HOST, site))
    assert (await client.get("/sites/a")).status_code == 200
    assert 'href="/sites/a"' in (await client.get("/sites?access=gone")).text
    form = (await client.get("/host/a/profile")).text
    version = form.partition('name="version" value="')[2].partition('"')[0]
    typed = {"name": "湯", "access_features": ["gone", "slope"], "languages": ["ja", "xx"]}
    answer = await client.post("/host/a/profile", data={**typed, "version": version})
    assert answer.status_code == 303, answer.text
    await site.refresh_from_db()
    assert (site.access_features, site.languages) == (["slope"], ["ja"])


async def test_a_kind_that_is_added_is_offered_and_planned(
    client: httpx.AsyncClient, winery: SiteKind
) -> None:
    old, new = await make_site(slug="old"), await make_site(slug="new", kind=winery)
    await make_event(old, new)
    assert 'value="winery"' in (await client.get("/sites")).text
    assert 'value="winery"' in (await client.get("/plan")).text
    assert ("winery", "Factory") in choices.kind_options()
    found = (await client.get("/api/v1/sites?kind=winery")).json()["features"]
    assert [each["properties"]["slug"] for each in found] == ["new"]
    wish = {
        "date": EVENT_DAY.isoformat(),
        "start": {"point": [139.737886, 35.753173], "time": "10:00"},
        "interests": {"winery": 3},
    }
    plan = await client.post("/api/v1/plans", json=wish)
    assert plan.status_code == 200, plan.text
    assert {stop["site"] for stop in plan.json()["stops"]} == {"old", "new"}


async def test_a_kind_that_is_gone_is_read_as_the_one_that_follows_it(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch, app: Starlette
) -> None:
    event = await make_event(await make_site(slug="inn"), slug="day")
    await fetch("UPDATE site SET kind = 'inn' WHERE slug = 'inn'")
    await catalogue_changed()
    monkeypatch.setitem(states.GONE, "inn", SiteKind.HERITAGE)  # type: ignore[arg-type]

    found = (await client.get("/api/v1/sites?kind=heritage")).json()["features"]
    assert [each["properties"]["kind"] for each in found] == ["heritage"]
    assert (await Site.get(slug="inn")).kind is SiteKind.HERITAGE
    content = as_json(await publishing.preview(event.id, await sources_in(app)))
    content["places"][0]["kind"] = "inn"
    published = from_json(content, version=1, published_on=EVENT_DAY)
    assert published.kinds == (SiteKind.HERITAGE,)
