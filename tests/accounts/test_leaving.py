"""People who leave: nothing lets them in, the log keeps their name, coming back is a choice."""

import asyncio
from datetime import timedelta

import httpx
import pytest
from starlette.applications import Starlette

from tests.accounts.signing import OPERATOR, SEAL, browser, mailed_path, make_account, sign_in_as
from tests.accounts.test_invitations import invite, written_by
from tests.conftest import NOON
from tests.factories import make_event, make_site
from tour.accounts.demo import load_demo_accounts
from tour.accounts.errors import Ended, LastAdministrator
from tour.accounts.models import Account, AccountSession, Membership, Passkey, SignInLink
from tour.accounts.people import ending, invitations, people
from tour.accounts.roles import Role
from tour.accounts.signing_in import links, paper
from tour.accounts.tokens import token_hash
from tour.audit.models import AuditEntry
from tour.audit.service import Actor
from tour.events.models import Participation
from tour.notifications import service as notifications
from tour.notifications.message import Message
from tour.notifications.models import PushSubscription, Reminder
from tour.sites.models import Site


@pytest.fixture(autouse=True)
async def site(app: Starlette) -> Site:
    assert app
    return await make_site(slug="workshop", name="見本工房")


@pytest.fixture
async def chief(app: Starlette, site: Site) -> httpx.AsyncClient:
    assert site
    async with browser(app) as desk:
        await sign_in_as(desk, await make_account("chief@example.org", Role.ADMINISTRATOR))
        yield desk


async def equipped(site: Site) -> Account:
    """Somebody with everything that lets one in, and something still to be told."""
    host = await make_account("host@example.org", Role.STAFF, site, name="去る 人")
    await Passkey.create(
        account=host, credential_id="c", public_key="k", sign_count=0, name="x", created_at=NOON
    )
    await PushSubscription.create(
        recipient_id=host.recipient_id,
        endpoint="https://push.example/1",
        p256dh="p",
        auth="a",
        service="push.example",
        created_at=NOON,
    )
    draft = notifications.Draft("news:1", Message("N", "", "/"), NOON, NOON + timedelta(days=1))
    await notifications.queue_all(host.recipient_id, [draft], now=NOON)
    return host


async def test_who_leaves_takes_no_access_along(
    app: Starlette, site: Site, chief: httpx.AsyncClient
) -> None:
    host = await equipped(site)
    by_them, to_them = await written_by(host, site), await invite(None, host.email, Role.EDITOR)
    code = await paper.write(host.id, actor=OPERATOR, now=NOON)
    async with browser(app) as phone, browser(app) as other:
        await sign_in_as(phone, host)
        await other.post("/sign-in", data={"email": host.email})
        link = await mailed_path()
        listed = (await chief.get("/staff/people")).text
        assert f"/staff/people/{host.id}" in listed
        assert (await chief.post(f"/staff/people/{host.id}/end")).status_code == 303
        assert (await phone.get("/account")).status_code == 303
        assert (await phone.get("/host/workshop")).status_code == 303
        assert (await other.post(link)).status_code == 403
        assert (await other.post(f"/letter/{code}")).status_code == 403
        for path in (by_them, to_them):
            assert (await other.get(path)).status_code == 403
        mails = await Reminder.all().count()
        await other.post("/sign-in", data={"email": host.email})
        assert await Reminder.all().count() == mails, "and gets no other link"
    assert not await Passkey.exists()
    assert not await PushSubscription.exists()
    assert not await Membership.exists()
    assert not await SignInLink.filter(account=host, used_at=None).exists()
    assert (await Reminder.get(key="news:1")).status == "cancelled"


async def test_who_left_stays_in_the_log_by_name(site: Site, chief: httpx.AsyncClient) -> None:
    host = await equipped(site)
    await people.rename(host.id, "去る 人 本人", actor=Actor(host.id, "去る 人"), now=NOON)
    await chief.post(f"/staff/people/{host.id}/end")
    log = (await chief.get("/staff/log")).text
    assert "去る 人" in log
    assert "account." not in log, "every line is in words"
    listed = (await chief.get("/staff/people")).text
    assert "去る 人 本人" in listed.partition("利用を終えた方")[2]
    assert "去る 人 本人" not in listed.partition("利用を終えた方")[0]
    page = (await chief.get(f"/staff/people/{host.id}")).text
    assert "見本 担当" in page, "who ended it"
    entry = await AuditEntry.get(action="account.depart")
    assert entry.subject_id == host.id


async def test_who_left_comes_back_knowingly_and_without_what_they_had(
    app: Starlette, site: Site, chief: httpx.AsyncClient
) -> None:
    host = await equipped(site)
    async with browser(app) as phone:
        await sign_in_as(phone, host)
        await chief.post(f"/staff/people/{host.id}/end")
        data = {"email": host.email, "role": "host", "site": "workshop"}
        refused = await chief.post("/staff/people", data=data)
        assert refused.status_code == 409
        assert 'id="email-error"' in refused.text
        assert (await chief.post(f"/staff/people/{host.id}/reopen", data={})).status_code == 422
        back = await chief.post(f"/staff/people/{host.id}/reopen", data={"role": "editor"})
        assert back.status_code == 303
        again = await chief.post(f"/staff/people/{host.id}/reopen", data={"role": "editor"})
        assert again.status_code == 404
        assert (await phone.get("/account")).status_code == 303, "no old browser is let in"
        await phone.post("/sign-in", data={"email": host.email})
        assert (await phone.post(await mailed_path())).status_code == 303
        assert (await phone.get("/account")).status_code == 200
    account = await Account.get(id=host.id)
    assert (account.role, account.ended_at) == (Role.EDITOR, None)
    assert not await Membership.exists()


async def test_a_session_that_begins_as_the_account_ends_lets_nobody_in(
    app: Starlette, site: Site
) -> None:
    host = await equipped(site)
    async with browser(app) as phone:
        await sign_in_as(phone, host)
        await ending.end(host.id, actor=OPERATOR, now=NOON)
        await AccountSession.filter(account=host).update(ended_at=None)
        assert (await phone.get("/account")).status_code == 303
    with pytest.raises(links.LinkUnusable):
        await links.sign_in_account(host, device="", now=NOON)
    await ending.reopen(host.id, Role.HOST, actor=OPERATOR, now=NOON)
    assert not await AccountSession.filter(account=host, ended_at=None).exists()


async def test_the_last_administrator_stays(chief: httpx.AsyncClient) -> None:
    me = await Account.get(email="chief@example.org")
    own = await chief.post("/account/end", data={"sure": "1"})
    assert own.status_code == 409
    assert "最後の管理者" in own.text
    assert (await chief.post(f"/staff/people/{me.id}/end")).status_code == 409
    with pytest.raises(LastAdministrator):
        await invitations.change_role(me.id, Role.HOST, actor=OPERATOR, now=NOON)
    assert (await Account.get(id=me.id)).ended_at is None


async def test_of_two_administrators_who_end_each_other_one_stays(site: Site) -> None:
    assert site
    pair = [await make_account(f"a{n}@example.org", Role.ADMINISTRATOR) for n in range(2)]
    ends = (ending.end(one.id, actor=OPERATOR, now=NOON) for one in pair)
    done = await asyncio.gather(*ends, return_exceptions=True)
    assert sorted(type(one).__name__ for one in done) == ["LastAdministrator", "NoneType"]
    assert await Account.filter(role=Role.ADMINISTRATOR, ended_at=None).count() == 1


async def test_ones_own_end_is_asked_about(client: httpx.AsyncClient, site: Site) -> None:
    host = await make_account("host@example.org", Role.HOST, site)
    await sign_in_as(client, host)
    asked = await client.post("/account/end")
    assert asked.status_code == 422
    assert 'id="sure-error"' in asked.text
    assert (await Account.get(id=host.id)).ended_at is None
    done = await client.post("/account/end", data={"sure": "1"})
    assert (done.status_code, done.headers["location"]) == (303, "/")
    assert (await client.get("/account")).status_code == 303
    ended = await Account.get(id=host.id)
    assert (ended.ended_at, ended.ended_by) == (NOON, "見本 担当")


async def test_a_sample_account_stays_for_the_others(chief: httpx.AsyncClient) -> None:
    await load_demo_accounts(lang="ja", timezone="Asia/Tokyo", now=NOON)
    sample = await Account.get(email="host@sample.invalid")
    assert (await chief.post(f"/staff/people/{sample.id}/end")).status_code == 409
    assert (await Account.get(id=sample.id)).ended_at is None


async def test_no_letter_to_a_place_brings_somebody_back(
    client: httpx.AsyncClient, site: Site
) -> None:
    host = await make_account("host@example.org")
    writer = await make_account("writer@example.org", Role.HOST, site)
    letter = await written_by(writer, site)
    await client.post(letter, data={"email": "host@example.org", "name": "戻る 人"})
    await ending.end(host.id, actor=OPERATOR, now=NOON)
    with pytest.raises(Ended):
        await people.add_account(
            host.email, role=Role.HOST, lang="ja", timezone="Asia/Tokyo", actor=OPERATOR, now=NOON
        )
    await client.post(letter, data={"email": "host@example.org", "name": "戻る 人"})
    assert (await client.post(await mailed_path())).status_code in (403, 409)
    assert (await Account.get(id=host.id)).ended_at is not None
    assert not await Membership.filter(account=host).exists()
    assert SEAL


async def test_no_link_in_a_mail_answers_for_a_place_that_one_has_left(
    client: httpx.AsyncClient, site: Site, chief: httpx.AsyncClient
) -> None:
    host = await make_account("host@example.org", Role.HOST, site)
    event = await make_event(site)
    await Participation.filter(event=event).update(
        answer="invited", token_hash=token_hash("k" * 32), answered_for=None
    )
    path = f"/taking-part/{'k' * 32}"
    assert (await client.get(path)).status_code == 200
    gone = await chief.post(f"/staff/people/{host.id}/sites/{site.id}/remove")
    assert gone.status_code == 303
    assert (await client.get(path)).status_code == 404
