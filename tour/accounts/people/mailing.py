"""Letters to people with an account, through the outbox."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from tour.i18n import lazy as _
from tour.i18n import translate
from tour.notifications import service as notifications
from tour.notifications.message import Message
from tour.notifications.models import Recipient
from tour.notifications.sending.fan_out import ASKED_FOR
from tour.seal import Seal

LINK_KEY = f"{ASKED_FOR}sign-in:"
INVITATION_KEY = "invitation"


def link_key(browser: str) -> str:
    """One for each browser: a link replaces what its own browser asked for before, not others."""
    return LINK_KEY + browser[:16]


@dataclass(frozen=True, slots=True)
class Keys:
    """What a sign-in mail says: the path of its link, or six digits to type instead."""

    path: str
    code: str
    lasts: timedelta


async def send_link(
    recipient_id: int, key: str, keys: Keys, *, expires_at: datetime, seal: Seal, now: datetime
) -> None:
    """Mail a sign-in link and its code, also to whoever has stopped all messages. They stay
    stopped: anybody can ask for a link. After `expires_at` the mail does not leave any more."""
    reader = await Recipient.get(id=recipient_id)
    minutes = int(keys.lasts.total_seconds() // 60)
    how = translate(
        "Open this page in the browser in which you asked for it, and press the button there. "
        "It works once, within %(n)s minutes. If you did not ask, do nothing.",
        reader.lang,
        n=minutes,
    )
    code = translate(
        "Or type these six digits on the page where you asked: %(code)s",
        reader.lang,
        code=keys.code,
    )
    said = Message(translate("Your link to sign in", reader.lang), f"{how}\n\n{code}", keys.path)
    await notifications.queue(
        recipient_id, key, said.sealed(seal), due_at=now, expires_at=expires_at, now=now
    )


async def send_invitation(
    recipient_id: int, site_name: str, path: str, *, expires_at: datetime, seal: Seal, now: datetime
) -> None:
    """Mail an invitation to tend the site of `site_name`, or to join the staff when it is empty.

    The name is what a host wrote: it stands in the letter, never in its subject.
    """
    lang = str((await Recipient.get(id=recipient_id)).lang)
    title = (
        _("You are invited to look after a page")
        if site_name
        else _("You are invited to the staff")
    )
    lines = [translate("It is the page of %(place)s.", lang, place=site_name)] if site_name else []
    lines.append(
        translate(
            "This link lets you in. There is no password to choose. It works once, for two weeks.",
            lang,
        )
    )
    said = Message(title.in_language(lang), "\n".join(lines), path)
    await notifications.queue(
        recipient_id,
        INVITATION_KEY,
        said.sealed(seal),
        due_at=now,
        expires_at=expires_at,
        now=now,
    )
