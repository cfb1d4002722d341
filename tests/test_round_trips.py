"""Whoever opens a form to change something and sends it as it is has changed nothing.

The forms are found on the pages of the consoles, and the pages from their addresses. A form that
does something whenever it is sent has a line in `ACTS`; any other must be such a round trip.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

import httpx
from starlette.applications import Starlette
from starlette.routing import Match, Route  # noqa: TID251 - the addresses are what is tested
from tortoise import Tortoise

from tests.accounts.signing import browser, make_account, sign_in_as
from tests.conftest import NOON
from tests.factories import make_course
from tests.staff.town import make_town
from tour.accounts.roles import Role
from tour.events.models import Event
from tour.hosts.urls import urls as host_urls
from tour.programmes.models import Programme
from tour.sites.choices import ACCESS
from tour.sites.models import HoursException, OpeningHours, Site
from tour.sites.texts import TEXTS
from tour.staff.urls import urls as staff_urls

ACTS = {
    *("accounts:end_session", "staff:end_sessions", "accounts:ask_address", "accounts:end"),
    *("hosts:check_in_code", "hosts:stage", "hosts:answer_event"),
    *("hosts:create_programme", "hosts:add_times", "hosts:add_photo", "hosts:invite"),
    *("hosts:list_file", "hosts:slot_list_file"),
    *("hosts:cancel_slot", "hosts:send_message", "hosts:clear_exception", "hosts:set_exception"),
    *(
        "staff:create_event",
        "staff:create_course",
        "staff:invite",
        "staff:invite_several",
        "staff:look_at_import",
    ),
    *("staff:event_visibility", "staff:site_visibility", "staff:publish_map", "staff:change_cover"),
    *("staff:cancel_place", "staff:export", "staff:note_answer"),
    "staff:event_day",
}
COUNTED = {"AccountSession", "RateCount", "Word", "Lease", "Heartbeat"}
"""Tables that tell who asked, which process is alive, and how words are read."""


@dataclass
class Form:
    action: str
    values: list[tuple[str, str]] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


class Forms(HTMLParser):
    """The POST forms of a page as a browser without scripts would send them at Enter."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._form: Form | None = None
        self._has_button = False
        self._text: tuple[str, list[str]] | None = None
        self._choice: tuple[str, list[tuple[str, bool]]] | None = None
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        if tag == "form" and told.get("method") == "post":
            self._form, self._has_button = Form(told.get("action", "")), False
            self.forms.append(self._form)
        if self._form is None or "disabled" in told:
            return
        name = told.get("name", "")
        if tag == "input" and name:
            self._input(name, told)
        elif tag == "textarea":
            self._text = (name, [])
        elif tag == "select":
            self._choice = (name, [])
        elif tag == "option" and self._choice:
            self._choice[1].append((told.get("value", ""), "selected" in told))
        elif tag == "button" and told.get("type", "submit") == "submit" and not self._has_button:
            self._has_button = True
            if name:
                self._form.values.append((name, told.get("value", "")))

    def _input(self, name: str, told: dict[str, str]) -> None:
        assert self._form is not None
        kind, value = told.get("type", "text"), told.get("value", "")
        if kind in ("submit", "button", "file", "image", "reset"):
            return
        if kind in ("checkbox", "radio"):
            if "checked" in told:
                self._form.values.append((name, told.get("value", "on")))
            return
        if len(value) > int(told.get("maxlength", 10**9)):
            self._form.problems.append(f"{name} has more than its maxlength")
        if kind != "hidden" and "\n" in value:
            self._form.problems.append(f"{name} has two lines")
        self._form.values.append((name, value))

    def handle_data(self, data: str) -> None:
        if self._text:
            self._text[1].append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        if self._form is None:
            return
        if tag == "textarea" and self._text:
            name, parts = self._text
            text = "".join(parts).removeprefix("\n")
            self._form.values.append((name, text.replace("\r\n", "\n").replace("\n", "\r\n")))
            self._text = None
        if tag == "select" and self._choice:
            name, options = self._choice
            chosen = [value for value, is_chosen in options if is_chosen]
            if options:
                self._form.values.append((name, (chosen or [options[0][0]])[0]))
            self._choice = None


async def make_full_town() -> dict[str, Any]:
    """A town in which every optional field says something, and some of it in two lines."""
    event, slot, party = await make_town()
    site = await Site.get(slug="site-1")
    words = {"phone": "03-1234-5678/080-1111-2222", "url": "https://a.example/?a=1&b=<x>"}
    texts = {text.name: words.get(text.name, f'"一" & <b>\n\n二 {text.name}') for text in TEXTS}
    kept = {text.name: text.written(texts[text.name]) for text in TEXTS}
    english = {text.name: text.written("One &amp;\ntwo") for text in TEXTS if text.is_translated}
    await Site.filter(id=site.id).update(
        **kept,
        translations={"en": english, "fr": {"name": "Atelier"}},
        access_features=list(reversed(ACCESS)),
        languages=["sign", "en", "ja"],
        holiday_rule="open_then_rest",
        entrance_lat=35.7531234,
        entrance_lon=139.7379876,
    )
    await OpeningHours.filter(site=site, weekday=2).delete()
    for opens, closes in ((600, 720), (780, 1500)):
        await OpeningHours.create(site=site, weekday=2, opens_minute=opens, closes_minute=closes)
    await HoursException.create(site=site, on_date=NOON.date(), note="臨時休業")
    await Event.filter(id=event.id).update(
        summary="一\n\n二", translations={"en": {"title": "Day", "summary": "One\ntwo"}}
    )
    programme = await Programme.get(id=slot.programme_id)
    await Programme.filter(id=programme.id).update(
        summary="一\n二",
        bring='<前掛け> & "軍手"',
        min_age=6,
        price_yen=1500,
        languages=["en", "ja"],
    )
    course = await make_course(site, await Site.get(slug="site-2"), event=event)
    return {
        "slug": site.slug,
        "site_id": site.id,
        "event_id": event.id,
        "slot_id": slot.id,
        "programme_id": programme.id,
        "course_id": course.id,
        "reservation_id": party.id,
    }


def pages(params: dict[str, Any]) -> Iterator[str]:
    for url in (*host_urls, *staff_urls):
        if "GET" in (url.methods or ()) and set(url.param_convertors) <= params.keys():
            yield url.path_format.format(**{key: params[key] for key in url.param_convertors})


def name_of(app: Starlette, action: str) -> str:
    scope = {"type": "http", "method": "POST", "path": httpx.URL(action).path, "headers": []}
    for route in app.routes:
        if isinstance(route, Route) and route.matches(scope)[0] == Match.FULL:
            return str(route.name)
    raise AssertionError(f"nobody answers {action}")


async def everything() -> dict[str, Any]:
    return {
        name: sorted(await model.all().values(), key=str)
        for name, model in Tortoise.apps["models"].items()
        if name not in COUNTED
    }


async def test_every_form_sent_as_it_is_shown_changes_nothing(app: Starlette) -> None:
    params = await make_full_town()
    account = await make_account("admin@example.org", Role.ADMINISTRATOR)
    wrong: dict[str, list[str]] = {}
    async with browser(app) as desk:
        await sign_in_as(desk, account)
        forms: dict[str, Form] = {}
        for path in ["/account", *pages(params)]:
            page = await desk.get(path)
            if page.status_code == 200 and "html" in page.headers["content-type"]:
                for form in Forms(page.text).forms:
                    forms.setdefault(name_of(app, form.action), form)
        assert set(forms) >= ACTS, "a line that no form needs any more"
        tried = {name: form for name, form in forms.items() if name not in ACTS}
        assert len(tried) >= 10, tried.keys()
        for name, form in tried.items():
            before = await everything()
            answer = await send(desk, form)
            after = await everything()
            changed = [table for table in before if before[table] != after[table]]
            if answer.status_code != 303 or changed or form.problems:
                wrong[name] = [str(answer.status_code), *form.problems, *changed]
    assert wrong == {}


async def send(desk: httpx.AsyncClient, form: Form) -> httpx.Response:
    body = str(httpx.QueryParams(form.values))
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    return await desk.post(form.action, content=body, headers=kind)
