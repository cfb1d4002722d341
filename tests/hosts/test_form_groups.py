"""The forms of a place and of a session in groups, each language apart."""

import re
from collections.abc import AsyncIterator

import httpx
import pytest
from starlette.applications import Starlette

from tests.accounts.signing import browser, make_account, sign_in_as
from tests.factories import make_site
from tests.hosts.setting import write_programme
from tour.accounts.roles import Role
from tour.sites.models import Site
from tour.sites.texts import FIELDS, TEXTS

JA = {"Accept-Language": "ja"}


@pytest.fixture
async def site() -> Site:
    texts = {"summary": "紙を漉きます。", "address": "東京都北区王子1-1-3"}
    return await make_site(name="見本 紙の工房", translations={"en": {"name": "Paper"}}, **texts)


@pytest.fixture
async def host(app: Starlette, site: Site) -> AsyncIterator[httpx.AsyncClient]:
    async with browser(app) as client:
        await sign_in_as(client, await make_account("host@example.org", Role.HOST, site))
        yield client


def group(page: str, name: str) -> str:
    """A folded group of the page, from its opening tag on."""
    found = re.search(rf'<details class="filters" id="{name}".*?</details>', page, re.DOTALL)
    assert found, name
    return found[0]


def is_open(page: str, name: str) -> bool:
    return group(page, name).split(">", 1)[0].endswith(" open")


async def test_english_is_apart_closed_and_says_what_is_missing(
    host: httpx.AsyncClient, site: Site
) -> None:
    page = (await host.get(f"/host/{site.slug}/profile", headers=JA)).text
    english = group(page, "in-en")
    assert "未入力：ひとことで・住所" in english.replace("、", "・")
    for text in TEXTS:
        assert (f'id="{text.name}_en"' in english) is text.is_translated
        assert f'id="{text.name}"' not in english
    assert not is_open(page, "in-en")
    assert all(f'id="{field}"' in page for field in FIELDS), "nothing of the form is lost"
    await Site.filter(id=site.id).update(summary="", address="")
    assert "すべて入力済み" in (await host.get(f"/host/{site.slug}/profile", headers=JA)).text


@pytest.mark.parametrize(
    ("wrong", "opened"),
    [
        ({"summary_en": "x" * 601}, "in-en"),
        ({"parking": "x" * 501}, "group-visit"),
    ],
)
async def test_a_group_stands_open_where_something_in_it_is_wrong(
    host: httpx.AsyncClient, site: Site, wrong: dict[str, str], opened: str
) -> None:
    answer = await host.post(f"/host/{site.slug}/profile", data={"name": site.name, **wrong})
    assert answer.status_code == 422
    names = ("in-en", "group-visit")
    assert [name for name in names if is_open(answer.text, name)] == [opened]


async def test_a_sessions_english_is_apart_too(host: httpx.AsyncClient, site: Site) -> None:
    programme = await write_programme(site)
    page = (await host.get(f"/host/{site.slug}/programmes/{programme.id}", headers=JA)).text
    assert page.index('id="question_5"') < page.index('id="title_en"')
    assert "すべて入力済み" in page
    new = (await host.get(f"/host/{site.slug}/programmes/new", headers=JA)).text
    assert "すべて入力済み" not in new, "nothing is there to translate yet"
    assert ">任意</small>" in new
    assert new.index('id="bring"') < new.index('id="title_en"') < new.index('id="question_5_en"')
