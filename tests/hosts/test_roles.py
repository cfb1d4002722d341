"""Every page of the console and of accounts, by who asks for it. What is not in the table fails."""

import re

import httpx
import pytest
from starlette.applications import Starlette
from tortoise import Tortoise

from tests.accounts.signing import OPERATOR, browser, make_account, sign_in_as
from tests.conftest import NOON
from tests.factories import make_event, make_place, make_site
from tests.hosts.setting import first_slot, write_programme
from tour.accounts.models import Invitation
from tour.accounts.people import invitations
from tour.accounts.people.invitations import Offer
from tour.accounts.roles import Role
from tour.accounts.urls import urls as account_urls
from tour.audit.models import AuditEntry
from tour.hosts.urls import urls as host_urls
from tour.pages.urls import urls as page_urls

pytestmark = pytest.mark.once("who may is decided before a row is looked for")

ROLES = ("visitor", "host", "other", "editor", "staff", "administrator")

CONTENT = "303 ok 403 ok ok ok"
PARTIES = "303 ok 403 403 ok ok"
ACT_CONTENT = "403 ok 403 ok ok ok"
ACT_PARTIES = "403 ok 403 403 ok ok"
ANYBODY = "ok ok ok ok ok ok"
SIGNED_IN = "303 ok ok ok ok ok"
ACT_SIGNED_IN = "403 ok ok ok ok ok"
NOBODY = "403 403 403 403 403 403"
MISSING = "404 404 404 404 404 404"

TABLE = {
    "hosts:today": PARTIES,
    "hosts:door": ACT_PARTIES,
    "hosts:seats": ACT_PARTIES,
    "hosts:arrive": ACT_PARTIES,
    "hosts:take_back": ACT_PARTIES,
    "hosts:count_people": ACT_PARTIES,
    "hosts:let_in": ACT_PARTIES,
    "hosts:absent": ACT_PARTIES,
    "hosts:absent_rule": ACT_PARTIES,
    "hosts:check_in_seen": ACT_PARTIES,
    "hosts:note_call": "403 404 403 403 404 404",
    "hosts:undo": "403 404 403 403 404 404",
    "hosts:list": PARTIES,
    "hosts:list_file": ACT_PARTIES,
    "hosts:slot_list": PARTIES,
    "hosts:slot_list_file": ACT_PARTIES,
    "hosts:check_in": PARTIES,
    "hosts:check_in_code": ACT_PARTIES,
    "hosts:programmes": CONTENT,
    "hosts:new_programme": CONTENT,
    "hosts:create_programme": ACT_CONTENT,
    "hosts:programme": CONTENT,
    "hosts:change_programme": ACT_CONTENT,
    "hosts:preview": CONTENT,
    "hosts:site_preview": CONTENT,
    "hosts:add_times": ACT_CONTENT,
    "hosts:stage": ACT_CONTENT,
    "hosts:restore": "403 404 403 404 404 404",
    "hosts:event": CONTENT,
    "hosts:answer_event": ACT_CONTENT,
    "hosts:slot": CONTENT,
    "hosts:change_slot": ACT_CONTENT,
    "hosts:cancel_slot": ACT_PARTIES,
    "hosts:messages": PARTIES,
    "hosts:send_message": ACT_PARTIES,
    "hosts:profile": CONTENT,
    "hosts:change_profile": ACT_CONTENT,
    "hosts:hours": CONTENT,
    "hosts:change_hours": ACT_CONTENT,
    "hosts:set_exception": ACT_CONTENT,
    "hosts:clear_exception": ACT_CONTENT,
    "hosts:photos": CONTENT,
    "hosts:add_photo": ACT_CONTENT,
    "hosts:change_waiting": ACT_CONTENT,
    "hosts:change_photo": "403 ok 403 ok ok ok",
    "hosts:photo_file": MISSING,
    "hosts:people": PARTIES,
    "hosts:invite": ACT_PARTIES,
    "hosts:letter": PARTIES,
    "hosts:revoke": ACT_PARTIES,
    "hosts:invite_again": "403 ok 403 403 404 404",
    "hosts:leave": ACT_PARTIES,
    "accounts:sign_in": ANYBODY,
    "accounts:ask_for_link": ANYBODY,
    "accounts:link_sent": ANYBODY,
    "accounts:sample": MISSING,
    "accounts:passkey_options": ANYBODY,
    "accounts:passkey": NOBODY,
    "accounts:open_link": NOBODY,
    "accounts:use_link": NOBODY,
    "accounts:use_code": NOBODY,
    "accounts:sign_out": ANYBODY,
    "accounts:invitation": ANYBODY,
    "accounts:accept": ANYBODY,
    "accounts:letter": ANYBODY,
    "accounts:type_letter": ANYBODY,
    "accounts:open_letter": NOBODY,
    "accounts:use_letter": NOBODY,
    "accounts:decline": "ok 403 403 403 403 403",
    "accounts:declined": ANYBODY,
    "accounts:console": SIGNED_IN,
    "accounts:account": SIGNED_IN,
    "accounts:rename": ACT_SIGNED_IN,
    "accounts:end_session": ACT_SIGNED_IN,
    "accounts:ask_address": ACT_SIGNED_IN,
    "accounts:confirm_address": NOBODY,
    "accounts:end": ACT_SIGNED_IN,
    "accounts:new_passkey_options": ACT_SIGNED_IN,
    "accounts:add_passkey": "403 403 403 403 403 403",
    "accounts:remove_passkey": ACT_SIGNED_IN,
}
FORMS = {
    "hosts:answer_event": {"do": "accept"},
    "hosts:door": {"do": "full"},
    "hosts:seats": {"do": "more"},
    "hosts:stage": {"do": "pause"},
    "hosts:change_photo": {"do": "nothing"},
    "accounts:ask_for_link": {"email": "stranger-{role}@example.org"},
    "accounts:accept": {"email": "new-{role}@example.org", "name": "新 花子"},
}
JSON = ("accounts:passkey", "accounts:add_passkey")
PREVIEWS = [url for url in page_urls if url.path.startswith("/host/")]
URLS = {url.name: url for url in (*host_urls, *PREVIEWS, *account_urls)}


def test_the_table_has_every_page() -> None:
    assert set(TABLE) == set(URLS)


@pytest.mark.parametrize("name", TABLE)
async def test_who_reaches_what(app: Starlette, name: str) -> None:
    site, other_site = await make_site(), await make_site(slug="other", name="別の工房")
    programme = await write_programme(site)
    slot = await first_slot(programme)
    place = await make_place(slot)
    event = await make_event(site)
    token = await invitations.invite_by_letter(Offer(site=site), actor=OPERATOR, now=NOON)
    accounts = {
        "host": await make_account("host@example.org", Role.HOST, site),
        "other": await make_account("other@example.org", Role.HOST, other_site),
        "editor": await make_account("editor@example.org", Role.EDITOR),
        "staff": await make_account("staff@example.org", Role.STAFF),
        "administrator": await make_account("admin@example.org", Role.ADMINISTRATOR),
    }
    values = {
        "slug": site.slug,
        "programme_id": programme.id,
        "slot_id": slot.id,
        "event_id": event.id,
        "place_id": place.id,
        "entry_id": 10**6,
        "call_id": 10**6,
        "photo_id": 1,
        "invitation_id": 1,
        "passkey_id": 1,
        "token": token,
        "name": f"{'0' * 32}-480.webp",
    }
    answers = []
    for role in ROLES:
        async with browser(app) as client:
            if role in accounts:
                await sign_in_as(client, accounts[role])
            answers.append(await _ask(client, name, {**values, "role": role}))
    expected = TABLE[name].split()
    assert [_seen(a, e) for a, e in zip(answers, expected, strict=True)] == expected


@pytest.mark.parametrize("name", [n for n, url in URLS.items() if "GET" in (url.methods or ())])
async def test_looking_changes_nothing(app: Starlette, name: str) -> None:
    site = await make_site()
    programme = await write_programme(site)
    slot = await first_slot(programme)
    event = await make_event(site)
    account = await make_account("host@example.org", Role.HOST, site)
    token = await invitations.invite_by_letter(Offer(site=site), actor=OPERATOR, now=NOON)
    values = {
        "slug": site.slug,
        "programme_id": programme.id,
        "slot_id": slot.id,
        "event_id": event.id,
        "token": token,
        "name": f"{'0' * 32}-480.webp",
    }
    async with browser(app) as client:
        await sign_in_as(client, account)
        before = await AuditEntry.all().count(), await _rows()
        await _ask(client, name, values)
        assert (await AuditEntry.all().count(), await _rows()) == before


async def test_an_editor_cannot_let_themselves_in(app: Starlette) -> None:
    """Whoever tends a place sees its visitors, so inviting oneself would open them."""
    site = await make_site()
    slot = await first_slot(await write_programme(site))
    await make_place(slot)
    async with browser(app) as desk:
        await sign_in_as(desk, await make_account("editor@example.org", Role.EDITOR))
        asked = await desk.post(f"/host/{site.slug}/people", data={"do": "letter"})
        assert asked.status_code == 403
        assert not await Invitation.all().exists()
        assert "/people" not in (await desk.get(f"/host/{site.slug}/profile")).text
        page = await desk.get(f"/host/{site.slug}/slots/{slot.id}")
        assert 'name="capacity"' in page.text
        assert "/cancel" not in page.text


async def _rows() -> list[list[dict[str, object]]]:
    models = Tortoise.apps["models"].values()
    return [list(await model.all().values()) for model in models]


async def _ask(client: httpx.AsyncClient, name: str, values: dict[str, object]) -> httpx.Response:
    url = URLS[name]
    names = re.findall(r"{(\w+)", url.path)
    path = url.path_format.format(**{n: values[n] for n in names})
    if "GET" in (url.methods or ()):
        return await client.get(path)
    if name in JSON:
        return await client.post(path, json={"credential": {}})
    form = FORMS.get(name, {"x": "1"})
    # Each for an address of their own: one network asks for few links to the same.
    return await client.post(path, data={k: v.format(**values) for k, v in form.items()})


def _seen(answer: httpx.Response, expected: str) -> str:
    """ "ok" is any answer but a refusal: the page, a redirect onwards, or what to correct."""
    onwards = not answer.headers.get("location", "").startswith("/sign-in?")
    is_ok = answer.status_code in (200, 201, 303, 409, 413, 422) and onwards
    return "ok" if expected == "ok" and is_ok else str(answer.status_code)
