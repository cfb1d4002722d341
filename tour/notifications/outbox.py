"""The durable queue: rows in, jobs out, results back. Every function runs in one transaction.

A reminder that falls due is handed to deliveries, one a browser. A claim moves a delivery a lease
ahead in time; on PostgreSQL the rows are locked while it does (SKIP LOCKED), on SQLite the
transaction holds the only write lock, so that no two workers claim the same.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from tour.db.plain import Row, fetch, from_json, instant, numbers, skip_locked
from tour.notifications.answers import (
    LONGEST_RETRY_AFTER,
    MAX_ATTEMPTS,
    Outcome,
    Verdict,
    pause_before,
)
from tour.notifications.fan_out import END, mail_instead, part_company
from tour.notifications.message import Part
from tour.notifications.models import (
    MAIL,
    Delivery,
    DeliveryStatus,
    PushSubscription,
    Reminder,
    ReminderStatus,
)

LEASE = timedelta(seconds=60)
"""How long a claim lasts: well above the longest try."""
FARTHEST = LONGEST_RETRY_AFTER * 2
"""No try is ever put off longer; one that is was written before the clock was set back."""


@dataclass(frozen=True, slots=True)
class Job:
    """One claimed try, with all that it needs. `endpoint` is None when the browser is gone.

    `parts` are what it says: the reminder's own text first, then those that go together with it.
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

    @property
    def revision(self) -> int:
        """Another number whenever one of the texts is another."""
        return sum(part.revision for part in self.parts)


CANDIDATES = """
SELECT d.id, d.service FROM delivery d
WHERE d.status = 'waiting' AND d.next_attempt_at <= $1 {but}
ORDER BY d.next_attempt_at LIMIT {limit} {lock}
"""
CLAIM = """
UPDATE delivery SET next_attempt_at = $1, attempts = attempts + 1
WHERE id IN ({ids}) AND status = 'waiting'
RETURNING id
"""
JOBS = """
SELECT d.id, d.attempts, d.reminder_id, d.service, s.endpoint, s.p256dh, s.auth,
    r.revision, r.title, r.body, r.url, r.actions, r.expires_at, t.lang, t.email, t.token
FROM delivery d
JOIN reminder r ON r.id = d.reminder_id
JOIN recipient t ON t.id = r.recipient_id
LEFT JOIN push_subscription s ON s.id = d.subscription_id
WHERE d.id IN ({ids})
"""
TOGETHER = """
SELECT f.lead_id, r.id AS reminder_id, r.revision, r.title, r.body, r.url, r.actions
FROM delivery f JOIN reminder r ON r.id = f.reminder_id
WHERE f.lead_id IN ({ids}) AND f.status = 'together' AND r.status = 'sending'
ORDER BY r.id
"""
SENT = """
UPDATE delivery SET status = 'sent', finished_at = $1, problem = ''
WHERE id IN ({ids}) AND status IN ('waiting', 'cancelled')
RETURNING id
"""
"""Cancelled meanwhile, it was sent all the same, and the numbers say so."""
STANDINGS = """
SELECT r.id, d.service, t.email, COALESCE(l.status, d.status) AS status
FROM reminder r
JOIN recipient t ON t.id = r.recipient_id
JOIN delivery d ON d.reminder_id = r.id AND d.revision = r.revision
LEFT JOIN delivery l ON l.id = d.lead_id
WHERE r.id IN ({ids}) AND r.status = 'sending'
"""
"""What goes together with another stands as that one does."""


async def is_anything_due(now: datetime) -> bool:
    """Whether a cycle would find something; a read only, so that idling takes no write lock."""
    deliveries = Delivery.filter(status=DeliveryStatus.WAITING, next_attempt_at__lte=now)
    reminders = Reminder.filter(status=ReminderStatus.WAITING, due_at__lte=now)
    return bool(await deliveries.exists() or await reminders.exists())


async def claim(now: datetime, limit: int, room: Mapping[str, int], default_room: int) -> list[Job]:
    """Take up to `limit` due deliveries for this worker, and for each service up to its room."""
    full = [service for service, left in room.items() if left <= 0]
    but = f"AND d.service NOT IN ({_places(full)})" if full else ""
    statement = CANDIDATES.format(but=but, limit=int(limit), lock=skip_locked("d"))
    left = defaultdict(lambda: default_room, room)
    ids = []
    for row in await fetch(statement, now, *full):
        if left[row["service"]] > 0:
            left[row["service"]] -= 1
            ids.append(row["id"])
    if not ids:
        return []
    taken = await fetch(CLAIM.format(ids=numbers(ids)), now + LEASE)
    return await _jobs([row["id"] for row in taken])


async def record(results: Sequence[tuple[Job, Outcome]], now: datetime) -> None:
    """Write down how tries ended, and what follows from it for their reminders."""
    sent = [job.id for job, outcome in results if outcome.verdict == Verdict.SENT]
    if sent:
        await fetch(SENT.format(ids=numbers(sent)), now)
    for job, outcome in results:
        if outcome.verdict != Verdict.SENT:
            await _record_problem(job, outcome, now)
    told = {part.reminder_id for job, _outcome in results for part in job.parts}
    await _finish_reminders(told, now)


async def hold_back(service: str, until: datetime) -> None:
    """Let nothing more go to a service before `until`: it has asked for a pause."""
    waiting = Delivery.filter(status=DeliveryStatus.WAITING, service=service)
    await waiting.filter(next_attempt_at__lt=until).update(next_attempt_at=until)


async def mend_after_clock_change(now: datetime, longest: timedelta) -> int:
    """Make due what a clock set back would keep waiting `longest` or more; returns how many."""
    waiting = Delivery.filter(status=DeliveryStatus.WAITING)
    return await waiting.filter(next_attempt_at__gt=now + longest).update(next_attempt_at=now)


async def _jobs(delivery_ids: Sequence[int]) -> list[Job]:
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
        )
        for row in await fetch(JOBS.format(ids=ids))
    ]


def _part(row: Row) -> Part:
    return Part(
        reminder_id=row["reminder_id"],
        revision=row["revision"],
        title=row["title"],
        body=row["body"],
        url=row["url"],
        actions=from_json(row["actions"]),
    )


def _places(values: Sequence[object]) -> str:
    """`$2, $3 …`, after the instant."""
    return ", ".join(f"${number}" for number in range(2, len(values) + 2))


async def _record_problem(job: Job, outcome: Outcome, now: datetime) -> None:
    """Only while the claim is still ours: a later claim counts its own attempt."""
    changes: dict[str, Any] = {"status": _final(outcome.verdict), "finished_at": now}
    is_late = outcome.verdict == Verdict.EXPIRED
    if outcome.verdict == Verdict.RETRY:
        again_at = now + pause_before(job.attempt, outcome.retry_after)
        is_late = again_at >= job.expires_at
        if job.attempt < MAX_ATTEMPTS and not is_late:
            changes = {"next_attempt_at": again_at}
    mine = Delivery.filter(id=job.id, status=DeliveryStatus.WAITING, attempts=job.attempt)
    await mine.update(problem=outcome.problem, **changes)
    if is_late:
        # What goes together with it may begin later in the day.
        await part_company([job.id])
    if outcome.verdict == Verdict.GONE and job.endpoint:
        await PushSubscription.filter(endpoint=job.endpoint).delete()


def _final(verdict: Verdict) -> DeliveryStatus:
    """What a try that is not repeated leaves behind; a last retry has failed."""
    finals = {Verdict.GONE: DeliveryStatus.GONE, Verdict.EXPIRED: DeliveryStatus.EXPIRED}
    return finals.get(verdict, DeliveryStatus.FAILED)


async def _finish_reminders(reminder_ids: Collection[int], now: datetime) -> None:
    """Close the reminders whose deliveries are all done; where none arrived, send a mail."""
    by_reminder: dict[int, list[Row]] = defaultdict(list)
    for row in await fetch(STANDINGS.format(ids=numbers(reminder_ids))):
        by_reminder[row["id"]].append(row)
    endings: dict[ReminderStatus, list[int]] = defaultdict(list)
    by_mail: list[int] = []
    for reminder_id, tries in by_reminder.items():
        if ending := _ending(tries):
            endings[ending].append(reminder_id)
        elif all(one["status"] != DeliveryStatus.WAITING for one in tries):
            by_mail.append(reminder_id)
    if by_mail:
        await mail_instead(by_mail, now)
    for ending, ids in endings.items():
        await fetch(END.format(ids=numbers(ids), status=ending, of="sending"))


def _ending(tries: Sequence[Mapping[str, Any]]) -> ReminderStatus | None:
    """The reminder's last status, or None while something is, or can still be, under way."""
    statuses = {one["status"] for one in tries}
    if DeliveryStatus.WAITING in statuses:
        return None
    if DeliveryStatus.SENT in statuses:
        return ReminderStatus.SENT
    if DeliveryStatus.EXPIRED in statuses:
        return ReminderStatus.EXPIRED
    was_mailed = any(one["service"] == MAIL for one in tries)
    return ReminderStatus.FAILED if was_mailed or not tries[0]["email"] else None
