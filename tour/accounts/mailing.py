"""Letters to people with an account, through the outbox."""

from datetime import datetime, timedelta

from tour.i18n import translate
from tour.notifications import service as notifications
from tour.notifications.message import Message
from tour.notifications.models import Recipient

LINK_KEY = "sign-in"
INVITATION_KEY = "invitation"


async def send_link(recipient_id: int, path: str, lasts: timedelta, *, now: datetime) -> None:
    """Mail a sign-in link, in place of one that has not left yet."""
    reader = await Recipient.get(id=recipient_id)
    minutes = int(lasts.total_seconds() // 60)
    body = translate(
        "Open this page in the browser in which you asked for it, and press the button there. "
        "It works once, within %(n)s minutes. If you did not ask, do nothing.",
        reader.lang,
        n=minutes,
    )
    message = Message(translate("Your link to sign in", reader.lang), body, path)
    # Asked for just now: whoever had stopped all messages still gets this one.
    await notifications.resume(recipient_id)
    await notifications.queue(
        recipient_id, LINK_KEY, message, due_at=now, expires_at=now + lasts, now=now
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
