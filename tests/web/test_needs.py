"""Every form of hosts and staff says of each field whether it must be filled in."""

from collections.abc import AsyncIterator
from html.parser import HTMLParser

import pytest
from starlette.applications import Starlette

from tests.accounts.signing import browser
from tests.factories import make_course, make_event
from tests.web.console_forms import Console, make_console

NEEDS = ("field__required", "field__optional")
UNTYPED = ("search", "hidden", "checkbox", "radio", "submit", "button")

pytestmark = pytest.mark.once
"""What a template says does not depend on the database."""


class Needs(HTMLParser):
    """The fields of forms that are sent, and those whose label or group says what they need."""

    def __init__(self) -> None:
        super().__init__()
        self.fields: list[tuple[str, bool]] = []
        """(id, is it said by its group or does an aria-label name it within a row)."""
        self.said: set[str] = set()
        self.is_sent = False
        self.groups: list[bool] = []
        self.label: str | None = None
        self.in_legend = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.is_sent = given.get("method") == "post"
        elif tag == "fieldset":
            self.groups.append(False)
        elif tag == "legend":
            self.in_legend = True
        elif tag == "label":
            self.label = given.get("for", "")
        elif given.get("class") in NEEDS:
            if self.label:
                self.said.add(self.label)
            if self.in_legend and self.groups:
                self.groups[-1] = True
        is_typed = tag in ("select", "textarea") or (
            tag == "input" and given.get("type", "text") not in UNTYPED
        )
        if is_typed and self.is_sent and not given.get("aria-label"):
            self.fields.append((given.get("id", "?"), any(self.groups)))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.is_sent = False
        elif tag == "fieldset" and self.groups:
            self.groups.pop()
        elif tag == "legend":
            self.in_legend = False
        elif tag == "label":
            self.label = None

    @property
    def unsaid(self) -> list[str]:
        return [name for name, by_group in self.fields if not by_group and name not in self.said]


@pytest.fixture
async def console(app: Starlette) -> AsyncIterator[Console]:
    async with browser(app) as host, browser(app) as staff:
        yield await make_console(host, staff)


async def test_every_field_says_whether_it_must_be_filled_in(console: Console) -> None:
    slot, place = await console.party()
    programme = await slot.programme
    event = await make_event()
    course = await make_course(console.site, event=event)
    own = ["", "/profile", "/hours", "/photos", "/people", "/messages", "/check-in"]
    own += ["/programmes/new", f"/programmes/{programme.id}", f"/slots/{slot.id}"]
    staff = ["/approvals", "/imports", "/people", "/messages", "/events/new"]
    staff += [f"/reservations/{place.reservation_id}"]
    staff += [f"/events/{event.id}{part}" for part in ("", "/rules", "/cover", "/sites", "/map")]
    staff += [f"/events/{event.id}/courses/{name}" for name in ("new", course.id)]
    found, unsaid = 0, set[str]()
    for path in [*(f"{console.path}{part}" for part in own), *(f"/staff{part}" for part in staff)]:
        client = console.host if path.startswith("/host") else console.staff
        page = await client.get(path)
        assert page.status_code == 200, path
        needs = Needs()
        needs.feed(page.text)
        unsaid |= {f"{path} {name}" for name in needs.unsaid}
        found += len(needs.fields)
    assert unsaid == set()
    assert found > 60
