"""A strict push service, settings that point to it, and a worker that sends there."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import aiohttp
import pytest

from tests.conftest import TurnableClock, make_settings
from tests.notifications.push_service import Phone, PushService
from tour.notifications import recipients, service
from tour.notifications.mail.letters import open_mailer
from tour.notifications.message import Action, Message
from tour.notifications.models import Recipient
from tour.notifications.push.endpoints import EndpointPolicy
from tour.notifications.push.sender import open_sender
from tour.notifications.sending.worker import Worker
from tour.seal import Seal
from tour.settings import Settings

IMPATIENT = aiohttp.ClientTimeout(total=2, connect=5)
EMAIL = "yamada.hanako@example.org"
MESSAGE = Message(
    title="明日の体験",
    body="10:00 木版を摺る（見本 木版工房）",
    url="/reservations/abc",
    actions=(Action("QRコードを表示", "/reservations/abc#qr"),),
)


@pytest.fixture
async def push(tmp_path: Path) -> AsyncIterator[PushService]:
    async with PushService(tmp_path / "tls") as running:
        yield running


@pytest.fixture
def settings(database_url: str, tmp_path: Path, push: PushService) -> Settings:
    """Settings that know the push service as an extra host."""
    return make_settings(
        database_url,
        tmp_path,
        TOUR_PUSH_HOSTS=f"localhost:{push.port}",
        TOUR_PUSH_CA=str(push.certificate.authority),
    )


@pytest.fixture
async def worker(
    database: str,  # noqa: ARG001 - opened for the worker
    settings: Settings,
    clock: TurnableClock,
) -> AsyncIterator[Worker]:
    """A worker that waits two seconds for an answer, on the open database."""
    async with open_sender(settings, timeout=IMPATIENT) as sender:
        mailer, seal = open_mailer(settings, clock), Seal(settings.secret_key)
        yield Worker(sender, mailer, clock, base_url=settings.base_url, seal=seal)


@dataclass(frozen=True, slots=True)
class Visitor:
    recipient: Recipient
    phone: Phone


@pytest.fixture
def make_visitor(
    database: str,  # noqa: ARG001 - opened for the visitor's rows
    settings: Settings,
    push: PushService,
    clock: TurnableClock,
) -> Callable[..., Awaitable[Visitor]]:
    """Somebody with a mail address and one subscribed phone."""
    policy = EndpointPolicy.parse(settings.push_hosts)

    async def make(email: str = EMAIL, lang: str = "ja") -> Visitor:
        recipient = await recipients.new_recipient(lang=lang, timezone="Asia/Tokyo", email=email)
        phone = push.phone()
        await recipients.subscribe(recipient.id, phone.subscription(), policy, now=clock())
        return Visitor(recipient, phone)

    return make


async def queue_now(recipient: Recipient, clock: TurnableClock, **lasts: float) -> int:
    """A reminder that is due now and lasts two hours, if nothing else is said; its id."""
    lasting = timedelta(**lasts) if lasts else timedelta(hours=2)
    reminder = await service.queue(
        recipient.id,
        "evening:2026-12-02",
        MESSAGE,
        due_at=clock(),
        expires_at=clock() + lasting,
        now=clock(),
    )
    return int(reminder.id)
