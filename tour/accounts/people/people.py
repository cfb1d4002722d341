"""Accounts and who tends which site. Each verb is one transaction with its line in the log."""

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from tour.accounts.errors import Ended, LastAdministrator
from tour.accounts.models import NO_MAIL, Account, AccountSession, Membership
from tour.accounts.roles import Role
from tour.audit.service import Actor, Subject
from tour.changes import Change, edit
from tour.events import answers
from tour.notifications import recipients

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
    """The account of an address, made when there is none. One that is there keeps its role, and its
    name unless it has none yet. Raises Ended."""
    if known := await Account.get_or_none(email=email.lower()):
        if known.ended_at:
            raise Ended
        if name and not known.name:
            await rename(known.id, name, actor=actor, now=now)
        return known
    words = {"name": name, "lang": lang, "is_sample": is_sample}
    async with edit(actor, None, "account.add", now=now) as change:
        return await _new_account(change, email, role, timezone, words)


async def add_without_mail(
    name: str, phone: str, *, role: Role, lang: str, timezone: str, actor: Actor, now: datetime
) -> Account:
    """An account of somebody without a mail box, who is told by telephone."""
    words = {"name": name, "phone": phone, "lang": lang}
    async with edit(actor, None, "account.add", now=now) as change:
        return await _new_account(change, "", role, timezone, words)


async def _new_account(
    change: Change, email: str, role: Role, timezone: str, words: dict[str, Any]
) -> Account:
    recipient = await recipients.new_recipient(
        lang=words["lang"],
        timezone=timezone,
        email=email,
        proved_at=change.now if email else None,
        is_working=True,
    )
    handle = secrets.token_urlsafe(HANDLE_BYTES)
    made = await Account.create(
        email=email.lower() or f"{NO_MAIL}{handle}",
        role=role,
        handle=handle,
        recipient=recipient,
        created_at=change.now,
        **words,
    )
    change.subject, change.after = _subject(made), {"role": str(role), "name": made.name}
    return made


async def change_role(account_id: int, role: Role, *, actor: Actor, now: datetime) -> None:
    """Takes effect with the account's next request. Raises LastAdministrator."""
    async with edit(actor, Subject("account", account_id), "account.role", now=now) as change:
        if role != Role.ADMINISTRATOR:
            await keep_an_administrator(account_id)
        account = await change.lock(Account, account_id, ended_at=None)
        change.before, change.after = {"role": str(account.role)}, {"role": str(role)}
        await Account.filter(id=account_id).update(role=role)


async def keep_an_administrator(account_id: int) -> None:
    """Raise LastAdministrator where this is the only one. In the transaction of what would take it
    away: two administrators who end each other are looked at one after the other."""
    administrators = Account.filter(role=Role.ADMINISTRATOR, ended_at=None).order_by("id")
    if [one.id for one in await administrators.select_for_update(no_key=True)] == [account_id]:
        raise LastAdministrator


async def rename(account_id: int, name: str, *, actor: Actor, now: datetime) -> None:
    await call(account_id, {"name": name}, actor=actor, now=now)


async def call(account_id: int, words: Mapping[str, str], *, actor: Actor, now: datetime) -> None:
    """What somebody is called (`name`), where they work (`office`), and by what `phone` they are
    told."""
    async with edit(actor, Subject("account", account_id), "account.name", now=now) as change:
        account = await change.lock(Account, account_id)
        change.before = {column: getattr(account, column) for column in words}
        change.after = words
        change.only_if_different()
        await Account.filter(id=account_id).update(**words)


async def join_site(account: Account, site_id: int, *, actor: Actor, now: datetime) -> None:
    """Let an account tend a site; twice is the same as once."""
    async with edit(actor, _subject(account, site_id), "membership.add", now=now) as change:
        _membership, is_new = await Membership.get_or_create(
            account=account, site_id=site_id, defaults={"created_at": now}
        )
        if not is_new:
            change.nothing()
            return
        change.after = {"member": True}


async def leave_site(account: Account, site_id: int, *, actor: Actor, now: datetime) -> None:
    """The account no longer tends the site, from its next request on, nor answers for it by a link
    that was mailed to it."""
    async with edit(actor, _subject(account, site_id), "membership.remove", now=now) as change:
        if not await Membership.filter(account=account, site_id=site_id).delete():
            change.nothing()
            return
        await answers.forget_links(change, site_id)
        change.before, change.after = {"member": True}, {"member": False}


async def end_sessions(account_id: int, *, actor: Actor, now: datetime) -> int:
    """Sign an account out everywhere; returns how many browsers that were."""
    async with edit(actor, Subject("account", account_id), "account.end", now=now) as change:
        live = AccountSession.filter(account_id=account_id, ended_at=None, expires_at__gt=now)
        ended = await live.update(ended_at=now)
        change.after = {"ended": ended}
    return ended


def _subject(account: Account, site_id: int | None = None) -> Subject:
    return Subject("account", account.id, site_id, account.name)
