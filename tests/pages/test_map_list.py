"""The list beside a map: what it shows of many places, and what is chosen on an event's own map."""

import re

import httpx
import pytest
from starlette.datastructures import QueryParams

from tests.factories import (
    EVENT_DAY,
    catalogue_changed,
    make_event,
    make_programme,
    make_site,
    make_slot,
)
from tour.pages import maps
from tour.sites.models import Site
from tour.sites.states import SiteKind

pytestmark = pytest.mark.once("pages of the process's copies")


async def many(monkeypatch: pytest.MonkeyPatch, most: int = 2) -> list[Site]:
    monkeypatch.setattr(maps, "MOST_ROWS", most)
    sites = [
        await make_site(slug=f"p{n}", name=f"工房{n}", lat=35.70 + n / 100, lon=139.70)
        for n in range(5)
    ]
    await catalogue_changed()
    return sites


async def shown(client: httpx.AsyncClient, path: str, **query: str) -> list[str]:
    answer = await client.get(path, params=query)
    assert answer.status_code == 200, answer.text
    return re.findall(r'data-place="([^"]+)"', answer.text)


async def test_many_places_have_pages_and_all_of_them_are_counted(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    await many(monkeypatch)
    pages = [await shown(client, "/map", page=str(number)) for number in (1, 2, 3)]
    assert [len(page) for page in pages] == [2, 2, 1]
    assert len({slug for page in pages for slug in page}) == 5
    assert "5か所" in (await client.get("/map")).text


async def test_the_list_has_what_the_map_shows_and_the_chosen_place_first(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    await many(monkeypatch)
    assert await shown(client, "/map", bbox="139.6,35.725,139.8,35.735") == ["p3"]
    assert (await shown(client, "/map", place="p4"))[0] == "p4"
    within = {"bbox": "139.6,35.725,139.8,35.735", "place": "p0"}
    assert await shown(client, "/map", **within) == ["p0", "p3"]


@pytest.mark.parametrize("box", ["", "a,b,c,d", "1,2,3", "5,5,1,1", "9" * 500, "nan,nan,nan,nan"])
async def test_a_box_that_is_none_is_as_if_there_was_none(box: str) -> None:
    assert maps.rows((), QueryParams({"bbox": box}), 1) == maps.Rows((), 1, 1)


async def test_an_event_map_is_filtered_by_day_kind_and_seats(client: httpx.AsyncClient) -> None:
    craft = await make_site(slug="craft", kind=SiteKind.CRAFT)
    factory = await make_site(slug="factory", kind=SiteKind.FACTORY)
    event = await make_event(craft, factory)
    await make_slot(programme=await make_programme(site=factory))
    path = f"/events/{event.slug}/map"
    page = (await client.get(path)).text
    assert "2か所・空き1" in page
    assert "data-shown" not in page
    assert await shown(client, path, seats="1") == ["factory"]
    assert await shown(client, path, kind="craft") == ["craft"]
    assert 'data-shown="craft"' in (await client.get(path, params={"kind": "craft"})).text
    assert await shown(client, path, date=EVENT_DAY.isoformat()) == ["craft", "factory"]
    none = await client.get(path, params={"kind": "sports"})
    assert "すべて" in none.text
    assert none.status_code == 200
