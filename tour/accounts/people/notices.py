"""What people with an account are told of it by mail: digits for a new address, and what changed.

It reaches them whatever they have stopped: it is about who gets in as them.
"""

from datetime import datetime, timedelta

from tour.accounts.models import Account
from tour.i18n import translate
from tour.notifications import recipients
from tour.notifications import service as notifications
from tour.notifications.message import Message
from tour.notifications.models import Recipient
from tour.notifications.sending.fan_out import ASKED_FOR
from tour.seal import Seal

CODE_KEY = f"{ASKED_FOR}address-code"
CHANGED_KEY = f"{ASKED_FOR}address"
MERGED_KEY = f"{ASKED_FOR}merged"
LASTS = timedelta(days=3)


async def address_code(
    reader: Recipient, code: str, *, expires_at: datetime, seal: Seal, now: datetime
) -> None:
    """Six digits for the page that waits for them."""
    title = translate("Six digits for your new email address", reader.lang)
    body = translate(
        "Type these six digits on the page “My account”, where you asked for it: %(code)s\n"
        "If you did not ask, do nothing: nothing changes.",
        reader.lang,
        code=code,
    )
    said = Message(title, body, "/account").sealed(seal)
    await notifications.queue(reader.id, CODE_KEY, said, due_at=now, expires_at=expires_at, now=now)


async def address_taken(
    reader: Recipient, _code: str, *, expires_at: datetime, seal: Seal, now: datetime
) -> None:
    """To who reads an address that has an account already, in place of the digits."""
    title = translate("This email address has an account already", reader.lang)
    body = translate(
        "Somebody who is signed in wants to use this address for another account. If it was "
        "you, both are yours: ask the organiser to make them one. If not, do nothing: "
        "nothing changes.",
        reader.lang,
    )
    said = Message(title, body, "/sign-in").sealed(seal)
    await notifications.queue(reader.id, CODE_KEY, said, due_at=now, expires_at=expires_at, now=now)


async def address_left(
    account: Account, old: str, *, by_owner: bool, seal: Seal, now: datetime
) -> None:
    """To the address that the account had."""
    lang = str(account.lang)
    done = (
        translate("You changed the email address of your account.", lang)
        if by_owner
        else translate("The organiser changed the email address of your account.", lang)
    )
    rest = translate(
        "You sign in with the new one from now on; this one lets nobody in any more. If you "
        "know nothing of it, tell the organiser at once.",
        lang,
    )
    body = f"{done}\n{rest}"
    title = translate("Your account has another email address", lang)
    await _tell_at(account, old, CHANGED_KEY, Message(title, body, "/sign-in"), seal, now)


async def address_given(account: Account, *, seal: Seal, now: datetime) -> None:
    """To the address that staff gave the account."""
    lang = str(account.lang)
    title = translate("You sign in with this email address now", lang)
    body = translate(
        "The organiser changed the email address of your account to this one. To get in, ask "
        "for a link on this page. If you know nothing of it, tell the organiser.",
        lang,
    )
    said = Message(title, body, "/sign-in").sealed(seal)
    expires_at = now + LASTS
    await notifications.queue(
        account.recipient_id, CHANGED_KEY, said, due_at=now, expires_at=expires_at, now=now
    )


async def merged(kept: Account, other: Account, *, seal: Seal, now: datetime) -> None:
    """To both addresses, as far as there are any."""
    for account in (kept, other):
        if account.address:
            lang = str(account.lang)
            title = translate("Your two accounts are one now", lang)
            body = translate(
                "The organiser made two accounts of yours one. You sign in with %(address)s; "
                "what the other looked after is there. If only one of them is yours, tell "
                "the organiser at once.",
                lang,
                address=kept.address or translate("a letter on paper", lang),
            )
            said = Message(title, body, "/sign-in")
            await _tell_at(account, account.address, MERGED_KEY, said, seal, now)


async def _tell_at(
    account: Account, email: str, key: str, said: Message, seal: Seal, now: datetime
) -> None:
    """At an address that the account may have no more."""
    own = await Recipient.get(id=account.recipient_id)
    reader = await recipients.new_recipient(
        lang=account.lang, timezone=own.timezone, email=email, is_working=True
    )
    await notifications.queue(
        reader.id, key, said.sealed(seal), due_at=now, expires_at=now + LASTS, now=now
    )
