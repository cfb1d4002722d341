"""Letters to people with an account, through the outbox."""

from datetime import datetime, timedelta

from tour.i18n import translate
from tour.notifications import service as notifications
from tour.notifications.fan_out import ASKED_FOR
from tour.notifications.message import Message
from tour.notifications.models import Recipient

LINK_KEY = f"{ASKED_FOR}sign-in:"
INVITATION_KEY = "invitation"


def link_key(browser: str) -> str:
    """One for each browser: a link replaces what its own browser asked for before, not others."""
    return LINK_KEY + browser[:16]


async def send_link(
    recipient_id: int, key: str, path: str, lasts: timedelta, *, now: datetime
) -> None:
    """Mail a sign-in link, also to whoever has stopped all messages. They stay stopped: anybody
    can ask for a link."""
    reader = await Recipient.get(id=recipient_id)
    minutes = int(lasts.total_seconds() // 60)
    body = translate(
        "Open this page in the browser in which you asked for it, and press the button there. "
        "It works once, within %(n)s minutes. If you did not ask, do nothing.",
        reader.lang,
        n=minutes,
    )
    message = Message(translate("Your link to sign in", reader.lang), body, path)
    await notifications.queue(
        recipient_id, key, message, due_at=now, expires_at=now + lasts, now=now
    )


async def send_invitation(
    recipient_id: int, place: str, path: str, *, expires_at: datetime, now: datetime
) -> None:
    """Mail an invitation to tend `place`, a site's name, or to join the staff when it is empty."""
    reader = await Recipient.get(id=recipient_id)
    title = (
        translate("Would you look after the page of %(place)s?", reader.lang, place=place)
        if place
        else translate("You are invited to the staff", reader.lang)
    )
    body = translate(
        "This link lets you in. There is no password to choose. It works once, for two weeks.",
        reader.lang,
    )
    message = Message(title, body, path)
    await notifications.queue(
        recipient_id, INVITATION_KEY, message, due_at=now, expires_at=expires_at, now=now
    )
