"""What became of messages, and which of them somebody has to say: for lists and for figures."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from tour.db.plain import Row, fetch, instant, numbers
from tour.notifications.reach import WAY, Way
from tour.notifications.schedule import Choice
from tour.notifications.states import ReminderStatus, Standing

COLUMNS = f"""r.id, r.recipient_id, r.key, r.revision, r.title, r.body, r.due_at, r.expires_at,
    r.status,
    CASE WHEN r.status <> 'sent' THEN {WAY}
        WHEN EXISTS (SELECT 1 FROM delivery d WHERE d.reminder_id = r.id
            AND d.revision = r.revision AND d.service <> 'mail' AND d.status = 'sent')
        THEN 'push' ELSE 'mail' END AS way"""  # noqa: S608 - our own names
LATEST = f"""
SELECT {COLUMNS}, (SELECT d.problem FROM delivery d
    WHERE d.reminder_id = r.id ORDER BY d.id DESC LIMIT 1) AS problem
FROM reminder r JOIN recipient t ON t.id = r.recipient_id
WHERE {{before}} AND {{whose}} AND NOT (r.status IN ('waiting', 'cancelled') AND {{unhurried}})
ORDER BY r.id DESC LIMIT {{limit}}
"""  # noqa: S608 - our own names
"""Without the reminders that still wait for their day: each party has some."""
OF_KEYS = f"""
SELECT {COLUMNS} FROM reminder r JOIN recipient t ON t.id = r.recipient_id
WHERE r.key IN ({{keys}}) ORDER BY r.id
"""  # noqa: S608 - our own names
UNREACHED = f"""
SELECT {COLUMNS} FROM reminder r JOIN recipient t ON t.id = r.recipient_id
WHERE r.expires_at > $1 AND {{kinds}} AND {{whose}} AND (
    r.status IN ('unreachable', 'failed', 'muted', 'held')
    OR (r.status IN ('waiting', 'sending') AND {WAY} IN ('none', 'stopped')))
ORDER BY r.id
"""  # noqa: S608 - our own names
NOBODY_TOLD = frozenset(
    {
        ReminderStatus.UNREACHABLE,
        ReminderStatus.FAILED,
        ReminderStatus.MUTED,
        ReminderStatus.HELD,
    }
)
ENDS: Mapping[ReminderStatus, Standing] = {
    ReminderStatus.SENT: Standing.ARRIVED,
    ReminderStatus.CANCELLED: Standing.TAKEN_BACK,
    ReminderStatus.EXPIRED: Standing.TOO_LATE,
    **dict.fromkeys(NOBODY_TOLD, Standing.UNREACHED),
}


@dataclass(frozen=True, slots=True)
class Told:
    """A message to one reader. `way`: by which it went, or goes if nothing changes."""

    reminder_id: int
    recipient_id: int
    key: str
    revision: int
    body: str
    due_at: datetime
    way: Way
    standing: Standing
    title: str = ""
    problem: str = ""
    """Of the last delivery, for staff (see `answers.Outcome`)."""


async def latest(
    most: int,
    *,
    now: datetime,
    before_id: int | None = None,
    recipient_ids: Collection[int] | None = None,
) -> list[Told]:
    """What was told last, or of these readers only, the latest first; before that message."""
    if recipient_ids is not None and not recipient_ids:
        return []
    statement = LATEST.format(
        before="1 = 1" if before_id is None else f"r.id < {int(before_id)}",
        whose="1 = 1" if recipient_ids is None else f"t.id IN ({numbers(recipient_ids)})",
        unhurried=" OR ".join(f"r.key LIKE '{choice}:%'" for choice in Choice).join("()"),
        limit=int(most),
    )
    return [_told(row, now) for row in await fetch(statement)]


async def of_keys(keys: Collection[str], *, now: datetime) -> list[Told]:
    """What became of the messages of these keys, whoever they are for."""
    marks = ", ".join(f"${number}" for number in range(1, len(keys) + 1))
    rows = await fetch(OF_KEYS.format(keys=marks), *keys) if keys else []
    return [_told(row, now) for row in rows]


async def unreached(
    kinds: Collection[str], *, now: datetime, recipient_ids: Collection[int] | None = None
) -> list[Told]:
    """Messages of these kinds (the first part of the key) that still matter and reach nobody;
    `recipient_ids`: of these readers only."""
    if recipient_ids is not None and not recipient_ids:
        return []
    named = " OR ".join(f"r.key LIKE '{kind}:%'" for kind in sorted(kinds))
    whose = "1 = 1" if recipient_ids is None else f"t.id IN ({numbers(recipient_ids)})"
    rows = await fetch(UNREACHED.format(kinds=f"({named})", whose=whose), now)
    return [_told(row, now) for row in rows]


def standing(status: ReminderStatus, way: Way, due_at: datetime, now: datetime) -> Standing:
    """What has become of a message of this status, to a reader who is told in this way."""
    if end := ENDS.get(status):
        return end
    if not way.is_told:
        return Standing.UNREACHED
    return Standing.LATER if due_at > now else Standing.UNDER_WAY


def _told(row: Row, now: datetime) -> Told:
    way, due_at = Way(row["way"]), instant(row["due_at"])
    status = ReminderStatus(row["status"])
    return Told(
        reminder_id=int(row["id"]),
        recipient_id=int(row["recipient_id"]),
        key=str(row["key"]),
        revision=int(row["revision"]),
        body=str(row["body"]),
        due_at=due_at,
        way=way,
        standing=standing(status, way, due_at, now),
        title=str(row.get("title") or ""),
        problem=str(row.get("problem") or ""),
    )
