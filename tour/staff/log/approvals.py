"""Looking over what hosts changed. A change is live at once: doors close without asking staff.

So approving is looking afterwards: it takes a site's changes off the list. Returning them writes
to the site's hosts, and hides the site where staff choose so. What is waiting are the edits after
the last one that was looked at; they stay until somebody has.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from tour.accounts.models import Account, Membership
from tour.accounts.roles import Role
from tour.audit.service import Actor, Subject
from tour.changes import Change, edit
from tour.changes.models import RecentEdit
from tour.changes.recent import KEPT
from tour.db import plain
from tour.db.columns import ids_of
from tour.i18n import translate
from tour.notifications import service as notifications
from tour.notifications.message import Message
from tour.notifications.models import Recipient
from tour.programmes import editing as programmes
from tour.sites.editing import page, photos, publication
from tour.sites.models import Site
from tour.sites.showing import Showing
from tour.staff.log.differences import FieldChange, Things, difference, things_of

APPROVED = "site.approve"
RETURNED = "site.return"
SHOWN_TO_VISITORS = (
    page.PROFILE,
    page.HOURS,
    page.EXCEPTION,
    programmes.ADDED,
    programmes.CHANGED,
    programmes.PUBLISHED,
    photos.ADDED,
    photos.DESCRIBED,
)
"""As the services log them: under their own names, so that none is missed."""
MOST_ENTRIES = 2000
FORGET = """
DELETE FROM recent_edit WHERE at <= $1
AND NOT (action IN ({shown}) AND EXISTS (
    SELECT 1 FROM site s JOIN account a ON a.id = recent_edit.account_id
    WHERE s.id = recent_edit.site_id AND s.looked_upto < recent_edit.id AND a.role = 'host'))
AND NOT (subject = 'programme' AND EXISTS (
    SELECT 1 FROM programme p WHERE p.id = recent_edit.subject_id AND p.first_published_at IS NULL))
RETURNING id
"""
RETURN_LASTS = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A site's changes since staff last looked; `upto` is the last of them in the log."""

    site_id: int
    site_slug: str
    site_name: str
    showing: Showing
    who: str
    at: datetime
    upto: int
    changes: tuple[FieldChange, ...]


async def waiting() -> list[Waiting]:
    """Sites with changes that nobody has looked at, the longest waiting first."""
    by_site = await _edits_of_hosts()
    things = await things_of(entry for edits in by_site.values() for entry in edits)
    found = []
    for site in await Site.filter(id__in=list(by_site)):
        left = [edit for edit in by_site[site.id] if things.is_waiting(edit, site.looked_upto)]
        if left:
            found.append(_waiting(site, left, things))
    return sorted(found, key=lambda each: each.upto)


async def _edits_of_hosts() -> dict[int, list[RecentEdit]]:
    """By site, what hosts changed that visitors see, in order."""
    hosts = Account.filter(role=Role.HOST)
    host_ids = set(await ids_of(hosts))
    wanted = RecentEdit.filter(action__in=list(SHOWN_TO_VISITORS)).exclude(site_id=None)
    by_site: dict[int, list[RecentEdit]] = {}
    for entry in reversed(await wanted.order_by("-id").limit(MOST_ENTRIES)):
        if entry.account_id in host_ids:
            by_site.setdefault(int(entry.site_id or 0), []).append(entry)
    return by_site


async def forget_edits(*, now: datetime) -> int:
    """Delete edits that nobody goes on from any more: of a month ago, and looked over where hosts
    made them; those of a draft stay, for they are looked over once it goes public. How many."""
    sent = [str(action) for action in SHOWN_TO_VISITORS]
    rows = await plain.fetch(FORGET.format(shown=", ".join(f"'{a}'" for a in sent)), now - KEPT)
    return len(rows)


async def approve(site_id: int, upto: int, *, actor: Actor, now: datetime) -> None:
    """Take a site's changes up to one of them off the list."""
    async with edit(actor, Subject("site", site_id, site_id), APPROVED, now=now) as change:
        await _look(change, await change.lock(Site, site_id), upto)
        change.after = {"upto": upto}


async def return_to_hosts(
    site_id: int, upto: int, comment: str, *, actor: Actor, now: datetime
) -> int:
    """As `approve`, and write the comment to everybody who tends the site; returns to how many."""
    async with edit(actor, Subject("site", site_id, site_id), RETURNED, now=now) as change:
        site = await change.lock(Site, site_id)
        await _look(change, site, upto)
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


async def _look(_change: Change, site: Site, upto: int) -> None:
    """Up to there, or further where somebody has looked further."""
    await Site.filter(id=site.id).update(looked_upto=max(upto, site.looked_upto))


def _letter(site: Site, comment: str, reader: Recipient) -> Message:
    title = translate("Please look at your page again: %(site)s", reader.lang, site=site.name)
    return Message(title, comment, f"/host/{site.slug}/profile")


def _waiting(site: Site, entries: Sequence[RecentEdit], things: Things) -> Waiting:
    last = entries[-1]
    return Waiting(
        site_id=site.id,
        site_slug=site.slug,
        site_name=site.name,
        showing=publication.showing_of(site),
        who=last.who,
        at=last.at,
        upto=last.id,
        changes=tuple(difference(entries, things)),
    )
