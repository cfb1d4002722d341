"""Roles, invitations, letters to everybody, and looking over what hosts changed."""

from zoneinfo import ZoneInfo

import httpx
from starlette.applications import Starlette

from tests.accounts.signing import browser, make_account, sign_in_as
from tests.conftest import NOON
from tests.publishing.days import make_workshop
from tests.staff.town import make_town
from tour.accounts.models import Account, AccountSession, Invitation
from tour.accounts.roles import Role
from tour.audit.models import AuditEntry
from tour.audit.service import Actor, Subject
from tour.changes import edit
from tour.changes.models import RecentEdit
from tour.notifications.models import Reminder
from tour.sites.models import Site
from tour.staff import today
from tour.staff.log import approvals

LETTER = {
    "title": "雨の日の入口",
    "text": "北口からどうぞ。",
    "title_en": "Rain",
    "text_en": "North.",
}


async def test_an_administrator_changes_roles_but_not_their_own(
    administrator: httpx.AsyncClient,
) -> None:
    host = await make_account("host@example.org")
    me = await Account.get(email="admin@example.org")
    changed = await administrator.post(f"/staff/people/{host.id}/role", data={"role": "editor"})
    assert changed.status_code == 303
    assert (await Account.get(id=host.id)).role == Role.EDITOR
    own = await administrator.post(f"/staff/people/{me.id}/role", data={"role": "host"})
    assert own.status_code == 409
    made_up = await administrator.post(f"/staff/people/{host.id}/role", data={"role": "king"})
    assert made_up.status_code == 422


async def test_sessions_end_everywhere(app: Starlette, administrator: httpx.AsyncClient) -> None:
    host = await make_account("host@example.org")
    async with browser(app) as phone:
        await sign_in_as(phone, host)
        await administrator.post(f"/staff/people/{host.id}/sessions")
        assert (await phone.get("/account")).status_code == 303
    assert await AccountSession.filter(account=host, ended_at=None).count() == 0


async def test_a_host_is_taken_off_a_place(
    app: Starlette, administrator: httpx.AsyncClient
) -> None:
    one, other = await make_workshop(1), await make_workshop(2)
    host = await make_account("host@example.org", Role.HOST, one, other)
    path = f"/staff/people/{host.id}/sites/{one.id}/remove"
    assert path in (await administrator.get("/staff/people")).text
    async with browser(app) as phone:
        await sign_in_as(phone, host)
        assert (await phone.get(f"/host/{one.slug}")).status_code == 200
        assert (await administrator.post(path)).status_code == 303
        assert (await phone.get(f"/host/{one.slug}")).status_code == 403
        assert (await phone.get(f"/host/{other.slug}")).status_code == 200
    assert path not in (await administrator.get("/staff/people")).text
    assert (await administrator.post(path)).status_code == 404
    entry = await AuditEntry.get(action="membership.remove")
    assert (entry.site_id, entry.subject_id) == (one.id, host.id)
    assert entry.account_id != host.id


async def test_staff_invite_hosts_and_only_administrators_invite_staff(
    staff: httpx.AsyncClient, administrator: httpx.AsyncClient
) -> None:
    await make_workshop(1)
    host = {"email": "new@example.org", "role": "host", "site": "site-1"}
    assert (await staff.post("/staff/people", data=host)).status_code == 303
    colleague = {"email": "second@example.org", "role": "administrator"}
    assert (await staff.post("/staff/people", data=colleague)).status_code == 403
    assert (await administrator.post("/staff/people", data=colleague)).status_code == 303
    placeless = await staff.post("/staff/people", data={"email": "x@example.org", "role": "host"})
    assert 'id="site-error"' in placeless.text
    assert await Invitation.all().count() == 2
    page = await staff.get("/staff/people")
    assert "new@example.org" in page.text
    invitation = await Invitation.get(email="second@example.org")
    path = f"/staff/people/invitations/{invitation.id}/revoke"
    assert (await staff.post(path)).status_code == 403
    assert (await administrator.post(path)).status_code == 303


async def change_as(account: Account, site: Site, before: str, after: str) -> RecentEdit:
    actor, subject = Actor(account.id, account.name), Subject("site", site.id, site.id)
    async with edit(actor, subject, "site.profile", now=NOON) as change:
        change.before, change.after = {"summary": before}, {"summary": after}
    return change.entry


async def test_what_hosts_change_waits_until_somebody_looks(staff: httpx.AsyncClient) -> None:
    site = await make_workshop(1)
    host = await make_account("host@example.org", Role.HOST, site)
    await change_as(host, site, "古い", "途中")
    await change_as(host, site, "途中", "新しい")
    [waiting] = await approvals.waiting()
    assert [(c.before, c.after) for c in waiting.changes] == [("古い", "新しい")]
    page = await staff.get("/staff/approvals")
    assert "<del>古い</del>" in page.text
    later = await change_as(host, site, "新しい", "もっと")
    path = f"/staff/sites/{site.id}/review"
    await staff.post(path, data={"do": "approve", "upto": str(waiting.upto)})
    [left] = await approvals.waiting()
    assert left.upto == later.id
    await staff.post(path, data={"do": "approve", "upto": str(later.id)})
    assert await approvals.waiting() == []


async def test_returning_writes_to_the_hosts_and_may_hide_the_place(
    staff: httpx.AsyncClient, client: httpx.AsyncClient
) -> None:
    site = await make_workshop(1)
    host = await make_account("host@example.org", Role.HOST, site)
    entry = await change_as(host, site, "古い", "新しい")
    fields = {"do": "return", "upto": str(entry.id), "comment": "地図を直してください", "hide": "1"}
    assert (await staff.post(f"/staff/sites/{site.id}/review", data=fields)).status_code == 303
    letter = await Reminder.get(key__startswith=f"review:{site.id}:")
    assert letter.body == "地図を直してください"
    assert (await client.get("/sites/site-1")).status_code == 410
    await staff.post(f"/staff/sites/{site.id}/visibility", data={"do": "publish"})
    assert (await client.get("/sites/site-1")).status_code == 200


async def test_what_staff_change_needs_no_approval(database: str) -> None:
    assert database
    site = await make_workshop(1)
    colleague = await make_account("editor@example.org", Role.EDITOR)
    await change_as(colleague, site, "古い", "新しい")
    assert await approvals.waiting() == []


async def test_today_counts_what_needs_a_person(database: str) -> None:
    assert database
    _event, slot, _party = await make_town()
    slot.capacity = slot.seats_taken
    await slot.save()
    await Site.filter(slug="site-2").update(point_quality="town")
    counts = {
        matter.key: matter.count for matter in await today.matters(ZoneInfo("Asia/Tokyo"), NOON)
    }
    assert counts == {
        "calls": 0,
        "courses": 0,
        "approvals": 0,
        "answers": 0,
        "hostless": 1,
        "rough": 1,
        "failed": 0,
        "full": 1,
        "absent": 0,
    }


async def test_guides_are_in_both_languages(client: httpx.AsyncClient) -> None:
    for name in ("hosts", "staff"):
        japanese = await client.get(f"/help/{name}?lang=ja")
        english = await client.get(f"/help/{name}?lang=en")
        assert 'lang="ja"' in japanese.text
        assert "<h1>" in english.text
        assert japanese.text != english.text
    assert (await client.get("/help/nobody")).status_code == 404
