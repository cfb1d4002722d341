"""Who did what to what, as the log has it; and the bin."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from tour.audit.models import Removal

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
class Line:
    """What an action made of one subject."""

    action: str
    subject: Subject
    before: Mapping[str, Any]
    after: Mapping[str, Any]


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


async def restore(subject: Subject, *, now: datetime) -> bool:
    """Take a row out of the bin; False when it is not there, or has been there too long."""
    taken = await Removal.filter(
        subject=subject.kind, subject_id=subject.id, removed_at__gt=now - RESTORABLE
    ).delete()
    return bool(taken)
