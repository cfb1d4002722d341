"""The form on the wire."""

import json

import pytest

from tour.notifications.message import (
    MAX_BYTES,
    SHORT_BYTES,
    Action,
    Envelope,
    Message,
    Part,
    joined,
    payload,
)


def envelope(body: str, title: str = "明日の体験") -> Envelope:
    actions = (Action("QRコードを表示", "/r/abc#qr"), Action("行けません", "/r/abc#cancel"))
    message = Message(title, body, "/r/abc", actions)
    return Envelope(message, "reminder-7", 2, "ja-easy", "https://tour.example.org")


def test_it_is_a_declarative_push_message() -> None:
    assert json.loads(payload(envelope("10時から"))) == {
        "web_push": 8030,
        "notification": {
            "title": "明日の体験",
            "body": "10時から",
            "navigate": "https://tour.example.org/r/abc",
            "tag": "reminder-7",
            "lang": "ja",
            "data": {"revision": 2},
            "actions": [
                {
                    "action": "0",
                    "title": "QRコードを表示",
                    "navigate": "https://tour.example.org/r/abc#qr",
                },
                {
                    "action": "1",
                    "title": "行けません",
                    "navigate": "https://tour.example.org/r/abc#cancel",
                },
            ],
        },
    }


@pytest.mark.parametrize("limit", [MAX_BYTES, SHORT_BYTES])
@pytest.mark.parametrize("letter", ["x", "体", "🎬"])
def test_a_long_text_is_cut_between_letters(limit: int, letter: str) -> None:
    raw = payload(envelope(letter * 3000), limit)
    assert len(raw) <= limit
    body = json.loads(raw)["notification"]["body"]
    assert set(body) == {letter, "…"}
    assert body.endswith("…")


def test_a_long_title_alone_fits_too() -> None:
    assert len(payload(envelope("", title="体" * 500), SHORT_BYTES)) <= SHORT_BYTES


def part(number: int, body: str) -> Part:
    page = f"/r/{number}"
    buttons = [
        ("道順を見る", "/way"),
        ("行けません", f"{page}/no"),
        ("QRコードを表示", f"{page}#qr"),
    ]
    actions = [{"title": title, "url": url} for title, url in buttons]
    return Part(number, 1, "evening:2026-12-02", "明日の体験", body, page, actions)


def test_two_reservations_in_one_message_have_each_their_own_buttons() -> None:
    made = joined([part(2, "13:00 江戸打ち紐"), part(1, "10:00 木版を摺る")])
    assert [(action.title, action.url) for action in made.actions[:4]] == [
        ("QRコードを表示 10:00", "/r/1#qr"),
        ("QRコードを表示 13:00", "/r/2#qr"),
        ("行けません 10:00", "/r/1/no"),
        ("行けません 13:00", "/r/2/no"),
    ]


def test_one_reservation_keeps_its_buttons_as_they_are() -> None:
    made = joined([part(1, "10:00 木版を摺る")])
    assert [action.title for action in made.actions] == [
        "道順を見る",
        "行けません",
        "QRコードを表示",
    ]


def test_too_many_buttons_lose_the_last_first() -> None:
    parts = [part(n, f"{10 + n}:00 {'長い名前' * 8}") for n in range(6)]
    message = joined(parts)
    whole = Envelope(message, "reminder-7", 2, "ja", "https://tour.example.org")
    sent = json.loads(payload(whole))["notification"]
    assert len(payload(whole)) <= MAX_BYTES
    assert sent["body"] == message.body
    assert 0 < len(sent["actions"]) < len(message.actions)
    assert sent["actions"][0]["title"] == "QRコードを表示 10:00"
