"""What a host changes is seen by visitors of another process, at once: on both databases.

Two real processes of the app share one database; each keeps its own copies of the catalogue. The
host's taps go to one, visitors read from the other.
"""

import email
import email.policy
import re
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest

from tests.browser.serving import App

THAT_MORNING = "2026-12-26T09:00:00+09:00"
"""The first day of the demonstration's first event."""
SITE = "sample-woodblock-oji"
PROMISED_SECONDS = 5.0
MAIL_SECONDS = 30.0


@pytest.fixture
def two(database_url: str, tmp_path: Path) -> Iterator[tuple[App, App]]:
    """One process that works and sends, and one that only serves pages."""
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
    one, other = (App(tmp_path / name, database_url) for name in ("one", "other"))
    for app in (one, other):
        app.variables["TOUR_STREETS"] = ""
    with ExitStack() as stack:
        stack.enter_context(one.serving(THAT_MORNING))
        stack.enter_context(other.serving(THAT_MORNING, TOUR_WORKER="external"))
        yield one, other


def browser(app: App) -> httpx.Client:
    headers = {"Accept-Language": "ja", "Origin": app.base}
    return httpx.Client(base_url=app.base, headers=headers, timeout=30, trust_env=False)


def until(visitor: httpx.Client, path: str, words: str, *, there: bool = True) -> None:
    """Read a page again and again; what is asked for late enough must show the change."""
    changed = time.monotonic()
    while True:
        asked_after = time.monotonic() - changed
        if (words in visitor.get(path).text) == there:
            return
        assert asked_after < PROMISED_SECONDS, f"{path}: {words} after {asked_after:.1f} s"


def mailed(app: App, words: str) -> str:
    """The text of the mail with these words, once the worker has written it."""
    deadline = time.monotonic() + MAIL_SECONDS
    while time.monotonic() < deadline:
        for path in (app.folder / "var" / "mail").glob("*.eml"):
            mail = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
            body = mail.get_body(("plain",))
            text = f"{mail['Subject']}\n{body.get_content() if body else ''}"
            if words in text:
                return text
    raise AssertionError(f"no mail with {words} within {MAIL_SECONDS} s")


def reserve(visitor: httpx.Client) -> dict[str, object]:
    """A seat in one of the site's sessions of the day, for somebody with a mail box."""
    found = visitor.get(f"/api/v1/slots?site={SITE}&seats=1").json()["items"]
    slot = next(one for one in found if one["status"] == "open")
    wish = {
        "slots": [slot["id"]],
        "party": {"adults": 1, "children": 0},
        "contact": {
            "name": "北 花子",
            "kana": "キタ ハナコ",
            "email": "g@example.org",
            "phone": "",
        },
        "lang": "ja",
        "consent": True,
    }
    answer = visitor.post(
        "/api/v1/reservations", json=wish, headers={"Idempotency-Key": "live-reservation"}
    )
    assert answer.status_code == 201, answer.text
    return dict(slot)


def test_a_change_at_the_door_is_seen_in_another_process_and_told(two: tuple[App, App]) -> None:
    one, other = two
    with browser(one) as host, browser(other) as visitor:
        slot = reserve(visitor)
        host.post("/sign-in/sample", data={"as": "host"})
        page, start = f"/sites/{SITE}", "/sites?q=王子木版"
        for path in (page, start, "/"):
            visitor.get(path)

        assert host.post(f"/host/{SITE}/door", data={"do": "full"}).status_code == 303
        until(visitor, page, "いま満員")
        until(visitor, start, "いま満員")

        profile = host.get(f"/host/{SITE}/profile").text
        fields = dict(re.findall(r'<input[^>]* name="([\w-]+)"[^>]* value="([^"]*)"', profile))
        fields |= {"name": "見本 王子木版工房", "summary": "今日は刷り立てを配ります。"}
        assert host.post(f"/host/{SITE}/profile", data=fields).status_code == 303
        until(visitor, page, "今日は刷り立てを配ります。")

        programme = slot["programme"]
        assert isinstance(programme, dict)
        session = f"/programmes/{programme['id']}"
        visitor.get(session)
        cancel = f"/host/{SITE}/slots/{slot['id']}/cancel"
        assert host.post(cancel, data={"message": "水が止まりました。"}).status_code == 303
        until(visitor, session, "中止")
        assert "水が止まりました。" in mailed(one, "水が止まりました。")
