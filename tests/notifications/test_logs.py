"""No endpoint, key, name or address in any log, at any level, whatever goes wrong."""

import io
import logging
from collections.abc import Iterator

import pytest

from tests.notifications.conftest import EMAIL, MESSAGE, queue_now
from tests.notifications.push_service import Step
from tour.logs import TALKATIVE, set_up_logs
from tour.notifications.keys import vapid_keys

FAULTS = [
    [],
    [Step(403)],
    [Step(410)],
    [Step(500)] * 20,
    [Step(413)] * 2,
    [Step(307, location="https://localhost/x")],
    [Step(action="reset")],
    [Step(action="hang")],
    [Step(429), Step(429)],
]


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """What is logged when an operator turns everything up, libraries included."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    set_up_logs(logging.DEBUG)
    written = io.StringIO()
    root.handlers[0].stream = written  # type: ignore[attr-defined]
    root.setLevel(logging.DEBUG)
    yield written
    root.handlers[:] = handlers
    root.setLevel(level)
    for name in ("tour", *TALKATIVE):
        logging.getLogger(name).setLevel(logging.NOTSET)


async def test_logs_hold_nothing_personal(log, worker, make_visitor, clock, settings) -> None:
    visitors = [await make_visitor() for _fault in FAULTS]
    for visitor, steps in zip(visitors, FAULTS, strict=True):
        visitor.phone.steps = list(steps)
        await queue_now(visitor.recipient, clock)
    for _cycle in range(15):
        await worker.run_once()
        clock.turn(minutes=4)

    said = log.getvalue()
    assert "not delivered: 403 refused our VAPID key or subject" in said
    secrets = [EMAIL, MESSAGE.title, MESSAGE.body, MESSAGE.url, vapid_keys(settings).private]
    for visitor in visitors:
        keys = visitor.phone.subscription()["keys"]
        secrets += [visitor.phone.id, keys["p256dh"], keys["auth"], visitor.recipient.token]
    assert [secret for secret in secrets if secret in said] == []
