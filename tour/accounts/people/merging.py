"""Two accounts of one person become one: what they look after comes together; no key does.

Staff say that it is one person. Were they wrong, a stranger would have nothing that lets them in:
the one that stays keeps its own keys, address and role, and the other ends like any that leaves.
"""

from datetime import datetime

from tour.accounts.errors import NotTwo
from tour.accounts.models import Account, Invitation, Membership
from tour.accounts.people import ending, notices, people
from tour.audit.service import Actor, Subject
from tour.changes import edit
from tour.seal import Seal


async def merge(kept_id: int, other_id: int, *, actor: Actor, seal: Seal, now: datetime) -> None:
    """The one that is kept looks after the other's places and has its open invitations; the other
    ends, and stays in the log under its name. Both addresses are told.

    Raises NotTwo, NotFound, SampleStays, LastAdministrator.
    """
    if kept_id == other_id:
        raise NotTwo
    async with edit(actor, Subject("account", kept_id), "account.merge", now=now) as change:
        await people.keep_an_administrator(other_id)
        locked = {
            account_id: await change.lock(Account, account_id, ended_at=None)
            for account_id in sorted((kept_id, other_id))
        }
        kept, other = locked[kept_id], locked[other_id]
        for membership in await Membership.filter(account_id=other_id).order_by("site_id"):
            await people.join_site(kept, membership.site_id, actor=actor, now=now)
        await Invitation.filter(inviter_id=other_id).update(inviter_id=kept_id)
        await ending.end(other_id, actor=actor, now=now)
        await notices.merged(kept, other, seal=seal, now=now)
        change.after = {"name": kept.name, "other": other.name or other.address or other.phone}
