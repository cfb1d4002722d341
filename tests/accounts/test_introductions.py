"""What an invitation says: who writes, for whom, why, until when, whom to ask; never a part of an
address for a name."""

import re
from datetime import timedelta

import httpx
import pytest
from starlette.applications import Starlette

from tests.accounts.signing import OPERATOR, SEAL, browser, mailed_path, make_account, sign_in_as
from tests.accounts.test_mails import link_in, parts
from tests.conftest import NOON, TurnableClock
from tests.factories import make_event, make_site
from tests.post_office import PostOffice
from tour.accounts.models import Account, Invitation
from tour.accounts.people import invitations, people
from tour.accounts.people.invitations import Offer
from tour.accounts.roles import Role
from tour.audit.models import AuditEntry
from tour.events.models import Event
from tour.notifications import recipients
from tour.notifications.models import Reminder
from tour.notifications.sending.worker import Worker
from tour.sites.models import Site

OFFICE = ("見本 北区オープンファクトリー実行委員会", "03-0000-0000", "open-factory@example.jp")


@pytest.fixture(autouse=True)
async def site(app: Starlette) -> Site:
    assert app
    return await make_site(slug="workshop", name="見本工房")


async def invited(desk: httpx.AsyncClient, **fields: str) -> httpx.Response:
    return await desk.post(
        "/staff/people",
        data={"email": "new@example.org", "role": "host", "site": "workshop", **fields},
    )


async def test_a_letter_says_who_writes_why_until_when_and_whom_to_ask(
    app: Starlette, site: Site, office: PostOffice, postman: Worker
) -> None:
    await make_event(site, title="見本ものづくりの日", slug="monozukuri")
    async with browser(app) as desk, browser(app) as phone:
        me = await make_account("shokuin@example.org", Role.STAFF, name="山田 花子")
        await sign_in_as(desk, me)
        await desk.post("/account/name", data={"name": "山田 花子", "office": "産業振興課"})
        await invited(desk, note="先日はお電話で\r\nありがとうございました。")
        await postman.run_once()
        [mail] = office.mails
        own_word = "山田 花子より：\n先日はお電話で\nありがとうございました。"
        assert "見本ものづくりの日" in mail["Subject"]
        assert "北区オープンファクトリー" in mail["From"]
        for text in parts(mail):
            for said in (
                "山田 花子（産業振興課）",
                "見本工房",
                "見本ものづくりの日",
                "12月5日(土)",
            ):
                assert said in text
            assert "12月15日(火)まで" in text
            assert own_word in text.replace("\r\n", "\n")
            assert all(said in text for said in OFFICE)
            assert "/events/monozukuri" in text
            assert "通知の設定" not in text
            assert "shokuin" not in text
        assert mail["List-Unsubscribe"] is None
        page = (await phone.get(link_in(parts(mail)[0]))).text
        for said in ("山田 花子（産業振興課）", "見本ものづくりの日", "12月15日(火)まで", *OFFICE):
            assert said in page
        assert "shokuin" not in page


async def test_what_can_be_stopped_says_so_and_nothing_else(
    app: Starlette, office: PostOffice, postman: Worker
) -> None:
    await make_account("host@example.org")
    async with browser(app) as phone:
        await phone.post("/sign-in", data={"email": "host@example.org"})
    await postman.run_once()
    [mail] = office.mails
    assert mail["List-Unsubscribe"] is None
    assert "通知の設定" not in parts(mail)[0]


async def test_a_letter_that_waited_says_its_day_and_event_as_they_are(
    app: Starlette, site: Site, office: PostOffice, postman: Worker, clock: TurnableClock
) -> None:
    event = await make_event(site, title="古い題名")
    async with browser(app) as desk:
        await sign_in_as(desk, await make_account("s@example.org", Role.STAFF))
        await invited(desk)
    await Event.filter(id=event.id).update(title="新しい題名")
    clock.turn(days=2)
    await postman.run_once()
    text, _html = parts(office.mails[0])
    assert "新しい題名" in text
    assert "12月17日(木)まで" in text


async def test_an_event_that_is_no_page_yet_is_named_and_not_linked(site: Site) -> None:
    await make_event(site, title="準備中の日", is_published=False)
    token = await invitations.invite_by_letter(Offer(site=site), actor=OPERATOR, now=NOON)
    assert token
    await invitations.invite_by_mail(
        Offer(site=site),
        "new@example.org",
        lang="ja",
        timezone="Asia/Tokyo",
        actor=OPERATOR,
        seal=SEAL,
        now=NOON,
    )
    letter = await Reminder.get(key="invitation")
    assert "準備中の日" in letter.body
    assert letter.actions == []


async def test_who_has_no_name_is_asked_for_it_before_they_invite(app: Starlette) -> None:
    me = await make_account("shokuin@example.org", Role.STAFF, name="")
    async with browser(app) as desk:
        await sign_in_as(desk, me)
        refused = await invited(desk)
        assert refused.status_code == 422
        assert 'id="own_name-error"' in refused.text
        assert not await Invitation.exists()
        assert (await invited(desk, own_name="山田 花子")).status_code == 303
        assert 'name="own_name"' not in (await desk.get("/staff/people")).text
    assert (await Invitation.get()).invited_by == "山田 花子"
    assert (await Account.get(id=me.id)).name == "山田 花子"
    assert (await AuditEntry.get(action="invitation.send")).who == "山田 花子"


async def test_no_part_of_an_address_is_a_name_anywhere(
    site: Site, client: httpx.AsyncClient
) -> None:
    nameless = await make_account("localpart@example.org", Role.ADMINISTRATOR, site, name="")
    assert nameless.name == ""
    host = await make_account("other@example.org", Role.HOST, site)
    actor = (nameless.id, nameless.name)
    await invitations.invite_by_letter(Offer(site=site), actor=type(OPERATOR)(*actor), now=NOON)
    paths = ("/account", "/host", "/staff", "/staff/people", "/staff/log", "/host/workshop/people")
    for who in (nameless, host):
        await sign_in_as(client, who)
        for path in paths:
            page = (await client.get(path)).text
            assert not re.search(r"localpart(?!@)", page), path
    assert "（お名前の登録なし）" in page


async def test_an_invitation_is_sent_again_under_the_name_of_who_sends_it(app: Starlette) -> None:
    async with browser(app) as desk, browser(app) as phone:
        await sign_in_as(desk, await make_account("a@example.org", Role.STAFF, name="甲 一"))
        await invited(desk, note="ひとこと")
        first = await Invitation.get()
        await sign_in_as(desk, await make_account("b@example.org", Role.STAFF, name="乙 二"))
        path = f"/staff/people/invitations/{first.id}/again"
        assert (await desk.post(path)).status_code == 303
        assert (await desk.post(path)).status_code == 404, "it is not open any more"
        [second] = await Invitation.filter(revoked_at=None)
        assert (second.invited_by, second.note) == ("乙 二", "ひとこと")
        assert (await phone.get(f"/invitations/{first.token_hash}")).status_code == 403


async def test_a_host_sends_again_and_prints_again(app: Starlette, site: Site) -> None:
    async with browser(app) as desk:
        await sign_in_as(desk, await make_account("h@example.org", Role.HOST, site))
        await desk.post("/host/workshop/people", data={"do": "letter", "note": "どうぞ"})
        old = await Invitation.get()
        again = await desk.post(f"/host/workshop/people/invitations/{old.id}/again")
        printed = await desk.get(again.headers["location"])
        assert "どうぞ" in printed.text
    assert await Invitation.filter(revoked_at=None).count() == 1


async def test_a_word_of_ones_own_is_plain_text_and_short(app: Starlette, site: Site) -> None:
    async with browser(app) as desk:
        await sign_in_as(desk, await make_account("a@example.org", Role.STAFF))
        refused = await invited(desk, note="あ" * 401)
        assert refused.status_code == 422
        assert "あ" * 401 in refused.text
        assert 'id="note-error"' in refused.text
        await invited(desk, note="<script>alert(1)</script>")
        token = await invitations.invite_by_letter(
            Offer(site=site, note="<b>太い</b>"), actor=OPERATOR, now=NOON
        )
        page = await desk.get(f"/invitations/{token}")
        assert "&lt;b&gt;太い&lt;/b&gt;" in page.text


async def test_who_declines_ends_the_invitation_and_may_want_no_other(
    app: Starlette, office: PostOffice, postman: Worker
) -> None:
    async with browser(app) as desk, browser(app) as phone:
        await sign_in_as(desk, await make_account("a@example.org", Role.STAFF))
        await invited(desk)
        await postman.run_once()
        link = link_in(parts(office.mails[0])[0])
        assert (await phone.get(link)).status_code == 200
        done = await phone.post(f"{link}/decline", data={"never": "1"})
        assert "招待を辞退しました" in (await phone.get(done.headers["location"])).text
        assert (await phone.post(link, data={"email": "new@example.org"})).status_code == 403
        assert (await phone.post(f"{link}/decline")).status_code == 403
        again = await invited(desk)
        assert again.status_code == 409
        assert 'id="email-error"' in again.text


LIST = "見本工房\tichiro@example.org\n\n「二つ目」、jiro@example.org\nthird, saburo@example.org\n"


async def three_places() -> None:
    await make_site(slug="second", name="二つ目")
    await make_site(slug="third", name="三つ目")


async def several(desk: httpx.AsyncClient, text: str) -> httpx.Response:
    return await desk.post("/staff/people/several", data={"list": text, "note": "よろしく"})


async def test_several_are_invited_by_a_list(app: Starlette) -> None:
    await three_places()
    async with browser(app) as desk:
        await sign_in_as(desk, await make_account("a@example.org", Role.STAFF))
        done = await several(desk, LIST + "見本工房 ichiro@example.org")
        assert "3通" in (await desk.get(done.headers["location"])).text
    rows = await Invitation.all().order_by("id").select_related("site")
    assert [(row.site.slug, row.email, row.note) for row in rows if row.site] == [
        ("workshop", "ichiro@example.org", "よろしく"),
        ("second", "jiro@example.org", "よろしく"),
        ("third", "saburo@example.org", "よろしく"),
    ]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("どこでもない場所, a@example.org", "「どこでもない場所」という会場は見つかりません"),
        ("見本工房", "メールアドレスが見つかりません"),
        ("見本工房, a@gmial.com", "a@gmail.com"),
        ("同じ名前, a@example.org", "同じ名称の会場が複数あります"),
        ("見本工房, stopped@example.org", "このメールアドレスには"),
    ],
)
async def test_what_is_wrong_is_said_by_line_and_nothing_is_half_done(
    app: Starlette, line: str, said: str
) -> None:
    await three_places()
    for number in range(2):
        await make_site(slug=f"same-{number}", name="同じ名前")
    unwilling = await make_account("stopped@example.org", name="")
    await recipients.stop(unwilling.recipient_id, now=NOON)
    async with browser(app) as desk:
        await sign_in_as(desk, await make_account("a@example.org", Role.STAFF))
        refused = await several(desk, f"{LIST}{line}")
        assert refused.status_code in (409, 422)
        assert "5行目：" in refused.text
        assert said in refused.text
        assert 'id="line-5"' in refused.text
        assert "jiro@example.org" in refused.text, "what was pasted is still there"
    assert not await Invitation.exists()
    assert not await Reminder.exists()


async def test_a_joiner_by_link_keeps_the_name_that_they_gave(
    client: httpx.AsyncClient, site: Site
) -> None:
    token = await invitations.invite_by_letter(Offer(site=site), actor=OPERATOR, now=NOON)
    fields = {"email": "paper@example.org", "name": "紙 子"}
    await client.post(f"/invitations/{token}", data=fields)
    await client.post(await mailed_path())
    assert (await Account.get(email="paper@example.org")).name == "紙 子"


async def test_an_invitation_without_an_event_says_no_more_than_is_so(site: Site) -> None:
    assert site
    await invitations.invite_by_mail(
        Offer(Role.EDITOR, None, "産業振興課"),
        "new@example.org",
        lang="en",
        timezone="Asia/Tokyo",
        actor=OPERATOR,
        seal=SEAL,
        now=NOON + timedelta(days=365),
    )
    letter = await Reminder.get(key="invitation")
    assert letter.title == "You are invited to the staff"
    assert "It is for" not in letter.body
    await people.rename((await make_account()).id, "名 前", actor=OPERATOR, now=NOON)
