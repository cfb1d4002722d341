"""A real SMTP server in the test's own event loop, which can be told to misbehave."""

import asyncio
import email
import email.policy
from collections import Counter
from email.message import EmailMessage

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

CUT = "cut"
"""The letter is taken, and the connection ends before the answer."""


class PostOffice:
    """Takes mails, or answers as it was told.

    `answers` are for RCPT and `content_answers` for what follows the final dot, one a letter, where
    `CUT` takes it and hangs up; `greeting` is the banner. It thinks for `seconds` about each letter
    that it has taken. Letters to `disliked` it does not take.
    While `attends` is not set it takes none, and says nothing.
    """

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.answers: list[str] = []
        self.content_answers: list[str] = []
        self.disliked = ""
        self.greeting = "220 ready"
        self.sender_answer = ""
        self.seconds = 0.0
        self.port = 0
        self.connections = 0
        self.windows: set[asyncio.BaseTransport] = set()
        self.changed = asyncio.Condition()
        self.attends = asyncio.Event()
        self.attends.set()

    async def open(self) -> None:
        """At the same port as before, if it was open before."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self._window, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        """Nobody answers any more."""
        self._server.close()
        for transport in list(self.windows):
            transport.close()
        await self._server.wait_closed()

    def _window(self) -> SMTP:
        window = Window(self, authenticator=check_login, auth_require_tls=False)
        window.office = self
        return window

    @property
    def copies(self) -> Counter[str]:
        """How often each letter came, by its Message-ID."""
        return Counter(str(mail["Message-ID"]) for mail in self.mails)

    async def arrived(self, number: int) -> None:
        """Wait until so many letters have come."""
        async with self.changed:
            await self.changed.wait_for(lambda: len(self.mails) >= number)

    async def handle_MAIL(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, options: list
    ) -> str:
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return self.sender_answer or "250 OK"

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list
    ) -> str:
        await self.attends.wait()
        if self.answers and (answer := self.answers.pop(0)):
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        answer = self.content_answers.pop(0) if self.content_answers else ""
        if self.disliked in envelope.rcpt_tos:
            answer = "550 5.7.1 looks like spam"
        if answer and answer != CUT:
            return answer
        made = email.message_from_bytes(envelope.content, policy=email.policy.default)
        async with self.changed:
            self.mails.append(made)
            self.changed.notify_all()
        if self.seconds:
            await asyncio.sleep(self.seconds)
        if answer == CUT:
            server.transport.close()
        return "250 OK"


class Window(SMTP):
    """One connection."""

    office: PostOffice

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.office.connections += 1
        self.office.windows.add(transport)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        self.office.windows.discard(self.transport)
        super().connection_lost(error)

    async def push(self, status: str | bytes) -> None:
        is_banner = isinstance(status, str) and status.startswith(f"220 {self.hostname}")
        await super().push(self.office.greeting if is_banner else status)


def check_login(
    _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, data: LoginPassword
) -> AuthResult:
    return AuthResult(success=data == LoginPassword(b"tour", b"p@ss"), handled=False)
