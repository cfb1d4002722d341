"""Writing the log. Every function is called in the transaction of the change it notes."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from tour.audit.models import AuditEntry, Removal

BATCH = 500
RESTORABLE = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts; `account_id` is None for the app itself and the command line."""

    account_id: int | None
    name: str


@dataclass(frozen=True, slots=True)
class Subject:
    """What is acted on. `label` is what its owner calls it."""

    kind: str
    id: int
    site_id: int | None = None
    label: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """What became of one subject."""

    subject: Subject
    before: Mapping[str, Any]
    after: Mapping[str, Any]


async def note(
    actor: Actor,
    action: str,
    subject: Subject,
    *,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    now: datetime,
) -> AuditEntry:
    """Log a change; values must be JSON. Only the fields that differ are kept."""
    entry = _entry(actor, action, Change(subject, before, after), now)
    await entry.save()
    return entry


async def note_each(actor: Actor, action: str, changes: Iterable[Change], *, now: datetime) -> None:
    """As `note`, for many in a few statements."""
    entries = [_entry(actor, action, change, now) for change in changes]
    await AuditEntry.bulk_create(entries, batch_size=BATCH)


def _entry(actor: Actor, action: str, change: Change, now: datetime) -> AuditEntry:
    before, after, subject = change.before, change.after, change.subject
    names = [name for name in {**before, **after} if before.get(name) != after.get(name)]
    return AuditEntry(
        at=now,
        account_id=actor.account_id,
        who=actor.name[:100],
        site_id=subject.site_id,
        action=action,
        subject=subject.kind,
        subject_id=subject.id,
        before={name: before.get(name) for name in names},
        after={name: after.get(name) for name in names},
    )


async def remove(actor: Actor, subject: Subject, *, now: datetime) -> None:
    """Put a row into the bin; the feature that owns it leaves it out from then on."""
    await Removal.create(
        subject=subject.kind,
        subject_id=subject.id,
        site_id=subject.site_id,
        label=subject.label[:200],
        who=actor.name[:100],
        removed_at=now,
    )
    await note(
        actor, f"{subject.kind}.remove", subject, before={}, after={"removed": True}, now=now
    )


async def restore(actor: Actor, subject: Subject, *, now: datetime) -> bool:
    """Take a row out of the bin; False when it is not there, or has been there too long."""
    taken = await Removal.filter(
        subject=subject.kind, subject_id=subject.id, removed_at__gt=now - RESTORABLE
    ).delete()
    if taken:
        changed = {"before": {"removed": True}, "after": {"removed": False}}
        await note(actor, f"{subject.kind}.restore", subject, **changed, now=now)
    return bool(taken)
