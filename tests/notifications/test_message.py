"""The form on the wire."""

import json

import pytest

from tour.notifications.message import MAX_BYTES, SHORT_BYTES, Action, Envelope, Message, payload


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
