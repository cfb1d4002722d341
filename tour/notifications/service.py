"""What is promised to whom: queued, replaced, taken back, in the transaction of its cause."""

import hashlib
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tortoise.expressions import F
from tortoise.queryset import QuerySet

from tour.db import transaction
from tour.db.columns import ids_of
from tour.notifications.mail import boxes
from tour.notifications.message import Message, actions_as_rows
from tour.notifications.models import (
    Delivery,
    PhoneCall,
    PushSubscription,
    Recipient,
    Reminder,
)
from tour.notifications.schedule import live_at
from tour.notifications.sending.fan_out import part_company
from tour.notifications.states import DeliveryStatus, ReminderStatus

BATCH = 500
TEST_KEY = boxes.TEST
TEST_LASTS = timedelta(minutes=10)
TEST_PAUSE = timedelta(seconds=20)
UNFINISHED = (ReminderStatus.WAITING, ReminderStatus.SENDING, ReminderStatus.HELD)


@dataclass(frozen=True, slots=True)
class Draft:
    """A message and its time. After `expires_at` it is pointless and is not sent any more."""

    key: str
    message: Message
    due_at: datetime
    expires_at: datetime


def words_key(purpose: str, *words: str) -> str:
    """A key for messages that people write: a form sent twice replaces its own message, and what
    else is written for the same `purpose` stands beside it."""
    digest = hashlib.sha256("\n".join(words).encode()).hexdigest()
    return f"{purpose}:{digest[:16]}"


async def queue(
    recipient_id: int,
    key: str,
    message: Message,
    *,
    due_at: datetime,
    expires_at: datetime,
    now: datetime,
) -> Reminder:
    """Promise a message at `due_at`; the same key again replaces it, sent already or not.

    A key such as `evening:2026-12-05` begins with a `Choice` where the recipient may switch that
    kind off; any other key is told whatever they chose, unless they stopped everything. What begins
    with `fan_out.ASKED_FOR` is sent even then.
    """
    await queue_all(recipient_id, [Draft(key, message, due_at, expires_at)], now=now)
    return await Reminder.get(recipient_id=recipient_id, key=key)


async def queue_all(recipient_id: int, drafts: Sequence[Draft], *, now: datetime) -> None:
    """As `queue`, for many at once: two statements when none of the keys is there yet."""
    await queue_each([(recipient_id, draft) for draft in drafts], now=now)


async def queue_each(drafts: Sequence[tuple[int, Draft]], *, now: datetime) -> None:
    """As `queue_all`, each for its own recipient: two statements for some hundred."""
    for start in range(0, len(drafts), BATCH):
        await _queue_batch(drafts[start : start + BATCH], now)


async def _queue_batch(drafts: Sequence[tuple[int, Draft]], now: datetime) -> None:
    existing = Reminder.filter(
        recipient_id__in={recipient_id for recipient_id, _draft in drafts},
        key__in={draft.key for _recipient_id, draft in drafts},
    )
    rows = await existing.values("recipient_id", "key", "id")
    known = {(row["recipient_id"], row["key"]): row["id"] for row in rows}
    again = [known[i, draft.key] for i, draft in drafts if (i, draft.key) in known]
    if again:
        await _cancel_deliveries(again)
    new: dict[tuple[int, str], Draft] = {}
    for recipient_id, draft in drafts:
        if (recipient_id, draft.key) in known:
            await _replace(known[recipient_id, draft.key], draft, now)
        else:
            new[recipient_id, draft.key] = draft
    await Reminder.bulk_create(
        [Reminder(recipient_id=i, key=key, **_columns(d, now)) for (i, key), d in new.items()]
    )


async def tell_now(
    recipient_ids: Iterable[int],
    key: str,
    compose: Callable[[Recipient], Message],
    *,
    concerns: date | None,
    expires_at: datetime,
    now: datetime,
) -> int:
    """Tell a change to each, in their own words; returns to how many. Who has stopped all messages
    is not among those: theirs is written down all the same, as somebody may have to ring them.

    Outside quiet hours at once; within them only what concerns their present local date
    (`concerns`, the date of the visit), and the rest at 8:00.
    """
    recipients = await Recipient.filter(id__in=list(recipient_ids))
    drafts = []
    for recipient in recipients:
        due_at = live_at(concerns, ZoneInfo(recipient.timezone), now=now)
        drafts.append((recipient.id, Draft(key, compose(recipient), due_at, expires_at)))
    await queue_each(drafts, now=now)
    return sum(1 for recipient in recipients if recipient.stopped_at is None)


async def cancel(
    recipient_id: int,
    key_prefix: str | None = None,
    *,
    but: Collection[str] = (),
    keeping: str | None = None,
) -> int:
    """Take back what has not been sent yet: all, or the keys beginning so, `but` these keys and
    `keeping` those that begin so; returns how many."""
    reminders = Reminder.filter(recipient_id=recipient_id, status__in=UNFINISHED)
    if key_prefix is not None:
        reminders = reminders.filter(key__startswith=key_prefix)
    if but:
        reminders = reminders.exclude(key__in=list(but))
    if keeping is not None:
        reminders = reminders.exclude(key__startswith=keeping)
    return await _take_back(reminders)


async def cancel_where(recipient_ids: Collection[int], is_gone: Callable[[int, str], bool]) -> int:
    """As `cancel`, for many recipients in a few statements: what `is_gone` says of a recipient's
    key. Returns how many."""
    unsent = Reminder.filter(recipient_id__in=list(recipient_ids), status__in=UNFINISHED)
    rows = await unsent.values("id", "recipient_id", "key")
    gone = [row["id"] for row in rows if is_gone(row["recipient_id"], row["key"])]
    return await _take_back(Reminder.filter(id__in=gone, status__in=UNFINISHED)) if gone else 0


async def cancel_keys(recipient_id: int, keys: Collection[str]) -> int:
    """Take back what has not been sent yet of exactly these keys; returns how many."""
    chosen = Reminder.filter(recipient_id=recipient_id, key__in=list(keys), status__in=UNFINISHED)
    return await _take_back(chosen)


async def cancel_each(recipient_ids: Collection[int]) -> list[int]:
    """As `cancel`, of everything, for many; returns what was still waiting, for `restore`."""
    theirs = Reminder.filter(recipient_id__in=list(recipient_ids), status__in=UNFINISHED)
    waiting = await theirs.filter(status=ReminderStatus.WAITING).values("id")
    await _take_back(theirs)
    return [int(row["id"]) for row in waiting]


async def restore(reminder_ids: Collection[int], *, now: datetime) -> int:
    """Take a `cancel_each` back, as far as there is still time; returns how many messages."""
    gone = Reminder.filter(id__in=list(reminder_ids), status=ReminderStatus.CANCELLED)
    return await gone.filter(expires_at__gt=now).update(status=ReminderStatus.WAITING)


async def take_back(key: str) -> int:
    """Take back what has not been sent yet of this key, whoever it is for; returns how many."""
    return await _take_back(Reminder.filter(key=key, status__in=UNFINISHED))


async def promise_again(recipient_id: int, keys: Collection[str], *, now: datetime) -> int:
    """Take back a `cancel` of these keys, as far as they are still to come; returns how many."""
    gone = Reminder.filter(recipient_id=recipient_id, key__in=list(keys), due_at__gt=now)
    return await gone.filter(status=ReminderStatus.CANCELLED).update(status=ReminderStatus.WAITING)


async def promised(recipient_id: int, key: str) -> datetime | None:
    """When a message that has not left yet is due; None where there is none of this key."""
    still = Reminder.filter(recipient_id=recipient_id, key=key, status=ReminderStatus.WAITING)
    found = await still.first()
    return found.due_at if found else None


async def promised_under(recipient_id: int, prefix: str) -> dict[str, Reminder]:
    """What was promised under keys that begin so, sent or not."""
    found = await Reminder.filter(recipient_id=recipient_id, key__startswith=prefix)
    return {reminder.key: reminder for reminder in found}


async def due_at(recipient_id: int, key: str) -> datetime | None:
    """When the message of this key was promised for, sent or not; None where there is none."""
    last = await Reminder.get_or_none(recipient_id=recipient_id, key=key)
    return last.due_at if last else None


async def who_was_told(recipient_ids: Iterable[int], key: str) -> set[int]:
    """Those to whom a message of this key has been promised or sent, and not taken back; among
    them who could not be reached: the same words would fare no better."""
    told = Reminder.filter(recipient_id__in=list(recipient_ids), key=key)
    told = told.exclude(status=ReminderStatus.CANCELLED)
    return {int(row["recipient_id"]) for row in await told.values("recipient_id")}


async def send_test(recipient_id: int, message: Message, *, now: datetime) -> bool:
    """Queue a test message for at once; False when one was asked for a moment ago."""
    async with transaction():
        last = await Reminder.get_or_none(recipient_id=recipient_id, key=TEST_KEY)
        if last and last.due_at <= now < last.due_at + TEST_PAUSE:
            return False
        if await boxes.has_had_tests(recipient_id, now):
            return False
        draft = Draft(TEST_KEY, message, now, now + TEST_LASTS)
        await queue_all(recipient_id, [draft], now=now)
        return True


async def erase(recipient_ids: Iterable[int]) -> None:
    """Forget addresses and texts for good; the rows stay for the counts."""
    ids = list(recipient_ids)
    for recipient_id in ids:
        await cancel(recipient_id)
    await PushSubscription.filter(recipient_id__in=ids).delete()
    calls = await ids_of(PhoneCall.filter(reminder__recipient_id__in=ids))
    await PhoneCall.filter(id__in=calls).delete()
    await Reminder.filter(recipient_id__in=ids).update(title="", body="", url="", actions=[])
    await Recipient.filter(id__in=ids).update(email="", mail_box="")


async def _take_back(reminders: QuerySet[Reminder]) -> int:
    ids = [int(row["id"]) for row in await reminders.values("id")]
    await _cancel_deliveries(ids)
    return await Reminder.filter(id__in=ids).update(status=ReminderStatus.CANCELLED)


async def _replace(reminder_id: int, draft: Draft, now: datetime) -> None:
    """Its deliveries have been cancelled."""
    await Reminder.filter(id=reminder_id).update(revision=F("revision") + 1, **_columns(draft, now))


def _columns(draft: Draft, now: datetime) -> dict[str, Any]:
    expired = draft.expires_at <= now
    return {
        "title": draft.message.title,
        "body": draft.message.body,
        "url": draft.message.url,
        "actions": actions_as_rows(draft.message.actions),
        "due_at": draft.due_at,
        "expires_at": draft.expires_at,
        "status": ReminderStatus.EXPIRED if expired else ReminderStatus.WAITING,
    }


async def _cancel_deliveries(reminder_ids: list[int]) -> None:
    open_ones = Delivery.filter(reminder_id__in=reminder_ids)
    open_ones = open_ones.filter(status__in=(DeliveryStatus.WAITING, DeliveryStatus.TOGETHER))
    ids = await ids_of(open_ones)
    if ids:
        await Delivery.filter(id__in=ids).update(status=DeliveryStatus.CANCELLED)
        await part_company(ids)
