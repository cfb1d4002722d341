"""People without a mail box: let in by a code on paper, told by telephone, and let in again."""

import asyncio
import re
from datetime import timedelta

import httpx
import pytest
from starlette.applications import Starlette

from tests.accounts.signing import OPERATOR, browser, make_account, sign_in_as
from tests.accounts.test_invitations import invite
from tests.conftest import NOON, TurnableClock
from tests.factories import make_site
from tour.accounts.errors import LetterUnusable
from tour.accounts.models import Account, AccountSession, Invitation, SignInLetter
from tour.accounts.people import invitations, people, queries
from tour.accounts.people.invitations import Offer
from tour.accounts.roles import Role
from tour.accounts.signing_in import paper
from tour.accounts.tokens import new_paper_code, written_code
from tour.audit.models import AuditEntry
from tour.notifications.models import Recipient
from tour.sites.models import Site

PHONE = "090-1234-5678"


@pytest.fixture(autouse=True)
async def site(app: Starlette) -> Site:
    assert app
    return await make_site(slug="workshop", name="見本工房")


async def letter(site: Site) -> str:
    return await invitations.invite_by_letter(Offer(site=site), actor=OPERATOR, now=NOON)


async def without_mail(role: Role = Role.HOST) -> Account:
    return await people.add_without_mail(
        "紙 子", PHONE, role=role, lang="ja", timezone="Asia/Tokyo", actor=OPERATOR, now=NOON
    )


async def join(client: httpx.AsyncClient, code: str, **fields: str) -> httpx.Response:
    return await client.post(
        f"/invitations/{code}", data={"name": "紙 子", "email": "", "phone": PHONE, **fields}
    )


def test_a_code_is_read_however_it_is_typed() -> None:
    code = new_paper_code()
    plain = code.replace("-", "")
    wide = plain.translate({ord(c): ord(c) + 0xFEE0 for c in plain})
    for typed in (code, plain.lower(), wide, " ".join(code.split("-")), f" {code}\n", code[::1]):
        assert written_code(typed) == plain
    for wrong in ("", code[:-1], code + "A", code.replace(code[0], "0"), "é" * 16, "Ⅷ" * 16):
        assert written_code(wrong) == ""


async def test_a_printed_letter_lets_somebody_without_mail_in(app: Starlette, site: Site) -> None:
    async with browser(app) as desk, browser(app) as phone:
        await sign_in_as(desk, await make_account("h@example.org", Role.HOST, site))
        await Site.filter(id=site.id).update(is_published=False)
        asked = await desk.post("/host/workshop/people", data={"do": "letter"})
        printed = (await desk.get(asked.headers["location"])).text
        [code] = re.findall(r'letter__typed">([\w-]+)<', printed)
        assert "1月3日" not in printed
        assert "12月31日(木)まで" in printed, "a month, said as people say it"
        assert "http://testserver/letter<" in printed
        assert "<svg" in printed
        assert "data-print hidden>" in printed
        assert "js/print" in printed
        for notice in re.findall(r'<p class="(notice[^"]*|host__state[^"]*)">', printed):
            assert "no-print" in notice, "what is for the screen is not handed over"
        console = (await desk.get("/host/workshop")).text
        assert 'href="/account">アカウント</a>' in console

        typed = await phone.post("/letter", data={"code": code.lower()})
        page = await phone.get(typed.headers["location"])
        assert 'name="phone"' in page.text
        assert "どちらか一つを入力してください" in page.text
        done = await join(phone, code)
        assert done.headers["location"].endswith("/account")
        account = (await phone.get("/account")).text
        assert "次に入るときは" in account
        assert "no-mail" not in account
        assert (await phone.get("/host/workshop")).status_code == 200
        people_page = (await phone.get("/host/workshop/people")).text
        assert f"お知らせは電話で：{PHONE}" in people_page
        assert "no-mail" not in people_page
    made = await Account.get(name="紙 子")
    assert (made.address, made.phone, made.role) == ("", PHONE, Role.HOST)
    assert [s.slug for s in await queries.sites_of(made)] == ["workshop"]
    assert (await Recipient.get(id=made.recipient_id)).email == ""


async def test_a_letter_without_any_way_to_reach_its_reader_is_not_taken(
    client: httpx.AsyncClient, site: Site
) -> None:
    code = await letter(site)
    for phone in ("", "12"):
        refused = await join(client, code, phone=phone)
        assert refused.status_code == 422
        assert 'id="phone-error"' in refused.text
        assert "紙 子" in refused.text
    assert (await join(client, code, name="")).status_code == 422
    assert not await Account.exists()


async def test_a_mailed_invitation_is_no_way_around_its_mail_box(
    client: httpx.AsyncClient, site: Site
) -> None:
    path = await invite(site)
    fields = {"name": "誰 か", "email": "", "phone": PHONE}
    assert (await client.post(path, data=fields)).status_code == 422
    assert not await Account.exists()


async def test_a_letter_works_once_whoever_is_first(app: Starlette, site: Site) -> None:
    code = await letter(site)
    async with browser(app) as one, browser(app) as other:
        answers = await asyncio.gather(join(one, code), join(other, code))
    assert sorted(answer.status_code for answer in answers) == [303, 403]
    assert await Account.all().count() == 1
    assert code not in str(await Invitation.all().values())
    assert written_code(code) not in str(await Invitation.all().values())


async def test_two_people_without_mail_are_two(app: Starlette, site: Site) -> None:
    async with browser(app) as one, browser(app) as other:
        for phone in (one, other):
            assert (await join(phone, await letter(site))).status_code == 303
    assert await Account.all().count() == 2


async def test_who_cannot_get_in_any_more_gets_a_new_letter_from_staff(
    app: Starlette, site: Site, clock: TurnableClock
) -> None:
    host = await without_mail()
    await people.join_site(host, site.id, actor=OPERATOR, now=NOON)
    async with browser(app) as desk, browser(app) as phone:
        await sign_in_as(desk, await make_account("s@example.org", Role.STAFF))
        listed = (await desk.get("/staff/people")).text
        assert f"お知らせは電話で：{PHONE}" in listed
        assert "no-mail" not in listed
        path = f"/staff/people/{host.id}/letters"
        first = (await desk.post(path)).headers["location"]
        second = (await desk.post(path)).headers["location"]
        assert (await desk.get(first)).status_code == 403, "a newer one took its place"
        page = (await desk.get(second)).text
        [code] = re.findall(r'letter__typed">([\w-]+)<', page)
        assert "紙 子 様" in page

        typed = await phone.post("/letter", data={"code": code})
        opened = typed.headers["location"]
        assert "紙 子" in (await phone.get(opened)).text
        assert await AccountSession.filter(account=host).count() == 0, "looking uses nothing up"
        assert (await phone.post(opened)).status_code == 303
        assert (await phone.get("/host/workshop")).status_code == 200
        assert (await phone.post(opened)).status_code == 403
        clock.turn(days=179)
        assert (await phone.get("/host/workshop")).status_code == 200
        clock.turn(days=2)
        assert (await phone.get("/host/workshop")).status_code == 303
    assert await AuditEntry.filter(action="account.letter", subject_id=host.id).count() == 2


async def test_a_letter_is_over_after_a_month(client: httpx.AsyncClient) -> None:
    host = await without_mail()
    code = await paper.write(host.id, actor=OPERATOR, now=NOON)
    late = NOON + paper.LASTS
    assert (await paper.usable(code, now=late - timedelta(minutes=1))).account_id == host.id
    with pytest.raises(LetterUnusable):
        await paper.use(code, device="", now=late)
    assert (await client.get(f"/letter/{new_paper_code()}")).status_code == 403


async def test_a_letter_is_used_by_one_of_two_at_once(site: Site) -> None:
    assert site
    code = await paper.write((await without_mail()).id, actor=OPERATOR, now=NOON)
    uses = (paper.use(code, device="", now=NOON) for _ in range(2))
    done = await asyncio.gather(*uses, return_exceptions=True)
    assert sorted(type(one).__name__ for one in done) == ["LetterUnusable", "str"]
    assert await AccountSession.all().count() == 1
    assert (await SignInLetter.get()).used_at == NOON


async def test_nobody_prints_a_key_to_more_than_they_may(app: Starlette) -> None:
    """A letter signs in as who it is for: staff print none for an administrator, nor for who has a
    mail box."""
    chief, host = await without_mail(Role.ADMINISTRATOR), await make_account("h@example.org")
    async with browser(app) as desk:
        await sign_in_as(desk, await make_account("s@example.org", Role.STAFF))
        for account in (chief, host):
            assert (await desk.post(f"/staff/people/{account.id}/letters")).status_code == 403
        await sign_in_as(desk, await make_account("a@example.org", Role.ADMINISTRATOR))
        assert (await desk.post(f"/staff/people/{host.id}/letters")).status_code == 403
        assert (await desk.post(f"/staff/people/{chief.id}/letters")).status_code == 303


@pytest.mark.parametrize("typed", ["", "abc", "K7M4-93QX-DHTA-6RWP", "no-mail:x"])
async def test_a_code_that_is_none_is_said_at_its_field(
    client: httpx.AsyncClient, typed: str
) -> None:
    answer = await client.post("/letter", data={"code": typed})
    assert answer.status_code in (403, 422)
    assert 'id="code-error"' in answer.text
    assert f'value="{typed}"' in answer.text


async def test_nobody_asks_for_a_link_of_who_has_no_mail(client: httpx.AsyncClient) -> None:
    host = await without_mail()
    assert (await client.post("/sign-in", data={"email": host.email})).status_code == 422


async def test_who_has_no_mail_stays_reachable_by_telephone(client: httpx.AsyncClient) -> None:
    host = await without_mail()
    await sign_in_as(client, host)
    refused = await client.post("/account/name", data={"name": "紙 子", "phone": ""})
    assert refused.status_code == 422
    saved = await client.post("/account/name", data={"name": "紙 子", "phone": "03-1111-2222"})
    assert saved.status_code == 303
    assert (await Account.get(id=host.id)).phone == "03-1111-2222"
