"""Reminders that are due become deliveries. Runs in one transaction (decision 0006).

One delivery a browser; one by mail for those without a browser. What one browser, or one mail box,
is told of one day becomes one message, however many reservations it comes from, and so does news
for several of its recipients: the deliveries of the others go together with the first one. So do a
session's "begins" and "time to leave" that are due within minutes of each other: see `near`.
"""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from tour.db.plain import Row, fetch, instant, numbers, skip_locked
from tour.notifications.mail.boxes import held_back
from tour.notifications.models import Delivery, Reminder
from tour.notifications.schedule import SAID_ONCE, SO_NEAR, Choice, is_near
from tour.notifications.sending import near
from tour.notifications.states import DeliveryStatus, ReminderStatus
from tour.notifications.urgency import urgency_sql

PATIENCE = timedelta(minutes=5)
"""After so long a letter goes instead of a push that was not taken, or after a quarter of the time
that the message still matters if that is shorter."""
BY_MAIL_ONLY = "mail:"
"""Begins the key of what must reach a mail box, whatever browser has subscribed."""
ASKED_FOR = "asked:"
"""Begins the key of what somebody asked for just now, such as a link to sign in. It is sent though
they have stopped all messages."""
ONCE_ONLY = "invitation"
"""The key of what is written once and never again: there is nothing to stop. Its own page takes a
no, and the wish to get no other (`accounts.people.joining`)."""
CHOICES = frozenset(str(choice) for choice in Choice)
SAID_ONCE_SQL = " OR ".join(f"r.key LIKE '{kind}:%'" for kind in sorted(SAID_ONCE))

URGENCY = urgency_sql("r.key")

DUE = f"""
SELECT r.id, r.key, r.due_at, r.expires_at, t.choices, t.stopped_at,
    t.email <> '' AND t.mail_stopped_at IS NULL AS has_mail
FROM reminder r JOIN recipient t ON t.id = r.recipient_id
WHERE {{which}} AND r.status = 'waiting'
ORDER BY {URGENCY}, r.due_at LIMIT {{limit}} {{lock}}
"""  # noqa: S608 - words and numbers of our own
SAME_BROWSER = f"""
SELECT o.id
FROM reminder r
JOIN push_subscription mine ON mine.recipient_id = r.recipient_id
JOIN push_subscription theirs
    ON theirs.endpoint = mine.endpoint AND theirs.recipient_id <> mine.recipient_id
JOIN reminder o ON o.recipient_id = theirs.recipient_id AND o.key = r.key
WHERE r.id IN ({{ids}}) AND ({SAID_ONCE_SQL}) AND o.status = 'waiting'
"""  # noqa: S608 - names and numbers of our own
SAME_MAIL_BOX = f"""
SELECT o.id
FROM reminder r
CROSS JOIN recipient mine
CROSS JOIN recipient theirs
CROSS JOIN reminder o
WHERE r.id IN ({{ids}}) AND ({SAID_ONCE_SQL})
    AND mine.id = r.recipient_id AND mine.email <> ''
    AND theirs.email = mine.email AND theirs.id <> mine.id
    AND o.recipient_id = theirs.id AND o.key = r.key AND o.status = 'waiting'
    AND NOT EXISTS (SELECT 1 FROM push_subscription s WHERE s.recipient_id = mine.id)
    AND NOT EXISTS (SELECT 1 FROM push_subscription s WHERE s.recipient_id = theirs.id)
"""  # noqa: S608 - our own names
"""CROSS JOIN keeps SQLite to this order: by its own guess it begins with every waiting reminder."""
TO_BROWSERS = f"""
INSERT INTO delivery
    (reminder_id, revision, subscription_id, service, status, attempts, next_attempt_at, problem,
    urgency)
SELECT r.id, r.revision, s.id, s.service, 'waiting', 0,
    CASE WHEN r.due_at > $1 THEN $1 ELSE r.due_at END, '', {URGENCY}
FROM reminder r JOIN push_subscription s ON s.recipient_id = r.recipient_id
WHERE r.id IN ({{ids}}) AND r.key NOT LIKE 'mail:%'
"""  # noqa: S608 - our own names
TO_MAIL = f"""
INSERT INTO delivery
    (reminder_id, revision, subscription_id, service, status, attempts, next_attempt_at, problem,
    urgency)
SELECT r.id, r.revision, NULL, 'mail', 'waiting', 0,
    CASE WHEN r.due_at > $1 THEN $1 ELSE r.due_at END, '', {URGENCY}
FROM reminder r JOIN recipient t ON t.id = r.recipient_id
WHERE r.id IN ({{ids}}) AND t.email <> ''
    AND (t.mail_stopped_at IS NULL OR r.key LIKE 'asked:%')
    AND (r.key LIKE 'mail:%' OR NOT EXISTS (
        SELECT 1 FROM push_subscription s WHERE s.recipient_id = r.recipient_id
    ))
"""  # noqa: S608 - our own names
INSTEAD = f"""
INSERT INTO delivery
    (reminder_id, revision, subscription_id, service, status, attempts, next_attempt_at, problem,
    urgency)
SELECT r.id, r.revision, NULL, 'mail', 'waiting', 0, COALESCE($1, r.due_at), '', {URGENCY}
FROM reminder r WHERE r.id IN ({{ids}})
"""  # noqa: S608 - our own names
MADE = """
SELECT d.id, d.reminder_id, r.key, COALESCE(s.endpoint, t.email) AS address
FROM delivery d
JOIN reminder r ON r.id = d.reminder_id
JOIN recipient t ON t.id = r.recipient_id
LEFT JOIN push_subscription s ON s.id = d.subscription_id
WHERE d.reminder_id IN ({ids}) AND d.status = 'waiting'
ORDER BY CASE WHEN r.key LIKE 'shared:%' THEN COALESCE(s.id, t.id) ELSE 0 END DESC, d.reminder_id
"""
"""Of news for several readers in one browser, what that browser told us last leads: it is in the
language that is read there now."""
MAIL_AT = """
UPDATE delivery SET mail_at = $1
WHERE reminder_id IN ({ids}) AND status IN ('waiting', 'together') AND service <> 'mail'
"""
END = """
UPDATE reminder SET status = '{status}' WHERE id IN ({ids}) AND status = '{of}' RETURNING id
"""


async def fan_out(now: datetime, limit: int) -> int:
    """Hand due reminders to their deliveries; returns how many reminders."""
    due = await fetch(
        DUE.format(which="r.due_at <= $1", limit=int(limit), lock=skip_locked("r")), now
    )
    if not due:
        return 0
    due, nearby = await _nearby(due, now)
    companions = {row["id"]: row for row in (*await _companions(due, now), *nearby)}
    rows = [*due, *companions.values()]
    fates: dict[ReminderStatus, list[int]] = defaultdict(list)
    for row in rows:
        fates[_fate(row, now)].append(row["id"])
    if all_wanted := fates.pop(ReminderStatus.SENDING, None):
        held = await held_back(all_wanted, now)
        fates[ReminderStatus.HELD] = [i for i in all_wanted if i in held]
        wanted = [i for i in all_wanted if i not in held]
        reached = await _make_deliveries(wanted, now)
        await _plan_mails([row for row in rows if row["has_mail"] and row["id"] in reached], now)
        fates[ReminderStatus.SENDING] = [i for i in wanted if i in reached]
        fates[ReminderStatus.UNREACHABLE] = [i for i in wanted if i not in reached]
    for status, reminder_ids in fates.items():
        if reminder_ids:
            await fetch(END.format(ids=numbers(reminder_ids), status=status, of="waiting"))
    return len(rows)


async def mail_instead(reminder_ids: Sequence[int], now: datetime) -> None:
    """No browser of these could be reached, so each is told by mail, and one mail box once."""
    await fetch(INSTEAD.format(ids=numbers(reminder_ids)), now)
    await _join(await fetch(MADE.format(ids=numbers(reminder_ids))))


async def part_company(delivery_ids: Collection[int]) -> None:
    """What would have gone with these deliveries, which end now, goes by itself."""
    if delivery_ids:
        together = Delivery.filter(lead_id__in=delivery_ids, status=DeliveryStatus.TOGETHER)
        await together.update(status=DeliveryStatus.WAITING, lead_id=None)


def can_be_stopped(key: str) -> bool:
    """Whether its reader would get no more of these by stopping messages."""
    return not key.startswith(ASKED_FOR) and key != ONCE_ONLY


def is_said_once(key: str) -> bool:
    """Whether one browser is told this once, however many of its recipients it is for."""
    return key.partition(":")[0] in SAID_ONCE


async def _companions(due: Sequence[Row], now: datetime) -> list[Row]:
    """The reminders of the same key for the same browser or mail box, due now or later today."""
    ids = numbers(row["id"] for row in due if is_said_once(row["key"]))
    if not ids:
        return []
    found: set[int] = set()
    for statement in (SAME_BROWSER, SAME_MAIL_BOX):
        found |= {row["id"] for row in await fetch(statement.format(ids=ids))}
    return await _still_wanted(found - {row["id"] for row in due}, now)


async def _nearby(due: Sequence[Row], now: datetime) -> tuple[list[Row], list[Row]]:
    """What of this goes now, and what is said along with it though it is due some minutes later.

    "It begins" waits for "time to leave" rather than bring it forward: nobody is called out of one
    session minutes too early for the next.
    """
    near_ones = {row["id"]: row for row in due if is_near(row["key"])}
    asked = [i for i, row in near_ones.items() if _fate(row, now) == ReminderStatus.SENDING]
    pairs = await near.pairs(asked, now + SO_NEAR) if asked else set()
    wanted = await _still_wanted({other for _due, other in pairs} - {r["id"] for r in due}, now)
    later = {row["id"]: row for row in wanted}
    waits = {
        one: instant(later[other]["due_at"])
        for one, other in sorted(pairs)
        if other in later and _waits_for(near_ones[one], later[other])
    }
    for reminder_id, until in waits.items():
        await Reminder.filter(id=reminder_id).update(due_at=until)
    along = {other for one, other in pairs if one not in waits and other in later}
    return [row for row in due if row["id"] not in waits], [later[i] for i in sorted(along)]


def _waits_for(row: Row, leaving: Row) -> bool:
    begins = row["key"].startswith(Choice.HALF_HOUR) and leaving["key"].startswith(Choice.LEAVE)
    return begins and instant(leaving["due_at"]) < instant(row["expires_at"])


async def _still_wanted(found: Collection[int], now: datetime) -> list[Row]:
    if not found:
        return []
    which = f"r.id IN ({numbers(found)})"
    rows = await fetch(DUE.format(which=which, limit=len(found), lock=skip_locked("r")))
    return [row for row in rows if _fate(row, now) == ReminderStatus.SENDING]


def _fate(row: Mapping[str, Any], now: datetime) -> ReminderStatus:
    """What becomes of a reminder that is due."""
    if instant(row["expires_at"]) <= now:
        return ReminderStatus.EXPIRED
    kind = row["key"].partition(":")[0]
    is_stopped = row["stopped_at"] and not row["key"].startswith(ASKED_FOR)
    if is_stopped or (kind in CHOICES and kind not in _chosen(row["choices"])):
        return ReminderStatus.MUTED
    return ReminderStatus.SENDING


@lru_cache(maxsize=64)
def _chosen(choices: str) -> frozenset[str]:
    """The few combinations that there are, each read once."""
    return frozenset(json.loads(choices))


async def _make_deliveries(reminder_ids: Sequence[int], now: datetime) -> set[int]:
    """One a browser, or one by mail; returns the reminders that have any."""
    if not reminder_ids:
        return set()
    ids = numbers(reminder_ids)
    for statement in (TO_BROWSERS, TO_MAIL):
        await fetch(statement.format(ids=ids), now)
    made = await fetch(MADE.format(ids=ids))
    if missed := set(reminder_ids) - {row["reminder_id"] for row in made}:
        # Who subscribed between the two statements (READ COMMITTED) was there for neither.
        await fetch(TO_BROWSERS.format(ids=numbers(missed)), now)
        made = await fetch(MADE.format(ids=ids))
    await _join(made)
    return {row["reminder_id"] for row in made}


async def _plan_mails(rows: Iterable[Row], now: datetime) -> None:
    """Write down when a letter goes instead of a push that nobody took until then."""
    by_instant: dict[datetime, list[int]] = defaultdict(list)
    for row in rows:
        patience = min(PATIENCE, (instant(row["expires_at"]) - now) / 4)
        by_instant[now + patience].append(row["id"])
    for mail_at, ids in by_instant.items():
        await fetch(MAIL_AT.format(ids=numbers(ids)), mail_at)


async def _join(made: Iterable[Row]) -> None:
    """Let each follow the first one to the same address with the same key; reminders just before
    visits whatever their key."""
    leads: dict[tuple[str, str], int] = {}
    followers: dict[int, list[int]] = defaultdict(list)
    for row in made:
        is_of_visit = is_near(row["key"])
        if is_of_visit or is_said_once(row["key"]):
            what = "" if is_of_visit else row["key"]
            lead = leads.setdefault((what, row["address"]), row["id"])
            if lead != row["id"]:
                followers[lead].append(row["id"])
    for lead, ids in followers.items():
        joined = Delivery.filter(id__in=ids)
        await joined.update(status=DeliveryStatus.TOGETHER, lead_id=lead)
