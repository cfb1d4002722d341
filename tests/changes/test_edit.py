"""One way to change: transaction, line in the log and news of one verb, and none without the
others."""

import asyncio

import pytest

from tests.conftest import NOON
from tests.factories import STAFF, make_site, make_slot
from tour.audit.models import AuditEntry
from tour.audit.service import Subject
from tour.changes import EVERY, Change, Kind, edit, together
from tour.changes.models import News, NewsNumber, RecentEdit
from tour.changes.news import KEPT, MANY, forget_news
from tour.db import transaction
from tour.errors import NotFound
from tour.programmes.models import Slot
from tour.sites.models import Site

pytestmark = pytest.mark.usefixtures("database")


async def told() -> list[tuple[int, str, int]]:
    rows = await News.all().order_by("number").values_list("number", "kind", "subject_id")
    return [(int(number), str(kind), int(row_id)) for number, kind, row_id in rows]


async def last() -> int:
    return int((await NewsNumber.get(id=1)).number)


async def rename(site: Site, name: str) -> Change:
    async with edit(STAFF, Subject("site", site.id, site.id), "site.name", now=NOON) as change:
        before = await change.lock(Site, site.id)
        change.before, change.after = {"name": before.name}, {"name": name}
        await Site.filter(id=site.id).update(name=name)
    return change


async def test_a_verb_writes_its_row_its_line_and_its_news() -> None:
    site, before = await make_site(name="前"), await last()
    change = await rename(site, "後")
    assert (await Site.get(id=site.id)).name == "後"
    for kept in (await AuditEntry.get(), await RecentEdit.get(id=change.entry.id)):
        said = (kept.action, kept.who, kept.subject_id, kept.before, kept.after)
        assert said == ("site.name", "staff", site.id, {"name": "前"}, {"name": "後"})
    assert (await told())[-1] == (before + 1, "place", site.id)
    assert await last() == before + 1


async def test_what_fails_leaves_neither_row_nor_line_nor_news() -> None:
    site = await make_site(name="前")
    before = await told()

    async def rename_in_vain() -> None:
        subject = Subject("site", site.id, site.id)
        async with edit(STAFF, subject, "site.name", now=NOON) as change:
            change.after = {"name": "後"}
            await Site.filter(id=site.id).update(name="後")
            await change.lock(Slot, 0)

    with pytest.raises(NotFound):
        await rename_in_vain()
    assert (await Site.get(id=site.id)).name == "前"
    assert await AuditEntry.all().count() == 0
    assert await told() == before


async def test_who_forgets_to_say_what_changed_changes_nothing() -> None:
    site = await make_site(name="前")
    with pytest.raises(RuntimeError, match=r"site\.name"):
        async with edit(STAFF, Subject("site", site.id, site.id), "site.name", now=NOON):
            await Site.filter(id=site.id).update(name="後")
    with pytest.raises(RuntimeError, match="it does not say what"):
        async with edit(STAFF, None, "site.name", now=NOON) as change:
            change.after = {"name": "後"}
    with pytest.raises(ValueError, match="teapot"):
        async with edit(STAFF, Subject("teapot", 1), "teapot.boil", now=NOON) as change:
            change.after = {"boils": True}
    assert (await Site.get(id=site.id)).name == "前"


async def test_what_was_as_wanted_already_is_no_news() -> None:
    site = await make_site()
    before = await told()
    async with edit(STAFF, Subject("site", site.id), "site.publish", now=NOON) as change:
        change.nothing()
    assert await told() == before
    assert await AuditEntry.all().count() == 0


async def test_a_change_into_the_same_takes_back_what_it_wrote_and_leaves_the_outer_one() -> None:
    site, other = await make_site(name="前"), await make_site(name="前")
    before = await told()

    async def save_as_it_was() -> None:
        async with edit(STAFF, Subject("site", site.id, site.id), "site.name", now=NOON) as change:
            await Site.filter(id=site.id).update(phone="03-0000-0000")
            change.before = change.after = {"name": "前"}
            change.only_if_different()
            raise AssertionError("the block has ended")

    await save_as_it_was()
    assert (await Site.get(id=site.id)).phone == ""
    assert (await told(), await AuditEntry.all().count()) == (before, 0)
    async with together(now=NOON):
        await save_as_it_was()
        await rename(other, "後")
    assert (await Site.get(id=site.id)).phone == ""
    assert (await AuditEntry.get()).subject_id == other.id


async def test_nobody_locks_the_row_of_another_place() -> None:
    slot = await make_slot()
    await slot.fetch_related("programme__site")
    own = slot.programme.site.id
    async with edit(STAFF, None, "slot.change", now=NOON) as change:
        assert (await change.lock(Slot, slot.id, programme__site_id=own)).id == slot.id
        with pytest.raises(NotFound):
            await change.lock(Slot, slot.id, programme__site_id=own + 1)
        change.nothing()


async def test_verbs_inside_of_one_another_tell_their_news_once_at_the_end() -> None:
    one, two = await make_site(), await make_site()
    before = await told()
    async with together(now=NOON) as part:
        await rename(one, "一")
        assert await told() == before
        await rename(two, "二")
        await rename(one, "いち")
        part.told(Kind.SESSION, [7])
    first = before[-1][0] if before else 0
    expected = [("place", one.id), ("place", two.id), ("session", 7)]
    assert await told() == [*before, *((first + i, *n) for i, n in enumerate(expected, start=1))]
    assert await AuditEntry.all().count() == 3


async def test_what_an_inner_verb_took_back_is_no_news_of_the_outer_one() -> None:
    one, two = await make_site(), await make_site()
    before = await told()

    async def tell_in_vain() -> None:
        async with together(now=NOON) as part:
            part.told(Kind.PLACE, [two.id])
            await part.lock(Slot, 0)

    async with together(now=NOON):
        await rename(one, "一")
        with pytest.raises(NotFound):
            await tell_in_vain()
    assert [n[1:] for n in (await told())[len(before) :]] == [("place", one.id)]


async def test_many_rows_of_a_kind_are_told_as_all_of_it() -> None:
    async with together(now=NOON) as part:
        part.told(Kind.PLACE, range(1, MANY + 2))
        part.told(Kind.SESSION, [1, 2])
    assert [n[1:] for n in await told()][-3:] == [("place", EVERY), ("session", 1), ("session", 2)]


async def test_news_are_forgotten_after_a_day_and_their_number_goes_on() -> None:
    site = await make_site()
    await rename(site, "後")
    number = await last()
    assert await forget_news(now=NOON + KEPT / 2) == 0
    assert await forget_news(now=NOON + KEPT) > 0
    assert await told() == []
    await rename(site, "又")
    assert await told() == [(number + 1, "place", site.id)]


async def test_who_commits_late_has_the_later_number() -> None:
    """The first one reads, writes, and is overtaken before it ends; a reader who has seen the other
    one's number finds the late one behind it, not before."""
    one, two = await make_site(), await make_site()
    begun, may_end = asyncio.Event(), asyncio.Event()
    since = await last()

    async def slowly() -> None:
        async with edit(STAFF, Subject("site", one.id), "site.name", now=NOON) as change:
            change.after = {"name": "一"}
            if is_postgres:
                await Site.filter(id=one.id).update(name="一")
            begun.set()
            await may_end.wait()
            await Site.filter(id=one.id).update(name="一")

    async with transaction() as connection:
        is_postgres = connection.capabilities.dialect == "postgres"
    if not is_postgres:
        pytest.skip("SQLite has one writer: nobody is overtaken")
    late = asyncio.create_task(slowly())
    await begun.wait()
    await asyncio.wait_for(rename(two, "二"), 10)
    assert [n for n in await told() if n[0] > since] == [(since + 1, "place", two.id)]
    may_end.set()
    await late
    assert [n for n in await told() if n[0] > since + 1] == [(since + 2, "place", one.id)]


async def test_nobody_sees_a_number_before_all_that_are_smaller() -> None:
    """Forty verbs at once, and a reader all the while: what it has seen never lacks one."""
    sites = [await make_site() for _site in range(8)]
    seen: list[int] = [await last()]
    done = asyncio.Event()

    async def watch() -> None:
        while not done.is_set():
            numbers = [n for n, _kind, _id in await told() if n > seen[-1]]
            assert numbers == list(range(seen[-1] + 1, seen[-1] + 1 + len(numbers)))
            seen.extend(numbers)
            await asyncio.sleep(0)

    watcher = asyncio.create_task(watch())
    await asyncio.gather(*(rename(sites[i % 8], f"名{i}") for i in range(40)))
    done.set()
    await watcher
    assert await last() == seen[0] + 40
