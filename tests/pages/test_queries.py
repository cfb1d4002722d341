"""Whatever visitors type finds what they mean, and what they mean most comes first."""

from pathlib import Path
from zoneinfo import ZoneInfo

import httpx
import pytest

from tests.conftest import NOON
from tour.demo.catalogue import read_catalogue
from tour.demo.load import load
from tour.programmes.models import Programme
from tour.sites.models import Site

TABLE = Path(__file__).with_name("queries.txt")
DATA = Path(__file__).resolve().parents[2] / "data" / "geo"
FIRST_HIT_RIGHT = 0.95
ROOFED = ("factory", "craft", "culture", "trial_shop", "classroom")


def _table() -> list[tuple[str, list[str]]]:
    lines = [x for x in TABLE.read_text(encoding="utf-8").splitlines() if not x.startswith("#")]
    return [(q.strip(), right.split()) for q, _bar, right in (x.partition("|") for x in lines)]


async def _facts() -> dict[str, set[str]]:
    """What can be said of each place, as the table says it."""
    facts: dict[str, set[str]] = {}
    for site in await Site.all():
        mine = {f"@{fact}" for fact in (*site.access_features, *site.languages)}
        mine |= {f"={site.slug}", site.slug.removeprefix("sample-"), "@station"}
        facts[site.slug] = mine | ({"@indoors"} if site.kind in ROOFED else set())
    for session in await Programme.all().select_related("site"):
        mine = facts[session.site.slug]
        mine |= {f"@{language}" for language in session.languages}
        mine |= {"@free"} if session.price_yen == 0 else set()
        mine |= {"@price"} if session.price_yen <= 500 else set()
    return facts


@pytest.mark.usefixtures("database")
async def test_every_query_finds_something_and_the_right_thing_first(
    client: httpx.AsyncClient,
) -> None:
    await load(read_catalogue(DATA), zone=ZoneInfo("Asia/Tokyo"), now=NOON)
    facts, table = await _facts(), _table()
    assert len(table) >= 80
    nothing, wrong = [], []
    for query, right in table:
        answer = await client.get("/api/v1/sites", params={"q": query, "limit": 10})
        found = [each["properties"]["slug"] for each in answer.json()["features"]]
        if not found:
            nothing.append(query)
        elif not facts[found[0]] & set(right):
            wrong.append((query, found[:3]))
    assert nothing == []
    assert len(wrong) <= (1 - FIRST_HIT_RIGHT) * len(table), wrong
