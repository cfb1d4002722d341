"""The catalogue's revision: asked once for many, never answered with what was before."""

import asyncio

import pytest

from tests.factories import catalogue_changed, make_site
from tour import db
from tour.sites.revision import RevisionReader, current_revision

pytestmark = pytest.mark.usefixtures("database")


async def test_those_who_wait_share_the_next_answer_and_never_the_one_before() -> None:
    asked = 0
    begun, answer = asyncio.Event(), asyncio.Event()

    async def ask() -> int:
        nonlocal asked
        asked += 1
        begun.set()
        mine = asked
        await answer.wait()
        return mine

    reader = RevisionReader(ask)
    first = asyncio.create_task(reader.read())
    await begun.wait()
    later = [asyncio.create_task(reader.read()) for _reader in range(20)]
    await asyncio.sleep(0)
    answer.set()
    assert await first == 1
    assert await asyncio.gather(*later) == [2] * 20
    assert asked == 2


async def test_one_who_gives_up_takes_nobody_with_them() -> None:
    reader = RevisionReader()
    readers = [asyncio.create_task(reader.read()) for _reader in range(5)]
    await asyncio.sleep(0)
    readers[0].cancel()
    kept = await asyncio.gather(*readers, return_exceptions=True)
    assert isinstance(kept[0], asyncio.CancelledError)
    assert kept[1:] == [await current_revision()] * 4


async def test_a_change_is_seen_by_whoever_asks_after_it() -> None:
    reader = RevisionReader()
    before = await reader.read()
    await make_site()
    await catalogue_changed()
    assert await reader.read() > before


async def test_inside_a_transaction_it_does_not_wait_for_those_who_wait_for_its_end() -> None:
    reader = RevisionReader()
    before = await reader.read()
    async with db.transaction():
        await catalogue_changed()
        outside = asyncio.create_task(_outside(reader))
        await asyncio.sleep(0)
        assert await asyncio.wait_for(reader.read(), 10) == before + 1
    await outside


async def _outside(reader: RevisionReader) -> None:
    await reader.read()
