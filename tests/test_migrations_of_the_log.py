"""What older versions went on from the log's lines stands in columns and small tables now."""
# ruff: noqa: S608 - the names in the statements are those of our own tables

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from tortoise.connection import get_connection

from tests.conftest import NOON
from tests.factories import STAFF
from tests.test_migrations import empty_url, fill, migrate_to  # noqa: F401 - a fixture
from tests.test_migrations_of_keys import execute
from tour import db
from tour.audit.service import Subject
from tour.changes import edit
from tour.changes.models import RecentEdit
from tour.changes.recent import edits_since
from tour.db.plain import is_postgres
from tour.events import covers
from tour.events.models import Event
from tour.programmes import editing
from tour.programmes.models import Programme
from tour.sites.editing.photos import removed_photos
from tour.sites.models import Photo, Site, SiteDay
from tour.sites.showing import Showing
from tour.sites.withdrawn import was_withdrawn
from tour.staff.log.approvals import forget_edits

NOW = datetime.now(UTC).replace(microsecond=0)
LATELY, LONG_AGO = NOW - timedelta(days=2), NOW - timedelta(days=400)
BEFORE = "0033_codes_that_wait"


async def copies(table: str, count: int, **values: str) -> None:
    """Rows 101, 102 … like the first of a table, but for `values` (SQL; {n} is the number)."""
    client = get_connection("default")
    (row,) = await client.execute_query_dict(f'SELECT * FROM "{table}" LIMIT 1')
    columns = ", ".join(f'"{name}"' for name in row)
    for number in range(101, 101 + count):
        own = {"id": "{n}", **values}
        wanted = ", ".join(own.get(name, f'"{name}"').format(n=number) for name in row)
        first = f'SELECT {wanted} FROM "{table}" ORDER BY id LIMIT 1'
        await execute(f'INSERT INTO "{table}" ({columns}) {first}')


async def line(
    number: int,
    action: str,
    subject_id: int,
    at: datetime = LATELY,
    *,
    site: int | None = None,
    before: Any = None,
    after: Any = None,
    account: int | None = None,
) -> None:
    """A line of the log as the version before wrote it."""
    subject = action.partition(".")[0]
    told = [json.dumps(each or {}) for each in (before, after)]
    await execute(
        "INSERT INTO audit_entry (id, at, account_id, who, site_id, action, subject, subject_id,"
        f" before, after) VALUES ({number}, '{at.isoformat(sep=' ')}', {account or 'NULL'}, 'one',"
        f" {site or 'NULL'}, '{action}', '{subject}', {subject_id}, '{told[0]}', '{told[1]}')"
    )


async def remove(subject: str, subject_id: int, at: datetime) -> None:
    await execute(
        "INSERT INTO removal (subject, subject_id, site_id, label, who, removed_at)"
        f" VALUES ('{subject}', {subject_id}, NULL, 'x', 'one', '{at.isoformat(sep=' ')}')"
    )


async def filled() -> None:
    """A row of everything but what each test says itself."""
    await fill()
    await execute("DELETE FROM audit_entry", "DELETE FROM removal", "DELETE FROM news")


async def older(url: str) -> None:
    await migrate_to(url, "0003_accounts")  # the next ones do not ask for it by name
    await migrate_to(url, BEFORE)


async def test_drafts_pauses_and_removed_sessions_are_what_they_were(
    empty_url: str,  # noqa: F811
) -> None:
    await older(empty_url)
    async with db.opened(empty_url):
        await filled()
        no = "FALSE" if is_postgres() else "0"
        await copies("programme", 5, slug="'p{n}'", is_published=no)
        yes = "TRUE" if is_postgres() else "1"
        await execute(f"UPDATE programme SET is_published = {yes} WHERE id IN (103, 104)")
        await line(1, "programme.publish", 102, LONG_AGO)
        await line(2, "programme.pause", 102)
        await line(3, "programme.publish", 103)
        await remove("programme", 105, LATELY)
    await db.migrate(empty_url)
    async with db.opened(empty_url):
        rows = {row.id: row for row in await Programme.filter(id__gt=100)}
        assert {i: editing.showing_of(row, Showing.SHOWN) for i, row in rows.items()} == {
            101: Showing.DRAFT,
            102: Showing.PAUSED,
            103: Showing.SHOWN,
            104: Showing.SHOWN,
            105: Showing.REMOVED,
        }
        assert rows[102].first_published_at == LONG_AGO
        assert rows[103].first_published_at == LATELY
        assert rows[104].first_published_at is not None, "one that the demonstration made"
        site_id = rows[105].site_id  # type: ignore[attr-defined]
        [removed] = await editing.removed_of_site(site_id, now=NOW)
        assert (removed.id, removed.removed_by) == (105, "one")
        assert 105 not in [row.id for row in await editing.programmes_of_site(site_id)]


async def test_photos_places_and_doors_are_what_they_were(
    empty_url: str,  # noqa: F811
) -> None:
    await older(empty_url)
    async with db.opened(empty_url):
        await filled()
        no = "FALSE" if is_postgres() else "0"
        await copies("site", 2, slug="'s{n}'", is_published=no, kind="'craft'")
        await copies("photo", 2, name="'f{n}'")
        await copies("site_day", 2, site_id="{n}", state="'closed'")
        await execute(
            "UPDATE site SET kind = 'craft', point_quality = 'town', holiday_rule = 'none'"
        )
        await remove("photo", 102, LATELY)
        await line(1, "site.withdraw", 102, LONG_AGO, site=102)
        await line(2, "site.approve", 101, site=101, after={"upto": 7})
        await line(3, "site.return", 101, site=101, after={"upto": 5})
        await line(4, "day.close", 101, LONG_AGO, after={"closed_slots": [9]})
        await line(5, "day.close", 101, after={"closed_slots": [1, 2]})
    await db.migrate(empty_url)
    async with db.opened(empty_url):
        assert await was_withdrawn("s102")
        assert not await was_withdrawn("s101"), "a draft, which was never shown"
        assert {p.id for p in await Photo.filter(id__gt=100)} == {101}
        own = (await Photo.get(id=101)).site_id  # type: ignore[attr-defined]
        assert [p.id for p in await removed_photos(own, now=NOW)] == [102]
        assert (await Site.get(id=101)).looked_upto == 7
        assert (await SiteDay.get(id=101)).stopped_slots == [1, 2]
        assert (await SiteDay.get(id=102)).stopped_slots == []


async def test_the_cover_that_was_before_can_still_be_brought_back(
    empty_url: str,  # noqa: F811
) -> None:
    old, new = {"name": "old", "alt": "古"}, {"name": "new", "alt": "新"}
    await older(empty_url)
    async with db.opened(empty_url):
        await filled()
        await copies("event", 2, slug="'e{n}'", cover="NULL")
        await line(1001, "event.cover", 101, LONG_AGO, after={"cover": {"name": "first"}})
        await line(1002, "event.cover", 101, before={"cover": old}, after={"cover": new})
        described = {"cover": {**new, "alt": "別"}}
        await line(1003, "event.cover", 101, before={"cover": new}, after=described)
        await line(1004, "event.cover", 102, LONG_AGO, before={"cover": old}, after={"cover": None})
    await db.migrate(empty_url)
    async with db.opened(empty_url):
        assert await covers.former_cover(101, now=NOW) == old
        assert await covers.former_cover(102, now=NOW) is None, "too long ago"
        await covers.restore_cover(101, actor=STAFF, now=NOW)
        assert (await Event.get(id=101)).cover == old


async def test_what_a_form_was_filled_from_and_what_waits_is_still_known(
    empty_url: str,  # noqa: F811
) -> None:
    await older(empty_url)
    async with db.opened(empty_url):
        await filled()
        no = "FALSE" if is_postgres() else "0"
        await copies("site", 2, slug="'s{n}'")
        await copies("programme", 1, slug="'p{n}'", is_published=no)
        await execute("UPDATE account SET role = 'host'")
        (row,) = await get_connection("default").execute_query_dict("SELECT id FROM account")
        host = int(row["id"])
        told = {"before": {"name": "前"}, "after": {"name": "後"}}
        await line(11, "site.profile", 101, LONG_AGO, site=101, account=host, **told)
        await line(12, "site.profile", 102, LONG_AGO, site=102, account=host, **told)
        await line(13, "site.approve", 102, LONG_AGO, site=102, after={"upto": 12})
        await line(14, "programme.add", 101, LONG_AGO, site=102, account=host)
        await line(15, "site.profile", 102, LATELY, site=102, account=host, **told)
        await line(16, "account.sign_in", 1, LONG_AGO)
    await db.migrate(empty_url)
    async with db.opened(empty_url):
        kept = [row.id for row in await RecentEdit.filter(id__gte=11).order_by("id")]
        assert kept == [11, 14, 15], "not looked over, a draft's, or of a month"
        [seen] = await edits_since("site", 102, 12)
        assert (seen.id, seen.before, seen.after) == (15, {"name": "前"}, {"name": "後"})
        assert await forget_edits(now=NOW) == 0
        subject = Subject("site", 102, 102)
        async with edit(STAFF, subject, "site.profile", now=NOON) as change:
            change.before, change.after = {"name": "後"}, {"name": "又"}
        assert change.entry.id > 16, "forms that are open name a line of the log"
