from datetime import timedelta

import httpx
import pytest
from starlette.applications import Starlette

from tests.accounts.signing import (
    OPERATOR,
    SEAL,
    browser,
    mailed_path,
    make_account,
    sign_in_as,
)
from tests.conftest import NOON, TurnableClock
from tests.factories import make_site
from tour.accounts.models import Account, Invitation
from tour.accounts.people import invitations, people, queries
from tour.accounts.people.invitations import Offer
from tour.accounts.roles import Role
from tour.audit.models import AuditEntry
from tour.audit.service import Actor
from tour.notifications.models import Recipient, Reminder
from tour.sites.models import Site

MAILED = {
    "lang": "ja",
    "timezone": "Asia/Tokyo",
    "actor": OPERATOR,
    "seal": SEAL,
    "now": NOON,
}


async def invite(site: Site | None, email: str = "new@example.org", role: Role = Role.HOST) -> str:
    await invitations.invite_by_mail(Offer(role, site), email, **MAILED)  # type: ignore[arg-type]
    return await mailed_path()


async def test_a_mailed_invitation_signs_in_at_once(client: httpx.AsyncClient) -> None:
    site = await make_site(slug="workshop", name="見本工房")
    path = await invite(site)
    page = await client.get(path)
    assert "見本工房" in page.text
    assert 'value="new@example.org"' in page.text
    assert await Account.all().count() == 0
    done = await client.post(path, data={"email": "new@example.org", "name": "新 花子"})
    assert done.status_code == 303
    account = await Account.get(email="new@example.org")
    assert [s.slug for s in await queries.sites_of(account)] == ["workshop"]
    assert (await client.get("/account")).status_code == 200
    assert await AuditEntry.filter(action="membership.add", site_id=site.id).count() == 1
    assert not await Recipient.filter(email="new@example.org", accounts=None).exists()


async def test_an_invitation_works_once(client: httpx.AsyncClient, app: Starlette) -> None:
    path = await invite(await make_site(slug="workshop", name="見本工房"))
    await client.post(path, data={"email": "new@example.org", "name": "新 花子"})
    async with browser(app) as thief:
        assert (await thief.get(path)).status_code == 403
        assert (
            await thief.post(path, data={"email": "new@example.org", "name": "新 花子"})
        ).status_code == 403


async def test_an_invitation_expires_and_can_be_taken_back(
    client: httpx.AsyncClient, clock: TurnableClock
) -> None:
    site = await make_site(slug="workshop", name="見本工房")
    path = await invite(site)
    made = await Invitation.all().first()
    assert made is not None
    await invitations.revoke(made.id, site.id, actor=OPERATOR, now=NOON)
    assert (await client.get(path)).status_code == 403
    path = await invite(site)
    clock.turn_to(NOON + timedelta(days=14))
    assert (await client.get(path)).status_code == 403


async def test_another_address_must_prove_itself_by_a_link(client: httpx.AsyncClient) -> None:
    """Who holds a mailed invitation could otherwise sign in as anybody."""
    admin = await make_account("admin@example.org", Role.ADMINISTRATOR)
    path = await invite(await make_site(slug="workshop", name="見本工房"))
    answer = await client.post(path, data={"email": "admin@example.org", "name": "新 花子"})
    assert answer.headers["location"] == "/sign-in/sent"
    assert (await client.get("/account")).status_code == 303
    assert await queries.sites_of(admin) == []
    assert (await client.post(await mailed_path())).status_code == 303
    assert len(await queries.sites_of(admin)) == 1
    await admin.refresh_from_db()
    assert admin.role == Role.ADMINISTRATOR


async def test_a_letter_makes_an_account_for_a_proved_address(client: httpx.AsyncClient) -> None:
    site = await make_site(slug="workshop", name="見本工房")
    token = await invitations.invite_by_letter(Offer(site=site), actor=OPERATOR, now=NOON)
    path = f"/invitations/{token}"
    assert token not in str(await Invitation.all().values())
    answer = await client.post(path, data={"email": "paper@example.org", "name": "新 花子"})
    assert answer.headers["location"] == "/sign-in/sent"
    assert await Account.all().count() == 0
    await client.post(await mailed_path())
    account = await Account.get(email="paper@example.org")
    assert account.role == Role.HOST
    assert [s.id for s in await queries.sites_of(account)] == [site.id]
    assert (await client.get(path)).status_code == 403


async def test_who_is_signed_in_joins_as_themselves(client: httpx.AsyncClient) -> None:
    first, second = (
        await make_site(slug="workshop", name="見本工房"),
        await make_site(slug="second", name="二つ目"),
    )
    account = await make_account("host@example.org", Role.HOST, first)
    await sign_in_as(client, account)
    token = await invitations.invite_by_letter(Offer(site=second), actor=OPERATOR, now=NOON)
    await client.post(f"/invitations/{token}", data={"as": "me"})
    assert {s.slug for s in await queries.sites_of(account)} == {"workshop", "second"}


async def test_a_host_becomes_staff_and_staff_never_less(client: httpx.AsyncClient) -> None:
    account = await make_account("host@example.org")
    path = await invite(None, "host@example.org", Role.EDITOR)
    await client.post(path, data={"email": "host@example.org", "name": "新 花子"})
    await client.post(await mailed_path())
    await account.refresh_from_db()
    assert account.role == Role.EDITOR


@pytest.mark.parametrize("token", ["x", "a" * 43])
async def test_a_made_up_invitation_opens_nothing(client: httpx.AsyncClient, token: str) -> None:
    refused = await client.get(f"/invitations/{token}")
    assert refused.status_code == 403
    assert "この招待は" in refused.text
    assert "15分" not in refused.text


async def test_leaving_a_site_ends_access(client: httpx.AsyncClient) -> None:
    site = await make_site(slug="workshop", name="見本工房")
    account = await make_account("host@example.org", Role.HOST, site)
    await sign_in_as(client, account)
    assert (await client.get("/host/workshop")).status_code == 200
    await people.leave_site(account, site.id, actor=OPERATOR, now=NOON)
    assert (await client.get("/host/workshop")).status_code == 403


async def test_an_invitation_is_no_key_to_an_account_that_exists(
    client: httpx.AsyncClient, app: Starlette
) -> None:
    """The letter is old, forwarded, or lies on a desk: that account signs in first."""
    admin = await make_account("admin@example.org", Role.ADMINISTRATOR)
    path = await invite(await make_site(slug="workshop", name="見本工房"), "admin@example.org")
    answer = await client.post(path, data={"email": "admin@example.org", "name": "新 花子"})
    assert answer.headers["location"] == "/sign-in/sent"
    assert (await client.get("/account")).status_code == 303
    assert await queries.sites_of(admin) == []
    async with browser(app) as desk:
        await sign_in_as(desk, admin)
        assert (await desk.post(path, data={"as": "me"})).status_code == 303
    assert len(await queries.sites_of(admin)) == 1


async def written_by(account: Account, site: Site | None, role: Role = Role.HOST) -> str:
    actor = Actor(account.id, account.name)
    token = await invitations.invite_by_letter(Offer(role, site), actor=actor, now=NOON)
    return f"/invitations/{token}"


async def test_who_is_removed_lets_nobody_in_by_what_they_wrote_before(
    client: httpx.AsyncClient,
) -> None:
    site, other = (
        await make_site(slug="workshop", name="見本工房"),
        await make_site(slug="second", name="二つ目"),
    )
    to_them = await invite(site, "host@example.org")
    host = await make_account("host@example.org", Role.HOST, site, other)
    own, elsewhere = await written_by(host, site), await written_by(host, other)
    await invitations.remove_from_site(host, site.id, actor=OPERATOR, now=NOON)
    assert (await client.get(own)).status_code == 403
    assert (await client.get(to_them)).status_code == 403
    assert (await client.get(elsewhere)).status_code == 200


async def test_who_goes_by_themselves_leaves_their_successor_a_letter(
    client: httpx.AsyncClient,
) -> None:
    site = await make_site(slug="workshop", name="見本工房")
    host = await make_account("host@example.org", Role.HOST, site)
    letter = await written_by(host, site)
    await sign_in_as(client, host)
    assert (await client.post("/host/workshop/people/leave")).status_code == 303
    client.cookies.clear()
    assert (await client.get(letter)).status_code == 200


async def test_a_lost_role_takes_its_invitations_along(client: httpx.AsyncClient) -> None:
    mine, foreign = (
        await make_site(slug="workshop", name="見本工房"),
        await make_site(slug="second", name="二つ目"),
    )
    await make_account("other@example.org", Role.ADMINISTRATOR)
    admin = await make_account("admin@example.org", Role.ADMINISTRATOR, mine)
    for_staff = await written_by(admin, None, Role.ADMINISTRATOR)
    for_foreign, for_mine = await written_by(admin, foreign), await written_by(admin, mine)
    await invitations.change_role(admin.id, Role.HOST, actor=OPERATOR, now=NOON)
    assert (await client.get(for_staff)).status_code == 403
    assert (await client.get(for_foreign)).status_code == 403
    assert (await client.get(for_mine)).status_code == 200


async def test_a_stranger_is_invited_once_and_not_150_times(client: httpx.AsyncClient) -> None:
    """By anybody: each site's new letter takes the place of its last, and a day has three."""
    answers = []
    for number in range(6):
        site = await make_site(slug=f"site-{number}", name=f"無料プレゼント {number}")
        host = await make_account(f"host{number}@example.org", Role.HOST, site)
        await sign_in_as(client, host)
        fields = {"email": "stranger@example.org"}
        answers += [await client.post(f"/host/site-{number}/people", data=fields) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303] * 3 + [429] * 9
    letters = await Reminder.filter(recipient__email="stranger@example.org")
    assert len(letters) == 2, "of the first site's two letters the first is taken back"
    assert not any("無料" in letter.title for letter in letters)
    assert await Invitation.filter(revoked_at=None).count() == 2


@pytest.mark.parametrize("email", ["host@example.org", "Host@Example.org", "second@example.org"])
async def test_who_tends_the_place_already_is_not_invited_to_it(
    client: httpx.AsyncClient, email: str
) -> None:
    site, other = await make_site(slug="workshop"), await make_site(slug="other")
    host = await make_account("host@example.org", Role.HOST, site)
    await make_account("second@example.org", Role.HOST, site)
    await make_account("elsewhere@example.org", Role.HOST, other)
    await sign_in_as(client, host)
    ja = {"Accept-Language": "ja"}
    answer = await client.post("/host/workshop/people", data={"email": email}, headers=ja)
    assert answer.status_code == 409
    assert "この方は、すでにこの会場の担当です。" in answer.text
    assert await Invitation.all().count() == 0
    fields = {"email": "elsewhere@example.org"}
    assert (await client.post("/host/workshop/people", data=fields)).status_code == 303


@pytest.mark.usefixtures("database")
async def test_no_key_of_a_letter_stands_in_the_outbox() -> None:
    site = await make_site(slug="workshop", name="見本工房")
    token = (await invite(site)).rpartition("/")[2]
    assert token not in str(await Reminder.all().values())
