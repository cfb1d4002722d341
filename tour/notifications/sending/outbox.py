"""The durable queue: rows in, jobs out. Every function runs in one transaction.

A reminder that falls due is handed to deliveries, one a browser. A claim moves a delivery a lease
ahead in time, and moves it again while the try goes on; on PostgreSQL the rows are locked while it
does (SKIP LOCKED), on SQLite the transaction holds the only write lock, so that no two workers
claim the same. How tries ended is written by `results`.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from tour.db.plain import Row, fetch, from_json, instant, numbers, skip_locked
from tour.notifications.answers import LONGEST_RETRY_AFTER
from tour.notifications.message import Part
from tour.notifications.models import Delivery, Reminder
from tour.notifications.sending import circuits
from tour.notifications.states import DeliveryStatus, ReminderStatus

LEASE = timedelta(seconds=60)
"""How long a claim lasts; a worker that lives renews it in time."""
FARTHEST = LONGEST_RETRY_AFTER * 2
"""No try is ever put off longer; one that is was written before the clock was set back."""


@dataclass(frozen=True, slots=True)
class Job:
    """One claimed try, with all that it needs. `endpoint` is None when the browser is gone.

    `parts` are what it says: the reminder's own text first, then those that go together with it.
    `unfinished` counts the claims in a row that came to no end, this one included; `uncertain` the
    tries after which it may have arrived. `is_probe`: it tries whether the service is back.
    """

    id: int
    attempt: int
    reminder_id: int
    service: str
    endpoint: str | None
    p256dh: str | None
    auth: str | None
    parts: tuple[Part, ...]
    expires_at: datetime
    lang: str
    email: str
    token: str
    urgency: int
    unfinished: int
    uncertain: int
    mail_at: datetime | None
    is_probe: bool

    @property
    def revision(self) -> int:
        """Another number whenever one of the texts is another."""
        return sum(part.revision for part in self.parts)


CANDIDATES = """
SELECT d.id, d.service FROM delivery d
WHERE d.status = 'waiting' AND d.next_attempt_at <= $1 {but}
ORDER BY d.urgency, d.next_attempt_at LIMIT {limit} {lock}
"""
CLAIM = """
UPDATE delivery SET next_attempt_at = $1, attempts = attempts + 1, unfinished = unfinished + 1
WHERE id IN ({ids}) AND status = 'waiting'
RETURNING id
"""
JOBS = """
SELECT d.id, d.attempts, d.reminder_id, d.service, d.urgency, d.unfinished, d.uncertain, d.mail_at,
    s.endpoint, s.p256dh, s.auth,
    r.revision, r.key, r.title, r.body, r.url, r.actions, r.expires_at, t.lang, t.token,
    CASE WHEN t.mail_stopped_at IS NULL OR r.key LIKE 'asked:%' THEN t.email ELSE '' END AS email
FROM delivery d
JOIN reminder r ON r.id = d.reminder_id
JOIN recipient t ON t.id = r.recipient_id
LEFT JOIN push_subscription s ON s.id = d.subscription_id
WHERE d.id IN ({ids})
"""
RENEW = """
UPDATE delivery SET next_attempt_at = $1 WHERE id IN ({ids}) AND status = 'waiting' RETURNING id
"""
GIVE_BACK = """
UPDATE delivery
SET next_attempt_at = $1, attempts = attempts - 1, unfinished = unfinished - 1
WHERE id IN ({ids}) AND status = 'waiting' AND attempts > 0 AND unfinished > 0
RETURNING id
"""
UNEXPIRE_DELIVERIES = """
UPDATE delivery SET status = 'waiting', next_attempt_at = $1, finished_at = NULL, problem = ''
WHERE status = 'expired' AND reminder_id IN (
    SELECT r.id FROM reminder r WHERE r.status IN ('sending', 'expired')
        AND r.expires_at > $1 AND r.due_at < r.expires_at AND r.revision = delivery.revision
)
RETURNING id
"""
"""What expired before its end was expired by a clock that was wrong for a while."""
UNEXPIRE_REMINDERS = """
UPDATE reminder SET status = 'sending'
WHERE status = 'expired' AND expires_at > $1 AND due_at < expires_at AND EXISTS (
    SELECT 1 FROM delivery d
    WHERE d.reminder_id = reminder.id AND d.revision = reminder.revision AND d.status = 'waiting'
)
RETURNING id
"""
UNEXPIRE_UNTRIED = """
UPDATE reminder SET status = 'waiting'
WHERE status = 'expired' AND expires_at > $1 AND due_at < expires_at RETURNING id
"""
TOGETHER = """
SELECT f.lead_id, r.id AS reminder_id, r.revision, r.key, r.title, r.body, r.url, r.actions
FROM delivery f JOIN reminder r ON r.id = f.reminder_id
WHERE f.lead_id IN ({ids}) AND f.status = 'together' AND r.status = 'sending'
ORDER BY r.id
"""


async def is_anything_due(now: datetime) -> bool:
    """Whether a cycle would find something; a read only, so that idling takes no write lock."""
    deliveries = Delivery.filter(status=DeliveryStatus.WAITING, next_attempt_at__lte=now)
    reminders = Reminder.filter(status=ReminderStatus.WAITING, due_at__lte=now)
    return bool(await deliveries.exists() or await reminders.exists())


async def claim(now: datetime, limit: int, room: Mapping[str, int], default_room: int) -> list[Job]:
    """Take up to `limit` due deliveries for this worker, and for each service up to its room.

    Of a service that is away none is taken before its time, and then one by one worker.
    """
    closed = await circuits.closed_until()
    full = {service for service, left in room.items() if left <= 0}
    full |= {service for service, until in closed.items() if until > now}
    but = f"AND d.service NOT IN ({_places(full)})" if full else ""
    statement = CANDIDATES.format(but=but, limit=int(limit), lock=skip_locked("d"))
    left = defaultdict(lambda: default_room, room)
    ids, probed = [], set()
    for row in await fetch(statement, now, *sorted(full)):
        service = row["service"]
        if service in closed:
            if service in probed or not await circuits.may_probe(service, now, now + LEASE):
                continue
            probed.add(service)
        if left[service] > 0:
            left[service] -= 1
            ids.append(row["id"])
    if not ids:
        return []
    taken = await fetch(CLAIM.format(ids=numbers(ids)), now + LEASE)
    return await _jobs([row["id"] for row in taken], probed)


async def renew(delivery_ids: Collection[int], now: datetime) -> set[int]:
    """Keep what a worker has in hand for another lease; returns what is still its own."""
    if not delivery_ids:
        return set()
    kept = await fetch(RENEW.format(ids=numbers(delivery_ids)), now + LEASE)
    return {int(row["id"]) for row in kept}


async def give_back(jobs: Sequence[Job], now: datetime) -> None:
    """Claims that were never tried: as if they had not been made."""
    if jobs:
        await fetch(GIVE_BACK.format(ids=numbers(job.id for job in jobs)), now)


async def mend_after_clock_change(now: datetime, longest: timedelta) -> int:
    """Make due what a clock set back would keep waiting `longest` or more, and take up again what
    it had ended for being too late; returns how many deliveries that made due."""
    await circuits.mend_after_clock_change(now, longest)
    for statement in (UNEXPIRE_DELIVERIES, UNEXPIRE_REMINDERS, UNEXPIRE_UNTRIED):
        await fetch(statement, now)
    waiting = Delivery.filter(status=DeliveryStatus.WAITING)
    return await waiting.filter(next_attempt_at__gt=now + longest).update(next_attempt_at=now)


async def _jobs(delivery_ids: Sequence[int], probed: Collection[str]) -> list[Job]:
    ids = numbers(delivery_ids)
    together: dict[int, list[Part]] = defaultdict(list)
    for row in await fetch(TOGETHER.format(ids=ids)):
        together[row["lead_id"]].append(_part(row))
    return [
        Job(
            id=row["id"],
            attempt=row["attempts"],
            reminder_id=row["reminder_id"],
            service=row["service"],
            endpoint=row["endpoint"],
            p256dh=row["p256dh"],
            auth=row["auth"],
            parts=(_part(row), *together.get(row["id"], ())),
            expires_at=instant(row["expires_at"]),
            lang=row["lang"],
            email=row["email"],
            token=row["token"],
            urgency=row["urgency"],
            unfinished=row["unfinished"],
            uncertain=row["uncertain"],
            mail_at=instant(row["mail_at"]) if row["mail_at"] else None,
            is_probe=row["service"] in probed,
        )
        for row in await fetch(JOBS.format(ids=ids))
    ]


def _part(row: Row) -> Part:
    return Part(
        reminder_id=row["reminder_id"],
        revision=row["revision"],
        key=row["key"],
        title=row["title"],
        body=row["body"],
        url=row["url"],
        actions=from_json(row["actions"]),
    )


def _places(values: Collection[object]) -> str:
    """`$2, $3 …`, after the instant."""
    return ", ".join(f"${number}" for number in range(2, len(values) + 2))
