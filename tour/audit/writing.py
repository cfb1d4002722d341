"""Writing the log. Only `tour.changes` does: whoever changes something goes through its `edit`."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from tour.audit.models import AuditEntry
from tour.audit.service import Actor, Line

BATCH = 500


async def note(actor: Actor, line: Line, *, now: datetime) -> AuditEntry:
    """Log a change; values must be JSON. Only the fields that differ are kept."""
    entry = _entry(actor, line, now)
    await entry.save()
    return entry


async def note_each(actor: Actor, lines: Iterable[Line], *, now: datetime) -> list[AuditEntry]:
    """As `note`, for many in a few statements."""
    entries = [_entry(actor, line, now) for line in lines]
    if entries:
        await AuditEntry.bulk_create(entries, batch_size=BATCH)
    return entries


def _entry(actor: Actor, line: Line, now: datetime) -> AuditEntry:
    before, after, subject = line.before, line.after, line.subject
    names = [name for name in {**before, **after} if before.get(name) != after.get(name)]
    return AuditEntry(
        at=now,
        account_id=actor.account_id,
        who=actor.name[:100],
        site_id=subject.site_id,
        action=line.action,
        subject=subject.kind,
        subject_id=subject.id,
        before={name: before.get(name) for name in names},
        after={name: after.get(name) for name in names},
    )


async def cut(days: int, *, now: datetime) -> int:
    """Delete the lines older than so many days, a few hundred at a time; returns how many."""
    gone, old = 0, AuditEntry.filter(at__lte=now - timedelta(days=days)).order_by("id")
    while ids := await old.limit(BATCH).values_list("id", flat=True):
        gone += await AuditEntry.filter(id__in=list(ids)).delete()
    return gone
