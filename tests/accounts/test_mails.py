"""The mails of accounts: asked for on a page, kept as rows, carried by a real SMTP server."""

import re
from datetime import timedelta
from email.message import EmailMessage

import httpx
import pytest
from starlette.applications import Starlette

from tests.accounts.signing import browser, make_account, sign_in_as
from tests.conftest import NOON, TurnableClock
from tests.factories import make_site
from tests.post_office import PostOffice
from tour.accounts.models import Account, Invitation, SignInLink
from tour.accounts.roles import Role
from tour.accounts.signing_in import links
from tour.notifications import recipients
from tour.notifications import service as notifications
from tour.notifications.message import Message
from tour.notifications.models import Delivery
from tour.notifications.sending.worker import Worker


def parts(mail: EmailMessage) -> tuple[str, str]:
    """The text and the HTML."""
    found = [mail.get_body((kind,)) for kind in ("plain", "html")]
    assert all(found), "both are there"
    text, html = (part.get_content() for part in found if part)
    return text, html


def link_in(text: str) -> str:
    found = re.search(r"http://testserver(/(?:sign-in|invitations)/[\w-]+)", text)
    assert found, text
    return found[1]


@pytest.mark.parametrize(
    ("lang", "subject", "words"),
    [("ja", "ログイン用のリンク", "15分"), ("en", "Your link to sign in", "within 15 minutes")],
)
async def test_a_sign_in_link_comes_by_mail_and_signs_in(
    app: Starlette, office: PostOffice, postman: Worker, lang: str, subject: str, words: str
) -> None:
    site = await make_site()
    account = await make_account("host@example.org", Role.HOST, site)
    recipient = await account.recipient
    recipient.lang = lang
    await recipient.save()
    async with browser(app) as phone:
        await phone.post("/sign-in", data={"email": "Host@Example.org"})
        assert office.mails == [], "nothing is sent inside the request"
        await postman.run_once()
        [mail] = office.mails
        assert (mail["To"], mail["Subject"]) == ("host@example.org", subject)
        text, html = parts(mail)
        assert words in text
        assert words in html
        assert f'<html lang="{lang}">' in html
        assert link_in(text) == link_in(html)
        assert "サインイン" not in text
        answer = await phone.post(link_in(text))
        assert answer.headers["location"].endswith("/host")
        assert (await phone.get(f"/host/{site.slug}")).status_code == 200


async def test_a_link_comes_past_a_stop_which_stays(
    client: httpx.AsyncClient, office: PostOffice, postman: Worker
) -> None:
    """Anybody can ask for somebody's link; that switches none of their messages on again."""
    account = await make_account()
    recipient = await account.recipient
    await recipients.stop(recipient.id, now=NOON)
    await client.post("/sign-in", data={"email": "host@example.org"})
    draft = notifications.Draft("news:1", Message("News", "", "/"), NOON, NOON + timedelta(hours=1))
    await notifications.queue_all(recipient.id, [draft], now=NOON)
    await postman.run_once()
    assert [mail["Subject"] for mail in office.mails] == ["ログイン用のリンク"]
    await recipient.refresh_from_db()
    assert recipient.stopped_at == NOON


async def test_an_unknown_address_gets_no_mail(
    app: Starlette, office: PostOffice, postman: Worker
) -> None:
    async with browser(app) as phone:
        answer = await phone.post("/sign-in", data={"email": "stranger@example.org"})
        assert answer.headers["location"].endswith("/sign-in/sent")
    await postman.run_once()
    assert office.mails == []


async def test_an_invitation_comes_by_mail_and_lets_in(
    app: Starlette, office: PostOffice, postman: Worker
) -> None:
    site = await make_site(name="見本 王子木版工房")
    async with browser(app) as desk, browser(app) as phone:
        await sign_in_as(desk, await make_account("first@example.org", Role.HOST, site))
        await desk.post(f"/host/{site.slug}/people", data={"email": "second@example.org"})
        await postman.run_once()
        [mail] = office.mails
        assert mail["To"] == "second@example.org"
        assert "王子木版工房" not in mail["Subject"], "what a host wrote stands in no subject"
        text, html = parts(mail)
        assert "見本 王子木版工房" in text
        assert link_in(text) == link_in(html)
        await phone.post(link_in(text), data={"email": "second@example.org", "name": "次 郎"})
        assert (await phone.get(f"/host/{site.slug}")).status_code == 200
    assert await Account.filter(email="second@example.org").exists()


async def test_a_mail_server_that_is_busy_gets_the_mail_again(
    app: Starlette, office: PostOffice, postman: Worker, clock: TurnableClock
) -> None:
    await make_account("host@example.org")
    office.answers = ["450 greylisted"]
    async with browser(app) as phone:
        await phone.post("/sign-in", data={"email": "host@example.org"})
    await postman.run_once()
    assert office.mails == []
    assert (await Delivery.get()).problem == "mail put off: 450"
    clock.turn(minutes=5)
    await postman.run_once()
    assert len(office.mails) == 1


async def test_a_link_that_is_too_old_is_not_sent_any_more(
    app: Starlette, office: PostOffice, postman: Worker, clock: TurnableClock
) -> None:
    await make_account("host@example.org")
    async with browser(app) as phone:
        await phone.post("/sign-in", data={"email": "host@example.org"})
    clock.turn(hours=links.LONGEST.total_seconds() / 3600)
    await postman.run_once()
    assert office.mails == []


async def test_the_quarter_of_an_hour_of_a_link_begins_when_its_mail_leaves(
    app: Starlette, office: PostOffice, postman: Worker, clock: TurnableClock
) -> None:
    await office.close()
    await make_account("host@example.org")
    async with browser(app) as phone:
        await phone.post("/sign-in", data={"email": "host@example.org"})
        await postman.run_once()
        page = (await phone.get("/sign-in/sent")).text
        assert "いまメールのサーバーが受け付けていません" in page
        clock.turn(minutes=50)
        await office.open()
        await postman.run_once()
        text, _html = parts(office.mails[0])
        assert "15分" in text
        clock.turn(minutes=14)
        assert (await phone.post(link_in(text))).status_code == 303


async def test_told_once_a_link_lasts_no_longer(
    app: Starlette, office: PostOffice, postman: Worker, clock: TurnableClock
) -> None:
    await make_account("host@example.org")
    async with browser(app) as phone:
        await phone.post("/sign-in", data={"email": "host@example.org"})
        await postman.run_once()
        clock.turn(minutes=16)
        await postman.run_once()
        assert (await phone.post(link_in(parts(office.mails[0])[0]))).status_code == 403
    assert (await SignInLink.get()).expires_at == NOON + links.LASTS


async def test_an_invitation_lasts_two_weeks_from_when_it_leaves(
    app: Starlette, office: PostOffice, postman: Worker, clock: TurnableClock
) -> None:
    site = await make_site(name="見本 王子木版工房")
    await office.close()
    async with browser(app) as desk:
        await sign_in_as(desk, await make_account("first@example.org", Role.HOST, site))
        await desk.post(f"/host/{site.slug}/people", data={"email": "new@example.org"})
    await postman.run_once()
    clock.turn(days=3)
    await office.open()
    clock.turn(minutes=3)
    await postman.run_once()
    [mail] = [one for one in office.mails if one["To"] == "new@example.org"]
    clock.turn(days=13)
    async with browser(app) as phone:
        assert (await phone.get(link_in(parts(mail)[0]))).status_code == 200
    assert (await Invitation.get()).expires_at == clock() + timedelta(days=1)


@pytest.mark.parametrize("typed", ["", "no-address", "a@b\r\nBcc: c@d"])
async def test_what_is_no_address_is_said_beside_the_field(
    client: httpx.AsyncClient, typed: str
) -> None:
    answer = await client.post("/sign-in", data={"email": typed})
    assert answer.status_code == 422
    assert 'id="email-error"' in answer.text
