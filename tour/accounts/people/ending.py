"""Somebody leaves: nothing lets them in any more, and the log keeps their name (decision 0038)."""

from datetime import datetime

from tour.accounts.errors import SampleStays
from tour.accounts.models import (
    Account,
    AccountSession,
    AddressChange,
    Membership,
    Passkey,
    SignInLetter,
    SignInLink,
)
from tour.accounts.people import invitations, people
from tour.accounts.roles import Role
from tour.audit.service import Actor, Subject
from tour.changes import Change, edit
from tour.notifications import recipients
from tour.notifications import service as notifications


async def end(account_id: int, *, actor: Actor, now: datetime) -> None:
    """End an account that is not ended: its browsers, passkeys, letters and links, its places, the
    invitations that it wrote or was written, and what it was still to be told.

    Raises NotFound, SampleStays, and LastAdministrator.
    """
    async with edit(actor, Subject("account", account_id), "account.depart", now=now) as change:
        await people.keep_an_administrator(account_id)
        account = await change.lock(Account, account_id, ended_at=None)
        if account.is_sample:
            raise SampleStays
        await _leave_everything(change, account)
        await Account.filter(id=account_id).update(ended_at=now, ended_by=actor.name[:100])
        change.before = {"role": str(account.role)}
        change.after = {"name": account.name}


async def reopen(account_id: int, role: Role, *, actor: Actor, now: datetime) -> None:
    """Take an ended account back, in a role that is chosen anew. It has no place and no key: it
    signs in by a new link, or a letter. Raises NotFound."""
    async with edit(actor, Subject("account", account_id), "account.reopen", now=now) as change:
        account = await change.lock(Account, account_id, ended_at__isnull=False)
        await _end_keys(account_id, now)
        await Account.filter(id=account_id).update(ended_at=None, ended_by="", role=role)
        change.after = {"role": str(role), "name": account.name}


async def _leave_everything(change: Change, account: Account) -> None:
    actor, now = change.actor, change.now
    await _end_keys(account.id, now)
    for membership in await Membership.filter(account_id=account.id).order_by("site_id"):
        await people.leave_site(account, membership.site_id, actor=actor, now=now)
    await invitations.take_back_of(account, actor=actor, now=now)
    await notifications.cancel(account.recipient_id)
    await recipients.forget_browsers(account.recipient_id)


async def _end_keys(account_id: int, now: datetime) -> None:
    """What lets a browser in, now or later."""
    await AccountSession.filter(account_id=account_id, ended_at=None).update(ended_at=now)
    await Passkey.filter(account_id=account_id).delete()
    await SignInLink.filter(account_id=account_id, used_at=None).delete()
    await AddressChange.filter(account_id=account_id).delete()
    still = SignInLetter.filter(account_id=account_id, used_at=None, revoked_at=None)
    await still.update(revoked_at=now)
