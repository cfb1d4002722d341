"""Taking an invitation up, or declining it."""

from dataclasses import dataclass
from datetime import datetime

from tour.accounts.errors import LinkUnusable
from tour.accounts.models import Account, Invitation
from tour.accounts.people import people
from tour.accounts.roles import Role
from tour.audit.service import Actor, Subject
from tour.changes import edit
from tour.db import transaction
from tour.notifications import recipients
from tour.notifications import service as notifications


@dataclass(frozen=True, slots=True)
class Joiner:
    """Who takes it up; `name` is for an account that has none yet. `email` may be empty where the
    invitation is a printed one: then they are told by `phone`."""

    email: str
    name: str
    lang: str
    timezone: str
    phone: str = ""


async def join(invitation: Invitation, joiner: Joiner, *, now: datetime) -> Account:
    """Take an invitation up, once, in the caller's transaction; raises LinkUnusable.

    Staff who are invited to a site stay staff; a host who is invited to the staff becomes staff.
    """
    await _take_up(invitation, now)
    inviter = Actor(None, str(invitation.invited_by))
    account = await _account(invitation, joiner, inviter, now)
    await _admit(invitation, account, inviter, now)
    return account


async def join_as(invitation: Invitation, account: Account, *, now: datetime) -> None:
    """As `join`, for an account that is signed in."""
    async with transaction():
        await _take_up(invitation, now)
        await _admit(invitation, account, Actor(None, str(invitation.invited_by)), now)


async def decline(invitation: Invitation, *, for_good: bool, now: datetime) -> None:
    """Whoever holds its link says no; it lets nobody in any more. `for_good`: its mail box gets no
    invitation again (the link was mailed there, so its reader says so)."""
    subject = Subject("invitation", invitation.id, invitation.site.id if invitation.site else None)
    async with edit(Actor(None, "invited"), subject, "invitation.decline", now=now) as change:
        waiting = Invitation.filter(id=invitation.id, accepted_at=None, revoked_at=None)
        if not await waiting.update(revoked_at=now):
            raise LinkUnusable
        if invitation.recipient_id and for_good:
            await recipients.stop(invitation.recipient_id, now=now)
            await recipients.note_reader(invitation.recipient_id, now=now)
        change.after = {"by_mail": bool(invitation.email)}


async def _take_up(invitation: Invitation, now: datetime) -> None:
    # One UPDATE decides who used it: two POSTs at once join once.
    waiting = Invitation.filter(
        id=invitation.id, accepted_at=None, revoked_at=None, expires_at__gt=now
    )
    if not await waiting.update(accepted_at=now):
        raise LinkUnusable
    if invitation.recipient_id:
        await notifications.erase([invitation.recipient_id])


async def _account(
    invitation: Invitation, joiner: Joiner, inviter: Actor, now: datetime
) -> Account:
    if not joiner.email:
        return await people.add_without_mail(
            joiner.name,
            joiner.phone,
            role=invitation.role,
            lang=joiner.lang,
            timezone=joiner.timezone,
            actor=inviter,
            now=now,
        )
    return await people.add_account(
        joiner.email,
        role=invitation.role,
        lang=joiner.lang,
        timezone=joiner.timezone,
        name=joiner.name,
        actor=inviter,
        now=now,
    )


async def _admit(invitation: Invitation, account: Account, inviter: Actor, now: datetime) -> None:
    if invitation.site_id is not None:
        await people.join_site(account, invitation.site_id, actor=inviter, now=now)
    if account.role == Role.HOST and invitation.role != Role.HOST:
        await people.change_role(account.id, invitation.role, actor=inviter, now=now)
