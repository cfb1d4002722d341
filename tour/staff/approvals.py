"""Looking over what hosts changed. A change is live at once: doors close without asking staff.

So approving is looking afterwards: it takes a site's changes off the list. Returning them writes
to the site's hosts, and hides the site where staff choose so. Both are lines in the log, and
what is waiting is read from it: the changes after a site's last line of either kind.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from tour.accounts.models import Account, Membership
from tour.accounts.roles import Role
from tour.audit.models import AuditEntry
from tour.audit.service import Actor, Subject
from tour.changes import edit
from tour.i18n import translate
from tour.notifications import service as notifications
from tour.notifications.message import Message
from tour.notifications.models import Recipient
from tour.programmes import editing as programmes
from tour.sites import editing, photos
from tour.sites.models import Site
from tour.staff.differences import FieldChange, Things, difference, things_of

APPROVED = "site.approve"
RETURNED = "site.return"
LOOKED_AT = (APPROVED, RETURNED)
SHOWN_TO_VISITORS = (
    editing.PROFILE,
    editing.HOURS,
    editing.EXCEPTION,
    programmes.ADDED,
    programmes.CHANGED,
    programmes.PUBLISHED,
    photos.ADDED,
    photos.DESCRIBED,
)
"""As the services log them: under their own names, so that none is missed."""
MOST_ENTRIES = 2000
RETURN_LASTS = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A site's changes since staff last looked; `upto` is the last of them in the log."""

    site_id: int
    site_slug: str
    site_name: str
    is_published: bool
    who: str
    at: datetime
    upto: int
    changes: tuple[FieldChange, ...]


async def waiting() -> list[Waiting]:
    """Sites with changes that nobody has looked at, the longest waiting first."""
    looked_at, by_site = await _logs()
    things = await things_of(entry for log in by_site.values() for entry in log)
    sites = {site.id: site for site in await Site.filter(id__in=list(by_site))}
    found = []
    for site_id, log in by_site.items():
        left = [entry for entry in log if things.is_waiting(entry, looked_at.get(site_id, 0))]
        if left and site_id in sites:
            found.append(_waiting(sites[site_id], left, things))
    return sorted(found, key=lambda each: each.upto)


async def _logs() -> tuple[dict[int, int], dict[int, list[AuditEntry]]]:
    """By site: the last line that staff looked at, and what hosts changed, in order."""
    hosts = Account.filter(role=Role.HOST)
    host_ids = {int(i) for i in await hosts.values_list("id", flat=True)}  # type: ignore[call-overload]
    wanted = AuditEntry.filter(action__in=[*SHOWN_TO_VISITORS, *LOOKED_AT]).exclude(site_id=None)
    looked_at: dict[int, int] = {}
    by_site: dict[int, list[AuditEntry]] = {}
    for entry in reversed(await wanted.order_by("-id").limit(MOST_ENTRIES)):
        site_id = int(entry.site_id or 0)
        if entry.action in LOOKED_AT:
            upto = int(entry.after.get("upto", 0))
            looked_at[site_id] = max(upto, looked_at.get(site_id, 0))
        elif entry.account_id in host_ids:
            by_site.setdefault(site_id, []).append(entry)
    return looked_at, by_site


async def approve(site_id: int, upto: int, *, actor: Actor, now: datetime) -> None:
    """Take a site's changes up to a line of the log off the list."""
    async with edit(actor, Subject("site", site_id, site_id), APPROVED, now=now) as change:
        await change.lock(Site, site_id)
        change.after = {"upto": upto}


async def return_to_hosts(
    site_id: int, upto: int, comment: str, *, actor: Actor, now: datetime
) -> int:
    """As `approve`, and write the comment to everybody who tends the site; returns to how many."""
    async with edit(actor, Subject("site", site_id, site_id), RETURNED, now=now) as change:
        site = await change.lock(Site, site_id)
        members = await Membership.filter(site_id=site_id).select_related("account__recipient")
        told = await notifications.tell_now(
            [member.account.recipient.id for member in members],
            notifications.words_key(f"review:{site_id}", str(upto), comment),
            lambda reader: _letter(site, comment, reader),
            concerns=None,
            expires_at=now + RETURN_LASTS,
            now=now,
        )
        change.after = {"upto": upto, "comment": comment, "told": told}
    return told


def _letter(site: Site, comment: str, reader: Recipient) -> Message:
    title = translate("Please look at your page again: %(site)s", reader.lang, site=site.name)
    return Message(title, comment, f"/host/{site.slug}/profile")


def _waiting(site: Site, entries: Sequence[AuditEntry], things: Things) -> Waiting:
    last = entries[-1]
    return Waiting(
        site_id=site.id,
        site_slug=site.slug,
        site_name=site.name,
        is_published=bool(site.is_published),
        who=last.who,
        at=last.at,
        upto=last.id,
        changes=tuple(difference(entries, things)),
    )
