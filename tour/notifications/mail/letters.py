"""Letters: the fall-back where push is not there, in the reader's language, as text and HTML."""

import asyncio
import os
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

import jinja2

from tour.clock import Clock
from tour.i18n import current_language
from tour.notifications.answers import SENT, Outcome, Verdict, Whose
from tour.notifications.mail.enclosing import Cover, Enclosure, enclose_in
from tour.notifications.mail.smtp import NO_ADDRESS, MailLine, MailServer, is_mail_box
from tour.notifications.message import Message
from tour.settings import Settings
from tour.town import Town, read_town
from tour.web.templates import make_environment


@dataclass(frozen=True, slots=True)
class Letter:
    """`name` is the same for every try and no other letter has it ever, so that mail programs show
    what was sent twice once.

    `token` leads to the page where its reader can stop these mails, if it is one of those that can
    be stopped (`can_stop`): nothing under a letter promises what would not happen.
    """

    to: str
    message: Message
    lang: str
    token: str
    name: str
    reader: str = ""
    """The key that only the reader of the mail box has (`mail.boxes`)."""
    can_stop: bool = True
    enclosures: tuple[Enclosure, ...] = ()


class Carrier(Protocol):
    """Takes a finished mail further."""

    async def carry(self, mail: EmailMessage, to: str, name: str) -> Outcome: ...

    async def close(self) -> None: ...


class Mailer:
    """Writes letters and hands them to a carrier: a mail server, or a folder."""

    def __init__(
        self,
        carrier: Carrier,
        templates: jinja2.Environment,
        clock: Clock,
        *,
        sender: str,
        base_url: str,
        town: Town,
    ) -> None:
        self._carrier = carrier
        self._templates = templates
        self._clock = clock
        self._sender = sender
        self._base_url = base_url
        self._town = town

    def cover(self, to: str, name: str) -> Cover:
        """What is known of a letter before it is written."""
        return Cover(self._sender, self._town.brand, to, name, self._clock())

    async def send(self, letter: Letter) -> Outcome:
        """Try once. Never raises for what a mail server or a network does."""
        if not is_mail_box(letter.to):
            return NO_ADDRESS
        return await self._carrier.carry(self.write(letter), letter.to, letter.name)

    async def close(self) -> None:
        """Let go of what is kept open for the next letter."""
        await self._carrier.close()

    def write(self, letter: Letter) -> EmailMessage:
        reader = f"?reader={letter.reader}" if letter.reader else ""
        stop_url = f"{self._base_url}/notifications/{letter.token}{reader}"
        token = current_language.set(letter.lang)
        try:
            parts = {
                "message": letter.message,
                "base_url": self._base_url,
                "stop_url": stop_url if letter.can_stop else "",
            }
            text, html = (
                self._templates.get_template(f"mail/message.{kind}").render(
                    lang=letter.lang, **parts
                )
                for kind in ("txt", "html")
            )
            brand = self._town.brand
        finally:
            current_language.reset(token)
        mail = EmailMessage(policy=SMTP)
        mail["Subject"] = " ".join(letter.message.title.split())
        mail["From"] = Address(brand, addr_spec=self._sender)
        mail["To"] = letter.to
        mail["Date"] = format_datetime(self._clock())
        mail["Message-ID"] = f"<{letter.name}@{urlsplit(self._base_url).hostname}>"
        mail["Auto-Submitted"] = "auto-generated"
        mail["Content-Language"] = letter.lang.partition("-easy")[0]
        if letter.can_stop:
            mail["List-Unsubscribe"] = f"<{stop_url}>"
        mail.set_content(text)
        mail.add_alternative(html, subtype="html")
        enclose_in(mail, letter.enclosures)
        return mail


@dataclass(frozen=True, slots=True)
class MailFolder:
    """Without a mail server, mails are `.eml` files: to look at, and to send by other means."""

    folder: Path

    async def carry(self, mail: EmailMessage, to: str, name: str) -> Outcome:  # noqa: ARG002 - a server's
        try:
            await asyncio.to_thread(self._write, self.folder / f"{name}.eml", mail.as_bytes())
        except OSError:
            problem = "the folder for mails cannot be written"
            return Outcome(Verdict.RETRY, problem, whose=Whose.SERVICE)
        return SENT

    async def close(self) -> None:
        """Nothing is kept open."""

    def _write(self, path: Path, raw: bytes) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(raw)


def open_mailer(settings: Settings, clock: Clock) -> Mailer:
    """A mailer by the operator's settings."""
    town = read_town(settings.data)
    host = urlsplit(settings.base_url).hostname or "localhost"
    carrier: Carrier = MailFolder(settings.var / "mail")
    if settings.smtp_url:
        carrier = MailLine(MailServer.parse(settings.smtp_url))
    return Mailer(
        carrier,
        make_environment(town, asset=lambda name: f"{settings.base_url}/static/0/{name}"),
        clock,
        sender=settings.mail_from or f"noreply@{host}",
        base_url=settings.base_url,
        town=town,
    )
