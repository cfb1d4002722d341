"""Memory stays where it is, whatever is asked and however often the town changes."""

import gc
import tracemalloc
from itertools import pairwise

import httpx
import pytest
from starlette.applications import Starlette

from tests.factories import catalogue_changed
from tests.publishing.days import make_day
from tests.test_fragments import card_macro
from tests.web.test_page_cache import kept_pages
from tour.sites.entries import SiteEntry
from tour.sites.models import Site
from tour.web.fragments import MOST, MOST_BYTES, Fragments

pytestmark = pytest.mark.once("the process's own memory")

LANGUAGES = ("ja", "en", "ko", "zh-Hans")
PAGES = (
    "/",
    "/sites?q={n}",
    "/sites?q=木版&seats={n}&kind=craft&page=2",
    "/map?q={n}",
    "/sites/site-1?from={n}",
    "/events/day?{n}",
    "/events/day/map?{n}",
    "/api/v1/sites?q={n}",
    "/api/v1/slots?event={n}",
    "/walk?from=139.7{n},35.75&to=139.71,35.75",
    "/plan?must={n}",
    "/nowhere/{n}",
    "/reservations/key{n}",
)
GROWTH = 500_000
"""Bytes that 200 requests may leave."""
ROUNDS = 3


async def visit(client: httpx.AsyncClient, numbers: range) -> None:
    """A number of strangers, each with a question that nobody else has."""
    for number in numbers:
        for page in PAGES:
            wish = {"Accept-Language": f"{LANGUAGES[number % 4]},x-{number};q=0.1"}
            client.cookies.clear()
            answer = await client.get(page.format(n=number), headers=wish)
            assert answer.status_code < 500


async def test_strangers_leave_nothing_behind(app: Starlette, client: httpx.AsyncClient) -> None:
    await make_day(5)
    once = app.state.parts.templates.globals["once"]
    await visit(client, range(10_000, 10_020))
    tracemalloc.start()
    try:
        await visit(client, range(20_000, 20_010))
        levels = [measured(app)]
        for number in range(ROUNDS):
            await visit(client, range(30_000 + 100 * number, 30_015 + 100 * number))
            levels.append(measured(app))
    finally:
        tracemalloc.stop()
    # A library that loads something late, or one more connection, does so once; what is kept of
    # each stranger grows with every round.
    assert min(after - before for before, after in pairwise(levels)) < GROWTH, levels
    assert once.size <= MOST_BYTES


def measured(app: Starlette) -> int:
    """Bytes in use beside those stores whose own bounds are tested by themselves."""
    kept_pages(app).clear()
    once = app.state.parts.templates.globals["once"]
    once._made.clear()
    once.size = 0
    gc.collect()
    return tracemalloc.get_traced_memory()[0]


async def test_no_older_town_is_kept_for_what_was_made_of_it(
    app: Starlette, client: httpx.AsyncClient
) -> None:
    await make_day(5)
    await client.get("/about")
    of_others = len(entries_alive())
    for number in range(12):
        for site in await Site.all():
            await Site.filter(id=site.id).update(summary=f"{number}回目のお知らせ")
        await catalogue_changed()
        kept_pages(app).clear()
        for language in LANGUAGES:
            await client.get("/sites", headers={"Accept-Language": language})
    kept = len(entries_alive()) - of_others
    assert kept <= 2 * 5, "those of today, and at most those of a moment ago"


def entries_alive() -> list[SiteEntry]:
    """Also those of a test that failed: its frames are kept."""
    gc.collect()
    return [thing for thing in gc.get_objects() if isinstance(thing, SiteEntry)]


@pytest.mark.parametrize("size", [100, 200_000])
def test_parts_of_pages_are_bounded_in_bytes(size: int) -> None:
    once, card = Fragments(), card_macro([])
    for number in range(MOST_BYTES // 200_000 * 3):
        once(card, f"{number}" + "木" * size, 1)
        assert once.size <= MOST_BYTES
    assert 0 < len(once._made) <= MOST
