"""Every URL of the console by role: nobody reaches what is not theirs, GET changes nothing."""

from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from tests.accounts.signing import browser, make_account, sign_in_as
from tests.staff.town import make_town
from tour.accounts.models import Account
from tour.accounts.roles import Role
from tour.audit.models import AuditEntry
from tour.changes.models import NewsNumber
from tour.events.models import Event, Participation
from tour.notifications.models import Reminder
from tour.publishing.models import MapVersion
from tour.reservations.models import Place
from tour.sites.models import Site
from tour.staff.urls import urls

pytestmark = pytest.mark.once("who may is decided before a row is looked for")

EDITOR = {Role.EDITOR, Role.STAFF, Role.ADMINISTRATOR}
STAFF = {Role.STAFF, Role.ADMINISTRATOR}
ADMINISTRATOR = {Role.ADMINISTRATOR}
EVERYBODY = None
NOBODY: set[Role] = set()
"""Of somebody with a mail box: tests/accounts/test_paper.py has the others."""
WHO = {
    "today": EDITOR,
    "events": EDITOR,
    "new_event": EDITOR,
    "create_event": EDITOR,
    "event": EDITOR,
    "change_event": EDITOR,
    "event_visibility": STAFF,
    "event_sites": EDITOR,
    "change_event_sites": EDITOR,
    "asked": EDITOR,
    "ask_again": EDITOR,
    "note_answer": EDITOR,
    "event_day": EDITOR,
    "undo_event": STAFF,
    "event_cover": EDITOR,
    "change_cover": EDITOR,
    "event_rules": STAFF,
    "change_event_rules": STAFF,
    "event_map": EDITOR,
    "publish_map": STAFF,
    "event_places": EDITOR,
    "courses": EDITOR,
    "new_course": EDITOR,
    "create_course": EDITOR,
    "course": EDITOR,
    "change_course": EDITOR,
    "walk": EDITOR,
    "sites": EDITOR,
    "site_visibility": STAFF,
    "undo_site": STAFF,
    "approvals": STAFF,
    "review": STAFF,
    "reservations": STAFF,
    "bursts": STAFF,
    "clear_burst": STAFF,
    "restore_burst": STAFF,
    "door_list": STAFF,
    "export": STAFF,
    "party": STAFF,
    "party_size": STAFF,
    "cancel_place": STAFF,
    "calls": STAFF,
    "note_call": STAFF,
    "deliveries": STAFF,
    "messages": STAFF,
    "preview_message": STAFF,
    "send_message": STAFF,
    "undo_message": STAFF,
    "sent": STAFF,
    "imports": STAFF,
    "look_at_import": STAFF,
    "confirm_import": STAFF,
    "people": STAFF,
    "invite": STAFF,
    "invite_several": STAFF,
    "invite_again": STAFF,
    "revoke": STAFF,
    "sign_in_letter": NOBODY,
    "printed_letter": NOBODY,
    "person": ADMINISTRATOR,
    "change_address": ADMINISTRATOR,
    "merge": ADMINISTRATOR,
    "end": ADMINISTRATOR,
    "reopen": ADMINISTRATOR,
    "role": ADMINISTRATOR,
    "end_sessions": ADMINISTRATOR,
    "remove_from_site": ADMINISTRATOR,
    "log": STAFF,
    "undo_change": STAFF,
    "guide": EVERYBODY,
    "guide_picture": EVERYBODY,
}
"""The page's name: the roles that may open it."""
OTHER = "other@example.org"
FORMS: dict[str, dict[str, str]] = {"export": {"as": "csv"}, "publish_map": {"do": "publish"}}
WATCHED = (Event, Participation, Site, Place, MapVersion, NewsNumber, Reminder, AuditEntry)


OTHERWISE = {"staff:guide_picture": 404, "staff:printed_letter": 403}


def test_every_url_has_its_line() -> None:
    assert {url.name.removeprefix("staff:") for url in urls} == set(WHO)


@pytest.mark.parametrize("role", [None, *Role])
async def test_who_reaches_what(app: Starlette, role: Role | None) -> None:
    event, slot, party = await make_town()
    await make_account(OTHER)
    async with browser(app) as desk:
        if role:
            await sign_in_as(desk, await make_account("me@example.org", role))
        for url in urls:
            method = next(iter((url.methods or set()) - {"HEAD"}))
            path = await address(app, url.name, event=event.id, slot=slot.id, party=party.id)
            allowed = WHO[url.name.removeprefix("staff:")]
            answer = await desk.request(method, path, data=form_of(url.name, method))
            may = allowed is None or role in allowed
            assert is_let_in(answer) == may, f"{role} {method} {path}: {answer.status_code}"


async def test_get_changes_nothing(app: Starlette, administrator: httpx.AsyncClient) -> None:
    event, slot, party = await make_town()
    before = await everything()
    for url in urls:
        if "GET" in (url.methods or set()):
            path = await address(app, url.name, event=event.id, slot=slot.id, party=party.id)
            expected = OTHERWISE.get(url.name, 200)
            assert (await administrator.get(path)).status_code == expected, path
    assert await everything() == before


async def test_a_form_of_another_site_is_refused(staff: httpx.AsyncClient) -> None:
    event, _slot, _party = await make_town()
    answer = await staff.post(
        f"/staff/events/{event.id}/visibility",
        data={"do": "withdraw"},
        headers={"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"},
    )
    assert answer.status_code == 403
    assert (await Event.get(id=event.id)).is_published


@pytest.mark.parametrize("path", ["events/99", "reservations/99", "events/99/map"])
async def test_what_does_not_exist_answers_404(staff: httpx.AsyncClient, path: str) -> None:
    assert (await staff.get(f"/staff/{path}")).status_code == 404


async def address(app: Starlette, name: str, **ids: int) -> str:
    site = await Site.get(slug="site-1")
    account = await Account.get_or_none(email=OTHER)
    params: dict[str, Any] = {
        "event_id": ids["event"],
        "course_id": 1,
        "site_id": site.id,
        "reservation_id": ids["party"],
        "slot_id": ids["slot"],
        "account_id": account.id if account else 1,
        "invitation_id": 1,
        "entry_id": 1,
        "token": "none",
        "call_id": 1,
        "name": "staff",
    }
    url = next(url for url in urls if url.name == name)
    return str(app.url_path_for(name, **{key: params[key] for key in url.param_convertors}))


def form_of(name: str, method: str) -> dict[str, str] | None:
    return FORMS.get(name.removeprefix("staff:"), {}) if method == "POST" else None


def is_let_in(answer: httpx.Response) -> bool:
    """Neither sent to sign in nor refused. A mistake in the form is still let in."""
    to_sign_in = answer.headers.get("location", "").startswith("/sign-in")
    return answer.status_code != 403 and not to_sign_in


async def everything() -> list[list[dict[str, Any]]]:
    return [await model.all().order_by("id").values() for model in WATCHED]
