"""Why a message was not delivered, in words; the worker's own answers are what is read."""

from datetime import UTC, datetime

import pytest

from tour.i18n import current_language
from tour.notifications import answers
from tour.staff.reasons import reason

NOW = datetime(2026, 12, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("problem", "shown"),
    [
        ("no answer in time", "時間内に応答がありません"),
        ("mail refused: 550", "メールの受け取りを拒否されました（550）"),
        ("503 try later", "あとで送るよう求められています（503）"),
        ("403 refused our VAPID key or subject", "VAPIDの鍵か連絡先を拒否されました（403）"),
        ("400 refused dropped", "サービスに拒否されました（400 dropped）"),
        ("fault: KeyError", "このアプリの不具合です（KeyError）"),
        ("given up: no try came to an end", "再送しましたが届きませんでした"),
        ("something new: 7", "something new: 7"),
        ("999 something new", "999 something new"),
        ("", ""),
    ],
)
def test_a_reason_is_said_in_the_readers_language(problem: str, shown: str) -> None:
    token = current_language.set("ja")
    try:
        assert reason(problem) == shown
    finally:
        current_language.reset(token)


@pytest.mark.parametrize("status", [301, 400, 401, 403, 404, 410, 413, 429, 500, 503, 507])
def test_every_answer_of_a_push_service_has_words(status: int) -> None:
    token = current_language.set("ja")
    try:
        shown = reason(answers.judge(status, {}, now=NOW).problem)
    finally:
        current_language.reset(token)
    assert str(status) in shown
    assert any(ord(letter) > 0x3000 for letter in shown)
