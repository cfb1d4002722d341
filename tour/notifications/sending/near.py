"""Reminders just before a visit that the same reader is due within minutes: one message."""

from collections.abc import Collection
from datetime import datetime

from tour.db.plain import fetch, numbers
from tour.notifications.schedule import OF_A_VISIT

_SOON = f"""
    o.status = 'waiting' AND o.due_at <= $1
    AND ({" OR ".join(f"o.key LIKE '{kind}:%'" for kind in sorted(OF_A_VISIT))})
"""
_SAME_RECIPIENT = f"""
SELECT r.id AS due, o.id AS other
FROM reminder r
JOIN reminder o ON o.recipient_id = r.recipient_id AND o.id <> r.id
WHERE r.id IN ({{ids}}) AND {_SOON}
"""  # noqa: S608 - names and numbers of our own
_SAME_BROWSER = f"""
SELECT r.id AS due, o.id AS other
FROM reminder r
CROSS JOIN push_subscription mine
CROSS JOIN push_subscription theirs
CROSS JOIN reminder o
WHERE r.id IN ({{ids}}) AND mine.recipient_id = r.recipient_id
    AND theirs.endpoint = mine.endpoint AND theirs.recipient_id <> mine.recipient_id
    AND o.recipient_id = theirs.recipient_id AND {_SOON}
"""  # noqa: S608 - our own names
_SAME_MAIL_BOX = f"""
SELECT r.id AS due, o.id AS other
FROM reminder r
CROSS JOIN recipient mine
CROSS JOIN recipient theirs
CROSS JOIN reminder o
WHERE r.id IN ({{ids}})
    AND mine.id = r.recipient_id AND mine.email <> ''
    AND theirs.email = mine.email AND theirs.id <> mine.id
    AND o.recipient_id = theirs.id AND {_SOON}
    AND NOT EXISTS (SELECT 1 FROM push_subscription s WHERE s.recipient_id = mine.id)
    AND NOT EXISTS (SELECT 1 FROM push_subscription s WHERE s.recipient_id = theirs.id)
"""  # noqa: S608 - our own names
"""CROSS JOIN keeps SQLite to this order."""


async def pairs(reminder_ids: Collection[int], until: datetime) -> set[tuple[int, int]]:
    """Of each of these, which reminders of its reader are due until then as well."""
    found: set[tuple[int, int]] = set()
    for statement in (_SAME_RECIPIENT, _SAME_BROWSER, _SAME_MAIL_BOX):
        rows = await fetch(statement.format(ids=numbers(reminder_ids)), until)
        found |= {(row["due"], row["other"]) for row in rows}
    return found
