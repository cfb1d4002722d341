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

from tortoise.connection import get_connection
from tortoise.expressions import F

from tour.notifications.answers import (
    LONGEST_RETRY_AFTER,
    MAX_ATTEMPTS,
    Outcome,
    Verdict,
    pause_before,
)
from tour.notifications.models import (
    MAIL,
    Delivery,
    DeliveryStatus,
    PushSubscription,
    Reminder,
    ReminderStatus,
)
from tour.notifications.schedule import Choice

LEASE = timedelta(seconds=60)
"""How long a claim lasts: well above the longest try."""
FARTHEST = LONGEST_RETRY_AFTER * 2
"""No try is ever put off longer; one that is was written before the clock was set back."""
BY_MAIL_ONLY = "mail:"
"""Begins the key of what must reach a mail box, whatever browser has subscribed."""
CHOICES = frozenset(str(choice) for choice in Choice)


@dataclass(frozen=True, slots=True)
class Job:
    """One claimed try, with all that it needs. `endpoint` is None when the browser is gone."""

    id: int
    attempt: int
    reminder_id: int
    revision: int
    service: str
    endpoint: str | None
    p256dh: str | None
    auth: str | None
    title: str
    body: str
    url: str
    actions: list[dict[str, str]]
    expires_at: datetime
    lang: str
    email: str
    token: str


COLUMNS = {
    "id": "id",
    "attempt": "attempts",
    "reminder_id": "reminder_id",
    "revision": "revision",
    "service": "service",
    "endpoint": "subscription__endpoint",
    "p256dh": "subscription__p256dh",
    "auth": "subscription__auth",
    "title": "reminder__title",
    "body": "reminder__body",
    "url": "reminder__url",
    "actions": "reminder__actions",
    "expires_at": "reminder__expires_at",
    "lang": "reminder__recipient__lang",
    "email": "reminder__recipient__email",
    "token": "reminder__recipient__token",
}


TO_BROWSERS = """
INSERT INTO delivery
    (reminder_id, revision, subscription_id, service, status, attempts, next_attempt_at, problem)
SELECT r.id, r.revision, s.id, s.service, 'waiting', 0, r.due_at, ''
FROM reminder r JOIN push_subscription s ON s.recipient_id = r.recipient_id
WHERE r.id IN ({ids}) AND r.key NOT LIKE 'mail:%'
"""
TO_MAIL = """
INSERT INTO delivery
    (reminder_id, revision, subscription_id, service, status, attempts, next_attempt_at, problem)
SELECT r.id, r.revision, NULL, 'mail', 'waiting', 0, r.due_at, ''
FROM reminder r JOIN recipient t ON t.id = r.recipient_id
WHERE r.id IN ({ids}) AND t.email <> ''
    AND (r.key LIKE 'mail:%' OR NOT EXISTS (
        SELECT 1 FROM push_subscription s WHERE s.recipient_id = r.recipient_id
    ))
"""


async def is_anything_due(now: datetime) -> bool:
    """Whether a cycle would find something; a read only, so that idling takes no write lock."""
    return bool(await _due_deliveries(now).exists() or await _due_reminders(now).exists())


async def fan_out(now: datetime, limit: int) -> int:
    """Hand due reminders to their deliveries; returns how many reminders."""
    due = _due_reminders(now).order_by("due_at").limit(limit)
    ids = [r.id for r in await due.select_for_update(skip_locked=True).only("id")]
    if not ids:
        return 0
    rows = await Reminder.filter(id__in=ids).values(
        "id",
        "key",
        "expires_at",
        choices="recipient__choices",
        stopped_at="recipient__stopped_at",
    )
    fates: dict[ReminderStatus, list[int]] = defaultdict(list)
    for row in rows:
        fates[_fate(row, now)].append(row["id"])
    if wanted := fates[ReminderStatus.SENDING]:
        await _make_deliveries(wanted)
        with_deliveries = Delivery.filter(reminder_id__in=wanted, status=DeliveryStatus.WAITING)
        reached = {row["reminder_id"] for row in await with_deliveries.values("reminder_id")}
        fates[ReminderStatus.UNREACHABLE] = [i for i in wanted if i not in reached]
        fates[ReminderStatus.SENDING] = [i for i in wanted if i in reached]
    for status, reminder_ids in fates.items():
        await Reminder.filter(id__in=reminder_ids).update(status=status)
    return len(ids)


async def claim(now: datetime, limit: int, room: Mapping[str, int], default_room: int) -> list[Job]:
    """Take up to `limit` due deliveries for this worker, and for each service up to its room."""
    full = [service for service, left in room.items() if left <= 0]
    due = _due_deliveries(now).exclude(service__in=full) if full else _due_deliveries(now)
    candidates = (
        await due.order_by("next_attempt_at")
        .limit(limit)
        .select_for_update(skip_locked=True)
        .only("id", "service")
    )
    left = defaultdict(lambda: default_room, room)
    ids = []
    for delivery in candidates:
        if left[delivery.service] > 0:
            left[delivery.service] -= 1
            ids.append(delivery.id)
    if not ids:
        return []
    await Delivery.filter(id__in=ids, status=DeliveryStatus.WAITING).update(
        next_attempt_at=now + LEASE, attempts=F("attempts") + 1
    )
    rows = await Delivery.filter(id__in=ids).values(**COLUMNS)
    return [Job(**row) for row in rows]


async def record(results: Sequence[tuple[Job, Outcome]], now: datetime) -> None:
    """Write down how tries ended, and what follows from it for their reminders."""
    sent = [job.id for job, outcome in results if outcome.verdict == Verdict.SENT]
    if sent:
        # Cancelled meanwhile, it was sent all the same, and the numbers say so.
        open_or_cancelled = (DeliveryStatus.WAITING, DeliveryStatus.CANCELLED)
        await Delivery.filter(id__in=sent, status__in=open_or_cancelled).update(
            status=DeliveryStatus.SENT, finished_at=now, problem=""
        )
    for job, outcome in results:
        if outcome.verdict != Verdict.SENT:
            await _record_problem(job, outcome, now)
    await _finish_reminders({job.reminder_id for job, _outcome in results}, now)


async def hold_back(service: str, until: datetime) -> None:
    """Let nothing more go to a service before `until`: it has asked for a pause."""
    waiting = Delivery.filter(status=DeliveryStatus.WAITING, service=service)
    await waiting.filter(next_attempt_at__lt=until).update(next_attempt_at=until)


async def mend_after_clock_change(now: datetime, longest: timedelta) -> int:
    """Make due what a clock set back would keep waiting `longest` or more; returns how many."""
    waiting = Delivery.filter(status=DeliveryStatus.WAITING)
    return await waiting.filter(next_attempt_at__gt=now + longest).update(next_attempt_at=now)


def _due_reminders(now: datetime) -> Any:
    return Reminder.filter(status=ReminderStatus.WAITING, due_at__lte=now)


def _due_deliveries(now: datetime) -> Any:
    return Delivery.filter(status=DeliveryStatus.WAITING, next_attempt_at__lte=now)


def _fate(row: Mapping[str, Any], now: datetime) -> ReminderStatus:
    """What becomes of a reminder that is due."""
    if row["expires_at"] <= now:
        return ReminderStatus.EXPIRED
    kind = row["key"].partition(":")[0]
    if row["stopped_at"] or (kind in CHOICES and kind not in row["choices"]):
        return ReminderStatus.MUTED
    return ReminderStatus.SENDING


async def _make_deliveries(reminder_ids: Sequence[int]) -> None:
    """One a browser; one by mail for those without a browser but with an address."""
    # Numbers of ours only, so the text is safe, and the same for both databases.
    ids = ",".join(str(int(i)) for i in reminder_ids)
    connection = get_connection("default")
    for statement in (TO_BROWSERS, TO_MAIL):
        await connection.execute_query(statement.format(ids=ids))


async def _record_problem(job: Job, outcome: Outcome, now: datetime) -> None:
    """Only while the claim is still ours: a later claim counts its own attempt."""
    changes: dict[str, Any] = {"status": _final(outcome.verdict), "finished_at": now}
    if outcome.verdict == Verdict.RETRY:
        again_at = now + pause_before(job.attempt, outcome.retry_after)
        if job.attempt < MAX_ATTEMPTS and again_at < job.expires_at:
            changes = {"next_attempt_at": again_at}
    mine = Delivery.filter(id=job.id, status=DeliveryStatus.WAITING, attempts=job.attempt)
    await mine.update(problem=outcome.problem, **changes)
    if outcome.verdict == Verdict.GONE and job.endpoint:
        await PushSubscription.filter(endpoint=job.endpoint).delete()


def _final(verdict: Verdict) -> DeliveryStatus:
    """What a try that is not repeated leaves behind; a last retry has failed."""
    finals = {Verdict.GONE: DeliveryStatus.GONE, Verdict.EXPIRED: DeliveryStatus.EXPIRED}
    return finals.get(verdict, DeliveryStatus.FAILED)


async def _finish_reminders(reminder_ids: Collection[int], now: datetime) -> None:
    """Close the reminders whose deliveries are all done; where none arrived, send a mail."""
    rows = await Delivery.filter(
        reminder_id__in=list(reminder_ids),
        reminder__status=ReminderStatus.SENDING,
        revision=F("reminder__revision"),
    ).values("reminder_id", "revision", "service", "status", email="reminder__recipient__email")
    by_reminder: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        by_reminder[row["reminder_id"]].append(row)
    endings: dict[ReminderStatus, list[int]] = defaultdict(list)
    for reminder_id, tries in by_reminder.items():
        if ending := _ending(tries):
            endings[ending].append(reminder_id)
        elif all(one["status"] != DeliveryStatus.WAITING for one in tries):
            await Delivery.create(
                reminder_id=reminder_id,
                revision=tries[0]["revision"],
                service=MAIL,
                next_attempt_at=now,
            )
    for ending, ids in endings.items():
        await Reminder.filter(id__in=ids, status=ReminderStatus.SENDING).update(status=ending)


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
