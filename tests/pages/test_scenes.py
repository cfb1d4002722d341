"""A card shows what is made at its place: the host's photo, else a drawing, in the same frame."""

import re

import httpx
import pytest

from tests.conftest import NOON
from tests.factories import catalogue_changed, make_craft, make_programme, make_site, make_slot
from tour.sites.models import Photo
from tour.sites.states import SiteKind

pytestmark = pytest.mark.once("pages of the process's own copies")

PHOTO = "0" * 32


async def pictures(client: httpx.AsyncClient, page: str) -> list[str]:
    return re.findall(r'<img class="scene[^>]*>', (await client.get(page)).text)


async def test_a_place_without_a_photo_shows_its_crafts_scene(client: httpx.AsyncClient) -> None:
    await make_site(slug="lanterns", craft=await make_craft(id="lantern", emblem="lantern"))
    [picture] = await pictures(client, "/sites")
    assert "/scenes/lantern.svg" in picture
    assert 'width="480" height="300"' in picture, "its room is there before the file"
    assert 'alt=""' in picture, "its name stands beside it"
    assert 'loading="lazy"' in picture


async def test_one_that_makes_nothing_shows_what_its_name_says(client: httpx.AsyncClient) -> None:
    await make_site(slug="park", kind=SiteKind.PUBLIC, name="音無親水公園")
    [picture] = await pictures(client, "/sites")
    assert "/scenes/park.svg" in picture


async def test_a_photo_takes_the_same_frame_on_cards_of_places_and_of_sessions(
    client: httpx.AsyncClient,
) -> None:
    site = await make_site(slug="lanterns")
    await make_slot(programme=await make_programme(site=site))
    await Photo.create(
        site=site, name=PHOTO, alt="提灯", width=1600, height=1200, position=0, created_at=NOON
    )
    await catalogue_changed()
    for page in ("/sites", "/"):
        shown = await pictures(client, page)
        assert shown, page
        assert all(PHOTO in picture and 'width="480"' in picture for picture in shown), page
