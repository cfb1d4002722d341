"""Letters to people with an account, through the outbox."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from tour.accounts.models import Invitation
from tour.accounts.people.introduction import introduce, letter
from tour.i18n import translate
from tour.notifications import service as notifications
from tour.notifications.message import Message
from tour.notifications.models import Recipient
from tour.notifications.sending.fan_out import ASKED_FOR, ONCE_ONLY
from tour.seal import Seal

LINK_KEY = f"{ASKED_FOR}sign-in:"
INVITATION_KEY = ONCE_ONLY


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


async def send_invitation(invitation: Invitation, path: str, *, seal: Seal, now: datetime) -> None:
    """Mail an invitation with its site and its recipient. Its words are made again when it leaves
    (`invitations.words`); its path is a key, so the outbox keeps that sealed."""
    reader = await Recipient.get(id=invitation.recipient_id)
    said = await introduce(invitation, lang=reader.lang, timezone=reader.timezone, now=now)
    await notifications.queue(
        reader.id,
        INVITATION_KEY,
        letter(said, seal.close(path), reader.lang),
        due_at=now,
        expires_at=invitation.expires_at,
        now=now,
    )
