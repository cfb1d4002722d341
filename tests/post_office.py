"""A real SMTP server in the test's own event loop."""

import asyncio
import email
import email.policy
from collections.abc import AsyncIterator
from email.message import EmailMessage

import pytest
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session


class PostOffice:
    """Takes mails, or answers as it was told."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.answers: list[str] = []

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list
    ) -> str:
        if self.answers:
            return self.answers.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        made = email.message_from_bytes(envelope.content, policy=email.policy.default)
        self.mails.append(made)
        return "250 OK"


def check_login(
    _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, data: LoginPassword
) -> AuthResult:
    return AuthResult(success=data == LoginPassword(b"tour", b"p@ss"), handled=False)


@pytest.fixture
async def post_office() -> AsyncIterator[tuple[PostOffice, int]]:
    """A mail server in the test's own event loop, and its port."""
    office = PostOffice()

    def speak() -> SMTP:
        return SMTP(office, authenticator=check_login, auth_require_tls=False)

    server = await asyncio.get_running_loop().create_server(speak, "127.0.0.1", 0)
    yield office, server.sockets[0].getsockname()[1]
    server.close()
    await server.wait_closed()
