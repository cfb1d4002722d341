"""Looking over what hosts changed. A change is live at once: doors close without asking staff.

So approving is looking afterwards: it takes a site's changes off the list. Returning them writes
to the site's hosts, and hides the site where staff choose so. Both are lines in the log, and
what is waiting is read from it: the changes after a site's last line of either kind.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from tour.accounts.models import Account, Membership
from tour.accounts.roles import Role
from tour.audit.models import AuditEntry
from tour.audit.service import Actor, Subject, note
from tour.db import transaction
from tour.i18n import Text, translate
from tour.notifications import service as notifications
from tour.notifications.message import Message
from tour.notifications.models import Recipient
from tour.programmes import editing as programmes
from tour.programmes.models import Programme
from tour.sites.labels import ACCESS
from tour.sites.models import Site

LOOKED_AT = ("site.approve", "site.return")
SHOWN_TO_VISITORS = (
    "site.profile",
    "site.hours",
    "site.exception",
    "programme.create",
    "programme.change",
    "programme.publish",
)
MOST_ENTRIES = 2000
CODES: dict[str, Mapping[str, Text]] = {"access_features": ACCESS}
RETURN_LASTS = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class FieldChange:
    """`of` is the session that the field belongs to; empty for the place's own."""

    of: str
    name: str
    before: str
    after: str


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
    hosts = Account.filter(role=Role.HOST)
    host_ids = {int(i) for i in await hosts.values_list("id", flat=True)}  # type: ignore[call-overload]
    wanted = AuditEntry.filter(action__in=[*SHOWN_TO_VISITORS, *LOOKED_AT]).exclude(site_id=None)
    latest = await wanted.order_by("-id").limit(MOST_ENTRIES)
    by_site: dict[int, list[AuditEntry]] = {}
    for entry in reversed(latest):
        site_id = int(entry.site_id or 0)
        if entry.action in LOOKED_AT:
            upto = int(entry.after.get("upto", 0))
            by_site[site_id] = [e for e in by_site.get(site_id, []) if e.id > upto]
        elif entry.account_id in host_ids:
            by_site.setdefault(site_id, []).append(entry)
    titles = await _session_titles(by_site.values())
    sites = {site.id: site for site in await Site.filter(id__in=list(by_site))}
    found = [
        _waiting(sites[i], entries, titles)
        for i, entries in by_site.items()
        if entries and i in sites
    ]
    return sorted(found, key=lambda each: each.upto)


async def approve(site_id: int, upto: int, *, actor: Actor, now: datetime) -> None:
    """Take a site's changes up to a line of the log off the list."""
    async with transaction():
        site = await Site.get(id=site_id)
        subject = Subject("site", site_id, site_id, site.name)
        await note(actor, "site.approve", subject, before={}, after={"upto": upto}, now=now)


async def return_to_hosts(
    site_id: int, upto: int, comment: str, *, actor: Actor, now: datetime
) -> int:
    """As `approve`, and write the comment to everybody who tends the site; returns to how many."""
    async with transaction():
        site = await Site.get(id=site_id)
        members = await Membership.filter(site_id=site_id).select_related("account__recipient")
        told = await notifications.tell_now(
            [member.account.recipient.id for member in members],
            f"review:{site_id}",
            lambda reader: _letter(site, comment, reader),
            concerns=None,
            expires_at=now + RETURN_LASTS,
            now=now,
        )
        subject = Subject("site", site_id, site_id, site.name)
        after = {"upto": upto, "comment": comment, "told": told}
        await note(actor, "site.return", subject, before={}, after=after, now=now)
    return told


def _letter(site: Site, comment: str, reader: Recipient) -> Message:
    title = translate("Please look at your page again: %(site)s", reader.lang, site=site.name)
    return Message(title, comment, f"/host/{site.slug}/profile")


async def _session_titles(logs: Iterable[Sequence[AuditEntry]]) -> dict[int, str]:
    ids = {e.subject_id for log in logs for e in log if e.subject == programmes.SUBJECT}
    return {p.id: str(p.title) for p in await Programme.filter(id__in=list(ids))}


def _waiting(site: Site, entries: Sequence[AuditEntry], titles: Mapping[int, str]) -> Waiting:
    last = entries[-1]
    return Waiting(
        site_id=site.id,
        site_slug=site.slug,
        site_name=site.name,
        is_published=bool(site.is_published),
        who=last.who,
        at=last.at,
        upto=last.id,
        changes=tuple(_difference(entries, titles)),
    )


def _difference(entries: Sequence[AuditEntry], titles: Mapping[int, str]) -> list[FieldChange]:
    """Field by field from before the first change to after the last; what came back is left out."""
    before: dict[tuple[str, str], Any] = {}
    after: dict[tuple[str, str], Any] = {}
    for entry in entries:
        for name in {**entry.before, **entry.after}:
            field = ("" if entry.subject == "site" else titles.get(entry.subject_id, "–"), name)
            before.setdefault(field, entry.before.get(name))
            after[field] = entry.after.get(name)
    return [
        FieldChange(*field, shown(_named(field, before)), shown(_named(field, after)))
        for field in after
        if before[field] != after[field]
    ]


def _named(field: tuple[str, str], values: Mapping[tuple[str, str], Any]) -> Any:
    """What is kept as codes, in words."""
    value, labels = values[field], CODES.get(field[1], {})
    return [str(labels.get(c, c)) for c in value] if labels and isinstance(value, list) else value


def shown(value: Any) -> str:
    """A logged value as text."""
    if value is None:
        return ""
    if isinstance(value, list):
        return ", ".join(shown(each) for each in value)
    if isinstance(value, Mapping):
        return ", ".join(f"{name}: {shown(each)}" for name, each in value.items())
    return str(value)
