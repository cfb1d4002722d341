"""Taking an invitation up, or declining it."""

from dataclasses import dataclass
from datetime import datetime

from tour.accounts.errors import LinkUnusable
from tour.accounts.models import Account, Invitation
from tour.accounts.people import people
from tour.accounts.roles import Role
from tour.audit.service import Actor, Subject
from tour.changes import edit
from tour.notifications import recipients
from tour.notifications import service as notifications


@dataclass(frozen=True, slots=True)
class Joiner:
    """Who takes it up; `name` is for an account that has none yet."""

    email: str
    name: str
    lang: str
    timezone: str


async def join(invitation: Invitation, joiner: Joiner, *, now: datetime) -> Account:
    """Take an invitation up, once, in the caller's transaction; raises LinkUnusable.

    Staff who are invited to a site stay staff; a host who is invited to the staff becomes staff.
    """
    waiting = Invitation.filter(
        id=invitation.id, accepted_at=None, revoked_at=None, expires_at__gt=now
    )
    if not await waiting.update(accepted_at=now):
        raise LinkUnusable
    inviter = Actor(None, str(invitation.invited_by))
    account = await people.add_account(
        joiner.email,
        role=invitation.role,
        lang=joiner.lang,
        timezone=joiner.timezone,
        name=joiner.name,
        actor=inviter,
        now=now,
    )
    await _admit(invitation, account, inviter, now)
    if invitation.recipient_id:
        await notifications.erase([invitation.recipient_id])
    return account


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


async def _admit(invitation: Invitation, account: Account, inviter: Actor, now: datetime) -> None:
    if invitation.site_id is not None:
        await people.join_site(account, invitation.site_id, actor=inviter, now=now)
    if account.role == Role.HOST and invitation.role != Role.HOST:
        await people.change_role(account.id, invitation.role, actor=inviter, now=now)
