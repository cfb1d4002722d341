"""The log and the bin, read."""

from collections.abc import Collection
from datetime import datetime

from tour.audit.models import AuditEntry, Removal
from tour.audit.service import RESTORABLE

PAGE = 50


async def entries(
    *,
    site_id: int | None = None,
    subject: str | None = None,
    subject_id: int | None = None,
    before_id: int | None = None,
) -> list[AuditEntry]:
    """Latest first, a page at a time: `before_id` is the last one seen."""
    wanted = {"site_id": site_id, "subject": subject, "subject_id": subject_id}
    chosen = AuditEntry.filter(**{name: v for name, v in wanted.items() if v is not None})
    if before_id is not None:
        chosen = chosen.filter(id__lt=before_id)
    return await chosen.order_by("-id").limit(PAGE)


async def latest(subject: str, subject_id: int, actions: Collection[str]) -> AuditEntry | None:
    """The latest of these actions on one row."""
    chosen = AuditEntry.filter(subject=subject, subject_id=subject_id, action__in=list(actions))
    return await chosen.order_by("-id").first()


async def removed_ids(subject: str) -> list[int]:
    """Every row of a kind that lies in the bin."""
    found = Removal.filter(subject=subject).values_list("subject_id", flat=True)
    return [int(i) for i in await found]  # type: ignore[call-overload]


async def restorable(*, site_id: int, subject: str, now: datetime) -> list[Removal]:
    """What a site can still bring back, latest removed first."""
    chosen = Removal.filter(site_id=site_id, subject=subject, removed_at__gt=now - RESTORABLE)
    return await chosen.order_by("-removed_at")


async def overdue(subject: str, *, now: datetime) -> list[int]:
    """Rows that have been in the bin too long: their owner may delete them for good."""
    chosen = Removal.filter(subject=subject, removed_at__lte=now - RESTORABLE)
    return [int(i) for i in await chosen.values_list("subject_id", flat=True)]  # type: ignore[call-overload]
