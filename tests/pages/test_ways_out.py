"""A search that finds nothing offers what does: a part of the words, one choice less, crafts."""

import re

import httpx
import pytest

from tests.factories import EVENT_DAY, catalogue_changed, make_craft, make_event, make_site
from tests.routes.plan_page import words
from tour.sites.states import SiteKind

pytestmark = pytest.mark.once("searches of the process's copies")


async def a_town() -> None:
    woodblock = await make_craft(name="木版画", name_kana="もくはんが")
    await make_site(slug="woodblock", name="摺り場", craft=woodblock, kind=SiteKind.CRAFT)
    await make_site(slug="press", name="プレス工業", kind=SiteKind.FACTORY)
    await catalogue_changed()


async def offered(client: httpx.AsyncClient, path: str, **query: str) -> dict[str, str]:
    """{what it says: the address} of each way out; each finds something."""
    page = (await client.get(path, params=query)).text
    assert 'class="empty' in page
    links = re.findall(r'<a class="chip" href="([^"]+)">(.*?)</a>', page, re.S)
    found = {words(said).strip(): href.replace("&amp;", "&") for href, said in links}
    for href in found.values():
        answer = await client.get(href)
        assert "ways__title" not in answer.text, href
    return found


@pytest.mark.parametrize("path", ["/sites", "/map"])
async def test_a_part_of_what_was_typed(client: httpx.AsyncClient, path: str) -> None:
    await a_town()
    assert "木版画 1か所" in await offered(client, path, q="木版画見学教室")
    assert "プレス 1か所" in await offered(client, path, q="プレス 盆栽")
    assert "木版画 1か所" in await offered(client, path, q="木版画見学教室", kind="sports")


async def test_one_choice_less(client: httpx.AsyncClient) -> None:
    await a_town()
    await make_event(await make_site(slug="bound", kind=SiteKind.CULTURE))
    found = await offered(client, "/sites", kind="sports", access="wheelchair")
    assert not [said for said in found if said.startswith("車いす")], "that alone finds nothing"
    found = await offered(client, "/sites", kind="culture", seats="4", date=EVENT_DAY.isoformat())
    assert next(said for said in found if said.endswith("1か所")).startswith("空き4席"), found


async def test_crafts_that_exist_and_none_without(client: httpx.AsyncClient) -> None:
    assert await offered(client, "/sites", q="盆栽") == {}
    await a_town()
    assert await offered(client, "/sites", q="盆栽教室") == {
        "木版画 1か所": "/sites?q=" + WOODBLOCK
    }


WOODBLOCK = "%E6%9C%A8%E7%89%88%E7%94%BB"
