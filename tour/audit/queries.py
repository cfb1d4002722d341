"""The log, read by people."""

from tour.audit.models import AuditEntry

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
