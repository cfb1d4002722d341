"""Accounts and who tends which site. Each verb is one transaction with its line in the log."""

import secrets
from datetime import datetime

from tour.accounts.models import Account, AccountSession, Membership
from tour.accounts.roles import Role
from tour.audit.service import Actor, Subject, note
from tour.db import transaction
from tour.notifications import service as notifications

HANDLE_BYTES = 48


async def add_account(
    email: str,
    *,
    role: Role,
    lang: str,
    timezone: str,
    actor: Actor,
    now: datetime,
    name: str = "",
    is_sample: bool = False,
) -> Account:
    """The account of an address, made when there is none; an existing one keeps its role.

    Call it in the transaction of what needs the account.
    """
    if known := await Account.get_or_none(email=email.lower()):
        return known
    recipient = await notifications.new_recipient(
        lang=lang, timezone=timezone, email=email, proved_at=now
    )
    made = await Account.create(
        email=email.lower(),
        name=name or email.partition("@")[0][:100],
        role=role,
        lang=lang,
        handle=secrets.token_urlsafe(HANDLE_BYTES),
        recipient=recipient,
        is_sample=is_sample,
        created_at=now,
    )
    after = {"role": str(role), "name": made.name}
    await note(actor, "account.add", _subject(made), before={}, after=after, now=now)
    return made


async def change_role(account_id: int, role: Role, *, actor: Actor, now: datetime) -> None:
    """Takes effect with the account's next request."""
    async with transaction():
        account = await Account.get(id=account_id)
        before = {"role": str(account.role)}
        await Account.filter(id=account_id).update(role=role)
        after = {"role": str(role)}
        await note(actor, "account.role", _subject(account), before=before, after=after, now=now)


async def rename(account_id: int, name: str, *, actor: Actor, now: datetime) -> None:
    async with transaction():
        account = await Account.get(id=account_id)
        before, after = {"name": account.name}, {"name": name}
        await Account.filter(id=account_id).update(name=name)
        await note(actor, "account.name", _subject(account), before=before, after=after, now=now)


async def join_site(account: Account, site_id: int, *, actor: Actor, now: datetime) -> None:
    """Let an account tend a site; twice is the same as once. In the caller's transaction."""
    _membership, is_new = await Membership.get_or_create(
        account=account, site_id=site_id, defaults={"created_at": now}
    )
    if is_new:
        subject, after = _subject(account, site_id), {"member": True}
        await note(actor, "membership.add", subject, before={}, after=after, now=now)


async def leave_site(account: Account, site_id: int, *, actor: Actor, now: datetime) -> None:
    """The account no longer tends the site, from its next request on."""
    async with transaction():
        if await Membership.filter(account=account, site_id=site_id).delete():
            changed = {"before": {"member": True}, "after": {"member": False}}
            subject = _subject(account, site_id)
            await note(actor, "membership.remove", subject, **changed, now=now)


async def end_sessions(account_id: int, *, actor: Actor, now: datetime) -> int:
    """Sign an account out everywhere; returns how many browsers that were."""
    async with transaction():
        live = AccountSession.filter(account_id=account_id, ended_at=None, expires_at__gt=now)
        ended = await live.update(ended_at=now)
        subject = Subject("account", account_id)
        await note(actor, "account.end", subject, before={}, after={"ended": ended}, now=now)
    return ended


def _subject(account: Account, site_id: int | None = None) -> Subject:
    return Subject("account", account.id, site_id, account.name)
