"""The mail address of an account changes: with proof that the new one is read, and word to the old.

By its owner: signed in, and by six digits that are mailed to the new address. By staff, where the
old box is lost: at once, in the log; its owner then signs in by a link to the new one, as ever.
"""

import hmac
import unicodedata
from datetime import datetime, timedelta

from tortoise.exceptions import IntegrityError
from tortoise.expressions import F

from tour.accounts.errors import AddressTaken, CodeWrong
from tour.accounts.models import Account, AddressChange, SignInLink
from tour.accounts.people import notices
from tour.accounts.tokens import new_code
from tour.audit.service import Actor, Subject
from tour.changes import Change, edit
from tour.db import transaction
from tour.notifications import recipients
from tour.notifications import service as notifications
from tour.seal import Seal

LASTS = timedelta(minutes=30)
MOST_TRIES = 5


async def ask(account: Account, email: str, *, timezone: str, seal: Seal, now: datetime) -> None:
    """Mail six digits to `email`; what was asked before is over. One that belongs to an account
    already gets word of that instead, and no page says so: nobody finds out who is here."""
    async with transaction():
        await forget(account.id)
        code, is_taken = new_code(), await Account.exists(email=email)
        reader = await recipients.new_recipient(
            lang=account.lang, timezone=timezone, email=email, is_working=True
        )
        await AddressChange.create(
            account=account,
            recipient=reader,
            email=email,
            code_hash="" if is_taken else seal.fingerprint(code),
            created_at=now,
            expires_at=now + LASTS,
        )
        said = notices.address_taken if is_taken else notices.address_code
        await said(reader, code, expires_at=now + LASTS, seal=seal, now=now)


async def asked(account_id: int, *, now: datetime) -> str:
    """The address that waits for its digits, or ""."""
    found = await AddressChange.get_or_none(account_id=account_id, expires_at__gt=now)
    return found.email if found else ""


async def confirm(account: Account, typed: str, *, actor: Actor, seal: Seal, now: datetime) -> None:
    """Change the address by the digits that were mailed to it; raises CodeWrong, AddressTaken.

    A try is counted before anything is compared, and kept whatever comes of it.
    """
    mine = AddressChange.filter(account_id=account.id, expires_at__gt=now, tries__lt=MOST_TRIES)
    async with transaction():
        is_counted = await mine.update(tries=F("tries") + 1)
        wanted = await AddressChange.get_or_none(account_id=account.id) if is_counted else None
    if wanted is None or not _is_right(wanted, typed, seal):
        raise CodeWrong
    async with edit(actor, Subject("account", account.id), "account.email", now=now) as change:
        await forget(account.id)
        await _change(change, account.id, wanted.email, proved_at=now, seal=seal)


async def change_for(
    account_id: int, email: str, *, actor: Actor, seal: Seal, now: datetime
) -> None:
    """By staff, for who cannot read the old address any more; raises NotFound, AddressTaken."""
    async with edit(actor, Subject("account", account_id), "account.email", now=now) as change:
        await forget(account_id)
        await _change(change, account_id, email, proved_at=None, seal=seal)


async def forget(account_id: int) -> None:
    """What was asked for and not confirmed, with the address that was typed. In the caller's
    transaction."""
    for before in await AddressChange.filter(account_id=account_id):
        await before.delete()
        await notifications.erase([before.recipient_id])


async def _change(
    change: Change, account_id: int, email: str, *, proved_at: datetime | None, seal: Seal
) -> None:
    account = await change.lock(Account, account_id, ended_at=None)
    old = account.address
    change.before = {"email": old, "name": account.name}
    change.after = {"email": email, "name": account.name}
    change.only_if_different()
    change.before = {"email": old}
    if await Account.filter(email=email).exclude(id=account_id).exists():
        raise AddressTaken
    try:
        async with transaction():
            await Account.filter(id=account_id).update(email=email)
    except IntegrityError as exc:
        raise AddressTaken from exc
    await SignInLink.filter(account_id=account_id, used_at=None).delete()
    await recipients.move(account.recipient_id, email, proved_at=proved_at)
    by_owner = change.actor.account_id == account_id
    if old:
        await notices.address_left(account, old, by_owner=by_owner, seal=seal, now=change.now)
    if not by_owner:
        await notices.address_given(account, seal=seal, now=change.now)


def _is_right(wanted: AddressChange, typed: str, seal: Seal) -> bool:
    digits = "".join(unicodedata.normalize("NFKC", typed[:40]).split())
    return hmac.compare_digest(seal.fingerprint(digits), str(wanted.code_hash))
