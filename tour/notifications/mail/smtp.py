"""Letters to a mail server (RFC 5321), many over one connection.

Each step has its own meaning of a refusal (`smtp_answers`), and its own patience: a server may
think long about a letter that it has, and whoever hangs up on it then sends twice.
"""

import asyncio
import re
import ssl
from contextlib import suppress
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import parseaddr
from time import monotonic
from urllib.parse import unquote, urlsplit

import aiosmtplib
from aiosmtplib.email import flatten_message
from aiosmtplib.protocol import SMTPProtocol

from tour.errors import ConfigurationError
from tour.notifications.answers import SENT, Outcome, Verdict, Whose
from tour.notifications.mail.smtp_answers import about_content, about_reader, about_us

STEP_SECONDS = 20
"""For the greeting and for each command."""
HAND_OVER_SECONDS = 60
"""From the greeting to the letter's last line: a server that drips holds up nobody."""
ACCEPTANCE_SECONDS = 120
"""For the answer after that; RFC 5321, 4.5.3.2.6, would have us wait ten minutes."""
KEPT_SECONDS = 20.0
"""A connection that nobody needs for so long is closed, before the server does it."""
GO_AHEAD = 354
DONE = 250
LINE_BEGINS_WITH_DOT = re.compile(rb"(?m)^\.")
MAIL_BOX = re.compile(r"[^\s<>;:,]+@[^\s<>;:,@]+")
LOST = (aiosmtplib.SMTPException, OSError, ssl.SSLError)
WRONG_PASSWORD = Outcome(Verdict.RETRY, "the mail server refused our password", whose=Whose.SERVICE)
NO_ANSWER = Outcome(Verdict.RETRY, "the mail server does not answer", whose=Whose.SERVICE)
HUNG_UP = Outcome(Verdict.RETRY, "the mail server hung up", whose=Whose.UNCLEAR)
UNCERTAIN = Outcome(Verdict.UNCERTAIN, "handed over, the answer was lost", whose=Whose.UNCLEAR)
NO_ADDRESS = Outcome(Verdict.FAILED, "not an address that mail can go to")


@dataclass(frozen=True, slots=True)
class MailServer:
    """`smtp://user:password@host:port` (STARTTLS where offered) or `smtps://…`."""

    host: str
    port: int
    user: str | None
    password: str | None
    use_tls: bool

    @classmethod
    def parse(cls, url: str) -> "MailServer":
        """Raises ConfigurationError, without showing the password."""
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError:
            raise ConfigurationError("TOUR_SMTP_URL: the port is not a number") from None
        if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
            raise ConfigurationError("TOUR_SMTP_URL: must look like smtp://user:password@host:port")
        return cls(
            host=parts.hostname,
            port=port or (465 if parts.scheme == "smtps" else 587),
            user=unquote(parts.username) if parts.username else None,
            password=unquote(parts.password) if parts.password else None,
            use_tls=parts.scheme == "smtps",
        )

    async def connect(self) -> aiosmtplib.SMTP:
        client = aiosmtplib.SMTP(
            hostname=self.host,
            port=self.port,
            username=self.user,
            password=self.password,
            use_tls=self.use_tls,
            timeout=STEP_SECONDS,
        )
        await client.connect()
        return client


def is_mail_box(address: str) -> bool:
    """Whether this can stand in a letter's head and on a server's command line."""
    return MAIL_BOX.fullmatch(address) is not None


class MailLine:
    """The way to one mail server, with the connections that wait for their next letter."""

    def __init__(self, server: MailServer) -> None:
        self._server = server
        self._kept: list[tuple[float, aiosmtplib.SMTP]] = []
        self._leaving: set[asyncio.Task[None]] = set()

    async def carry(self, mail: EmailMessage, to: str, name: str) -> Outcome:  # noqa: ARG002 - a folder's
        """Try once. Never raises for what a server or a network does."""
        try:
            async with asyncio.timeout(HAND_OVER_SECONDS):
                client, raw = await self._begin(mail, to)
        except aiosmtplib.SMTPAuthenticationError:
            return WRONG_PASSWORD
        except aiosmtplib.SMTPResponseException as exc:
            return about_us(exc.code)
        except ValueError:
            return NO_ADDRESS
        except LOST:
            return NO_ANSWER
        try:
            outcome = await _hand_over(client, to, raw)
        except BaseException:
            client.close()
            raise
        await self._keep(client, outcome)
        return outcome

    async def close(self) -> None:
        """Take leave of the server."""
        self._close_kept(until=float("inf"))
        if self._leaving:
            await asyncio.wait(self._leaving)

    async def _begin(self, mail: EmailMessage, to: str) -> tuple[aiosmtplib.SMTP, bytes]:
        """A connection on which this letter has begun. A kept one may have been closed at the other
        end meanwhile; nothing has been handed over then."""
        while self._kept:
            _since, client = self._kept.pop()
            with suppress(*LOST):
                return client, await _begin_letter(client, mail, to)
            client.close()
        client = await self._server.connect()
        try:
            return client, await _begin_letter(client, mail, to)
        except BaseException:
            client.close()
            raise

    async def _keep(self, client: aiosmtplib.SMTP, outcome: Outcome) -> None:
        """For the next letter, if it is still good."""
        if outcome.verdict != Verdict.SENT and client.is_connected:
            with suppress(*LOST):
                await client.rset(timeout=STEP_SECONDS)
        if client.is_connected:
            self._kept.append((monotonic(), client))
            loop = asyncio.get_running_loop()
            loop.call_later(KEPT_SECONDS + 1, lambda: self._close_kept(monotonic() - KEPT_SECONDS))

    def _close_kept(self, until: float) -> None:
        """Those that have waited since `until` or longer."""
        old = [client for since, client in self._kept if since <= until]
        self._kept = [(since, client) for since, client in self._kept if since > until]
        for client in old:
            task = asyncio.create_task(_take_leave(client))
            self._leaving.add(task)
            task.add_done_callback(self._leaving.discard)


async def _begin_letter(client: aiosmtplib.SMTP, mail: EmailMessage, to: str) -> bytes:
    """MAIL; the letter as this server can read it. Raises ValueError for an address it cannot."""
    sender = parseaddr(str(mail["From"]))[1]
    is_wide = not (sender + to).isascii()
    if is_wide and not client.supports_extension("smtputf8"):
        raise ValueError("not an address of this server's letters")
    takes_eight_bits = client.supports_extension("8bitmime")
    options = ["BODY=8BITMIME"] if takes_eight_bits else []
    options += ["SMTPUTF8"] if is_wide else []
    raw = flatten_message(mail, utf8=is_wide, cte_type="8bit" if takes_eight_bits else "7bit")
    await client.mail(sender, options=options, encoding="utf-8")
    return raw


async def _hand_over(client: aiosmtplib.SMTP, to: str, raw: bytes) -> Outcome:
    """RCPT and DATA. From the last line on, nobody knows whether a lost letter has arrived."""
    try:
        async with asyncio.timeout(HAND_OVER_SECONDS):
            await client.rcpt(to, encoding="utf-8")
            protocol = _protocol(client)
            protocol.write(b"DATA\r\n")
            answer = await protocol.read_response(timeout=STEP_SECONDS)
    except aiosmtplib.SMTPRecipientRefused as exc:
        return about_reader(exc.code, exc.message)
    except LOST:
        client.close()
        return HUNG_UP
    if answer.code != GO_AHEAD:
        return about_content(answer.code, answer.message)
    try:
        protocol.write(LINE_BEGINS_WITH_DOT.sub(b"..", raw) + b".\r\n")
        answer = await protocol.read_response(timeout=ACCEPTANCE_SECONDS)
    except LOST:
        client.close()
        return UNCERTAIN
    return SENT if answer.code == DONE else about_content(answer.code, answer.message)


def _protocol(client: aiosmtplib.SMTP) -> SMTPProtocol:
    """Where the content is written by ourselves: the library does not tell a connection lost
    before the letter from one lost after it."""
    if client.protocol is None:
        raise aiosmtplib.SMTPServerDisconnected("not connected")
    return client.protocol


async def _take_leave(client: aiosmtplib.SMTP) -> None:
    with suppress(*LOST):
        await client.quit(timeout=2)
    client.close()
