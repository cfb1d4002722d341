"""Stops of a lift that older versions kept as stations."""

from tortoise.connection import get_connection

from tests.factories import make_station
from tests.test_migrations import empty_url as empty_url
from tests.test_migrations import migrate_to
from tour import db


async def test_the_parks_lift_is_no_station_any_more_and_a_monorail_stays_one(
    empty_url: str,
) -> None:
    await migrate_to(empty_url, "0046_what_to_expect")
    async with db.opened(empty_url):
        for name in ("asukayama-park-entrance", "asukayama-summit", "tachikawa-kita"):
            await make_station(id=name, kind="monorail")
    await db.migrate(empty_url)
    async with db.opened(empty_url):
        rows = await get_connection("default").execute_query_dict("SELECT id, kind FROM station")
    assert {row["id"]: row["kind"] for row in rows} == {
        "asukayama-park-entrance": "lift",
        "asukayama-summit": "lift",
        "tachikawa-kita": "monorail",
    }
