"""The edits of late, read: what a row went through, one by one."""

from datetime import timedelta

from tour.changes.models import RecentEdit

KEPT = timedelta(days=30)
"""As long as a form may lie open, or what was removed can be brought back."""


async def last_about(subject: str, subject_id: int) -> int:
    """The number of the last edit of a row; 0 where there was none of late."""
    found = RecentEdit.filter(subject=subject, subject_id=subject_id).order_by("-id")
    last = await found.first().only("id")
    return int(last.id) if last else 0


async def edits_since(subject: str, subject_id: int, number: int) -> list[RecentEdit]:
    """What became of a row after the edit of that number, in order."""
    later = RecentEdit.filter(subject=subject, subject_id=subject_id, id__gt=number)
    return await later.order_by("id")
