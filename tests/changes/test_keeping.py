"""What is kept of changes, and for how long."""

from datetime import datetime, timedelta

import pytest

from tests.accounts.signing import make_account
from tests.conftest import NOON
from tests.factories import STAFF, make_programme, make_site
from tour.accounts.roles import Role
from tour.audit import queries as log
from tour.audit.service import Actor, Subject
from tour.changes import cut_log, edit
from tour.changes.models import RecentEdit
from tour.changes.recent import KEPT
from tour.staff.log.approvals import approve, forget_edits, waiting

pytestmark = pytest.mark.usefixtures("database")


async def changed(actor: Actor, subject: Subject, action: str, at: datetime = NOON) -> int:
    async with edit(actor, subject, action, now=at) as change:
        change.after = {"summary": at.isoformat()}
    return int(change.entry.id)


async def kept() -> list[int]:
    return [row.id for row in await RecentEdit.all().order_by("id").only("id")]


async def test_the_log_is_cut_by_age_and_nothing_else_is() -> None:
    site = await make_site()
    subject = Subject("site", site.id, site.id)
    for days in (0, 1, 700):
        await changed(STAFF, subject, "site.profile", NOON + timedelta(days=days))
    assert await cut_log(365, now=NOON + timedelta(days=366)) == 2
    assert len(await log.entries()) == 1
    assert len(await kept()) == 3


async def test_an_edit_is_kept_for_a_month() -> None:
    number = await changed(STAFF, Subject("slot", 1), "slot.capacity")
    assert await forget_edits(now=NOON + KEPT - timedelta(minutes=1)) == 0
    assert await kept() == [number]
    assert await forget_edits(now=NOON + KEPT) == 1
    assert await kept() == []


async def test_what_a_host_changed_stays_until_somebody_has_looked() -> None:
    site = await make_site()
    account = await make_account("host@example.org", Role.HOST, site)
    host, subject = Actor(account.id, "host"), Subject("site", site.id, site.id)
    seen = await changed(host, subject, "site.profile")
    await approve(site.id, seen, actor=STAFF, now=NOON)
    waits = await changed(host, subject, "site.profile")
    await changed(STAFF, subject, "site.profile")
    much_later = NOON + KEPT * 5
    await forget_edits(now=much_later)
    assert await kept() == [waits]
    assert [each.upto for each in await waiting()] == [waits]
    await approve(site.id, waits, actor=STAFF, now=much_later)
    await forget_edits(now=much_later)
    assert waits not in await kept()


async def test_how_a_draft_came_to_be_stays_until_it_is_public() -> None:
    draft = await make_programme(is_published=False)
    site_id: int = draft.site_id  # type: ignore[attr-defined]
    account = await make_account("host@example.org", Role.HOST)
    subject = Subject("programme", draft.id, site_id)
    number = await changed(Actor(account.id, "host"), subject, "programme.change")
    await approve(site_id, number + 1, actor=STAFF, now=NOON)
    await forget_edits(now=NOON + KEPT * 2)
    assert await kept() == [number]
    await draft.update_from_dict({"first_published_at": NOON}).save()
    await forget_edits(now=NOON + KEPT * 2)
    assert await kept() == []
