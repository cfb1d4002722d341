import asyncio
import re

import httpx
import pytest
from starlette.applications import Starlette

from tests.accounts.signing import (
    SEAL,
    browser,
    mailed_code,
    mailed_path,
    make_account,
    path_in,
    sign_in_as,
)
from tests.conftest import NOON, TurnableClock
from tests.factories import make_site
from tour.accounts.errors import LinkUnusable
from tour.accounts.models import AccountSession, SignInLink
from tour.accounts.people import people
from tour.accounts.roles import Role
from tour.accounts.signing_in import codes, links
from tour.audit.models import AuditEntry
from tour.limits import counting
from tour.limits.counting import Limit
from tour.notifications.models import Reminder

VARYING = ("set-cookie", "content-security-policy")
NONCE = re.compile(r'nonce="[^"]+"')


HOST = {"email": "host@example.org"}


def from_address(app: Starlette, address: str) -> httpx.AsyncClient:
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(app=app, client=(address, 1)),
        base_url="http://testserver",
        headers={"Accept-Language": "ja", "Origin": "http://testserver"},
    )


async def ask(client: httpx.AsyncClient, email: str = "host@example.org", **more: str) -> str:
    answer = await client.post("/sign-in", data={"email": email, **more})
    assert answer.status_code == 303, answer.text
    assert answer.headers["location"] == "/sign-in/sent"
    return await mailed_path()


async def test_a_mailed_link_signs_in_by_a_post(client: httpx.AsyncClient) -> None:
    await make_account()
    path = await ask(client, email=" Host@Example.ORG ", next="/account")
    page = await client.get(path)
    assert page.status_code == 200
    assert page.headers["referrer-policy"] == "no-referrer"
    assert await AccountSession.all().count() == 0
    done = await client.post(path)
    assert (done.status_code, done.headers["location"]) == (303, "/account")
    cookie = done.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    page = await client.get("/account")
    assert "host@example.org" in page.text
    assert await AuditEntry.filter(action="account.sign_in").count() == 1


async def test_a_link_works_once(client: httpx.AsyncClient) -> None:
    await make_account()
    path = await ask(client)
    assert (await client.post(path)).status_code == 303
    again = await client.post(path)
    assert again.status_code == 403
    assert "新しい" in again.text
    assert await AccountSession.all().count() == 1


@pytest.mark.usefixtures("database")
async def test_a_link_used_twice_at_once_signs_in_once() -> None:
    await make_account()
    wish = links.Wish("host@example.org", "browser-1", "ja", "Asia/Tokyo")
    await links.ask(wish, seal=SEAL, now=NOON)
    token = (await mailed_path()).removeprefix("/sign-in/")
    options = {"timezone": "Asia/Tokyo", "lang": "ja", "device": "", "now": NOON}
    uses = [links.use(token, "browser-1", **options) for _ in range(5)]  # type: ignore[arg-type]
    results = await asyncio.gather(*uses, return_exceptions=True)
    assert sum(isinstance(r, LinkUnusable) for r in results) == 4
    assert await AccountSession.all().count() == 1


async def test_a_link_expires_after_15_minutes(
    client: httpx.AsyncClient, clock: TurnableClock
) -> None:
    await make_account()
    path = await ask(client)
    clock.turn(minutes=14, seconds=59)
    assert (await client.get(path)).status_code == 200
    clock.turn(seconds=1)
    assert (await client.get(path)).status_code == 403
    assert (await client.post(path)).status_code == 403
    assert await AccountSession.all().count() == 0


async def test_another_browser_cannot_use_the_link(
    client: httpx.AsyncClient, app: Starlette
) -> None:
    await make_account()
    path = await ask(client)
    async with browser(app) as other:
        assert (await other.get(path)).status_code == 403
        assert (await other.post(path)).status_code == 403
        other.cookies.set("browser", "made-up")
        assert (await other.post(path)).status_code == 403
    assert (await client.post(path)).status_code == 303


async def test_nobody_learns_who_has_an_account(app: Starlette) -> None:
    await make_account()
    answers = []
    for email in ("host@example.org", "stranger@example.org"):
        async with browser(app) as one:
            answer = await one.post("/sign-in", data={"email": email})
            shown = {k: v for k, v in answer.headers.items() if k not in VARYING}
            page = await one.get(answer.headers["location"])
            answers.append((answer.status_code, shown, NONCE.sub("", page.text)))
    assert answers[0] == answers[1]
    assert await Reminder.all().count() == 1
    assert await SignInLink.all().count() == 2


async def test_one_address_gets_five_mails_at_most(client: httpx.AsyncClient) -> None:
    await make_account()
    answers = [await client.post("/sign-in", data=HOST) for _ in range(8)]
    assert [answer.status_code for answer in answers] == [303] * 5 + [429] * 3
    assert "メール" in answers[-1].text
    assert await SignInLink.all().count() == 5
    assert await Reminder.all().count() == 1


async def test_a_stranger_uses_up_nobodys_links(client: httpx.AsyncClient, app: Starlette) -> None:
    """Nor puts their own in the place of one that has not left yet."""
    await make_account()
    await ask(client)
    mine = await Reminder.all().order_by("-id").get()
    async with from_address(app, "192.0.2.7") as stranger:
        for _ in range(40):
            await stranger.post("/sign-in", data=HOST)
    assert (await client.get(path_in(mine))).status_code == 200
    await client.post("/sign-in", data=HOST)
    latest = await Reminder.get(id=mine.id)
    assert latest.revision == 2
    assert (await client.post(path_in(latest))).status_code == 303


async def test_many_strangers_fill_no_mail_box(app: Starlette) -> None:
    await make_account()
    for number in range(6):
        async with from_address(app, f"192.0.2.{number}") as stranger:
            for _ in range(5):
                await stranger.post("/sign-in", data=HOST)
    assert await SignInLink.all().count() == links.MOST_LINKS


@pytest.mark.parametrize("path", ["/sign-in", "/sign-in/passkey/options", "/sign-in/passkey"])
async def test_one_network_does_not_ask_without_end(
    app: Starlette, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    monkeypatch.setattr(counting, "BY_ADDRESS", Limit(2, 60))
    async with from_address(app, "192.0.2.7") as stranger:
        for number in range(3):
            fields = {"email": f"{number}@example.org"}
            body = {"data": fields} if path == "/sign-in" else {"json": {"credential": {}}}
            answer = await stranger.post(path, **body)  # type: ignore[arg-type]
            assert (answer.status_code == 429) == (number == 2)


@pytest.mark.parametrize(
    "email", ["", "host", "host@", "a b@example.org", "x@y", "a@b.c\nBcc: d@e.f"]
)
async def test_a_mistyped_address_is_said_beside_the_field(
    client: httpx.AsyncClient, email: str
) -> None:
    answer = await client.post("/sign-in", data={"email": email})
    assert answer.status_code == 422
    assert 'id="email-error"' in answer.text


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)"]
)
async def test_signing_in_never_leads_to_another_site(
    client: httpx.AsyncClient, target: str
) -> None:
    await make_account()
    path = await ask(client, next=target)
    assert (await client.post(path)).headers["location"] == "/host"


async def test_a_page_leads_to_signing_in_and_back(client: httpx.AsyncClient) -> None:
    answer = await client.get("/account?x=1")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/sign-in?next=%2Faccount%3Fx%3D1"
    page = await client.get(answer.headers["location"])
    assert 'value="/account?x=1"' in page.text
    assert (await client.post("/account/name", data={"name": "x"})).status_code == 403


async def test_sessions_are_listed_and_ended(client: httpx.AsyncClient, app: Starlette) -> None:
    account = await make_account()
    await sign_in_as(client, account)
    async with browser(app, "Mozilla/5.0 (iPhone) Safari/605") as phone:
        path = await ask(phone)
        await phone.post(path)
        page = await client.get("/account")
        assert "Safari, iPhone" in page.text
        session = await AccountSession.get(device="Safari, iPhone")
        await client.post("/account/sessions", data={"session": str(session.id)})
        assert (await phone.get("/account")).status_code == 303
    assert (await client.get("/account")).status_code == 200
    await client.post("/account/sessions", data={"session": "all"})
    assert (await client.get("/account")).status_code == 303


async def test_nobody_ends_anothers_session(client: httpx.AsyncClient, app: Starlette) -> None:
    mine, other = await make_account(), await make_account("other@example.org")
    await sign_in_as(client, mine)
    async with browser(app) as second:
        await sign_in_as(second, other)
        theirs = await AccountSession.get(account=other)
        await client.post("/account/sessions", data={"session": str(theirs.id)})
        assert (await second.get("/account")).status_code == 200


async def test_signing_out_ends_the_session_in_the_database(client: httpx.AsyncClient) -> None:
    await sign_in_as(client, await make_account())
    token = client.cookies["account"]
    assert (await client.post("/sign-out")).status_code == 303
    client.cookies.set("account", token)
    assert (await client.get("/account")).status_code == 303


async def test_a_session_ends_after_30_days(
    client: httpx.AsyncClient, clock: TurnableClock
) -> None:
    await sign_in_as(client, await make_account())
    clock.turn(days=29, hours=23)
    assert (await client.get("/account")).status_code == 200
    clock.turn(hours=1)
    assert (await client.get("/account")).status_code == 303


async def test_the_database_holds_no_key(client: httpx.AsyncClient) -> None:
    await make_account()
    path = await ask(client)
    await client.post(path)
    stored = [await SignInLink.all().values(), await AccountSession.all().values()]
    for secret in (path.removeprefix("/sign-in/"), *client.cookies.values()):
        assert secret not in str(stored)


async def test_samples_are_for_demonstrations_only(client: httpx.AsyncClient) -> None:
    assert (await client.post("/sign-in/sample", data={"as": "staff"})).status_code == 404
    assert "sample" not in (await client.get("/sign-in")).text


async def test_a_changed_role_holds_at_the_next_request(client: httpx.AsyncClient) -> None:
    site = await make_site()
    account = await make_account("s@example.org", Role.STAFF)
    await sign_in_as(client, account)
    assert (await client.get(f"/host/{site.slug}")).status_code == 200
    operator = people.Actor(None, "test")
    await people.change_role(account.id, Role.HOST, actor=operator, now=NOON)
    assert (await client.get(f"/host/{site.slug}")).status_code == 403


# --- six digits beside the link --------------------------------------------------------------


async def type_code(client: httpx.AsyncClient, code: str) -> httpx.Response:
    return await client.post("/sign-in/code", data={"code": code})


def other_than(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06d}"


async def test_the_digits_of_the_mail_sign_in_where_they_were_asked_for(
    client: httpx.AsyncClient,
) -> None:
    await make_account()
    await ask(client, next="/account")
    code = await mailed_code()
    page = await client.get("/sign-in/sent")
    assert 'autocomplete="one-time-code"' in page.text
    wide = "".join(chr(ord(digit) + 0xFEE0) for digit in code)
    done = await type_code(client, f" {wide[:3]} {wide[3:]} ")
    assert (done.status_code, done.headers["location"]) == (303, "/account")
    assert (await client.get("/account")).status_code == 200


async def test_digits_and_link_work_once_between_them(client: httpx.AsyncClient) -> None:
    await make_account()
    path, code = await ask(client), await mailed_code()
    assert (await client.post(path)).status_code == 303
    assert (await type_code(client, code)).status_code == 403
    path, code = await ask(client), await mailed_code()
    assert (await type_code(client, code)).status_code == 303
    assert (await client.post(path)).status_code == 403
    assert (await type_code(client, code)).status_code == 403


async def test_digits_are_worth_nothing_elsewhere_or_later(
    client: httpx.AsyncClient, app: Starlette, clock: TurnableClock
) -> None:
    await make_account()
    await ask(client)
    code = await mailed_code()
    async with browser(app) as other:
        assert (await type_code(other, code)).status_code == 403
        await other.post("/sign-in", data={"email": "other@example.org"})
        assert (await type_code(other, code)).status_code == 403
    clock.turn(minutes=15)
    assert (await type_code(client, code)).status_code == 403
    assert await AccountSession.all().count() == 0


async def test_five_wrong_digits_end_the_code_and_not_the_link(client: httpx.AsyncClient) -> None:
    await make_account()
    path, code = await ask(client), await mailed_code()
    for _ in range(codes.MOST_TRIES):
        assert (await type_code(client, other_than(code))).status_code == 403
    refused = await type_code(client, code)
    assert refused.status_code == 403
    assert "メールのリンクは15分間使えます" in refused.text
    assert (await client.post(path)).status_code == 303


async def test_nobody_guesses_through_many_mails_and_browsers(app: Starlette) -> None:
    """Ten tries a day at one person, from any number of networks; the link goes on working."""
    await make_account()
    tried = []
    for number in range(4):
        async with from_address(app, f"192.0.2.{number}") as stranger:
            await stranger.post("/sign-in", data=HOST)
            wrong = other_than(await mailed_code())
            tried += [await type_code(stranger, wrong) for _ in range(5)]
    assert {answer.status_code for answer in tried} == {403}
    assert sum([link.tries for link in await SignInLink.all()]) == codes.MOST_WRONG
    async with from_address(app, "192.0.2.77") as owner:
        await owner.post("/sign-in", data=HOST)
        assert (await type_code(owner, await mailed_code())).status_code == 403
        assert (await owner.post(await mailed_path())).status_code == 303


async def test_who_has_no_account_is_answered_alike(client: httpx.AsyncClient) -> None:
    answers = []
    for email in ("host@example.org", "nobody@example.org"):
        await make_account()
        await client.post("/sign-in", data={"email": email})
        answers.append(await type_code(client, "12345"))
    assert answers[0].status_code == answers[1].status_code == 403
    assert NONCE.sub("", answers[0].text) == NONCE.sub("", answers[1].text)


async def test_the_database_holds_no_key_in_clear(client: httpx.AsyncClient) -> None:
    await make_account()
    token, code = (await ask(client)).rpartition("/")[2], await mailed_code()
    for model in (Reminder, SignInLink):
        rows = str(await model.all().values())
        assert token not in rows
        assert code not in rows


async def test_a_known_browser_always_has_a_way_in(app: Starlette) -> None:
    """Though strangers in many networks, and one behind the same address, ask without end."""
    await make_account()
    async with from_address(app, "192.0.2.99") as desk:
        await desk.post("/sign-in", data=HOST)
        await desk.post(await mailed_path())
        await desk.post("/sign-out")
        for number in range(6):
            async with from_address(app, f"192.0.2.{number}") as stranger:
                for _ in range(5):
                    await stranger.post("/sign-in", data=HOST)
        async with from_address(app, "192.0.2.99") as colleague:
            for _ in range(8):
                await colleague.post("/sign-in", data=HOST)
        answer = await desk.post("/sign-in", data=HOST)
        assert answer.headers["location"] == "/sign-in/sent"
        mine = await Reminder.all().order_by("id").first()
        assert mine
        assert mine.revision == 2, "its new letter takes the place of its first"
        assert (await desk.post(path_in(mine))).headers["location"] == "/host"
