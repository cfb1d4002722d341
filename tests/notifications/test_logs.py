"""No endpoint, key, name or address in any log, at any level, whatever goes wrong."""

import io
import logging
from collections.abc import Iterator

import pytest

from tests.conftest import make_settings
from tests.notifications.conftest import EMAIL, MESSAGE, queue_now
from tests.notifications.push_service import Step
from tour.logs import TALKATIVE, set_up_logs
from tour.notifications.models import PushSubscription
from tour.notifications.push.keys import vapid_keys
from tour.notifications.sending.worker import FULL, open_worker

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


@pytest.mark.parametrize(
    "library", ["aiosmtplib", "http_ece", "pywebpush", "a.new.one", *TALKATIVE]
)
def test_no_library_says_what_it_works_on(log, library: str) -> None:
    logger = logging.getLogger(library)
    logger.setLevel(logging.DEBUG)
    logger.debug("SELECT %s", EMAIL)
    logger.info("to %s", EMAIL)
    logging.getLogger("tour.notifications").info("ours")
    logger.setLevel(logging.NOTSET)
    assert EMAIL not in log.getvalue()
    assert "ours" in log.getvalue()


async def test_mails_leave_no_trace_either(
    log, make_visitor, clock, database_url, tmp_path, post_office
) -> None:
    office, port = post_office
    visitor = await make_visitor()
    await PushSubscription.all().delete()
    await queue_now(visitor.recipient, clock)
    settings = make_settings(database_url, tmp_path, TOUR_SMTP_URL=f"smtp://127.0.0.1:{port}")
    async with open_worker(settings, clock, FULL) as worker:
        await worker.run_once()
    assert len(office.mails) == 1
    said = log.getvalue()
    assert [s for s in (EMAIL, MESSAGE.title, visitor.recipient.token) if s in said] == []


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
