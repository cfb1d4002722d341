"""Mails, through a real SMTP server on this machine and into a folder."""

import asyncio
import stat
from dataclasses import replace
from pathlib import Path

import pytest

from tests.conftest import make_settings
from tour.clock import system_clock
from tour.errors import ConfigurationError
from tour.notifications.answers import Outcome
from tour.notifications.mail.letters import Letter, open_mailer
from tour.notifications.mail.smtp import MailServer
from tour.notifications.message import Action, Message
from tour.settings import Settings

LETTER = Letter(
    to="yamada@example.org",
    message=Message(
        "明日の体験\r\nBcc: someone@example.org",
        "10:00 木版を摺る <b>",
        "/reservations/abc",
        (Action("行けなくなりました", "/reservations/abc#cancel"),),
    ),
    lang="ja",
    token="tok-en",
    name="reminder-7-1",
)


def with_smtp(settings: Settings, url: str) -> Settings:
    return replace(settings, smtp_url=url)


async def send(settings: Settings, letter: Letter = LETTER) -> Outcome:
    mailer = open_mailer(settings, system_clock)
    try:
        return await mailer.send(letter)
    finally:
        await mailer.close()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return make_settings("sqlite://unused", tmp_path, TOUR_MAIL_FROM="tour@example.org")


async def test_a_letter_arrives_as_text_and_html(post_office, settings) -> None:
    office, port = post_office
    outcome = await send(with_smtp(settings, f"smtp://tour:p%40ss@127.0.0.1:{port}"))
    assert outcome.verdict == "sent"
    [mail] = office.mails
    assert mail["To"] == "yamada@example.org"
    assert mail["From"] == "北区オープンファクトリー <tour@example.org>"
    assert mail["Message-ID"] == "<reminder-7-1@testserver>"
    assert mail["List-Unsubscribe"] == "<http://testserver/notifications/tok-en>"
    text = mail.get_body(("plain",)).get_content()
    assert "http://testserver/reservations/abc#cancel" in text
    assert "通知の設定" in text
    html = mail.get_body(("html",)).get_content()
    assert "10:00 木版を摺る &lt;b&gt;" in html
    assert '<html lang="ja">' in html


async def test_a_title_cannot_add_a_header(post_office, settings) -> None:
    office, port = post_office
    await send(with_smtp(settings, f"smtp://127.0.0.1:{port}"))
    [mail] = office.mails
    assert mail["Bcc"] is None
    assert mail["Subject"] == "明日の体験 Bcc: someone@example.org"


@pytest.mark.parametrize(
    ("answer", "verdict", "problem"),
    [
        ("550 no such user", "failed", "mail refused: 550"),
        ("450 greylisted", "retry", "mail put off: 450"),
    ],
)
async def test_what_a_mail_server_refuses(
    post_office, settings, answer: str, verdict: str, problem: str
) -> None:
    office, port = post_office
    office.answers = [answer]
    outcome = await send(with_smtp(settings, f"smtp://127.0.0.1:{port}"))
    assert (outcome.verdict, outcome.problem) == (verdict, problem)


async def test_a_wrong_password_is_the_operators_to_mend(post_office, settings) -> None:
    _office, port = post_office
    outcome = await send(with_smtp(settings, f"smtp://tour:wrong@127.0.0.1:{port}"))
    assert (outcome.verdict, outcome.problem) == ("retry", "the mail server refused our password")


async def test_a_mail_server_that_is_down_is_tried_again(settings) -> None:
    server = await asyncio.start_server(lambda _r, w: w.close(), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    server.close()
    await server.wait_closed()
    outcome = await send(with_smtp(settings, f"smtp://127.0.0.1:{port}"))
    assert outcome.verdict == "retry"


async def test_without_a_server_mails_are_files_for_the_operator_only(settings) -> None:
    mailer = open_mailer(settings, system_clock)
    for _try in range(2):
        assert (await mailer.send(LETTER)).verdict == "sent"
    [path] = (settings.var / "mail").iterdir()
    assert path.name == "reminder-7-1.eml"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize("url", ["mail.example.org", "http://x", "smtp://", "smtp://u:pw@h:port"])
def test_a_bad_address_of_the_server_is_named_without_its_password(url: str) -> None:
    with pytest.raises(ConfigurationError, match="TOUR_SMTP_URL") as raised:
        MailServer.parse(url)
    assert "pw" not in str(raised.value)


@pytest.mark.parametrize(
    ("url", "port", "use_tls"),
    [("smtp://h", 587, False), ("smtps://h", 465, True), ("smtp://h:25", 25, False)],
)
def test_usual_ports(url: str, port: int, use_tls: bool) -> None:
    server = MailServer.parse(url)
    assert (server.port, server.use_tls) == (port, use_tls)
