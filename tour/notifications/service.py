"""What is promised to whom: queued, replaced, taken back, in the transaction of its cause."""

import hashlib
import secrets
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tortoise.expressions import F
from tortoise.queryset import QuerySet

from tour.contacts.addresses import counting_key
from tour.db import transaction
from tour.db.columns import ids_of
from tour.errors import Conflict
from tour.i18n import lazy as _
from tour.notifications.mail import boxes
from tour.notifications.message import Message, actions_as_rows
from tour.notifications.models import Delivery, PushSubscription, Recipient, Reminder
from tour.notifications.push.endpoints import EndpointPolicy
from tour.notifications.push.subscriptions import Subscription
from tour.notifications.schedule import Choice, live_at
from tour.notifications.sending.fan_out import part_company
from tour.notifications.states import DeliveryStatus, ReminderStatus

MAX_SUBSCRIPTIONS = 5
"""Browsers of one recipient; a sixth replaces the oldest."""
BATCH = 500
TEST_KEY = boxes.TEST
TEST_LASTS = timedelta(minutes=10)
TEST_PAUSE = timedelta(seconds=20)
UNFINISHED = (ReminderStatus.WAITING, ReminderStatus.SENDING, ReminderStatus.HELD)


class MessagesStopped(Conflict):
    """A browser was offered again for a recipient who had stopped all messages."""


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


async def new_recipient(
    *, lang: str, timezone: str, email: str = "", proved_at: datetime | None = None
) -> Recipient:
    """Somebody new to tell things to; `timezone` is an IANA name, `email` may be empty.

    `proved_at` where it is known already that they read this mail box.
    """
    token = secrets.token_urlsafe(24)
    return await Recipient.create(
        token=token,
        lang=lang,
        timezone=timezone,
        email=email,
        mail_box=counting_key(email),
        proved_at=proved_at,
    )


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
    """Tell a change to each, in their own words; returns to how many.

    Outside quiet hours at once; within them only what concerns their present local date
    (`concerns`, the date of the visit), and the rest at 8:00.
    """
    recipients = await Recipient.filter(id__in=list(recipient_ids), stopped_at=None)
    drafts = []
    for recipient in recipients:
        due_at = live_at(concerns, ZoneInfo(recipient.timezone), now=now)
        drafts.append((recipient.id, Draft(key, compose(recipient), due_at, expires_at)))
    await queue_each(drafts, now=now)
    return len(recipients)


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


async def subscribe(
    recipient_id: int, subscription: dict[str, Any], policy: EndpointPolicy, *, now: datetime
) -> None:
    """Remember a browser (`PushSubscription.toJSON()`); the same one again changes nothing.

    A page that only tells us again what the visitor agreed to before adds `"resync": true`: that
    must not undo a stop. Raises BadInput when the subscription is malformed or its endpoint no
    known push service, and MessagesStopped.
    """
    wanted = Subscription.parse(subscription, policy)
    async with transaction():
        recipient = await Recipient.get(id=recipient_id)
        if recipient.stopped_at and subscription.get("resync"):
            raise MessagesStopped(_("Messages are stopped. Ask for them again with the button."))
        await Recipient.filter(id=recipient_id).update(stopped_at=None)
        await PushSubscription.filter(recipient_id=recipient_id, endpoint=wanted.endpoint).delete()
        await PushSubscription.create(
            recipient_id=recipient_id,
            endpoint=wanted.endpoint,
            p256dh=wanted.p256dh,
            auth=wanted.auth,
            service=wanted.service,
            created_at=now,
        )
        await _keep_newest(recipient_id)


async def renew(endpoint: str, subscription: dict[str, Any], policy: EndpointPolicy) -> int:
    """A browser changed its subscription: whoever knows the old endpoint may replace it; returns
    for how many recipients. Those that know the new one already are told by it alone."""
    wanted = Subscription.parse(subscription, policy)
    async with transaction():
        new = PushSubscription.filter(endpoint=wanted.endpoint).exclude(endpoint=endpoint)
        known = [int(row["recipient_id"]) for row in await new.values("recipient_id")]
        old = PushSubscription.filter(endpoint=endpoint)
        twice = await old.filter(recipient_id__in=known).delete() if known else 0
        return twice + await old.update(
            endpoint=wanted.endpoint,
            p256dh=wanted.p256dh,
            auth=wanted.auth,
            service=wanted.service,
        )


async def unsubscribe(endpoint: str) -> int:
    """Forget one browser, for every recipient that it was; returns for how many."""
    return await PushSubscription.filter(endpoint=endpoint).delete()


async def prove_mail_box(recipient_id: int, *, now: datetime) -> None:
    """The button behind the link in a letter."""
    async with transaction():
        await boxes.prove(recipient_id, now=now)


async def note_reader(recipient_id: int, *, now: datetime) -> None:
    """Only the reader of the mail box could do what was just done; nothing is sent for it."""
    await Recipient.filter(id=recipient_id, proved_at=None).update(proved_at=now)


async def can_reach(recipient_id: int) -> bool:
    """Whether there is a browser or a mail box to tell."""
    if await PushSubscription.exists(recipient_id=recipient_id):
        return True
    return await Recipient.filter(id=recipient_id, mail_stopped_at=None).exclude(email="").exists()


async def choose(recipient_id: int, choices: Iterable[Choice]) -> None:
    """Which kinds of reminders to send; takes effect for what is not yet due."""
    await Recipient.filter(id=recipient_id).update(choices=[str(choice) for choice in choices])


async def speak(recipient_id: int, lang: str) -> None:
    """Tell it what is still to be written in this language."""
    await Recipient.filter(id=recipient_id).exclude(lang=lang).update(lang=lang)


async def forget_browser(recipient_id: int, endpoint: str) -> bool:
    """Tell it nothing more in one of its browsers; whether others are left."""
    mine = PushSubscription.filter(recipient_id=recipient_id)
    await mine.filter(endpoint=endpoint).delete()
    return bool(await mine.exists())


async def prefer_mail(recipient_id: int, endpoint: str) -> None:
    """Tell it nothing more in this browser where letters tell it instead."""
    lettered = Recipient.filter(id=recipient_id, mail_stopped_at=None).exclude(email="")
    if await lettered.exists():
        await forget_browser(recipient_id, endpoint)


async def stop(recipient_id: int, *, now: datetime) -> None:
    """Tell this recipient nothing more, on any channel, until they subscribe or resume."""
    async with transaction():
        await PushSubscription.filter(recipient_id=recipient_id).delete()
        await Recipient.filter(id=recipient_id).update(stopped_at=now)
        await Recipient.filter(id=recipient_id).exclude(email="").update(mail_stopped_at=now)


async def resume(recipient_id: int, *, by_reader: bool) -> bool:
    """Take back `stop`; browsers must ask again. Letters go on only when the reader of the mail box
    says so: whoever else holds a key to this page does not undo it. Whether they do."""
    mine = Recipient.filter(id=recipient_id)
    await mine.update(stopped_at=None)
    if by_reader:
        await mine.update(mail_stopped_at=None)
    return bool(await mine.filter(mail_stopped_at=None).exists())


async def has_browser(recipient_id: int) -> bool:
    """Whether it is told by push; otherwise by mail, if at all."""
    return await PushSubscription.exists(recipient_id=recipient_id)


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


async def _keep_newest(recipient_id: int) -> None:
    mine = PushSubscription.filter(recipient_id=recipient_id).order_by("-id")
    if (
        extra := await mine.offset(MAX_SUBSCRIPTIONS)
        .limit(MAX_SUBSCRIPTIONS)
        .values_list("id", flat=True)
    ):
        await PushSubscription.filter(id__in=extra).delete()
