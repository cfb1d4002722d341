"""The news, read: asked once for many, never answered with what was before, without a gap."""

import asyncio

import pytest

from tests.conftest import NOON
from tests.factories import catalogue_changed, make_site
from tour import db
from tour.changes import EVERY, Kind, NewsReader, forget_news, tell
from tour.changes.models import News, NewsNumber
from tour.changes.news import KEPT
from tour.changes.reading import MOST, REMEMBERED, Numbered, in_transaction, newest

pytestmark = pytest.mark.usefixtures("database")


async def test_those_who_wait_share_the_next_answer_and_never_the_one_before() -> None:
    asked = 0
    begun, answer = asyncio.Event(), asyncio.Event()

    async def ask(_number: int) -> tuple[int, Numbered]:
        nonlocal asked
        asked += 1
        begun.set()
        mine = asked
        await answer.wait()
        return mine, []

    reader = NewsReader(ask)
    first = asyncio.create_task(reader.read())
    await begun.wait()
    later = [asyncio.create_task(reader.read()) for _reader in range(20)]
    await asyncio.sleep(0)
    answer.set()
    assert await first == 1
    assert await asyncio.gather(*later) == [2] * 20
    assert asked == 2


async def test_one_who_gives_up_takes_nobody_with_them() -> None:
    reader = NewsReader()
    readers = [asyncio.create_task(reader.read()) for _reader in range(5)]
    await asyncio.sleep(0)
    readers[0].cancel()
    kept = await asyncio.gather(*readers, return_exceptions=True)
    assert isinstance(kept[0], asyncio.CancelledError)
    assert kept[1:] == [await newest()] * 4


async def test_a_change_is_seen_by_whoever_asks_after_it() -> None:
    reader = NewsReader()
    before = await reader.read()
    await make_site()
    await catalogue_changed()
    assert await reader.read() > before


async def test_who_is_inside_of_a_transaction_is_known() -> None:
    assert not in_transaction()
    async with db.transaction():
        assert in_transaction()


async def test_a_cache_learns_what_is_new_since_its_own_number() -> None:
    reader = NewsReader()
    first = await reader.read()
    await tell(Kind.PLACE, 3, now=NOON)
    second = await reader.read()
    await tell(Kind.SESSION, 5, now=NOON)
    await tell(Kind.PLACE, 3, now=NOON)
    last = await reader.read()
    assert reader.since(first) == {(Kind.PLACE, 3), (Kind.SESSION, 5)}
    assert reader.since(second) == {(Kind.SESSION, 5), (Kind.PLACE, 3)}
    assert reader.since(last) == frozenset()
    assert (reader.last_of(Kind.SESSION), reader.last_of(Kind.PLACE)) == (last - 1, last)
    assert reader.last_of(Kind.EVENT) == first


async def test_whoever_slept_longer_than_news_are_kept_reads_everything() -> None:
    reader = NewsReader()
    before = await reader.read()
    await tell(Kind.PLACE, 1, now=NOON)
    await tell(Kind.PLACE, 2, now=NOON + KEPT)
    await forget_news(now=NOON + KEPT)
    after = await reader.read()
    assert reader.since(before) is None
    assert reader.last_of(Kind.EVENT) == after, "what was forgotten may have been about events"
    assert reader.since(after) == frozenset()


async def test_a_number_that_jumps_or_goes_back_is_a_gap() -> None:
    """A database that was put back from a backup, or whose news were cut by hand."""
    reader = NewsReader()
    before = await reader.read()
    for number in (before + 7, before + 1):
        await NewsNumber.filter(id=1).update(number=number)
        assert await reader.read() == number
        assert reader.since(before) is None


async def test_too_many_news_are_not_read_one_by_one() -> None:
    reader = NewsReader()
    before = await reader.read()
    rows = [
        News(number=before + i, kind="place", subject_id=1, at=NOON) for i in range(1, MOST + 3)
    ]
    await News.bulk_create(rows)
    await NewsNumber.filter(id=1).update(number=before + MOST + 2)
    await reader.read()
    assert reader.since(before) is None


async def test_a_process_remembers_only_so_many() -> None:
    number, told = 0, list[tuple[int, tuple[Kind, int]]]()

    async def ask(after: int) -> tuple[int, Numbered]:
        return number, [news for news in told if news[0] > after]

    reader = NewsReader(ask)
    await reader.read()
    for _round in range(REMEMBERED // 500 + 1):
        told += [(number + i, (Kind.PLACE, EVERY)) for i in range(1, 501)]
        number += 500
        await reader.read()
    assert reader.since(1) is None
    assert reader.since(number - REMEMBERED) is not None
