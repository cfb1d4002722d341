"""A mail address changes with proof that the new one is read, and word to the old one."""

import httpx
import pytest
from starlette.applications import Starlette

from tests.accounts.signing import OPERATOR, browser, mailed_code, make_account, sign_in_as
from tests.conftest import NOON, TurnableClock
from tests.factories import make_site
from tests.post_office import PostOffice
from tour.accounts.models import Account, AddressChange, Membership, SignInLink
from tour.accounts.people import people
from tour.accounts.roles import Role
from tour.audit.models import AuditEntry
from tour.notifications.models import Recipient, Reminder
from tour.notifications.sending.worker import Worker

OLD, NEW = "old@example.org", "new@example.org"


@pytest.fixture
async def me(client: httpx.AsyncClient) -> Account:
    account = await make_account(OLD, name="山田 花子")
    await sign_in_as(client, account)
    return account


async def ask(client: httpx.AsyncClient, email: str = NEW) -> str:
    answer = await client.post("/account/address", data={"email": email})
    assert answer.status_code == 303, answer.text
    return await mailed_code()


async def confirm(client: httpx.AsyncClient, code: str) -> httpx.Response:
    return await client.post("/account/address/code", data={"code": code})


async def test_an_address_changes_by_the_digits_that_came_to_it(
    client: httpx.AsyncClient, me: Account, office: PostOffice, postman: Worker
) -> None:
    code = await ask(client)
    page = (await client.get("/account")).text
    assert NEW in page
    assert (await Account.get(id=me.id)).email == OLD, "nothing has changed yet"
    assert (await confirm(client, code)).status_code == 303
    assert (await Account.get(id=me.id)).email == NEW
    reader = await Recipient.get(id=me.recipient_id)
    assert (reader.email, reader.mail_box, reader.proved_at) == (NEW, NEW, NOON)
    entry = await AuditEntry.get(action="account.email")
    assert (entry.before["email"], entry.after["email"]) == (OLD, NEW)
    await postman.run_once()
    told = {mail["To"]: mail["Subject"] for mail in office.mails}
    assert "別のメールアドレス" in told[OLD]
    assert all(mail["List-Unsubscribe"] is None for mail in office.mails)
    assert not await AddressChange.exists()
    for email, links in ((OLD, 0), (NEW, 1)):
        await client.post("/sign-in", data={"email": email})
        assert await SignInLink.filter(email=email, account=me).count() == links


async def test_without_the_right_digits_nothing_changes(
    client: httpx.AsyncClient, me: Account, app: Starlette, clock: TurnableClock
) -> None:
    code = await ask(client)
    wrong = f"{(int(code) + 1) % 10**6:06d}"
    async with browser(app) as stranger:
        assert (await confirm(stranger, code)).status_code == 403, "only who asked"
        await sign_in_as(stranger, await make_account("other@example.org"))
        assert (await confirm(stranger, code)).status_code == 403
    for _ in range(5):
        refused = await confirm(client, wrong)
        assert refused.status_code == 403
        assert 'id="code-error"' in refused.text
    assert (await confirm(client, code)).status_code == 403, "five tries are over"
    code = await ask(client)
    clock.turn(minutes=31)
    assert (await confirm(client, code)).status_code == 403
    assert (await Account.get(id=me.id)).email == OLD


async def test_nobody_finds_out_whose_address_has_an_account(
    client: httpx.AsyncClient, me: Account
) -> None:
    await make_account(NEW)
    taken = await client.post("/account/address", data={"email": NEW})
    letter = await Reminder.get(key="asked:address-code")
    assert "すでに" in letter.title
    free = await client.post("/account/address", data={"email": "free@example.org"})
    assert (taken.status_code, taken.headers["location"]) == (
        free.status_code,
        free.headers["location"],
    )
    await client.post("/account/address", data={"email": NEW})
    assert (await confirm(client, "")).status_code == 403
    assert (await Account.get(id=me.id)).email == OLD


async def test_an_address_that_was_taken_meanwhile_is_refused(
    client: httpx.AsyncClient, me: Account
) -> None:
    code = await ask(client)
    await make_account(NEW)
    assert (await confirm(client, code)).status_code == 409
    assert (await Account.get(id=me.id)).email == OLD


async def test_who_had_no_mail_gets_one(client: httpx.AsyncClient) -> None:
    host = await people.add_without_mail(
        "紙 子",
        "03-1111-2222",
        role=Role.HOST,
        lang="ja",
        timezone="Asia/Tokyo",
        actor=OPERATOR,
        now=NOON,
    )
    await sign_in_as(client, host)
    await confirm(client, await ask(client))
    assert (await Account.get(id=host.id)).address == NEW


@pytest.fixture
async def chief(app: Starlette) -> httpx.AsyncClient:
    async with browser(app) as desk:
        await sign_in_as(desk, await make_account("chief@example.org", Role.ADMINISTRATOR))
        yield desk


async def test_staff_change_an_address_whose_box_is_lost(
    chief: httpx.AsyncClient, office: PostOffice, postman: Worker
) -> None:
    host = await make_account(OLD, name="山田 花子")
    path = f"/staff/people/{host.id}/address"
    assert (await chief.post(path, data={"email": "x"})).status_code == 422
    assert (await chief.post(path, data={"email": NEW})).status_code == 303
    assert (await Account.get(id=host.id)).email == NEW
    assert (await Recipient.get(id=host.recipient_id)).proved_at is None
    await postman.run_once()
    assert {mail["To"] for mail in office.mails} == {OLD, NEW}
    entry = await AuditEntry.get(action="account.email")
    assert (entry.subject_id, entry.before["email"], entry.after["email"]) == (host.id, OLD, NEW)
    assert entry.after["name"] == "山田 花子"
    other = await make_account("other@example.org")
    taken = await chief.post(f"/staff/people/{other.id}/address", data={"email": NEW})
    assert taken.status_code == 409
    assert 'id="email-error"' in taken.text


async def merge(chief: httpx.AsyncClient, kept: Account, other: Account) -> httpx.Response:
    data = {"other": str(other.id), "one_person": "1"}
    return await chief.post(f"/staff/people/{kept.id}/merge", data=data)


async def test_two_accounts_of_one_person_become_one(
    app: Starlette, chief: httpx.AsyncClient, office: PostOffice, postman: Worker
) -> None:
    first, second = await make_site(slug="first"), await make_site(slug="second")
    kept = await make_account(NEW, Role.HOST, first, name="山田 花子")
    other = await make_account(OLD, Role.STAFF, first, second, name="山田花子")
    async with browser(app) as phone:
        await sign_in_as(phone, other)
        asked = await chief.post(f"/staff/people/{kept.id}/merge", data={"other": str(other.id)})
        assert asked.status_code == 422
        assert 'id="one_person-error"' in asked.text
        assert (await merge(chief, kept, other)).status_code == 303
        assert (await merge(chief, kept, other)).status_code == 422, "it is no account any more"
        assert (await phone.get("/account")).status_code == 303, "no key of the other comes along"
    sites = await Membership.filter(account=kept).order_by("site_id").values_list("site_id")
    assert sites == [(first.id,), (second.id,)]
    assert (await Account.get(id=kept.id)).role == Role.HOST, "a role is given, not merged"
    assert (await Account.get(id=other.id)).ended_at == NOON
    log = (await chief.get("/staff/log")).text
    assert "山田花子" in log
    await postman.run_once()
    assert {mail["To"] for mail in office.mails} == {OLD, NEW}


async def test_nobody_is_merged_into_themselves_and_no_last_administrator(
    chief: httpx.AsyncClient,
) -> None:
    me = await Account.get(email="chief@example.org")
    host = await make_account(OLD)
    assert (await merge(chief, host, host)).status_code == 409
    assert (await merge(chief, host, me)).status_code == 409
    assert await Account.filter(ended_at=None).count() == 2
