"""How tries ended, and what follows for their reminders. Every function runs in one transaction.

A message is tried until it is pointless; only what is its own fault ends it before. A push that
nobody takes becomes a letter while the message still matters (`Delivery.mail_at`).
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from tour.db.plain import Row, fetch, is_postgres, numbers, skip_locked
from tour.notifications.answers import (
    MOST_REFUSALS,
    UNCERTAIN_PAUSES,
    Outcome,
    Verdict,
    Whose,
    pause_before,
)
from tour.notifications.models import MAIL, Delivery, PushSubscription
from tour.notifications.sending.fan_out import END, mail_instead, part_company
from tour.notifications.sending.outbox import Job
from tour.notifications.sending.wording import latest_ends
from tour.notifications.states import DeliveryStatus, ReminderStatus

LAST_MOMENT = timedelta(seconds=20)
"""With less time left than this nothing is tried again."""
SENT = """
UPDATE delivery SET status = 'sent', finished_at = $1, problem = '', unfinished = 0
WHERE id IN ({ids}) AND status IN ('waiting', 'cancelled')
RETURNING id
"""
"""Cancelled meanwhile, it was sent all the same, and the numbers say so."""
LOCK = "SELECT id FROM reminder WHERE id IN ({ids}) ORDER BY id FOR UPDATE"
STANDINGS = """
SELECT r.id, d.service, COALESCE(l.status, d.status) AS status,
    CASE WHEN t.mail_stopped_at IS NULL THEN t.email ELSE '' END AS email
FROM reminder r
JOIN recipient t ON t.id = r.recipient_id
JOIN delivery d ON d.reminder_id = r.id AND d.revision = r.revision
LEFT JOIN delivery l ON l.id = d.lead_id
WHERE r.id IN ({ids}) AND r.status = 'sending'
"""
"""What goes together with another stands as that one does."""
OF_SERVICES_AWAY = """
SELECT d.id, d.reminder_id, r.expires_at <= $1 AS is_late
FROM delivery d
JOIN reminder r ON r.id = d.reminder_id
JOIN circuit c ON c.service = d.service
WHERE d.status = 'waiting' AND d.next_attempt_at <= $1 AND c.retry_at > $1
    AND (r.expires_at <= $1 OR d.mail_at <= $1 OR d.mail_at <= c.retry_at)
LIMIT {limit} {lock}
"""
GO_WITHOUT_MAIL = """
UPDATE delivery SET status = 'waiting', lead_id = NULL
WHERE lead_id IN ({ids}) AND status = 'together' AND mail_at IS NULL AND service <> 'mail'
RETURNING id
"""
STUCK = """
SELECT r.id FROM reminder r
WHERE r.status = 'sending' AND NOT EXISTS (
    SELECT 1 FROM delivery d LEFT JOIN delivery l ON l.id = d.lead_id
    WHERE d.reminder_id = r.id AND d.revision = r.revision
        AND COALESCE(l.status, d.status) = 'waiting'
)
LIMIT 500
"""


async def record(results: Sequence[tuple[Job, Outcome]], now: datetime) -> None:
    """Write down how tries ended, and what follows from it for their reminders."""
    sent = [job.id for job, outcome in results if outcome.verdict == Verdict.SENT]
    if sent:
        await fetch(SENT.format(ids=numbers(sent)), now)
    unsent = [(job, outcome) for job, outcome in results if outcome.verdict != Verdict.SENT]
    ends = await latest_ends([job.reminder_id for job, _outcome in unsent]) if unsent else {}
    for job, outcome in unsent:
        lasting = replace(job, expires_at=ends.get(job.reminder_id, job.expires_at))
        await _record_problem(lasting, outcome, now)
    told = {part.reminder_id for job, _outcome in results for part in job.parts}
    await _finish_reminders(told, now)


async def look_past_services_away(now: datetime, limit: int) -> None:
    """What waits for a service that will not be asked in time: a letter instead of a push, and an
    end to what has become pointless."""
    statement = OF_SERVICES_AWAY.format(limit=int(limit), lock=skip_locked("d"))
    rows = await fetch(statement, now)
    late = [row["id"] for row in rows if row["is_late"]]
    mailed = [row["id"] for row in rows if not row["is_late"]]
    for ids, status in ((late, DeliveryStatus.EXPIRED), (mailed, DeliveryStatus.FAILED)):
        ended = Delivery.filter(id__in=ids)
        await ended.update(status=status, problem="the service is away", finished_at=now)
    await part_company(late)
    followers = await _followers(mailed)
    await _finish_reminders({row["reminder_id"] for row in rows} | followers, now)


async def finish_stuck(now: datetime) -> None:
    """Reminders whose deliveries were all done while nobody noticed."""
    await _finish_reminders({row["id"] for row in await fetch(STUCK)}, now)


async def _record_problem(job: Job, outcome: Outcome, now: datetime) -> None:
    """Only while the claim is still ours: a later claim counts its own attempt."""
    again_at = _again_at(job, outcome, now)
    changes: dict[str, Any] = {"problem": outcome.problem, "unfinished": 0}
    is_late = outcome.verdict == Verdict.EXPIRED or (again_at and again_at >= job.expires_at)
    goes_by_mail = again_at and job.mail_at and again_at >= job.mail_at
    if again_at and not is_late and not goes_by_mail:
        changes |= {"next_attempt_at": again_at}
    else:
        changes |= {"status": _final(outcome.verdict), "finished_at": now}
    if outcome.verdict == Verdict.UNCERTAIN:
        changes |= {"uncertain": job.uncertain + 1}
    mine = Delivery.filter(id=job.id, status=DeliveryStatus.WAITING, attempts=job.attempt)
    await mine.update(**changes)
    if is_late or outcome.verdict == Verdict.WITHDRAWN:
        # What goes together with it may begin later in the day, or still be so.
        await part_company([job.id])
    elif "status" in changes:
        await _followers([job.id])
    if outcome.verdict == Verdict.GONE and job.endpoint:
        await PushSubscription.filter(endpoint=job.endpoint).delete()


def _again_at(job: Job, outcome: Outcome, now: datetime) -> datetime | None:
    """When to try again, or None when this was the last try."""
    match outcome.verdict:
        case Verdict.RETRY:
            # How long a service is left alone is not the letter's affair (see `circuits`).
            attempt = 1 if outcome.whose == Whose.SERVICE else job.attempt
            pause = pause_before(attempt, outcome.retry_after)
            left = job.expires_at - now
            is_worth_it = outcome.retry_after is None and left > LAST_MOMENT
            return now + (min(pause, left / 2) if is_worth_it else pause)
        case Verdict.REFUSED if job.attempt < MOST_REFUSALS:
            return now + pause_before(job.attempt, None)
        case Verdict.UNCERTAIN if job.uncertain < len(UNCERTAIN_PAUSES):
            return now + UNCERTAIN_PAUSES[job.uncertain]
    return None


def _final(verdict: Verdict) -> DeliveryStatus:
    """What a try that is not repeated leaves behind; a last retry has failed. A letter that was
    handed over again and again has most likely arrived, and each time more would be one more."""
    finals = {
        Verdict.GONE: DeliveryStatus.GONE,
        Verdict.EXPIRED: DeliveryStatus.EXPIRED,
        Verdict.WITHDRAWN: DeliveryStatus.CANCELLED,
        Verdict.UNCERTAIN: DeliveryStatus.SENT,
    }
    return finals.get(verdict, DeliveryStatus.FAILED)


async def _followers(delivery_ids: Sequence[int]) -> set[int]:
    """The reminders that end as these deliveries do; who has no mail box goes on by push."""
    if not delivery_ids:
        return set()
    await fetch(GO_WITHOUT_MAIL.format(ids=numbers(delivery_ids)))
    together = Delivery.filter(lead_id__in=delivery_ids, status=DeliveryStatus.TOGETHER)
    return {row["reminder_id"] for row in await together.values("reminder_id")}


async def _finish_reminders(reminder_ids: Collection[int], now: datetime) -> None:
    """Close the reminders whose deliveries are all done; where none arrived, send a mail.

    Two workers may end the last two tries of a reminder at once, and neither sees what the other
    has not committed: on PostgreSQL the second waits here, and then it does.
    """
    if not reminder_ids:
        return
    if is_postgres():
        await fetch(LOCK.format(ids=numbers(reminder_ids)))
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
    if DeliveryStatus.CANCELLED in statuses:
        return ReminderStatus.CANCELLED
    was_mailed = any(one["service"] == MAIL for one in tries)
    return ReminderStatus.FAILED if was_mailed or not tries[0]["email"] else None
